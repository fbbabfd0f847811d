"""What the world is told: one event per change of status, in CloudEvents 1.0 form."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.message import Message
from sms_gateway.domain.status import FINAL, Status

DATA_SCHEMA: Final = "urn:event-schema:sms-gateway:message:1"
"""The name of docs/event.schema.json. Its number changes with what subscribers cannot read."""


def status_event(message: Message, previous: Status | None, source: str) -> dict[str, Any]:
    """The event for the message's current status. Never holds the text.

    `id` is `<messageId>:<sequence>`, and the client is the last part of the event's source, after
    that of the stack: the same change published twice carries the same source and id, and no
    other change carries both. The metadata is in the order of its names, since a table keeps none:
    so the same event has the same bytes, whichever copy of the row it is made from.
    """
    data = {
        "messageId": message.message_id,
        "sequence": message.version,
        "status": message.status,
        "final": message.status in FINAL,
        "previousStatus": previous,
        "phoneNumber": message.phone_number.e164,
        "reason": message.reason,
        "errorMessage": message.error_message,
        "attempt": message.attempt,
        "metadata": dict(sorted(message.metadata.items())),
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
        "dataschema": DATA_SCHEMA,
        "data": {k: v for k, v in data.items() if v is not None or k not in optional},
    }


def past_events(message: Message, source: str) -> Iterator[dict[str, Any]]:
    """The events of the message until now, as `status_event` made each in its time, oldest first.

    One that the history does not tell exactly is left out: if the history does not begin with the
    message, the events before the first claim that it holds.
    """
    first = message.version - len(message.history) + 1
    attempt = 0 if first == 1 else None
    previous: Status | None = None
    for sequence, entry in enumerate(message.history, start=first):
        if entry.status is Status.SENDING:  # an entry of a report names the report's try instead
            attempt = entry.attempt
        if attempt is not None and (previous is not None or sequence == 1):
            as_it_was = replace(
                message,
                status=entry.status,
                version=sequence,
                attempt=attempt,
                updated_at=entry.at,
                reason=entry.reason,
                error_message=entry.error_message,
            )
            yield status_event(as_it_was, previous, source)
        previous = entry.status
