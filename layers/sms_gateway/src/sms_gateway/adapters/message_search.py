"""Looks for messages of all clients by the table's indexes, which hold keys and nothing else.

| what is given | where it is looked for                                                        |
| ------------- | ----------------------------------------------------------------------------- |
| `message_id`  | the table itself: its key begins with the id                                  |
| `phoneNumber` | index `recipient`: client by client, the newest first                         |
| a status      | index `attention`: day by day, the latest first; `queued`: index `due`, shard |
|               | by shard, what is due first                                                   |
| `client`      | index `client`: the newest first                                              |
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sms_gateway.adapters.attributes import Item, attribute
from sms_gateway.adapters.dynamodb import table_errors
from sms_gateway.adapters.message_item import (
    DUE_SHARDS,
    attention,
    client_created_at,
)
from sms_gateway.adapters.message_rows import read_rows
from sms_gateway.adapters.recipient_index import RECIPIENT_INDEX
from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.search import Search
from sms_gateway.domain.status import Status
from sms_gateway.use_cases.ports import Searched

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DUE_INDEX: Final = "due"
ATTENTION_INDEX: Final = "attention"
CLIENT_INDEX: Final = "client"
DAYS: Final = timedelta(days=30)
"""How far back a search by status goes if it does not say since when."""
MOST_DAYS: Final = timedelta(days=3660)
"""How far back it goes in any case: no row is kept longer."""
PARTITIONS_AT_ONCE: Final = 31
"""Partitions of an index that one call reads."""
KEYS_AT_ONCE: Final = 300
"""Keys whose rows one call reads: three calls of `BatchGetItem`."""
MOST_KEYS: Final = 3000
"""Keys that one call reads in the index, those of other clients included."""
_ROWS_AT_ONCE: Final = 100
_FIRST: Final = ""
_LAST: Final = "\uffff"


class Place(NamedTuple):
    """The place of a message in what is read: after which partition, sort key and message."""

    partition: str
    sort: str
    message_id: str = _FIRST
    client: str = _FIRST

    @property
    def key(self) -> MessageKey:
        """Which message it is."""
        return MessageKey(self.client, self.message_id)


@dataclass(frozen=True, slots=True)
class Index:
    """How one index is read: its partitions in order, and what of each.

    Sort keys are compared as text, numbers with leading zeros. `least` and `most` bound them.
    """

    name: str | None
    partition_key: str
    partitions: Sequence[str]
    sort_key: str
    is_number: bool = False
    newest_first: bool = True
    least: str | None = None
    most: str | None = None


def index_for(search: Search, now: datetime) -> Index:
    """The index that holds what is looked for. `Search.check` has found that there is one."""
    if search.message_id is not None:
        return Index(None, "messageId", [search.message_id], "client", newest_first=False)
    if search.phone_number is not None:
        return _to_a_number(search)
    if search.status is Status.QUEUED:
        return Index(DUE_INDEX, "dueShard", DUE_SHARDS, "dueAt", is_number=True, newest_first=False)
    least = to_iso(search.since) if search.since else None
    most = to_iso(search.until) if search.until else None
    if not search.is_found_by_status and search.client is not None:
        of_client = [search.client]
        return Index(CLIENT_INDEX, "client", of_client, "createdAt", least=least, most=most)
    oldest = now - MOST_DAYS
    until = max(min(search.until or now, now), oldest)
    since = max(search.since or until - DAYS, oldest)
    return Index(
        ATTENTION_INDEX,
        "attention",
        _days(search, since, until),
        "updatedAt",
        least=least,
        most=most,
    )


def search_messages(read: "Reading", search: Search, limit: int) -> Searched:
    """At most `limit` of the messages in this index that fit. See `MessageSearch`."""
    found: list[Message] = []
    unreadable: list[MessageKey] = []
    places = (each for each in read.places() if search.fits_key(each.key))
    for _ in range(KEYS_AT_ONCE // _ROWS_AT_ONCE):
        some = list(islice(places, _ROWS_AT_ONCE))
        rows = read_rows(read.db, read.table_name, [each.key for each in some])
        for each in some:
            row = rows.get(each.key)
            if isinstance(row, Message) and search.fits(row):
                found.append(row)
            elif row is not None and not isinstance(row, Message):
                unreadable.append(each.key)
            if len(found) == limit:
                return Searched(found, unreadable, json.dumps(each))
        if len(some) < _ROWS_AT_ONCE:
            return Searched(found, unreadable, read.goes_on_at and json.dumps(read.goes_on_at))
    return Searched(found, unreadable, json.dumps(some[-1]))


class Reading:
    """One call's way through an index, from a place on."""

    def __init__(
        self, db: "DynamoDBClient", table_name: str, index: Index, place: str | None
    ) -> None:
        self.db = db
        self.table_name = table_name
        self._index = index
        self._after = None if place is None else Place(*json.loads(place))
        self.goes_on_at: Place | None = None
        """Where the next call begins, if this one ended before the index did."""

    def places(self) -> Iterator[Place]:
        """The places from the one after which the call begins, in order."""
        partitions = list(self._index.partitions)
        if self._after is not None:
            # A day that is not among them any more was the last one: midnight came in between.
            known = self._after.partition in partitions
            partitions = partitions[partitions.index(self._after.partition) :] if known else []
        read = 0
        for partition in partitions[:PARTITIONS_AT_ONCE]:
            for place in self._of(partition):
                yield place
                read += 1
                if read == MOST_KEYS:
                    self.goes_on_at = place
                    return
        if left := partitions[PARTITIONS_AT_ONCE:]:
            edge = _LAST if self._index.newest_first else _FIRST
            self.goes_on_at = Place(left[0], edge)

    def _of(self, partition: str) -> Iterator[Place]:
        after = self._after
        if after is not None and after.partition != partition:
            after = None
        newest_first = self._index.newest_first
        for _, together in groupby(self._entries(partition, after), lambda place: place.sort):
            # DynamoDB does not say in which order it keeps those with the same sort key.
            for place in sorted(together, reverse=newest_first):
                if after is None or (place < after if newest_first else place > after):
                    yield place

    def _entries(self, partition: str, after: Place | None) -> Iterable[Place]:
        index = self._index
        least, most = index.least, index.most
        if after is not None and after.sort not in {_FIRST, _LAST}:
            least, most = (least, after.sort) if index.newest_first else (after.sort, most)
        condition, values = "#partition = :partition", {":partition": attribute(partition)}
        names = {"#partition": index.partition_key}
        bounds = {"#sort >= :least": (":least", least), "#sort <= :most": (":most", most)}
        given = {text: bound for text, bound in bounds.items() if bound[1] is not None}
        if len(given) == len(bounds):
            condition += " AND #sort BETWEEN :least AND :most"
        for text in given if len(given) < len(bounds) else ():
            condition += f" AND {text}"
        for name, bound in given.values():
            names["#sort"] = index.sort_key
            values[name] = attribute(int(bound or 0) if index.is_number else bound)
        query: dict[str, Any] = {
            "TableName": self.table_name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": not index.newest_first,
            "PaginationConfig": {"PageSize": _ROWS_AT_ONCE + 2},
        }
        if index.name is not None:
            query["IndexName"] = index.name
        with table_errors():
            for page in self.db.get_paginator("query").paginate(**query):
                for item in page["Items"]:
                    yield Place(partition, self._sort(item), *_message_of(item))

    def _sort(self, item: Item) -> str:
        value = item[self._index.sort_key]
        return f"{int(value['N']):012}" if self._index.is_number else value["S"]


def _message_of(item: Item) -> tuple[str, str]:
    return item["messageId"]["S"], item["client"]["S"]


def _to_a_number(search: Search) -> Index:
    number = search.phone_number.e164 if search.phone_number else ""
    least = most = None
    if search.client is not None:
        least = client_created_at(search.client, to_iso(search.since) if search.since else "")
        most = client_created_at(search.client, to_iso(search.until) if search.until else _LAST)
    return Index(
        RECIPIENT_INDEX, "phoneNumber", [number], "clientCreatedAt", least=least, most=most
    )


def _days(search: Search, since: datetime, until: datetime) -> list[str]:
    """The partitions of these days (UTC), the latest first."""
    if search.status is None or since > until:
        return []
    first, last = since.astimezone(UTC).date(), until.astimezone(UTC).date()
    days = [last - timedelta(days=number) for number in range((last - first).days + 1)]
    noons = [datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in days]
    return [partition for noon in noons if (partition := attention(search.status, noon))]
