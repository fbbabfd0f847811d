"""A message as an item of the `Messages` table: its shape is defined here and nowhere else.

| attribute                       | type | holds                                                  |
| ------------------------------- | ---- | ------------------------------------------------------ |
| `messageId`                     | S    | key                                                    |
| `status` `version` `attempt`    | S N N| where it stands; `version` is the last event's sequence |
| `client` `phoneNumber` `message`| S    | whose, to whom (E.164), the text as shown              |
| `metadata`                      | M    | the caller's own strings                               |
| `claim`                         | S    | token of whoever calls Voipit, or did last             |
| `createdAt` `updatedAt`         | S    | ISO 8601, UTC, milliseconds                            |
| `expiresAt`                     | N    | epoch seconds; the table's time to live                |
| `reason` `errorMessage`         | S    | why it stands there; absent if there is nothing to say |
| `history`                       | L    | one map per change of status, oldest first             |
| `report`                        | M    | the report that counted                                |
| `contradictingReports`          | L    | later ones that said otherwise, bounded                |
| `contradictions`                | N    | how many of those came in all                          |
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from sms_gateway.domain.clock import from_iso, to_iso
from sms_gateway.domain.message import Message, StatusChange
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import DeliveryReport, ReportStatus
from sms_gateway.domain.status import Reason, Status

Item = Mapping[str, Any]
"""Attribute values in DynamoDB's own form: `{"status": {"S": "sent"}}`."""

_serialize: Final = TypeSerializer().serialize
_deserialize: Final = TypeDeserializer().deserialize


def attribute(value: Any) -> dict[str, Any]:
    """A plain value in DynamoDB's own form."""
    return dict(_serialize(value))


def to_item(message: Message) -> dict[str, Any]:
    """The item that stores the message."""
    plain: dict[str, Any] = {
        "messageId": message.message_id,
        "status": str(message.status),
        "version": message.version,
        "attempt": message.attempt,
        "client": message.client,
        "phoneNumber": message.phone_number.e164,
        "message": message.text,
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
    }
    return {name: attribute(value) for name, value in plain.items() if value is not None}


def from_item(item: Item) -> Message:
    """The message an item stores. Raises `KeyError` or `ValueError` if it is not one of ours."""
    plain = {name: _deserialize(value) for name, value in item.items()}
    report = plain.get("report")
    return Message(
        message_id=plain["messageId"],
        client=plain["client"],
        phone_number=PhoneNumber(plain["phoneNumber"]),
        text=plain["message"],
        status=Status(plain["status"]),
        version=int(plain["version"]),
        attempt=int(plain["attempt"]),
        created_at=from_iso(plain["createdAt"]),
        updated_at=from_iso(plain["updatedAt"]),
        expires_at=datetime.fromtimestamp(int(plain["expiresAt"]), UTC),
        claim=plain["claim"],
        history=tuple(map(_status_change, plain["history"])),
        metadata=plain["metadata"],
        reason=_reason(plain),
        error_message=plain.get("errorMessage"),
        report=_report(report) if report else None,
        contradicting_reports=tuple(map(_report, plain.get("contradictingReports", ()))),
    )


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


def _report(entry: Mapping[str, Any]) -> DeliveryReport:
    return DeliveryReport(
        ReportStatus(entry["status"]),
        int(entry["attempt"]),
        from_iso(entry["receivedAt"]),
        entry.get("errorMessage"),
    )


def _reason(entry: Mapping[str, Any]) -> Reason | None:
    return Reason(entry["reason"]) if "reason" in entry else None
