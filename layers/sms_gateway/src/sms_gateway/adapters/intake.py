"""New messages and claims: the write and everything that may stop it, in one transaction.

The items of the table `Guards` that it reads and writes are among those in guard_items.py.
"""

import hashlib
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sms_gateway.adapters import guard_items
from sms_gateway.adapters.attributes import Item, attributes
from sms_gateway.adapters.dynamodb import (
    TableBusyError,
    TransactionRefusedError,
    table_errors,
    tries,
    write,
)
from sms_gateway.adapters.messages_table import MessagesTable, already_stored, refused
from sms_gateway.domain.access_token import AccessToken
from sms_gateway.domain.clock import from_milliseconds, to_iso, to_milliseconds
from sms_gateway.domain.errors import (
    ClientLimitError,
    RecipientLimitError,
    StoreUnavailableError,
    TokenUsedUpError,
)
from sms_gateway.domain.guards import DAY, HOUR, Limits, end_of_day, suppressed, with_sending
from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.status import Status
from sms_gateway.domain.usage import USAGE_KEPT
from sms_gateway.use_cases.ports import DoubleClickError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef, UpdateTypeDef

MAX_SHARDS: Final = 16
"""Rows a client's count is spread over: transactions on one row get in each other's way."""
_KEPT: Final = timedelta(days=1)
"""How much longer than needed a guard's row is kept before its time to live is over."""
_SLACK: Final = 16
"""How many sendings more than needed a row may hold, so that it is rarely written anew."""

_INTENT, _TOKEN, _TWIN, _SUPPRESSION, _RECIPIENT, _CLIENT = range(6)
_Actions: TypeAlias = "dict[int, TransactWriteItemTypeDef]"


