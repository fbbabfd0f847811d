"""A small discrete-event simulation: a clock, processes, servers, and buckets of tokens.

A process is a generator that yields the seconds until it wants to go on. Nothing here knows what is
simulated; `tests/unit/test_simulation.py` holds it against results that are known in theory.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any, TypeAlias

Process: TypeAlias = Generator[float, None, None]


@dataclass
class Loop:
    """Simulated time, in seconds, and what is to happen in it."""

    now: float = 0.0
    _agenda: list[tuple[float, int, Process]] = field(default_factory=list)
    _numbers: Any = field(default_factory=count)

    def begin(self, process: Process, after: float = 0.0) -> None:
        """Let the process begin so many seconds from now; of two at one moment the first."""
        heappush(self._agenda, (self.now + after, next(self._numbers), process))

    def run(self, until: float) -> None:
        """Let everything happen that is due until then."""
        while self._agenda and self._agenda[0][0] <= until:
            self.now, _, process = heappop(self._agenda)
            pause = next(process, None)
            if pause is not None:
                self.begin(process, pause)
        self.now = until


@dataclass
class Bucket:
    """It holds up to `burst` tokens, as many at first, and gets `rate` of them each second."""

    loop: Loop
    rate: float
    burst: float
    _tokens: float = field(init=False)
    _since: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens, self._since = self.burst, self.loop.now

    def has(self, tokens: float = 1) -> bool:
        """Whether there are as many."""
        passed, self._since = self.loop.now - self._since, self.loop.now
        self._tokens = min(self.burst, self._tokens + passed * self.rate)
        return self._tokens >= tokens

    def take(self, tokens: float = 1) -> bool:
        """Whether there were as many, which are gone then."""
        there = self.has(tokens)
        self._tokens -= tokens if there else 0
        return there


@dataclass
class Pool:
    """Places that are free or taken; a process that finds none goes away or comes again."""

    loop: Loop
    places: float
    taken: int = 0
    most: int = 0
    _area: float = 0.0
    _since: float = 0.0

    def enter(self) -> bool:
        """Whether there was a free place, which is taken then."""
        if self.taken >= self.places:
            return False
        self._move(1)
        self.most = max(self.most, self.taken)
        return True

    def leave(self) -> None:
        """Give the place back."""
        self._move(-1)

    @property
    def mean(self) -> float:
        """How many places were taken on average, from the beginning until now."""
        return (self._area + self.taken * (self.loop.now - self._since)) / self.loop.now

    def _move(self, by: int) -> None:
        self._area += self.taken * (self.loop.now - self._since)
        self._since = self.loop.now
        self.taken += by
