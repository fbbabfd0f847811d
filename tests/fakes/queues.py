from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.report import DeliveryReport
from sms_gateway.use_cases.ports import HINTS_AT_ONCE
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
    `waiting` is what it holds. `asked` counts the questions for its `backlog`, which is told as it
    is unless a test says otherwise in `claims`.
    """

    def __init__(self, now: Clock, *, boundary: Boundary | None = None) -> None:
        self.enqueued: list[tuple[MessageKey, timedelta]] = []
        self.unused: list[tuple[MessageKey, str]] = []
        self.waiting: list[Waiting] = []
        self._now = now
        self.asked = 0
        self.claims: int | None = None
        self._losing = 0
        self._lock = Lock()
        self._boundary = boundary or Boundary()

    def lose_next(self, times: int = 1) -> None:
        """The next messages never arrive, and nobody is told."""
        self._losing += times

    def enqueue(self, key: MessageKey, delay: timedelta) -> None:
        with suppress(StoreUnavailableError), self._boundary.crossing("queue.enqueue"):
            self._put(key, delay)

    def enqueue_unused(self, key: MessageKey, claim: str, pause: timedelta) -> bool:
        with suppress(StoreUnavailableError), self._boundary.crossing("queue.enqueue_unused"):
            self.unused.append((key, claim))
            self._hold(Waiting(key, self._now() + pause, claim))
            return True
        return False

    def enqueue_all(self, waits: Sequence[tuple[MessageKey, timedelta]]) -> bool:
        """As SQS: ten at most, and not none."""
        assert 0 < len(waits) <= HINTS_AT_ONCE
        with suppress(StoreUnavailableError), self._boundary.crossing("queue.enqueue_all"):
            for key, delay in waits:
                self._put(key, delay)
            return True
        return False

    def backlog(self) -> int | None:
        with suppress(StoreUnavailableError), self._boundary.crossing("queue.backlog"):
            self.asked += 1
            now = self._now()
            with self._lock:
                ready = sum(waiting.at <= now for waiting in self.waiting)
            return ready if self.claims is None else self.claims
        return None

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
