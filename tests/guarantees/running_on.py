"""The last act of every world: nobody does anything any more, and everything settles."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.status import SETTLED
from tests.fakes.clock import FakeClock
from tests.guarantees.invariants import Evidence, PromiseBrokenError, check, check_settled
from tests.guarantees.process import REPORT_DEADLINE

SLACK: Final = timedelta(hours=2)
"""For the last claim's lease, and because the world is looked at in leaps."""
ROUNDS_WITHOUT_LEAPS: Final = 8
MINUTE: Final = 60.0
LEAP: Final = 1800.0


class RunningWorld(Protocol):
    """What goes on by itself."""

    clock: FakeClock

    @property
    def evidence(self) -> Evidence: ...

    def rows(self) -> Mapping[MessageKey, Message]: ...

    def recover(self) -> None:
        """AWS is well again. Voipit stays what it is."""

    def holds_reports(self) -> bool:
        """Whether a report waits, at Voipit or in the fallback queue."""

    def queued_for(self) -> list[datetime]:
        """When the dispatch queue hands something out."""

    def one_round(self, number: int) -> None:
        """The queues hand out what they hold, `watch` runs."""

    def publish(self) -> None:
        """The stream hands out the rest."""


def run_on(world: RunningWorld) -> None:
    """Let bounded time pass, then check."""
    check(evidence := world.evidence)
    world.recover()
    must_end_at = [row.valid_to + REPORT_DEADLINE for row in evidence.rows.values()]
    deadline = max([world.clock(), *must_end_at]) + SLACK
    number = 0
    while _unsettled(rows := world.rows()) or world.holds_reports():
        if world.clock() > deadline:
            raise PromiseBrokenError(f"nothing is forgotten: unsettled at {deadline}")
        number += 1
        world.clock.advance(_until_something_happens(world, rows, number))
        world.one_round(number)
    world.publish()
    check_settled(world.evidence)


def _unsettled(rows: Mapping[MessageKey, Message]) -> bool:
    return any(row.status not in SETTLED for row in rows.values())


def _until_something_happens(
    world: RunningWorld, rows: Mapping[MessageKey, Message], number: int
) -> float:
    """Up to the next moment that matters, and at least until `watch` comes by again.

    Where a state lasts for long, in leaps: it must not matter that `watch` was away.
    """
    due = [row.due_at for row in rows.values() if row.due_at is not None]
    moments = due + world.queued_for()
    ahead = (min(moments) - world.clock()).total_seconds() if moments else 0.0
    return max(ahead, MINUTE if number <= ROUNDS_WITHOUT_LEAPS else LEAP)
