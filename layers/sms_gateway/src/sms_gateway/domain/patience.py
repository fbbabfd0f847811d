"""How long the gateway goes on with a message, and when it gives up.

A message ends without a report when it is too late (`Message.valid_to`), after
`MAX_TRIES` tries that certainly were not taken, after `MOST_FORBIDDEN` answers 403 that are about
the message itself, or when its number comes onto the do-not-contact list. One that Voipit has, or
possibly has, ends when its report is overdue. How long it waits in between stands in due.py.
"""

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from sms_gateway.domain.message import Message
from sms_gateway.domain.status import Reason, Status, Trigger

MAX_TRIES: Final = 20
"""Then a message is given up; `tries_that_count` says which count."""
MOST_FORBIDDEN: Final = 3
"""How many times a message can be answered 403 without a word of our address. Then it is a no to
this message, or one text that Voipit's firewall dislikes would stop all others for ever."""
_ANSWERED_403: Final = {Reason.IP_BLOCKED, Reason.FORBIDDEN}


class Step(Enum):
    """What has to happen to a message that may be tried, now or later."""

    TRY = auto()
    WAIT = auto()
    TOO_LATE = auto()
    GIVE_UP = auto()
    REST = auto()
    """Nothing of ours: it is with Voipit, or might be, and only a report moves it."""


ENDS: Final = {
    (Status.QUEUED, Step.TOO_LATE): (Trigger.VALIDITY_ENDED, Reason.TOO_LATE),
    (Status.QUEUED, Step.GIVE_UP): (Trigger.GIVEN_UP, Reason.UNREACHABLE),
    (Status.UNCONFIRMED, Step.TOO_LATE): (Trigger.REPORT_OVERDUE, Reason.TOO_LATE),
    (Status.UNCONFIRMED, Step.GIVE_UP): (Trigger.REPORT_OVERDUE, Reason.UNREACHABLE),
}
"""The steps that end a message without a try. That there will be no second try tells nothing of the
first one, so a message in doubt ends `no_report`."""

SUPPRESSED: Final = {
    Status.QUEUED: Trigger.SUPPRESSED,
    Status.UNCONFIRMED: Trigger.REPORT_OVERDUE,
}
"""The same for a number that came onto the do-not-contact list."""


def next_step(message: Message, now: datetime, report_deadline: timedelta) -> Step:
    """The next step of a message that is `queued`, or `unconfirmed`; others rest.

    With `onUnconfirmed: resend` a message that is `unconfirmed` is tried once more when the report
    about the first try is overdue.
    """
    if message.status is Status.QUEUED:
        not_before = message.send_at or now
    elif message.status is Status.UNCONFIRMED and message.wants_resend:
        not_before = resend_at(message, report_deadline)
    else:
        return Step.REST
    if now < not_before:
        return Step.WAIT
    if now >= message.valid_to:
        return Step.TOO_LATE
    if tries_that_count(message) >= MAX_TRIES:
        return Step.GIVE_UP
    return Step.TRY


def resend_at(message: Message, report_deadline: timedelta) -> datetime:
    """When the report about the first try of an `unconfirmed` message is overdue."""
    return message.doubted_at + report_deadline


def overdue(message: Message) -> tuple[Trigger, Reason | None]:
    """The move of a message that rests, when its time has come.

    A claim that is older than its lease is doubt: its process died, before or after the call. A
    report that is overdue ends the message `no_report`, with the reason it had.
    """
    if message.status is Status.SENDING:
        return Trigger.UNCLEAR, Reason.CLAIM_EXPIRED
    return Trigger.REPORT_OVERDUE, message.reason


def tries_that_count(message: Message) -> int:
    """Its tries, without those that met a 403: a block ends, however long it lasts.

    A 403 that is not about our address has a bound of its own (`is_forbidden_for_good`).
    """
    return message.attempt - sum(entry.reason in _ANSWERED_403 for entry in message.history)


def is_forbidden_for_good(
    message: Message, answered_at: datetime | None, blocked_at: datetime | None
) -> bool:
    """Whether one more 403 that does not name our address (403.6) is a no to this message.

    `answered_at`: when Voipit last answered well, be it a ping; `blocked_at`: when it last
    answered a ping with 403. What this message met before that is put down to the block.
    """
    times = [
        entry.at
        for entry in message.history
        if entry.reason is Reason.FORBIDDEN and (blocked_at is None or entry.at > blocked_at)
    ]
    if len(times) + 1 < MOST_FORBIDDEN:
        return False
    return answered_at is not None and answered_at > times[-1]