@dataclass(frozen=True, slots=True)
class GuardedIntake:
    """Implements the port `Intake` on DynamoDB: one write, however many guards there are.

    It counts each message that is taken for its client, also without a limit: a report of usage
    reads these counts (docs/decisions/2026-11-27-usage.md).
    """

    messages: MessagesTable
    guards_table: str
    limits: Limits
    _full: dict[str, set[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The rows of clients' counts that are used up, by day: no count ever goes down again."""
    _turn: Iterator[int] = field(
        default_factory=lambda: count(random.randrange(MAX_SHARDS)),  # noqa: S311
        init=False,
        repr=False,
        compare=False,
    )
    """Where the next message begins to look for room. Threads can share it: each gets its own."""

    def store(  # noqa: PLR0913  what is known of a request, each by its name
        self,
        message: Message,
        *,
        id_is_chosen: bool,
        instead_of: str | None = None,
        clicked_at: datetime | None = None,
        token: AccessToken | None = None,
        is_unlisted: bool = False,
    ) -> None:
        """Store and count the message, or raise and change nothing."""
        now = message.created_at
        counts = self._counts_recipients and message.counted_at is not None
        actions: _Actions = {_INTENT: {"Put": self.messages.as_put(message)}}
        if token is not None:
            actions[_TOKEN] = {"Update": self._one_more_of(token)}
        if self.limits.double_click and not id_is_chosen:
            actions[_TWIN] = {"Put": self._twin(message, instead_of, clicked_at or now)}
        if self.limits.suppressions and not is_unlisted:
            actions[_SUPPRESSION] = self._not_suppressed(message.phone_number)
        if counts:
            actions[_RECIPIENT] = {"Update": self._one_more_sending(message.phone_number, now)}
        sending = _Sending(message, now, None, already_stored)
        try:
            self._write_where_there_is_room(sending, actions)
        except TableBusyError:
            # Nothing was written. Many uses of one token at once get in each other's way, and
            # to all but the first it can be told that they are too many.
            if token is not None and self._is_used_up(token):
                raise _used_up() from None
            raise

    def claim(self, message: Message, change: Change, *, is_unlisted: bool = False) -> Message:
        """Claim the message and count its sending, or raise and change nothing."""
        now = change.at
        is_resend = message.status is Status.UNCONFIRMED and message.counts_once_more
        actions: _Actions = {_INTENT: {"Update": self.messages.as_update(message.key, change)}}
        if self.limits.suppressions and not is_unlisted:
            actions[_SUPPRESSION] = self._not_suppressed(message.phone_number)
        place = None if message.counts_once_more else message.counted_at
        sending = _Sending(message, now, place, refused, is_resend=is_resend)
        if self._counts_recipients:
            actions[_RECIPIENT] = {"Update": self._sending_of_a_claim(sending)}
        if is_resend:
            self._write_where_there_is_room(sending, actions)
        elif len(actions) == 1:
            return self.messages.change(message.key, change)
        else:
            self._is_written(sending, actions)
        return message.after(change)

    @property
    def _counts_recipients(self) -> bool:
        return bool(self.limits.recipient_remembered)

    def _write_where_there_is_room(self, sending: "_Sending", actions: _Actions) -> None:
        """The write, with the client's count in one of its rows."""
        day = day_of(sending.at)
        rows = self._shares(sending.message.client, day)
        full = self._full_on(day)
        # One row after the other, so that the messages of a batch, which are stored side by side,
        # do not get in each other's way; from chance on, so that processes rarely do.
        first = next(self._turn) % len(rows)
        in_turn = [*rows][first:] + [*rows][:first]
        # Where all are full one is asked all the same: the message might have been stored before.
        for row in [row for row in in_turn if row not in full] or in_turn[:1]:
            actions[_CLIENT] = {"Update": self._one_more(row, rows[row], sending)}
            if self._is_written(sending, actions):
                return
            full.add(row)
        raise ClientLimitError(
            "This client has reached its daily limit. Send the message tomorrow (UTC), or ask the"
            " operator of the gateway to raise the limit.",
            end_of_day(sending.at) - sending.at,
        )

    def _is_written(self, sending: "_Sending", actions: _Actions) -> bool:
        """Whether the client's row had room for it; raises for every other reason."""
        for _ in tries():
            try:
                write(
                    lambda: self.messages.client.transact_write_items(
                        TransactItems=list(actions.values())
                    )
                )
            except TransactionRefusedError as refused:
                rows = {list(actions)[at]: row for at, row in refused.refusals.items()}
                if rows.keys() <= {_RECIPIENT, _CLIENT} and _RECIPIENT in rows:
                    # The row might be too long, or another process has written it: put it in order.
                    row = _recipient_row(rows[_RECIPIENT])
                    anew = self._in_order(sending, row)
                    actions[_RECIPIENT] = {"Update": anew}
                    continue
                if rows.keys() == {_CLIENT}:
                    return False
                raise self._explained(sending, rows) from refused
            else:
                return True
        raise TableBusyError("The table is busy with other messages to the same number.")

    def _explained(self, sending: "_Sending", rows: Mapping[int, Item | None]) -> Exception:
        """What the rows in the way mean; the first that counts in this order."""
        if _INTENT in rows:
            return sending.in_the_way(rows[_INTENT])
        if _TOKEN in rows:
            return _used_up()
        if _TWIN in rows and (twin := rows[_TWIN]):
            return DoubleClickError(MessageKey(sending.message.client, twin["messageId"]["S"]))
        if _SUPPRESSION in rows:
            return suppressed()
        return StoreUnavailableError("The table did not show the row in the way.")

    def _not_suppressed(self, phone_number: PhoneNumber) -> "TransactWriteItemTypeDef":
        return {
            "ConditionCheck": {
                "TableName": self.guards_table,
                "Key": guard_items.key(guard_items.of_suppression(phone_number)),
                "ConditionExpression": "attribute_not_exists(guard)",
            }
        }

    def _twin(self, message: Message, instead_of: str | None, now: datetime) -> "PutTypeDef":
        """The last one to this number: an equal one is this very one, for a moment."""
        until = now + self.limits.double_click
        item = {
            "guard": guard_items.of_last_message(message.client, message.phone_number),
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
            "Item": attributes(item),
            "ConditionExpression": condition,
            "ExpressionAttributeValues": attributes(values),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def _one_more_sending(self, phone_number: PhoneNumber, now: datetime) -> "UpdateTypeDef":
        """One more for this number, if the tenth-last, say, is an hour old.

        The latest come first, so that `sent[9]` is the tenth-last however many there are.
        """
        limits = self.limits
        conditions = [f"attribute_not_exists(sent[{limits.recipient_remembered + _SLACK}])"]
        values: dict[str, Any] = {
            ":now": [to_milliseconds(now)],
            ":none": [],
            ":zero": 0,
            ":one": 1,
            ":expires": _expires(now),
        }
        if limits.recipient_hourly:
            tenth_last = f"sent[{limits.recipient_hourly - 1}]"
            conditions.append(f"(attribute_not_exists({tenth_last}) OR {tenth_last} <= :hourAgo)")
            values[":hourAgo"] = to_milliseconds(now - HOUR)
        if limits.recipient_daily:
            fiftieth_last = f"sent[{limits.recipient_daily - 1}]"
            conditions.append(
                f"(attribute_not_exists({fiftieth_last}) OR {fiftieth_last} < :today)"
            )
            values[":today"] = to_milliseconds(end_of_day(now) - DAY)
        return {
            "TableName": self.guards_table,
            "Key": _recipient_key(phone_number),
            "UpdateExpression": (
                "SET sent = list_append(:now, if_not_exists(sent, :none)),"
                " writes = if_not_exists(writes, :zero) + :one, expiresAt = :expires"
            ),
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeValues": attributes(values),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def _sending_of_a_claim(self, sending: "_Sending") -> "UpdateTypeDef":
        """Its sending among the others: one more, or its place moved to now.

        A message that was counted and certainly not taken keeps its place until it is tried again;
        so its own tries never use up its number's limit. Raises `RecipientLimitError`.
        """
        phone_number = sending.message.phone_number
        if sending.place is None:
            return self._one_more_sending(phone_number, sending.at)
        with table_errors():
            answer = self.messages.client.get_item(
                TableName=self.guards_table,
                Key=_recipient_key(phone_number),
                ConsistentRead=True,
            )
        return self._in_order(sending, _recipient_row(answer.get("Item")))

    def _in_order(self, sending: "_Sending", row: "_RecipientRow") -> "UpdateTypeDef":
        """The row written anew with this sending, on condition that it is still as it was seen.

        Raises `RecipientLimitError`.
        """
        now = sending.at
        sent = with_sending(row.sent, now, instead_of=sending.place)
        others = list(sent)
        others.remove(now)
        room_at = self.limits.room_for_recipient(others, now)
        if room_at is not None:
            raise RecipientLimitError(
                "This number has reached its hourly or daily limit. Send the message later, or ask"
                " the operator of the gateway to raise the limit.",
                room_at - now,
            )
        values: dict[str, Any] = {
            ":sent": [to_milliseconds(at) for at in sent[: self.limits.recipient_remembered]],
            ":next": row.writes + 1,
            ":expires": _expires(now),
        }
        condition = "attribute_not_exists(writes)"
        if row.writes:
            condition, values[":seen"] = "writes = :seen", row.writes
        return {
            "TableName": self.guards_table,
            "Key": _recipient_key(sending.message.phone_number),
            "UpdateExpression": "SET sent = :sent, writes = :next, expiresAt = :expires",
            "ConditionExpression": condition,
            "ExpressionAttributeValues": attributes(values),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def _shares(self, client: str, day: str) -> dict[str, int]:
        """The rows that a client's count is spread over, and what each may hold: in all the limit.

        Without a limit it is zero, which bounds nothing.

        A message is counted in the row whose turn it is; one whose row is full tries
        another, so the last message that the limit allows finds its place too. Under a higher limit
        no row is gone and none holds less, so what was counted before it was raised still counts.
        """
        limit = self.limits.client_daily
        shards = min(MAX_SHARDS, limit or MAX_SHARDS)
        share, rest = divmod(limit, shards)
        return {
            guard_items.of_client_and_day(client, day, shard): share + (shard < rest)
            for shard in range(shards)
        }

    def _one_more_of(self, token: AccessToken) -> "UpdateTypeDef":
        """One more use of this token, if it allows one."""
        expires = int((token.expires_at + _KEPT).timestamp())
        values = {":none": 0, ":one": 1, ":most": token.max_messages, ":expires": expires}
        return {
            "TableName": self.guards_table,
            "Key": guard_items.key(guard_items.of_token(token.token_id)),
            "UpdateExpression": (
                "SET messages = if_not_exists(messages, :none) + :one, expiresAt = :expires"
            ),
            "ConditionExpression": "attribute_not_exists(messages) OR messages < :most",
            "ExpressionAttributeValues": attributes(values),
        }

    def _is_used_up(self, token: AccessToken) -> bool:
        with table_errors():
            answer = self.messages.client.get_item(
                TableName=self.guards_table,
                Key=guard_items.key(guard_items.of_token(token.token_id)),
                ConsistentRead=True,
            )
        used = answer.get("Item", {}).get("messages", {"N": "0"})["N"]
        return int(used) >= token.max_messages

    def _one_more(self, row: str, share: int, sending: "_Sending") -> "UpdateTypeDef":
        """One more in this row of a client's count, if there is room; a share of zero has room."""
        kept_until = end_of_day(sending.at) + USAGE_KEPT
        values = {":none": 0, ":one": 1, ":expires": int(kept_until.timestamp())}
        sets = "messages = if_not_exists(messages, :none) + :one, expiresAt = :expires"
        if sending.is_resend:
            sets += ", resends = if_not_exists(resends, :none) + :one"
        update: UpdateTypeDef = {
            "TableName": self.guards_table,
            "Key": guard_items.key(row),
            "UpdateExpression": f"SET {sets}",
            "ExpressionAttributeValues": attributes(values),
        }
        if share:
            update["ConditionExpression"] = "attribute_not_exists(messages) OR messages < :share"
            update["ExpressionAttributeValues"] = attributes({**values, ":share": share})
        return update

    def _full_on(self, day: str) -> set[str]:
        for other in self._full.keys() - {day}:
            self._full.pop(other, None)
        return self._full.setdefault(day, set())


@dataclass(frozen=True, slots=True)
class _Sending:
    """One message that is stored or claimed, the time, and the error for a row in its way.

    `place` is the time under which it counts for its recipient already, if it does.
    """

    message: Message
    at: datetime
    place: datetime | None
    in_the_way: Callable[[Item | None], Exception]
    is_resend: bool = False


@dataclass(frozen=True, slots=True)
class _RecipientRow:
    """The sendings to one number, latest first, and how often the row was written."""

    sent: tuple[datetime, ...] = ()
    writes: int = 0


def _used_up() -> TokenUsedUpError:
    return TokenUsedUpError(
        "This access token has sent as many messages as it allows. Ask the page's server for"
        " another one."
    )


def _recipient_key(phone_number: PhoneNumber) -> dict[str, Any]:
    return guard_items.key(guard_items.of_recipient(phone_number))


def _recipient_row(item: Item | None) -> _RecipientRow:
    if not item:
        return _RecipientRow()
    sent = item.get("sent", {"L": []})["L"]
    writes = item.get("writes", {"N": "0"})["N"]
    return _RecipientRow(tuple(from_milliseconds(int(at["N"])) for at in sent), int(writes))


def _digest(message: Message) -> str:
    """The same for messages that ask for the same."""
    intent = json.dumps(message.intent, default=_plain, sort_keys=True)
    return hashlib.sha256(intent.encode()).hexdigest()


def _plain(value: Any) -> str:
    """What an intent holds apart from plain values; `str` of a number would be masked."""
    return value.e164 if isinstance(value, PhoneNumber) else to_iso(value)


def day_of(now: datetime) -> str:
    """The day (UTC) whose count a message belongs to that is stored or sent again now."""
    return f"{now.astimezone(UTC):%Y-%m-%d}"


def _expires(now: datetime) -> int:
    return int((end_of_day(now) + _KEPT).timestamp())
