"""The circuit as this process itself remembers it, for as long as it cannot be written."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from sms_gateway.domain.circuit import PING_LEASE, Circuit

WRITE_PAUSE: Final = timedelta(seconds=30)
"""Between two tries to write it: each can take 7 s of a function that has 25 s."""


class OwnCircuit:
    """What this process has learnt and could not write. It is lost with the process.

    It goes by the same clock as the stored circuit, so it ends in the same way: by a ping.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._circuit: Circuit | None = None
        self._write_at: datetime | None = None

    def remember(self, circuit: Circuit, now: datetime) -> None:
        """Keep what could not be written just now."""
        with self._lock:
            self._circuit = circuit
            self._write_at = now + WRITE_PAUSE

    def forget(self) -> None:
        """It was written, or is over."""
        with self._lock:
            self._circuit = None

    def beside(self, stored: Circuit) -> Circuit | None:
        """What is remembered, unless the stored circuit knows better; then it is forgotten."""
        with self._lock:
            if self._circuit is not None and self._circuit.is_outdated_by(stored):
                self._circuit = None
            return self._circuit

    def take_write(self, now: datetime) -> bool:
        """Whether it is time to try the write again. It is tried once in a `WRITE_PAUSE`."""
        with self._lock:
            if self._circuit is None or self._write_at is None or now < self._write_at:
                return False
            self._write_at = now + WRITE_PAUSE
            return True

    def take_ping(self, account_version: str, now: datetime) -> Circuit | None:
        """What is remembered, for the one caller who may ping now; otherwise `None`."""
        with self._lock:
            if self._circuit is None or not self._circuit.wants_ping(account_version, now):
                return None
            self._circuit = replace(self._circuit, ping_until=now + PING_LEASE)
            return self._circuit
