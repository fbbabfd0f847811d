"""What a process can tell of the dispatch queue that sees how much it holds, again and again.

A queue message that is late was lost, or waits behind others: the row alone does not tell which.
But what was in the queue at a moment is handed out when as many messages have been tried as the
queue held then. So a process that remembers how much it held knows by when.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sms_gateway.domain.due import QUEUE_GRACE

SLOWEST_TRY: Final = timedelta(seconds=15)
"""How long `dispatch` can be at one message while AWS is well: a call of Voipit takes 13 s at most.
"""
LONGEST_IN_QUEUE: Final = timedelta(minutes=30)
"""So long a queue is believed in that is behind, and no longer: how much it holds is a guess."""
TOLD_LATE: Final = timedelta(minutes=1)
"""What SQS tells of a queue can be so old."""


@dataclass(slots=True)
class QueueProgress:
    """Until when the queue has handed out everything, as far as one process has seen.

    `at_a_time`: how many messages `dispatch` tries at a time.
    """

    at_a_time: int
    _seen: list[tuple[datetime, datetime]] = field(default_factory=list)
    """Looks at the queue, oldest first: when, and by when all that it held is handed out."""

    def note(self, backlog: int, now: datetime) -> None:
        """So many messages wait in the queue to be tried."""
        known = [look for look in self._seen if look[0] >= self._all_handed_out(now)]
        needs = min(backlog * SLOWEST_TRY / self.at_a_time, LONGEST_IN_QUEUE)
        self._seen = [*known, (now, now + needs)]

    def has_lost(self, due_at: datetime, now: datetime) -> bool:
        """Whether a message that the queue was told of cannot be in it any more.

        It is due `QUEUE_GRACE` after the queue could hand it out for the first time.
        """
        return due_at - QUEUE_GRACE <= self._all_handed_out(now) - TOLD_LATE

    def _all_handed_out(self, now: datetime) -> datetime:
        """All that the queue could hand out by then, it has by now, even if Voipit is slow."""
        looks = [at for at, handed_out_by in self._seen if handed_out_by <= now]
        return max([now - LONGEST_IN_QUEUE, *looks])
