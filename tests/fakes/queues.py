from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.due import UNUSED_PAUSE
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.report import DeliveryReport
from tests.fakes.boundary import Boundary


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message of the dispatch queue, and when the queue hands it out."""

    message_id: str
    at: datetime
    unused_claim: str | None = None


class FakeDispatchQueue:
    """The port `DispatchQueue`.

    `enqueued` is all it was ever given, apart from the claims it was told of in `unused`;
    `waiting` is what it holds.
    """

    def __init__(self, now: Clock, *, boundary: Boundary | None = None) -> None:
        self.enqueued: list[tuple[str, timedelta]] = []
        self.unused: list[tuple[str, str]] = []
        self.waiting: list[Waiting] = []
        self._now = now
        self._losing = 0
        self._lock = Lock()
        self._boundary = boundary or Boundary()

    def lose_next(self, times: int = 1) -> None:
        """The next messages never arrive, and nobody is told."""
        self._losing += times

    def enqueue(self, message_id: str, delay: timedelta) -> None:
        with suppress(StoreUnavailableError), self._boundary.crossing("queue.enqueue"):
            self._put(message_id, delay)

    def enqueue_unused(self, message_id: str, claim: str) -> None:
        with suppress(StoreUnavailableError), self._boundary.crossing("queue.enqueue_unused"):
            self.unused.append((message_id, claim))
            self._hold(Waiting(message_id, self._now() + UNUSED_PAUSE, claim))

    def enqueue_all(self, waits: Sequence[tuple[str, timedelta]]) -> None:
        """Ten in a call; after a call that failed no other is made."""
        with suppress(StoreUnavailableError):
            for start in range(0, len(waits), 10):
                with self._boundary.crossing("queue.enqueue_all"):
                    for message_id, delay in waits[start : start + 10]:
                        self._put(message_id, delay)

    def _put(self, message_id: str, delay: timedelta) -> None:
        self.enqueued.append((message_id, delay))
        self._hold(Waiting(message_id, self._now() + delay))

    def _hold(self, waiting: Waiting) -> None:
        with self._lock:
            if self._losing:
                self._losing -= 1
            else:
                self.waiting.append(waiting)

    def take(self) -> list[Waiting]:
        """What the queue hands out by now, the oldest first; it is gone from the queue then."""
        with self._lock:
            now = self._now()
            ready = sorted((w for w in self.waiting if w.at <= now), key=lambda w: w.at)
            self.waiting = [w for w in self.waiting if w.at > now]
            return ready


class FakeReportFallback:
    """The port `ReportFallback`."""

    def __init__(self, *, boundary: Boundary | None = None) -> None:
        self.available = True
        self.kept: list[tuple[str, DeliveryReport]] = []
        self._boundary = boundary or Boundary()

    def keep(self, message_id: str, report: DeliveryReport) -> None:
        with self._boundary.crossing("fallback.keep"):
            if not self.available:
                raise StoreUnavailableError("The fallback queue did not answer.")
            self.kept.append((message_id, report))
