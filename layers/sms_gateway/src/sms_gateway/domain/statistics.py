"""What operators see of the gateway as a whole: the last hour, what waits, what needs attention."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from sms_gateway.domain.status import Status

STEP: Final = timedelta(minutes=5)
STEPS: Final = 12
"""Steps in the hour that is shown."""
LATELY: Final = timedelta(hours=24)
"""How far back messages that need attention are counted."""


@unique
class StatusesReason(StrEnum):
    """Why the numbers of the last hour are not known."""

    NO_DATA = "no-data"
    NOT_ANSWERED = "not-answered"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Queued messages whose time has come. `oldest`: since when the longest waiting waits."""

    count: int
    is_minimum: bool
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Attention:
    """Messages that came to need attention since then, and do so still."""

    since: datetime
    count: int
    is_minimum: bool


@dataclass(frozen=True, slots=True)
class Statistics:
    """The hour from `since`, in steps; either `statuses` or the reason why they are not known.

    `statuses` has `STEPS` numbers for each status, the oldest step first.
    """

    as_of: datetime
    since: datetime
    statuses: Mapping[Status, Sequence[int]] | StatusesReason
    waiting: Waiting
    attention: Attention

    @property
    def until(self) -> datetime:
        """The end of the last step."""
        return self.since + STEPS * STEP


def hour_of(now: datetime) -> datetime:
    """When the hour begins whose last step is under way now: steps begin on the clock."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    step_now = midnight + (now - midnight) // STEP * STEP
    return step_now - (STEPS - 1) * STEP
