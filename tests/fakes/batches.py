from datetime import datetime
from threading import RLock

from sms_gateway.domain.guards import BATCH_KNOWN_FOR
from tests.fakes.boundary import Boundary
from tests.fakes.outages import Outage, Outages


class FakeBatches:
    """The port `Batches`, held to the same contract as the table (tests/adapters)."""

    def __init__(self, *, boundary: Boundary | None = None) -> None:
        self.known: dict[str, tuple[str, datetime]] = {}
        self._lock = RLock()
        self._outages = Outages()
        self._boundary = boundary or Boundary()

    def be_unavailable(self, when: Outage = Outage.BEFORE, *, times: int = 1) -> None:
        """Make the next `times` calls fail."""
        self._outages.plan("remember", when, times)

    def remember(self, digest: str, batch_id: str, now: datetime) -> str:
        with (
            self._boundary.crossing("batches.remember"),
            self._lock,
            self._outages.around("remember"),
        ):
            known = self.known.get(digest)
            if known is None or known[1] <= now:
                known = self.known[digest] = (batch_id, now + BATCH_KNOWN_FOR)
            return known[0]
