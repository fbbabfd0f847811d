"""Rows of the table `Messages` for operators' commands: one by one, or the whole table."""

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sms_gateway.adapters.attributes import Item, attribute
from sms_gateway.adapters.dynamodb import table_errors
from sms_gateway.adapters.message_item import from_item, key_of
from sms_gateway.adapters.recipient_index import RECIPIENT_INDEX, read_messages
from sms_gateway.domain.errors import StoreUnavailableError, UnreadableRowError
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from tools.operators.pace import Pace
from tools.stacks import ToolError, in_words

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

UNIT_BYTES: Final = 8 * 1024
"""What one read unit reads of a table, if the read need not be consistent."""
UNIT_USD: Final = 0.1525 / 1_000_000
"""The price of a read unit in Frankfurt (docs/costs.md)."""
_AT_ONCE: Final = 100
"""Rows that DynamoDB takes in one `BatchGetItem`."""
_PAGE: Final = 250
"""Rows of one `Scan`: some forty read units, so that the pace is even."""


@dataclass(slots=True)
class Rows:
    """Messages, and the keys of rows that this release cannot read."""

    messages: list[Message]
    unreadable: list[MessageKey]

    @classmethod
    def read(cls, items: Iterable[Item]) -> "Rows":
        """These rows, whole."""
        rows = cls([], [])
        for item in items:
            try:
                rows.messages.append(from_item(item))
            except UnreadableRowError:
                rows.unreadable.append(key_of(item))
        return rows


@contextmanager
def store_errors() -> Iterator[None]:
    """What a table says when it says no, as `ToolError`."""
    try:
        with table_errors():
            yield
    except StoreUnavailableError as error:
        raise ToolError(in_words(error.__cause__ or error)) from error


def of_id(db: "DynamoDBClient", table: str, message_id: str, client: str | None) -> Rows:
    """The messages with this id: of one client, or else of all. Raises `ToolError`."""
    condition, values = "messageId = :id", {":id": attribute(message_id)}
    if client is not None:
        condition += " AND client = :client"
        values[":client"] = attribute(client)
    pages = db.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        ConsistentRead=True,
    )
    with store_errors():
        return Rows.read(item for page in pages for item in page["Items"])


def of_number(db: "DynamoDBClient", table: str, number: PhoneNumber) -> Rows:
    """What all clients have sent to the number. Raises `ToolError`."""
    pages = db.get_paginator("query").paginate(
        TableName=table,
        IndexName=RECIPIENT_INDEX,
        KeyConditionExpression="phoneNumber = :number",
        ExpressionAttributeValues={":number": attribute(number.e164)},
    )
    with store_errors():
        found = [key_of(item) for page in pages for item in page["Items"]]
    return with_keys(db, table, found)


def with_keys(db: "DynamoDBClient", table: str, keys: Iterable[MessageKey]) -> Rows:
    """The rows with these keys; some can be gone. Raises `ToolError`."""
    different = list(dict.fromkeys(keys))
    rows = Rows([], [])
    for start in range(0, len(different), _AT_ONCE):
        with store_errors():
            found, unreadable = read_messages(db, table, different[start : start + _AT_ONCE])
        rows.messages += found
        rows.unreadable += unreadable
    return rows


@dataclass(frozen=True, slots=True)
class Size:
    """How large the table is, as AWS counts it every six hours."""

    rows: int
    size: int

    @classmethod
    def of(cls, db: "DynamoDBClient", table: str) -> "Size":
        """Raises `ToolError`."""
        with store_errors():
            told = db.describe_table(TableName=table)["Table"]
        return cls(told["ItemCount"], told["TableSizeBytes"])

    def cost(self, units_a_second: float) -> list[str]:
        """What reading it once costs, in sentences."""
        units = math.ceil(self.size / UNIT_BYTES)
        minutes = math.ceil(units / units_a_second / 60)
        return [
            "The whole table is read once. By AWS's count, which is up to six hours old, it has:",
            f"  {self.rows:,} rows, {self.size / 1e6:,.1f} MB, {units:,} read units",
            f"  {units * UNIT_USD:.2f} USD at the price of Frankfurt",
            f"  about {minutes:,} min at {units_a_second:g} read units a second",
        ]


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of the whole table. `read` is how many were looked at to find them.

    `last` is the key with which the next page begins; `None` after the last page.
    """

    rows: Rows
    read: int
    last: Mapping[str, Any] | None


def scan(  # noqa: PLR0913  what is read, all by name
    db: "DynamoDBClient",
    table: str,
    *,
    since: str,
    until: str,
    units: Pace,
    after: Mapping[str, Any] | None,
) -> Iterator[Page]:
    """The rows that can have changed their status in the span (ISO 8601, `until` excluded).

    Every row of the table is read, whatever the span, from `after` on. Raises `ToolError`.
    """
    values = {":since": attribute(since), ":until": attribute(until)}
    request: dict[str, Any] = {
        "TableName": table,
        "FilterExpression": "createdAt < :until AND updatedAt >= :since",
        "ExpressionAttributeValues": values,
        "Limit": _PAGE,
        "ReturnConsumedCapacity": "TOTAL",
    }
    while True:
        if after is not None:
            request["ExclusiveStartKey"] = after
        with store_errors():
            answer = db.scan(**request)
        after = answer.get("LastEvaluatedKey")
        yield Page(Rows.read(answer["Items"]), answer["ScannedCount"], after)
        if after is None:
            return
        units.spend(answer["ConsumedCapacity"]["CapacityUnits"])
