from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.due import UNUSED_PAUSE
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.report import DeliveryReport
from tests.fakes.boundary import Boundary


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message of the dispatch queue, and when the queue hands it out."""

    key: MessageKey
    at: datetime
    unused_claim: str | None = None


class FakeDispatchQueue:
    """The port `DispatchQueue`.

    `enqueued` is all it was ever given, apart from the claims it was told of in `unused`;
    `waiting` is what it holds.
    """

    def __init__(self, now: Clock, *, boundary: Boundary | None = None) -> None:
        self.enqueued: list[tuple[MessageKey, timedelta]] = []
        self.unused: list[tuple[MessageKey, str]] = []
        self.waiting: list[Waiting] = []
        self._now = now
        self._losing = 0
        self._lock = Lock()
        self._boundary = boundary or Boundary()

    def lose_next(self, times: int = 1) -> None:
        """The next messages never arrive, and nobody is told."""
        self._losing += times

    def enqueue(self, key: MessageKey, delay: timedelta) -> None:
        with suppress(StoreUnavailableError), self._boundary.crossing("queue.enqueue"):
            self._put(key, delay)

    def enqueue_unused(self, key: MessageKey, claim: str) -> None:
        with suppress(StoreUnavailableError), self._boundary.crossing("queue.enqueue_unused"):
            self.unused.append((key, claim))
            self._hold(Waiting(key, self._now() + UNUSED_PAUSE, claim))

    def enqueue_all(self, waits: Sequence[tuple[MessageKey, timedelta]]) -> None:
        """Ten in a call; after a call that failed no other is made."""
        with suppress(StoreUnavailableError):
            for start in range(0, len(waits), 10):
                with self._boundary.crossing("queue.enqueue_all"):
                    for key, delay in waits[start : start + 10]:
                        self._put(key, delay)

    def _put(self, key: MessageKey, delay: timedelta) -> None:
        self.enqueued.append((key, delay))
        self._hold(Waiting(key, self._now() + delay))

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
        self.kept: list[tuple[MessageKey, DeliveryReport]] = []
        self._boundary = boundary or Boundary()

    def keep(self, key: MessageKey, report: DeliveryReport) -> None:
        with self._boundary.crossing("fallback.keep"):
            if not self.available:
                raise StoreUnavailableError("The fallback queue did not answer.")
            self.kept.append((key, report))
