from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from threading import RLock
from typing import Literal

from sms_gateway.domain.circuit import Circuit, OpenReason
from sms_gateway.domain.errors import StoreUnavailableError
from tests.fakes.boundary import Boundary
from tests.fakes.outages import Outage, Outages

Operation = Literal[
    "get",
    "take_probe",
    "release_probe",
    "prove",
    "doubt",
    "open",
    "take_ping",
    "stay_open",
    "miss",
    "find",
    "close",
]


class FakeCircuits:
    """The port `Circuits`: behaves as the item in the guards table does, one write at a time.

    While it `is_read_only` it answers `get` and nothing else.
    """

    def __init__(self, circuit: Circuit | None = None, *, boundary: Boundary | None = None) -> None:
        self.circuit = circuit or Circuit()
        self._lock = RLock()
        self._outages = Outages()
        self.is_read_only = False
        self._boundary = boundary or Boundary()

    def be_unavailable(
        self, operation: Operation, when: Outage = Outage.BEFORE, *, times: int = 1
    ) -> None:
        """Make the next `times` calls of the operation fail."""
        self._outages.plan(operation, when, times)

    def get(self) -> Circuit:
        with self._operation("get"):
            return self.circuit

    def take_probe(self, now: datetime, until: datetime) -> bool:
        with self._operation("take_probe"):
            held = self.circuit.probe_until
            if self.circuit.is_open or (held is not None and held > now):
                return False
            self.circuit = replace(self.circuit, probe_until=until)
            return True

    def release_probe(self) -> None:
        with self._operation("release_probe"):
            self.circuit = replace(self.circuit, probe_until=None)

    def prove(self, account_version: str, at: datetime) -> None:
        with self._operation("prove"):
            self.circuit = replace(
                self.circuit, proven=account_version, proven_at=at, probe_until=None
            )

    def doubt(self, account_version: str) -> None:
        with self._operation("doubt"):
            if self.circuit.proven == account_version:
                self.circuit = replace(self.circuit, proven=None, proven_at=None)

    def open(
        self, reason: OpenReason, failed: str, since: datetime, next_ping_at: datetime
    ) -> None:
        with self._operation("open"):
            if not self.circuit.is_open:
                self.circuit = Circuit(
                    reason, since, 0, next_ping_at, failed, blocked_at=self.circuit.blocked_at
                )

    def take_ping(self, seen: Circuit, now: datetime, until: datetime) -> bool:
        with self._operation("take_ping"):
            held = self.circuit.ping_until
            if seen.since is None or self.circuit.since != seen.since:
                return False
            if self.circuit.next_ping_at != seen.next_ping_at:
                return False
            if held is not None and held > now:
                return False
            self.circuit = replace(self.circuit, ping_until=until)
            return True

    def stay_open(self, seen: Circuit, after_ping: Circuit) -> None:
        with self._operation("stay_open"):
            if seen.since is not None and self.circuit.since == seen.since:
                self.circuit = replace(
                    self.circuit,
                    reason=after_ping.reason,
                    failed=after_ping.failed,
                    pings=after_ping.pings,
                    next_ping_at=after_ping.next_ping_at,
                    ping_until=None,
                    blocked_at=after_ping.blocked_at or self.circuit.blocked_at,
                )

    def miss(self, seen: Circuit, at: datetime) -> None:
        with self._operation("miss"):
            if self.circuit.since == seen.since:
                self.circuit = Circuit(OpenReason.ACCOUNT_MISSING, since=at)

    def find(self, seen: Circuit) -> None:
        with self._operation("find"):
            is_missing = self.circuit.reason is OpenReason.ACCOUNT_MISSING
            if is_missing and self.circuit.since == seen.since:
                self.circuit = replace(self.circuit, reason=None, since=None)

    def close(self, seen: Circuit, account_version: str, at: datetime) -> None:
        with self._operation("close"):
            if seen.since is not None and self.circuit.since == seen.since:
                self.circuit = Circuit(
                    proven=account_version,
                    proven_at=at,
                    probe_until=self.circuit.probe_until,
                    blocked_at=self.circuit.blocked_at,
                )

    @contextmanager
    def _operation(self, name: Operation) -> Iterator[None]:
        with self._boundary.crossing(f"circuits.{name}"), self._lock, self._outages.around(name):
            if self.is_read_only and name != "get":
                raise StoreUnavailableError("The table did not answer.")
            yield
