"""New messages: the intent and everything that may stop it, in one transaction.

Items of the table `Guards` that are read and written here (`guard` is the key, `expiresAt` the
table's time to live in epoch seconds; other times are epoch milliseconds):

| `guard`                              | holds                                                  |
| ------------------------------------ | ------------------------------------------------------ |
| `recipient#<E.164>#<day>`            | `sent`: the time of each message, the latest first     |
| `client#<client>#<day>#<shard>`      | `messages`: how many                                   |
| `last#<client>#<E.164>`              | `messageId`, `intent` (its SHA-256), `equalUntil`      |
| `suppressed#<E.164>`                 | see suppressions_table.py                              |
"""

import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sms_gateway.adapters.dynamodb import TransactionRefusedError, write
from sms_gateway.adapters.message_item import Item, attribute
from sms_gateway.adapters.messages_table import MessagesTable, already_stored
from sms_gateway.adapters.suppressions_table import suppression_key
from sms_gateway.domain.clock import from_milliseconds, to_iso, to_milliseconds
from sms_gateway.domain.errors import (
    ClientLimitError,
    RecipientLimitError,
    StoreUnavailableError,
)
from sms_gateway.domain.guards import HOUR, Limits, end_of_day, suppressed
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.use_cases.ports import DoubleClickError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef, UpdateTypeDef

MAX_SHARDS: Final = 16
"""Rows a client's count is spread over: transactions on one row get in each other's way."""
_KEPT: Final = timedelta(days=1)
"""How much longer than needed a guard's row is kept before its time to live is over."""

_INTENT, _TWIN, _SUPPRESSION, _RECIPIENT, _CLIENT = range(5)
_Actions: TypeAlias = "dict[int, TransactWriteItemTypeDef]"


