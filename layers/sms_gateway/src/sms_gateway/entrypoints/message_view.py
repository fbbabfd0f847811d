"""A message as callers see it."""

from typing import Any

from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.message import Message, StatusChange
from sms_gateway.domain.report import DeliveryReport


def message_view(message: Message, *, names_client: bool = False) -> dict[str, Any]:
    """The JSON object of a message. Fields without a value are left out.

    `names_client`: for an operator, who sees those of all clients.
    """
    first_kept = message.version - len(message.history) + 1
    return _without_nothing(
        {
            "messageId": message.message_id,
            "client": message.client if names_client else None,
            "status": message.status,
            "reason": message.reason,
            "errorMessage": message.error_message,
            "phoneNumber": message.phone_number.e164,
            "message": message.text,
            "cutFrom": message.cut_from,
            "attempt": message.attempt,
            "sequence": message.version,
            "metadata": dict(message.metadata),
            "sendAt": message.send_at and to_iso(message.send_at),
            "validUntil": message.valid_until and to_iso(message.valid_until),
            "onUnconfirmed": message.on_unconfirmed,
            "createdAt": to_iso(message.created_at),
            "updatedAt": to_iso(message.updated_at),
            "deliveryReport": message.report and _report(message.report),
            "history": [
                _change(sequence, change)
                for sequence, change in enumerate(message.history, start=first_kept)
            ],
            "contradictingReports": [_report(r) for r in message.contradicting_reports] or None,
        }
    )


def _change(sequence: int, change: StatusChange) -> dict[str, Any]:
    return _without_nothing(
        {
            "sequence": sequence,
            "status": change.status,
            "at": to_iso(change.at),
            "attempt": change.attempt,
            "reason": change.reason,
            "errorMessage": change.error_message,
        }
    )


def _report(report: DeliveryReport) -> dict[str, Any]:
    return _without_nothing(
        {
            "status": report.status,
            "attempt": report.attempt,
            "receivedAt": to_iso(report.received_at),
            "errorMessage": report.error_message,
        }
    )


def _without_nothing(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
