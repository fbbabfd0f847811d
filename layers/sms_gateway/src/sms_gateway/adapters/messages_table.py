"""The `Messages` table. Every change of a message is one conditional write."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sms_gateway.adapters.attributes import Item, attribute, attributes
from sms_gateway.adapters.dynamodb import ConditionFailedError, table_errors, write
from sms_gateway.adapters.message_item import (
    SHARDS_OF,
    attention,
    due_shard,
    epoch,
    from_item,
    history_entry,
    key_attributes,
    key_of,
    open_tries_entry,
    report_entry,
    to_item,
)
from sms_gateway.adapters.message_rows import read_each
from sms_gateway.adapters.message_search import DUE_INDEX, Reading, index_for, search_messages
from sms_gateway.adapters.recipient_index import Owned, read_messages, read_positions
from sms_gateway.domain.clock import to_iso, to_milliseconds
from sms_gateway.domain.cursor import Position
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.message import Change, Message, OpenTries
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import DeliveryReport
from sms_gateway.domain.search import Search
from sms_gateway.domain.status import Reason
from sms_gateway.domain.waits import Waits, waits
from sms_gateway.use_cases.ports import (
    AlreadyStoredError,
    ChangeRefusedError,
    Due,
    Listed,
    Searched,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, UpdateTypeDef

MAX_CONTRADICTING_REPORTS: Final = 10
"""Kept on the item; further ones are only counted, so that no stranger can make an item grow."""
KEYS_AT_ONCE: Final = 250
"""Keys that one question to the index `due` brings: 28 KB, three and a half read units."""

_NO_MESSAGE: Final = MessageKey("(none)", "(none)")
_KEPT: Final = (
    "contradictingReports = list_append(if_not_exists(contradictingReports, :none), :kept)"
)


@dataclass(frozen=True, slots=True)
class MessagesTable:
    """Implements the port `Messages` on DynamoDB."""

    client: "DynamoDBClient"
    table_name: str

    def as_put(self, message: Message) -> "PutTypeDef":
        """The write that stores a new message: intent and claim in one."""
        return {
            "TableName": self.table_name,
            "Item": to_item(message),
            "ConditionExpression": "attribute_not_exists(messageId)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def open_ahead(self) -> None:
        """Ask for a change that is always refused: for the connection, where no read is allowed.

        Its condition asks for a row whose id no message can have. Raises `ConditionFailedError`, or
        `StoreUnavailableError`.
        """
        write(
            lambda: self.client.update_item(
                TableName=self.table_name,
                Key=key_attributes(_NO_MESSAGE),
                UpdateExpression="REMOVE dueAt",
                ConditionExpression="attribute_exists(messageId)",
            )
        )

    def change(self, key: MessageKey, change: Change) -> Message:
        """Make the change; its sources in the table of moves are the write's own condition."""
        update = self.as_update(key, change)
        try:
            answer = write(lambda: self.client.update_item(**update, ReturnValues="ALL_NEW"))
        except ConditionFailedError as failure:
            raise refused(failure.item) from failure
        return from_item(answer["Attributes"])

    def as_update(self, key: MessageKey, change: Change) -> "UpdateTypeDef":
        """The write that makes the change."""
        sources = {f":from{i}": s for i, s in enumerate(sorted(change.sources))}
        values: dict[str, Any] = {
            **sources,
            ":status": change.target,
            ":at": to_iso(change.at),
            ":entry": [history_entry(change.entry)],
            ":one": 1,
        }
        conditions = [f"#status IN ({', '.join(sources)})"]
        conditions += _seen(change, values)
        sets = [
            "#status = :status",
            "updatedAt = :at",
            "history = list_append(history, :entry)",
            "version = version + :one",
        ]
        removes = []
        always = _written(key, change)
        if change.leaves_open is not None:
            always["openTries"] = open_tries_entry(change.leaves_open)
        for name, value in always.items():
            if value is None:
                removes.append(name)  # what the last change said no longer holds
            else:
                sets.append(f"{name} = :{name}")
                values[f":{name}"] = value
        for name, value in _written_if_there(change).items():
            if value is not None:
                sets.append(f"{name} = :{name}")
                values[f":{name}"] = value
        if change.kept_report is not None:
            sets.append(_KEPT)
            values |= {":kept": [report_entry(change.kept_report)], ":none": []}
        expression = f"SET {', '.join(sets)}"
        if removes:
            expression += f" REMOVE {', '.join(removes)}"
        return {
            "TableName": self.table_name,
            "Key": key_attributes(key),
            "UpdateExpression": expression,
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": {k: attribute(_plain(v)) for k, v in values.items()},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def close_try(self, message: Message, report: DeliveryReport) -> None:
        """Keep the report, however many there are, and close its try; `version` stays."""
        values: dict[str, Any] = {":kept": [report_entry(report)], ":none": []}
        sets = _KEPT
        condition = _open_tries_are(message.open_tries, values)
        left = message.open_tries - {report.attempt}
        if left:
            sets += ", openTries = :left"
            values[":left"] = open_tries_entry(left)
        removes = "" if left else " REMOVE openTries"
        try:
            self._note(
                message.key,
                f"SET {sets}{removes}",
                f"attribute_exists(messageId) AND {condition}",
                attributes(values),
            )
        except ConditionFailedError as failure:
            raise refused(failure.item) from failure

    def note_contradiction(self, key: MessageKey, report: DeliveryReport) -> None:
        """Count the report, and keep it while there is room. `version` stays: no event follows."""
        values = {":one": attribute(1)}
        keep = {
            ":kept": attribute([report_entry(report)]),
            ":none": attribute([]),
            ":room": attribute(MAX_CONTRADICTING_REPORTS),
        }
        kept = f"SET {_KEPT} ADD contradictions :one"
        has_room = (
            "attribute_exists(messageId) AND (attribute_not_exists(contradictingReports)"
            " OR size(contradictingReports) < :room)"
        )
        try:
            self._note(key, kept, has_room, values | keep)
        except ConditionFailedError as full_or_gone:
            if full_or_gone.item:
                try:
                    self._note(
                        key,
                        "ADD contradictions :one",
                        "attribute_exists(messageId)",
                        values,
                    )
                except ConditionFailedError:
                    return  # its time to live ran out this very moment

    def _note(
        self, key: MessageKey, expression: str, condition: str, values: dict[str, Any]
    ) -> None:
        write(
            lambda: self.client.update_item(
                TableName=self.table_name,
                Key=key_attributes(key),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        )

    def postpone(
        self,
        message: Message,
        due_at: datetime,
        reason: Reason | None = None,
        put_off: int | None = None,
        *,
        in_queue: bool = False,
    ) -> None:
        """Look at the message later: no change of status, so no event and the same `version`."""
        sets = "dueAt = :due, dueShard = :shard"
        values = {
            ":due": epoch(due_at),
            ":shard": due_shard(message.key, waits(message.status, in_queue=in_queue)),
            ":version": message.version,
        }
        if reason is not None:
            sets += ", reason = :reason"
            values[":reason"] = str(reason)
        if put_off is not None:
            sets += ", putOff = :putOff"
            values[":putOff"] = put_off
        try:
            write(
                lambda: self.client.update_item(
                    TableName=self.table_name,
                    Key=key_attributes(message.key),
                    UpdateExpression=f"SET {sets}",
                    ConditionExpression="version = :version",
                    ExpressionAttributeValues=attributes(values),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            )
        except ConditionFailedError as failure:
            raise refused(failure.item) from failure

    def due(self, waits: Waits, now: datetime) -> Iterator[Due]:
        """From the sparse index `due`, whose shards are read side by side, page by page.

        The index follows the table a moment later, so a row might have changed: read it.
        """
        return heapq.merge(*(self._due_in(shard, now) for shard in SHARDS_OF[waits]))

    def _due_in(self, shard: str, now: datetime) -> Iterator[Due]:
        with table_errors():
            pages = self.client.get_paginator("query").paginate(
                TableName=self.table_name,
                IndexName=DUE_INDEX,
                KeyConditionExpression="dueShard = :shard AND dueAt <= :now",
                ExpressionAttributeValues={
                    ":shard": attribute(shard),
                    ":now": attribute(int(now.timestamp())),
                },
                PaginationConfig={"PageSize": KEYS_AT_ONCE},
            )
            for page in pages:
                for item in page["Items"]:
                    yield Due(datetime.fromtimestamp(int(item["dueAt"]["N"]), UTC), key_of(item))

    def get_all(
        self, keys: Sequence[MessageKey]
    ) -> Mapping[MessageKey, Message | StoreUnavailableError]:
        """Read consistently, with one call for all of them (100 at most)."""
        return read_each(self.client, self.table_name, keys)

    def get(self, key: MessageKey) -> Message | None:
        """The message as it stands now: read consistently, so a caller sees its own POST."""
        with table_errors():
            answer = self.client.get_item(
                TableName=self.table_name,
                Key=key_attributes(key),
                ConsistentRead=True,
            )
        item = answer.get("Item")
        return from_item(item) if item else None

    def list_for(
        self, client: str, phone_number: PhoneNumber, limit: int, after: Position | None
    ) -> Listed:
        """Which ones from the index `recipient`, and each as it stands this moment."""
        of = Owned(client, phone_number)
        positions = read_positions(self.client, self.table_name, of, limit + 1, after)
        page = positions[:limit]
        keys = [MessageKey(client, position.message_id) for position in page]
        messages, unreadable = read_messages(self.client, self.table_name, keys)
        ids = [key.message_id for key in unreadable]
        return Listed(messages, ids, page[-1] if len(positions) > limit else None)

    def search(self, search: Search, limit: int, place: str | None, now: datetime) -> Searched:
        """By the index that holds what is looked for. Implements the port `MessageSearch`."""
        index = index_for(search, now)
        return search_messages(Reading(self.client, self.table_name, index, place), search, limit)


def refused(item: Item | None) -> ChangeRefusedError:
    """What the row in the way of a change means. Raises `UnreadableRowError`."""
    return ChangeRefusedError(from_item(item) if item else None)


def already_stored(item: Item | None) -> AlreadyStoredError | StoreUnavailableError:
    """What the row in the way of a new message means."""
    if item is None:
        return StoreUnavailableError("The table did not show the stored row.")
    return AlreadyStoredError(from_item(item))


def _written(key: MessageKey, change: Change) -> dict[str, Any]:
    """Attributes that every change writes, or removes if there is nothing to say."""
    due = change.due_at
    return {
        "reason": change.reason,
        "errorMessage": change.error_message,
        "dueAt": due and epoch(due),
        "dueShard": due and due_shard(key, waits(change.target, in_queue=change.in_queue)),
        "attention": attention(change.target, change.at),
    }


def _written_if_there(change: Change) -> dict[str, Any]:
    """Attributes that stay as they are unless the change has something to say."""
    return {
        "report": change.report and report_entry(change.report),
        "claim": change.new_claim,
        "attempt": change.attempt if change.new_claim else None,
        "resent": change.resent,
        "countedAt": change.counted_at and to_milliseconds(change.counted_at),
    }


def _seen(change: Change, values: dict[str, Any]) -> Iterator[str]:
    """The conditions that the row is as the change was decided on; adds the values they name."""
    for name, expected in (("claim", change.claim), ("version", change.version)):
        if expected is not None:
            values[f":expected_{name}"] = expected
            yield f"{name} = :expected_{name}"
    if change.seen_open is not None:
        yield _open_tries_are(change.seen_open, values)
    if change.only_open_try is not None:
        values[":only_try"] = open_tries_entry({change.only_open_try})
        yield "(attribute_not_exists(openTries) OR openTries = :only_try)"


def _open_tries_are(tries: OpenTries, values: dict[str, Any]) -> str:
    """The condition that these tries are open and no others; adds the value that it names."""
    if not tries:
        return "attribute_not_exists(openTries)"
    values[":open_tries"] = open_tries_entry(tries)
    return "openTries = :open_tries"


def _plain(value: Any) -> Any:
    """Enum members as the plain strings that DynamoDB's serializer wants."""
    return str(value) if isinstance(value, str) else value
