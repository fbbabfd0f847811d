"""The measurements, round by round: in each round every version has its turn, in another order."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from benchmarks.cases import COLD, RESTED, SEND, WARM, Case, Event
from benchmarks.cold import cold_start
from benchmarks.figures import Run, counts_of
from benchmarks.processes import Taken
from benchmarks.world import World

PAUSE: Final = 4.2
"""Seconds of rest: a little more than the gateway keeps a connection to Voipit without using it."""
EMPTY: Final = "empty"
"""No message, but what the first one leaves behind: an account that is trusted since then."""
WARM_UP: Final = 3
"""Calls before the first round, which load what is loaded at a first call."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often each kind of measurement is repeated."""

    warm: int
    rested: int
    cold: int
    growth: int


FULL: Final = Rounds(warm=15, rested=9, cold=7, growth=3)
QUICK: Final = Rounds(warm=3, rested=1, cold=1, growth=1)


def begin(world: World) -> None:
    """Send one message, and keep the tables without it as `EMPTY`."""
    world.call("send", next(iter(SEND.prepare(world, 1))))
    world.stubs("clear", table="Messages")
    world.stubs("keep", name=EMPTY)


def in_turn(worlds: Sequence[World], case: Case) -> list[World]:
    """The worlds that have this call, in the order of chance."""
    having = [world for world in worlds if world.name in case.versions]
    return random.sample(having, len(having))


def call(world: World, case: Case, event: Event) -> Taken:
    """One call of this kind."""
    return world.call(case.function, event, is_refused=case.is_refused)


def measure_warm(worlds: Sequence[World], run: Run, rounds: int, progress: Progress) -> None:
    """Calls one behind the other: CPU and wall seconds of one, as the median of a round's."""
    for case in WARM:
        events = {}
        for world in in_turn(worlds, case):
            world.stubs("restore", name=EMPTY)
            needed = case.calls * rounds + WARM_UP
            events[world.name] = iter(case.prepare(world, needed))
            for _ in range(WARM_UP):
                call(world, case, next(events[world.name]))
        for number in range(rounds):
            progress(f"warm: {case.name}, round {number + 1} of {rounds}")
            for world in in_turn(worlds, case):
                world.stubs("tally")
                taken = [call(world, case, next(events[world.name])) for _ in range(case.calls)]
                samples = run.of(f"warm {case.name}", world.name)
                samples.add(
                    cpu=median(each.cpu for each in taken),
                    wall=median(each.wall for each in taken),
                )
                logged = sum(each.logged for each in taken)
                samples.counts = counts_of(world.stubs("tally"), len(taken), logged)


def measure_rested(worlds: Sequence[World], run: Run, rounds: int, progress: Progress) -> None:
    """A call after a pause in which every connection was closed."""
    for case in RESTED:
        events = {}
        for world in in_turn(worlds, case):
            world.stubs("restore", name=EMPTY)
            events[world.name] = iter(case.prepare(world, rounds + 1))
            world.call(case.function, next(events[world.name]))
        for number in range(rounds):
            progress(f"rested: {case.name}, round {number + 1} of {rounds}")
            time.sleep(PAUSE)
            for world in in_turn(worlds, case):
                world.stubs("close_resting")
                world.stubs("tally")
                taken = world.call(case.function, next(events[world.name]))
                samples = run.of(f"rested {case.name}", world.name)
                samples.add(cpu=taken.cpu, wall=taken.wall)
                samples.counts = counts_of(world.stubs("tally"), 1, taken.logged)


def measure_cold(worlds: Sequence[World], run: Run, rounds: int, progress: Progress) -> None:
    """A process from its start to its first answer; the first call alone too."""
    for case in COLD:
        events: dict[str, Iterator[Event]] = {}
        for world in in_turn(worlds, case):
            world.stubs("restore", name=EMPTY)
            events[world.name] = iter(case.prepare(world, rounds))
        for number in range(rounds):
            progress(f"cold: {case.name}, round {number + 1} of {rounds}")
            for world in in_turn(worlds, case):
                world.stubs("tally")
                start = cold_start(world, case.function, next(events[world.name]))
                samples = run.of(f"cold {case.name}", world.name)
                samples.add(
                    cpu=start.answered.cpu,
                    wall=start.answered.wall,
                    init_cpu=start.ready.cpu,
                    first_cpu=start.first.cpu,
                    first_wall=start.first.wall,
                )
                samples.counts = counts_of(world.stubs("tally"), 1, 0)
