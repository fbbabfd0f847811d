"""What grows with due rows, with stored rows, and with the length of a batch or a list.

And what takes how long where AWS and Voipit answer as slowly as they do.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from benchmarks import events
from benchmarks.cases import GATEWAY, Event, batches, lists, reports
from benchmarks.figures import Run, counts_of
from benchmarks.measuring import EMPTY, Progress
from benchmarks.world import World

DUE: Final = (0, 100, 1_000, 10_000)
BATCH: Final = (1, 10, 100)
LIST: Final = (1, 20, 100)
STORED: Final = (1_000, 100_000)
"""Rows that have come to rest, beside `DUE_AMONG_STORED` that are due."""
DUE_AMONG_STORED: Final = 100
MANY: Final = 1_000
"""Due rows from which on a version is measured once: the older one needs half a minute for it."""
_PREPARED: Final = "prepared"
_PATTERNS: Final = 40
"""Rows that due ones are copied from: enough to be spread over the partitions of their index."""


def measure_growth(
    worlds: Sequence[World], run: Run, rounds: int, progress: Progress, *, is_quick: bool
) -> None:
    """Lengths in turn; the gateway alone, since the peers have none of this."""
    gateways = [world for world in worlds if world.name in GATEWAY]
    for count in DUE[:2] if is_quick else DUE:
        for world in gateways:
            progress(f"growth: watch, {count:,} due, {world.name}")
            _prepare(world, due=count, stored=0)
            _repeat(world, run, f"growth watch, {count:,} due", 1 if count >= MANY else rounds)
    for count in BATCH:
        for world in gateways:
            progress(f"growth: batch of {count}, {world.name}")
            world.stubs("restore", name=EMPTY)
            _each(world, run, f"growth batch of {count}", "send", batches(count)(world, rounds + 1))
    for count in LIST:
        for world in gateways:
            progress(f"growth: list of {count}, {world.name}")
            world.stubs("restore", name=EMPTY)
            _each(world, run, f"growth list of {count}", "status", lists(count)(world, rounds + 1))
    for count in STORED[:1] if is_quick else STORED:
        for world in gateways:
            progress(f"growth: watch, {count:,} stored, {world.name}")
            _prepare(world, due=DUE_AMONG_STORED, stored=count)
            name = f"growth watch, {DUE_AMONG_STORED} due of {count:,} stored"
            _repeat(world, run, name, rounds)


def measure_delayed(
    worlds: Sequence[World], run: Run, rounds: int, progress: Progress, *, is_quick: bool
) -> None:
    """Wall seconds where every answer of AWS and Voipit takes its time (`stubs/delays.py`)."""
    for world in worlds:
        if world.name not in GATEWAY:
            continue
        progress(f"AWS-like delays: batch of 100, {world.name}")
        _slowly(world, partial(_batches, world, run, rounds))
        if is_quick and world.name != "today":
            continue
        progress(f"AWS-like delays: watch, {MANY:,} due, {world.name}")
        _prepare(world, due=MANY, stored=0)
        repeats = rounds if world.name == "today" else 1
        _slowly(world, partial(_repeat, world, run, f"delayed watch, {MANY:,} due", repeats))


def _batches(world: World, run: Run, rounds: int) -> None:
    world.stubs("restore", name=EMPTY)
    _each(world, run, "delayed batch of 100", "send", batches(BATCH[-1])(world, rounds + 1))


def _slowly(world: World, measure: Callable[[], None]) -> None:
    world.stubs("delay", like_aws=True)
    try:
        measure()
    finally:
        world.stubs("delay", like_aws=False)


def _prepare(world: World, *, due: int, stored: int) -> None:
    """Rows of two kinds, copied from those that the version itself has written.

    What is due was to be sent later, and its time has come: so it waits outside the queue, as what
    waits for the end of an outage does.
    """
    world.stubs("restore", name=EMPTY)
    (report,) = reports(world, 1)
    world.call("callback", report)
    (rested,) = world.stubs("rows", table="Messages")
    world.stubs("restore", name=EMPTY)
    now = datetime.now(UTC)
    for number in world.numbers(_PATTERNS):
        world.call("send", events.send_later(world.tree, number, now + timedelta(hours=1)))
    waiting = world.stubs("rows", table="Messages")
    world.stubs("restore", name=EMPTY)
    for place, row in enumerate(waiting):
        row["sendAt"], row["dueAt"] = row["createdAt"], {"N": str(int(now.timestamp()) - 60)}
        count = due // _PATTERNS + (place < due % _PATTERNS)
        names = {"messageId": f"due-{place}-{{i:06d}}"}
        world.stubs("fill", table="Messages", item=row, count=count, patterns=names)
    names = {"messageId": "rested-{i:06d}"}
    world.stubs("fill", table="Messages", item=rested, count=stored, patterns=names)
    world.stubs("keep", name=_PREPARED)


def _repeat(world: World, run: Run, name: str, rounds: int) -> None:
    """The tables are as they were prepared at each; a process that was started for it is warm."""
    world.stubs("restore", name=EMPTY)
    world.call("watch", events.every_minute(world.tree))
    for _ in range(rounds):
        world.stubs("restore", name=_PREPARED)
        _sample(world, run, name, "watch", events.every_minute(world.tree))


def _each(world: World, run: Run, name: str, function: str, given: Sequence[Event]) -> None:
    """The first one is not measured: it opens connections and loads what a first call loads."""
    warm_up, *measured = given
    world.call(function, warm_up)
    for event in measured:
        _sample(world, run, name, function, event)


def _sample(world: World, run: Run, name: str, function: str, event: Event) -> None:
    world.stubs("tally")
    taken = world.call(function, event)
    samples = run.of(name, world.name)
    samples.add(cpu=taken.cpu, wall=taken.wall)
    samples.counts = counts_of(world.stubs("tally"), 1, taken.logged)
