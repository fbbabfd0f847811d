"""The gateway as queues and limits: what a straight message takes, and where it is held up.

Simplified on purpose: every message is straight; environments of Lambda stay warm once they are
there; rows of clients are chosen evenly; DynamoDB neither saves up capacity nor splits a partition.
"""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from random import Random
from typing import Final

from pages.calls import SECONDS, VOIPIT_SECONDS
from pages.scale.engine import Bucket, Loop, Pool, Process

COLD_SECONDS: Final = 1.0
"""Assumed: a cold start, on top of the call."""
TRANSACTION_SECONDS: Final = 0.01
"""Assumed: how long the first write holds its rows."""
REPORT_SECONDS: Final = 5.0
"""Assumed: the mean time from Voipit's answer to its report."""
ANSWER_SECONDS: Final = 10.0
"""The gateway waits for Voipit's answer no longer (`adapters/voipit/client.py`)."""
PAUSES: Final = (0.015, 0.03, 0.06, 0.12, 0.24)
"""Between the six tries of a write that is in conflict or throttled (`adapters/dynamodb.py`)."""
CLIENT_ROWS: Final = 16
"""Rows among which a client's count is divided (`adapters/intake.py`)."""
PUBLISH_SECONDS: Final = (0.02, 0.0024, 0.012)
"""Assumed, from the measured CPU time: of a call of `publish`, each record, each ten records."""
POLL_SECONDS: Final = 0.25
"""Lambda looks into each shard of a stream four times a second."""
BATCH: Final = 100
ROWS: Final = "rows of the client's count"
MESSAGES_UNITS: Final = 4
"""Write units of a straight life on the table Messages itself."""
GUARDS_UNITS: Final = 4
"""Of its first write on the table Guards."""
NEW_TABLE_UNITS: Final = 4_000
"""Write units a second of a table on demand that has never been busy."""
PARTITION_UNITS: Final = 1_000
"""Write units a second of one partition key."""
SCALING: Final = (100.0, 1_000.0)
"""New environments a second of a function, and at once."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set, here or by AWS's quotas. Defaults are the template's and an account's."""

    clients: int = 1
    key_rate: float = 100
    key_burst: float = 200
    route_rate: float = 300
    route_burst: float = 600
    concurrency: int = 1_000
    shards: int = 4
    lanes: int = 1
    """`ParallelizationFactor`: calls of `publish` at the same time for each shard."""
    table_units: float = NEW_TABLE_UNITS
    window: float = 1.0
    voipit_seconds: float = VOIPIT_SECONDS
    voipit_places: float = float("inf")
    """Requests that Voipit works on at once; the others wait."""


@dataclass
class Seen:
    """What happened in one second."""

    offered: int = 0
    taken: int = 0
    unconfirmed: int = 0
    """Of those that are taken: Voipit's answer did not come in time."""
    refused: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    functions: dict[str, int] = field(default_factory=dict)


