from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto

from sms_gateway.domain.errors import StoreUnavailableError


class Outage(Enum):
    """When a table goes away: before it did what was asked, or before it could say so."""

    BEFORE = auto()
    AFTER = auto()


class Outages:
    """The calls of a fake table that are going to fail, by operation."""

    def __init__(self) -> None:
        self._coming: dict[str, deque[Outage]] = {}

    def plan(self, operation: str, when: Outage, times: int) -> None:
        self._coming.setdefault(operation, deque()).extend([when] * times)

    @contextmanager
    def around(self, operation: str) -> Iterator[None]:
        coming = self._coming.get(operation)
        outage = coming.popleft() if coming else None
        if outage is Outage.BEFORE:
            raise StoreUnavailableError("The table did not answer.")
        yield
        if outage is Outage.AFTER:
            raise StoreUnavailableError("The table did not answer.")
