"""What the world is told: one event per change of status, in CloudEvents 1.0 form."""

from typing import Any
from urllib.parse import quote

from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.message import Message
from sms_gateway.domain.status import Status


def status_event(message: Message, previous: Status | None, source: str) -> dict[str, Any]:
    """The event for the message's current status. Never holds the text.

    `id` is `<messageId>:<sequence>`, and the client is the last part of the event's source, after
    that of the stack: the same change published twice carries the same source and id, and no
    other change carries both.
    """
    data = {
        "messageId": message.message_id,
        "sequence": message.version,
        "status": message.status,
        "previousStatus": previous,
        "phoneNumber": message.phone_number.e164,
        "reason": message.reason,
        "errorMessage": message.error_message,
        "attempt": message.attempt,
        "metadata": dict(message.metadata),
    }
    optional = ("reason", "errorMessage", "previousStatus")
    return {
        "specversion": "1.0",
        "id": f"{message.message_id}:{message.version}",
        "source": f"{source}/{quote(message.client, safe='')}",
        "subject": message.message_id,
        "type": f"sms.message.{message.status}",
        "time": to_iso(message.updated_at),
        "datacontenttype": "application/json",
        "data": {k: v for k, v in data.items() if v is not None or k not in optional},
    }
