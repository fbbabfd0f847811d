"""When a process has to look at a message again. How often it is tried: patience.py.

Everything that is not settled has a `dueAt`: that nothing stored is forgotten (promise 2) rests on
it. Queue messages are quicker, but they are a hint; this is the guarantee.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sms_gateway.domain.circuit import OPENS, OpenReason
from sms_gateway.domain.message import Message
from sms_gateway.domain.status import Reason

LEASE: Final = timedelta(seconds=60)
"""How long a claim is believed in: longer than anything that claims may run (45 s)."""
QUEUE_GRACE: Final = timedelta(seconds=90)
"""How much later than its queue message a queued message is due: by then the queue has lost it."""
RECHECK: Final = timedelta(seconds=60)
"""How soon to look again at a message that waits for the circuit."""
UNUSED_PAUSE: Final = timedelta(seconds=20)
"""How soon to tell that a claim was not used: the write that made it can still be on its way, and a
table that did not answer needs a moment. Before the lease ends, if it can be helped."""
MAX_QUEUE_DELAY: Final = timedelta(seconds=900)
"""The longest delay SQS takes."""
_SHARE_OF_WAIT: Final = 8
"""After a 403 a message waits an eighth of the time that it has waited already, a minute at least:
53 tries in a day, 103 in a year. They do not count, and each leaves two lines in its history."""
_FIRST_PAUSE: Final = 5.0
_EARLY: Final = timedelta(seconds=1)
"""How much clocks can differ. Less than the shortest pause."""


@dataclass(frozen=True, slots=True)
class Wait:
    """How a queued message waits: `enqueue_in` is the hint, `due_at` the guarantee."""

    due_at: datetime
    enqueue_in: timedelta | None

    @property
    def in_queue(self) -> bool:
        """Whether it waits in the queue."""
        return self.enqueue_in is not None


def wait_for(message: Message, now: datetime, pause: timedelta = timedelta()) -> Wait:
    """Wait in the queue for a pause, or for `sendAt` if that is later.

    A pause that is too long for the queue is left to the due index alone, which then puts the
    message into the queue a little before its time.
    """
    at = max(now + pause, message.send_at or now)
    if at - now > MAX_QUEUE_DELAY:
        return Wait(min(at - RECHECK, message.valid_to), None)
    return Wait(min(at + QUEUE_GRACE, message.valid_to), at - now)


def is_early(message: Message, now: datetime) -> bool:
    """Whether a queue message comes before the time that the row has for one.

    Then another is on its way, or has been lost and `dueAt` stands for it. Two would never become
    one again, and each would shorten the pauses of the other.
    """
    return message.due_at is not None and now < message.due_at - QUEUE_GRACE - _EARLY


def wait_after(reason: Reason, message: Message, now: datetime, chance: float) -> Wait:
    """How a message waits whose try was certainly not taken, for this reason.

    What waits for the circuit waits outside the queue: `watch` lets it in again, at its own rate.
    `chance` is explained at `retry_pause`.
    """
    if OPENS.get(reason) is OpenReason.IP_BLOCKED:
        so_far = now - max(message.send_at or message.created_at, message.created_at)
        return _outside(message, now, max(RECHECK, so_far / _SHARE_OF_WAIT))
    if reason in OPENS:
        return _outside(message, now, RECHECK)
    return wait_for(message, now, retry_pause(max(message.attempt, 1), chance))


def wait_unclaimed(reason: Reason, message: Message, now: datetime, chance: float) -> Wait:
    """How a message waits that must not be tried now, for this reason.

    It uses up no try, so nothing but the growing pause bounds how often it comes back.
    """
    pause = retry_pause(message.put_off + 1, chance)
    if reason in {Reason.CIRCUIT_OPEN, Reason.ACCOUNT_MISSING}:
        return _outside(message, now, max(RECHECK, pause))
    return wait_for(message, now, pause)


def wait_at_least(message: Message, now: datetime, least: timedelta, chance: float) -> Wait:
    """How a message waits that can be tried so much later at the earliest.

    A limit has room again then, and others wait for the same room; or a late write has landed. It
    uses up no try, so it comes back less and less often.
    """
    return wait_for(message, now, max(least, retry_pause(message.put_off + 1, chance)))


def _outside(message: Message, now: datetime, pause: timedelta) -> Wait:
    """Wait outside the queue: `watch` puts the message in when it is due."""
    return Wait(min(now + pause, message.valid_to), None)


def retry_pause(time: int, chance: float) -> timedelta:
    """The pause after the so-maniest time that it did not work: 5 s, doubling up to 15 minutes.

    `chance` (0 to 1) takes away up to half of it, so that messages that failed together do not
    come back together.
    """
    longest = MAX_QUEUE_DELAY.total_seconds()
    pause = min(_FIRST_PAUSE * 2 ** min(time - 1, 16), longest)
    return timedelta(seconds=pause * (1 - chance / 2))
