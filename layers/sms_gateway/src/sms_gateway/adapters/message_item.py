"""A message as an item of the `Messages` table: its shape is defined here and nowhere else.

| attribute                       | type | holds                                                  |
| ------------------------------- | ---- | ------------------------------------------------------ |
| `messageId` `client`            | S S  | key: the client's id of it, and whose it is            |
| `status` `version` `attempt`    | S N N| where it stands; `version` is the last event's sequence |
| `phoneNumber` `message`         | S S  | to whom (E.164), the text as shown                     |
| `clientCreatedAt`               | S    | `<client>#<createdAt>`; with `phoneNumber` the key of  |
|                                 |      | the index `recipient`                                  |
| `cutFrom`                       | N    | septets of the text asked for, if it was cut           |
| `metadata`                      | M    | the caller's own strings                               |
| `claim`                         | S    | token of the process that calls Voipit, or did last    |
| `createdAt` `updatedAt`         | S    | ISO 8601, UTC, milliseconds                            |
| `expiresAt`                     | N    | epoch seconds; the table's time to live                |
| `reason` `errorMessage`         | S    | why it stands there; absent if there is nothing to say |
| `openTries`                     | L    | tries (N) that Voipit might have and that no report is |
|                                 |      | about, in order; absent if there is none               |
| `resent`                        | BOOL | `onUnconfirmed`'s second try is under way or spent     |
| `countedAt`                     | N    | epoch milliseconds: its place among the sendings of    |
|                                 |      | its recipient (intake.py); none before its first one,  |
|                                 |      | if it is scheduled                                     |
| `history`                       | L    | one map per change of status, oldest first             |
| `report`                        | M    | the report that decided the status                     |
| `contradictingReports`          | L    | those that did not: later ones that said otherwise     |
|                                 |      | (bounded), error reports about one of two tries        |
| `contradictions`                | N    | how many said otherwise in all                         |
| `sendAt` `validUntil`           | S    | as the caller asked, if it did                         |
| `onUnconfirmed`                 | S    | `hold` or `resend`                                     |
| `fromPage`                      | BOOL | a page has sent it, with an access token               |
| `dueAt`                         | N    | epoch seconds; only while something is still to happen |
| `dueShard`                      | S    | with `dueAt` the key of the sparse index `due`; tells  |
|                                 |      | for what it waits (`SHARDS_OF`)                        |
| `attention`                     | S    | `<status>#<day>` of what needs attention: with         |
|                                 |      | `updatedAt` the key of the sparse index `attention`    |
"""

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from zlib import crc32

from sms_gateway.adapters.attributes import Item, attributes, plain
from sms_gateway.domain.clock import from_iso, from_milliseconds, to_iso, to_milliseconds
from sms_gateway.domain.errors import UnreadableRowError
from sms_gateway.domain.message import Message, OnUnconfirmed, StatusChange
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import DeliveryReport, ReportStatus
from sms_gateway.domain.status import NEEDS_ATTENTION, Reason, Status
from sms_gateway.domain.waits import Waits, waits

SHARDS_OF: Final[Mapping[Waits, Sequence[str]]] = {
    Waits.FOR_VOIPIT: ("0", "1", "2", "3"),
    Waits.OUTSIDE: ("4", "5"),
    Waits.IN_QUEUE: ("6", "7"),
}
"""Partitions of the index `due`, by what a message waits for: one takes a thousand writes a second,
and a message is written four times in the first, twice in each of the others.

Releases up to 0.2.0 write and read all eight, whatever a message waits for: so after a rollback
they find all of ours, and `watch` finds theirs among any.
"""
DUE_SHARDS: Final = tuple(shard for shards in SHARDS_OF.values() for shard in shards)
"""All partitions of the index `due`."""


def to_item(message: Message) -> dict[str, Any]:
    """The item that stores the message."""
    values: dict[str, Any] = {
        "messageId": message.message_id,
        "status": str(message.status),
        "version": message.version,
        "attempt": message.attempt,
        "client": message.client,
        "phoneNumber": message.phone_number.e164,
        "clientCreatedAt": client_created_at(message.client, to_iso(message.created_at)),
        "message": message.text,
        "cutFrom": message.cut_from,
        "metadata": dict(message.metadata),
        "claim": message.claim,
        "createdAt": to_iso(message.created_at),
        "updatedAt": to_iso(message.updated_at),
        "expiresAt": int(message.expires_at.timestamp()),
        "reason": message.reason and str(message.reason),
        "errorMessage": message.error_message,
        "history": [history_entry(change) for change in message.history],
        "report": message.report and report_entry(message.report),
        "contradictingReports": [report_entry(r) for r in message.contradicting_reports] or None,
        "sendAt": message.send_at and to_iso(message.send_at),
        "validUntil": message.valid_until and to_iso(message.valid_until),
        "onUnconfirmed": str(message.on_unconfirmed),
        "dueAt": message.due_at and epoch(message.due_at),
        "dueShard": message.due_at
        and due_shard(message.key, waits(message.status, in_queue=message.in_queue)),
        "attention": attention(message.status, message.updated_at),
        "openTries": open_tries_entry(message.open_tries),
        "resent": message.resent or None,
        "countedAt": message.counted_at and to_milliseconds(message.counted_at),
        "putOff": message.put_off or None,
        "fromPage": message.from_page or None,
    }
    return attributes({name: value for name, value in values.items() if value is not None})


