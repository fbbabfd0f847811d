"""Ordinary messages, changes and reports; a test names only what it is about."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sms_gateway.domain.access_token import AccessToken
from sms_gateway.domain.message import NO_TRY, Change, Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import DeliveryReport, ReportStatus
from sms_gateway.domain.status import SETTLED, Status, Trigger
from tests.fakes.clock import START

CLIENT = "clinic"
OTHER_CLIENT = "crm"
ID = "appointment-17"
KEY = MessageKey(CLIENT, ID)
NUMBER = PhoneNumber("+40721234567")
KEPT_UNTIL = (START + timedelta(days=30)).replace(microsecond=0)
DUE = (START + timedelta(seconds=60)).replace(microsecond=0)
"""When somebody has to look at a message that is not settled. The table keeps whole seconds."""
TEXT = "Buna ziua, esti asteptat la ora 10"

_SHORTEST_WAY: dict[Status, tuple[Trigger, ...]] = {
    Status.SENDING: (),
    Status.QUEUED: (Trigger.NOT_TAKEN,),
    Status.SUBMITTED: (Trigger.ACCEPTED,),
    Status.UNCONFIRMED: (Trigger.UNCLEAR,),
    Status.NO_REPORT: (Trigger.ACCEPTED, Trigger.REPORT_OVERDUE),
    Status.SENT: (Trigger.ACCEPTED, Trigger.REPORTED_SENT),
    Status.FAILED: (Trigger.REFUSED,),
    Status.CANCELLED: (Trigger.NOT_TAKEN, Trigger.CANCELLED),
}


_OPEN = {Status.SENDING, Status.SUBMITTED, Status.UNCONFIRMED, Status.NO_REPORT}
"""The statuses in which Voipit has the latest try, or may have it."""


def a_token(**changes: Any) -> AccessToken:
    """An access token for one message to any number, from a page of any allowed origin."""
    values: dict[str, Any] = {
        "token_id": "01a203d8-1f9b-741d-b137-2711b49bfaa4",
        "client": CLIENT,
        "expires_at": START + timedelta(minutes=15),
        "max_messages": 1,
    }
    return AccessToken(**values | changes)


def key(message_id: str, client: str = CLIENT) -> MessageKey:
    """The key of a message of the ordinary client."""
    return MessageKey(client, message_id)


def a_message(status: Status = Status.SENDING, **changes: Any) -> Message:
    """A message that came to its status by the shortest way, with the fields in `changes`."""
    message = Message.new(
        message_id=ID,
        client=CLIENT,
        phone_number=NUMBER,
        text=TEXT,
        metadata={"patient": "4711"},
        claim="claim-1",
        at=START,
        kept_for=KEPT_UNTIL - START,
    ).claimed(DUE)
    for trigger in _SHORTEST_WAY[status]:
        message = message.after(a_change(trigger))
    due_at = None if status in SETTLED else DUE
    attempt = changes.get("attempt", message.attempt)
    open_tries = frozenset({attempt}) if status in _OPEN else NO_TRY
    return replace(message, **{"due_at": due_at, "open_tries": open_tries, **changes})


def a_change(trigger: Trigger, **changes: Any) -> Change:
    """A change without claim or reason."""
    return replace(Change(trigger, START + timedelta(seconds=1), attempt=1), **changes)


def a_report(status: ReportStatus = ReportStatus.SENT, **changes: Any) -> DeliveryReport:
    """A delivery report about the first attempt."""
    error = "no route" if status is ReportStatus.ERROR else None
    report = DeliveryReport(status, 1, START + timedelta(seconds=5), error)
    return replace(report, **changes)


def a_sent_message(message_id: str, *, minute: int = 0, **changes: Any) -> Message:
    """A message with three events, all of them in this minute after `START`."""
    message = a_message(Status.SENT, message_id=message_id, **changes)
    later = timedelta(minutes=minute)
    return replace(
        message,
        created_at=message.created_at + later,
        updated_at=message.updated_at + later,
        history=tuple(replace(entry, at=entry.at + later) for entry in message.history),
    )
