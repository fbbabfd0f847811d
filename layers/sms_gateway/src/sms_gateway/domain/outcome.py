"""What came of handing a message to Voipit, and what that makes of the message.

The question is never "did it fail?" but "did it leave us?": only what certainly did not may be
tried again, because a second try can be a second SMS.
"""

from dataclasses import dataclass
from typing import Final

from sms_gateway.domain.status import Reason, Trigger


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on one call of `sms/send`.

    `trigger` is one of `ACCEPTED`, `REFUSED`, `NOT_TAKEN`, `UNCLEAR`. `error_message` holds the
    provider's own words, cleaned and bounded, and only for a refusal.
    """

    trigger: Trigger
    reason: Reason | None = None
    error_message: str | None = None


ACCEPTED: Final = Outcome(Trigger.ACCEPTED)


def refused(error_message: str | None) -> Outcome:
    """A definite no about this very message: it was not sent and never will be."""
    return Outcome(Trigger.REFUSED, Reason.REFUSED, error_message)


def not_taken(reason: Reason) -> Outcome:
    """Certainly not at Voipit: the same intent may be tried again."""
    return Outcome(Trigger.NOT_TAKEN, reason)


def unclear(reason: Reason) -> Outcome:
    """It left us and its fate is unknown: only a report or the caller's choice moves it on."""
    return Outcome(Trigger.UNCLEAR, reason)