def from_item(item: Item) -> Message:
    """The message an item stores. Raises `UnreadableRowError` if this release cannot read it."""
    try:
        return _message(plain(item))
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        # Not `error` itself: its words can hold what the row holds, a phone number for example.
        raise UnreadableRowError(
            "A later release of the gateway has written this message, and this one cannot read it"
            f" ({type(error).__name__}). Ask the operator of the gateway to deploy that release."
        ) from None


def _message(row: Mapping[str, Any]) -> Message:
    report = row.get("report")
    return Message(
        message_id=row["messageId"],
        client=row["client"],
        phone_number=PhoneNumber(row["phoneNumber"]),
        text=row["message"],
        status=Status(row["status"]),
        version=int(row["version"]),
        attempt=int(row["attempt"]),
        created_at=from_iso(row["createdAt"]),
        updated_at=from_iso(row["updatedAt"]),
        expires_at=datetime.fromtimestamp(int(row["expiresAt"]), UTC),
        claim=row["claim"],
        history=tuple(map(_status_change, row["history"])),
        metadata=row["metadata"],
        reason=_reason(row),
        error_message=row.get("errorMessage"),
        report=read_report_entry(report) if report else None,
        contradicting_reports=tuple(map(read_report_entry, row.get("contradictingReports", ()))),
        send_at=_moment(row, "sendAt"),
        valid_until=_moment(row, "validUntil"),
        on_unconfirmed=OnUnconfirmed(row["onUnconfirmed"]),
        due_at=datetime.fromtimestamp(int(row["dueAt"]), UTC) if "dueAt" in row else None,
        cut_from=int(row["cutFrom"]) if "cutFrom" in row else None,
        open_tries=frozenset(map(int, row.get("openTries", ()))),
        resent=row.get("resent", False),
        counted_at=from_milliseconds(int(row["countedAt"])) if "countedAt" in row else None,
        put_off=int(row.get("putOff", 0)),
        from_page=row.get("fromPage", False),
        in_queue=row.get("dueShard") in SHARDS_OF[Waits.IN_QUEUE],
    )


def epoch(moment: datetime) -> int:
    """Whole epoch seconds, rounded up: what is due is never looked at too early."""
    return math.ceil(moment.timestamp())


def key_attributes(key: MessageKey) -> dict[str, Any]:
    """The key of a message's row, in DynamoDB's own form."""
    return attributes({"messageId": key.message_id, "client": key.client})


def key_of(item: Item) -> MessageKey:
    """What `key_attributes` wrote, from a row or an index."""
    return MessageKey(item["client"]["S"], item["messageId"]["S"])


def open_tries_entry(tries: Collection[int]) -> list[int] | None:
    """`openTries`: a list, since two sets of numbers can be equal and written differently."""
    return sorted(tries) or None


def due_shard(key: MessageKey, waits_for: Waits) -> str:
    """Which partition of the index `due` a message belongs to that waits for this."""
    shards = SHARDS_OF[waits_for]
    return shards[crc32(f"{key.client}#{key.message_id}".encode()) % len(shards)]


def client_created_at(client: str, created_at: str = "") -> str:
    """The place of a client's message in the index `recipient`; without a time, where they begin.

    No client's name holds a `#`, so those of one client lie together.
    """
    return f"{client}#{created_at}"


def attention(status: Status, at: datetime) -> str | None:
    """The partition of the index `attention`; `None` for a status that needs none.

    The day (UTC) spreads them, and bounds what a question about the last days has to read.
    """
    return f"{status}#{at.astimezone(UTC):%Y-%m-%d}" if status in NEEDS_ATTENTION else None


def history_entry(change: StatusChange) -> dict[str, Any]:
    """One element of `history`."""
    entry = {
        "status": str(change.status),
        "at": to_iso(change.at),
        "attempt": change.attempt,
        "reason": change.reason and str(change.reason),
        "errorMessage": change.error_message,
    }
    return {name: value for name, value in entry.items() if value is not None}


def report_entry(report: DeliveryReport) -> dict[str, Any]:
    """`report`, or one element of `contradictingReports`."""
    entry = {
        "status": str(report.status),
        "attempt": report.attempt,
        "receivedAt": to_iso(report.received_at),
        "errorMessage": report.error_message,
    }
    return {name: value for name, value in entry.items() if value is not None}


def _status_change(entry: Mapping[str, Any]) -> StatusChange:
    return StatusChange(
        Status(entry["status"]),
        from_iso(entry["at"]),
        int(entry["attempt"]),
        _reason(entry),
        entry.get("errorMessage"),
    )


def read_report_entry(entry: Mapping[str, Any]) -> DeliveryReport:
    """What `report_entry` wrote."""
    return DeliveryReport(
        ReportStatus(entry["status"]),
        int(entry["attempt"]),
        from_iso(entry["receivedAt"]),
        entry.get("errorMessage"),
    )


def _moment(row: Mapping[str, Any], name: str) -> datetime | None:
    return from_iso(row[name]) if name in row else None


def _reason(entry: Mapping[str, Any]) -> Reason | None:
    """The reason, if this release knows it: a later one might have written it before a rollback."""
    try:
        return Reason(entry["reason"]) if "reason" in entry else None
    except ValueError:
        return None