class Gateway:
    """One run of the simulation: `rate` says how many messages a second come at a time."""

    def __init__(
        self, settings: Settings, rate: Callable[[float], float], *, seed: int = 7
    ) -> None:
        self.settings, self.rate = settings, rate
        self.loop, self.random = Loop(), Random(seed)  # noqa: S311  a simulation
        self.seconds: list[Seen] = []
        self.calls: Counter[str] = Counter()
        self.topic_requests = 0
        self.publish_seconds = 0.0
        self.account = Pool(self.loop, settings.concurrency)
        self._running: Counter[str] = Counter()
        self._warm: Counter[str] = Counter()
        self._new = {name: Bucket(self.loop, *SCALING) for name in ("send", "callback", "publish")}
        keys = range(settings.clients)
        self._keys = [Bucket(self.loop, settings.key_rate, settings.key_burst) for _ in keys]
        self._route = Bucket(self.loop, settings.route_rate, settings.route_burst)
        self._index = [Bucket(self.loop, PARTITION_UNITS, PARTITION_UNITS) for _ in keys]
        units = settings.table_units
        self._tables = {name: Bucket(self.loop, units, units) for name in ("Messages", "Guards")}
        self._rows = [[0.0] * CLIENT_ROWS for _ in keys]
        self._voipit = Pool(self.loop, settings.voipit_places)
        self._lanes: list[deque[float]] = [deque() for _ in range(settings.shards * settings.lanes)]

    def run(self, seconds: int) -> "Gateway":
        """Simulate so many seconds; returns itself."""
        for lane in self._lanes:
            self.loop.begin(self._publish(lane), self.random.uniform(0, POLL_SECONDS))
        self.loop.begin(self._arrivals())
        for second in range(seconds):
            self.seconds.append(Seen())
            self.loop.run(second + 1)
            self.seconds[-1].functions = dict(self._running)
        return self

    @property
    def waiting(self) -> int:
        """Changes that are in the stream and not yet published."""
        return sum(map(len, self._lanes))

    @property
    def taken(self) -> int:
        """Messages in all that were taken."""
        return sum(seen.taken for seen in self.seconds)

    @property
    def _now(self) -> Seen:
        return self.seconds[-1]

    def _arrivals(self) -> Process:
        while True:
            rate = self.rate(self.loop.now)
            if rate <= 0:
                yield 1.0
                continue
            yield self.random.expovariate(rate)
            self.loop.begin(self._send(self.random.randrange(self.settings.clients)))

    def _send(self, client: int) -> Process:
        began = self.loop.now
        self._now.offered += 1
        if not self._keys[client].take():
            self._now.refused["ApiRateLimit"] += 1
            return
        if not self._route.take():
            self._now.refused["RouteRateLimit"] += 1
            return
        pause = self._enter("send")
        if pause is None:
            self._now.refused["concurrent executions"] += 1
            return
        yield pause + SECONDS["send"] - VOIPIT_SECONDS
        why = self._write(client)
        for more in PAUSES:
            if why is None:
                break
            yield more * self.random.uniform(0.5, 1)
            why = self._write(client)
        if why is not None:
            self._now.refused[why] += 1
            self._leave("send")
            return
        yield TRANSACTION_SECONDS
        lane = self._lanes[self.random.randrange(len(self._lanes))]
        lane.append(self.loop.now)
        yield from self._ask_voipit()
        lane.append(self.loop.now)
        self._leave("send")
        self._now.taken += 1
        self._now.latencies.append(self.loop.now - began)
        self.loop.begin(self._callback(lane), self.random.expovariate(1 / REPORT_SECONDS))

    def _write(self, client: int) -> str | None:
        """What stands in the way of the first write, if anything does."""
        row = self.random.randrange(CLIENT_ROWS)
        if self._rows[client][row] > self.loop.now:
            return ROWS
        needed = (
            ("index client", self._index[client], 1),
            ("table Messages", self._tables["Messages"], MESSAGES_UNITS),
            ("table Guards", self._tables["Guards"], GUARDS_UNITS),
        )
        for name, bucket, units in needed:
            if not bucket.has(units):
                return name
        for _, bucket, units in needed:
            bucket.take(units)
        self._rows[client][row] = self.loop.now + TRANSACTION_SECONDS
        return None

    def _ask_voipit(self) -> Process:
        asked = self.loop.now
        while not self._voipit.enter():
            if self.loop.now >= asked + ANSWER_SECONDS:
                self._now.unconfirmed += 1
                return
            yield 0.01
        answer = self.random.gammavariate(4, self.settings.voipit_seconds / 4)
        left = asked + ANSWER_SECONDS - self.loop.now
        yield min(answer, left)
        self._now.unconfirmed += answer > left
        self._voipit.leave()

    def _callback(self, lane: deque[float]) -> Process:
        while (pause := self._enter("callback")) is None:
            yield 30.0  # Voipit comes again; when, it does not say
        yield pause + SECONDS["callback"]
        lane.append(self.loop.now)
        self._leave("callback")

    def _publish(self, lane: deque[float]) -> Process:
        fixed, each, each_ten = PUBLISH_SECONDS
        while True:
            first = lane[0] if lane else float("inf")
            if len(lane) < BATCH and self.loop.now < first + self.settings.window:
                yield POLL_SECONDS
                continue
            pause = self._enter("publish")
            if pause is None:
                yield 1.0
                continue
            batch = [lane.popleft() for _ in range(min(BATCH, len(lane)))]
            needed = fixed + each * len(batch) + each_ten * ceil(len(batch) / 10)
            self.publish_seconds += needed
            yield pause + needed
            self._now.lags += [self.loop.now - changed for changed in batch]
            self.topic_requests += ceil(len(batch) / 10)
            self._leave("publish")

    def _enter(self, function: str) -> float | None:
        """Seconds that a call waits for its environment; `None` if there is none for it."""
        if not self.account.enter():
            return None
        cold = self._running[function] >= self._warm[function]
        if cold and not self._new[function].take():
            self.account.leave()
            return None
        self._running[function] += 1
        self._warm[function] += cold
        self.calls[function] += 1
        return COLD_SECONDS if cold else 0.0

    def _leave(self, function: str) -> None:
        self._running[function] -= 1
        self.account.leave()


def quantile(values: list[float], share: float) -> float:
    """The value that this share of them does not exceed; 0 if there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