@dataclass(frozen=True, slots=True)
class GuardedIntake:
    """Implements the port `Intake` on DynamoDB. Without any guard it is one plain write."""

    messages: MessagesTable
    guards_table: str
    limits: Limits
    _full: dict[str, set[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The rows of clients' counts that are used up, by day: no count ever goes down again."""

    def store(self, message: Message, *, id_is_chosen: bool, instead_of: str | None = None) -> None:
        """Store and count the message, or raise and change nothing."""
        guards = self._guards(message, instead_of, id_is_chosen=id_is_chosen)
        if self.limits.client_daily:
            self._store_where_there_is_room(message, guards)
        elif guards:
            self._is_stored(message, guards)
        else:
            self.messages.create(message)

    def _store_where_there_is_room(self, message: Message, guards: _Actions) -> None:
        day = _day(message.created_at)
        rows = self._shares(f"client#{message.client}#{day}")
        full = self._full_on(day)
        in_turn = list(rows)
        random.shuffle(in_turn)
        # Where all are full one is asked all the same: the message may have been stored before.
        for row in [row for row in in_turn if row not in full] or in_turn[:1]:
            guards[_CLIENT] = {"Update": self._one_more(row, rows[row], message.created_at)}
            if self._is_stored(message, guards):
                return
            full.add(row)
        raise ClientLimitError(
            "This client has sent as many messages today as it may.",
            end_of_day(message.created_at) - message.created_at,
        )

    def _is_stored(self, message: Message, guards: _Actions) -> bool:
        """Whether the client's row had room for it; raises for every other reason there may be."""
        actions: _Actions = {_INTENT: {"Put": self.messages.as_put(message)}, **guards}
        try:
            write(
                lambda: self.messages.client.transact_write_items(
                    TransactItems=list(actions.values())
                )
            )
        except TransactionRefusedError as refused:
            rows = {list(actions)[at]: row for at, row in refused.refusals.items()}
            if rows.keys() == {_CLIENT}:
                return False
            raise self._explained(message, rows) from refused
        return True

    def _explained(self, message: Message, rows: Mapping[int, Item | None]) -> Exception:
        """What the rows in the way mean; the first that counts in this order."""
        if _INTENT in rows:
            return already_stored(rows[_INTENT])
        if _TWIN in rows and (twin := rows[_TWIN]):
            return DoubleClickError(MessageKey(message.client, twin["messageId"]["S"]))
        if _SUPPRESSION in rows:
            return suppressed()
        if _RECIPIENT in rows and (recipient := rows[_RECIPIENT]):
            sent = [int(at["N"]) for at in recipient["sent"]["L"]]
            return RecipientLimitError(
                "This number has got as many messages as it may.",
                self._recipient_has_to_wait(sent, message.created_at),
            )
        return StoreUnavailableError("The table did not show the row in the way.")

    def _guards(self, message: Message, instead_of: str | None, *, id_is_chosen: bool) -> _Actions:
        """The actions that stop it, or count it, apart from the client's count."""
        guards: _Actions = {}
        if self.limits.double_click and not id_is_chosen:
            guards[_TWIN] = {"Put": self._twin(message, instead_of)}
        if self.limits.suppressions:
            guards[_SUPPRESSION] = {
                "ConditionCheck": {
                    "TableName": self.guards_table,
                    "Key": {"guard": attribute(suppression_key(message.phone_number))},
                    "ConditionExpression": "attribute_not_exists(guard)",
                }
            }
        if self.limits.recipient_hourly or self.limits.recipient_daily:
            guards[_RECIPIENT] = {"Update": self._recipient(message)}
        return guards

    def _twin(self, message: Message, instead_of: str | None) -> "PutTypeDef":
        """The last one to this number: an equal one is this very one, for a moment."""
        now = message.created_at
        until = now + self.limits.double_click
        item = {
            "guard": f"last#{message.client}#{message.phone_number.e164}",
            "messageId": message.message_id,
            "intent": _digest(message),
            "equalUntil": to_milliseconds(until),
            "expiresAt": int((until + _KEPT).timestamp()),
        }
        condition = "attribute_not_exists(guard) OR equalUntil <= :now OR intent <> :intent"
        values: dict[str, Any] = {":now": to_milliseconds(now), ":intent": item["intent"]}
        if instead_of is not None:
            condition += " OR messageId = :ended"
            values[":ended"] = instead_of
        return {
            "TableName": self.guards_table,
            "Item": {name: attribute(value) for name, value in item.items()},
            "ConditionExpression": condition,
            "ExpressionAttributeValues": {k: attribute(v) for k, v in values.items()},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def _recipient(self, message: Message) -> "UpdateTypeDef":
        """One more for this number, if the tenth-last, say, is an hour old.

        The latest come first, so that `sent[9]` is the tenth-last however many there are.
        """
        now, limits = message.created_at, self.limits
        conditions = []
        values: dict[str, Any] = {
            ":now": [to_milliseconds(now)],
            ":none": [],
            ":expires": _expires(now),
        }
        if limits.recipient_hourly:
            tenth_last = f"sent[{limits.recipient_hourly - 1}]"
            conditions.append(f"(attribute_not_exists({tenth_last}) OR {tenth_last} <= :hourAgo)")
            values[":hourAgo"] = to_milliseconds(now - HOUR)
        if limits.recipient_daily:
            conditions.append(f"attribute_not_exists(sent[{limits.recipient_daily - 1}])")
        return {
            "TableName": self.guards_table,
            "Key": {"guard": attribute(f"recipient#{message.phone_number.e164}#{_day(now)}")},
            "UpdateExpression": (
                "SET sent = list_append(:now, if_not_exists(sent, :none)), expiresAt = :expires"
            ),
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeValues": {k: attribute(v) for k, v in values.items()},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def _recipient_has_to_wait(self, sent: list[int], now: datetime) -> timedelta:
        """How long until there is room again, for a number that got messages at these times."""
        limits = self.limits
        tomorrow = end_of_day(now)
        if limits.recipient_daily and len(sent) >= limits.recipient_daily:
            return tomorrow - now
        room_at = from_milliseconds(sent[limits.recipient_hourly - 1]) + HOUR
        return min(room_at, tomorrow) - now

    def _shares(self, client: str) -> dict[str, int]:
        """The rows that a client's count is spread over, and what each may hold: in all the limit.

        Which of them a message is counted in is left to chance; one whose row is full tries
        another, so the last message that the limit allows finds its place too. Under a higher limit
        no row is gone and none holds less, so what was counted before it was raised still counts.
        """
        limit = self.limits.client_daily
        shards = min(MAX_SHARDS, limit)
        share, rest = divmod(limit, shards)
        return {f"{client}#{shard}": share + (shard < rest) for shard in range(shards)}

    def _one_more(self, row: str, share: int, now: datetime) -> "UpdateTypeDef":
        """One more in this row of a client's count, if there is room."""
        values = {":none": 0, ":one": 1, ":share": share, ":expires": _expires(now)}
        return {
            "TableName": self.guards_table,
            "Key": {"guard": attribute(row)},
            "UpdateExpression": (
                "SET messages = if_not_exists(messages, :none) + :one, expiresAt = :expires"
            ),
            "ConditionExpression": "attribute_not_exists(messages) OR messages < :share",
            "ExpressionAttributeValues": {k: attribute(v) for k, v in values.items()},
        }

    def _full_on(self, day: str) -> set[str]:
        for other in self._full.keys() - {day}:
            self._full.pop(other, None)
        return self._full.setdefault(day, set())


def _digest(message: Message) -> str:
    """The same for messages that ask for the same."""
    intent = json.dumps(message.intent, default=_plain, sort_keys=True)
    return hashlib.sha256(intent.encode()).hexdigest()


def _plain(value: Any) -> str:
    """What an intent holds apart from plain values; `str` of a number would be masked."""
    return value.e164 if isinstance(value, PhoneNumber) else to_iso(value)


def _day(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y-%m-%d}"


def _expires(now: datetime) -> int:
    return int((end_of_day(now) + _KEPT).timestamp())
