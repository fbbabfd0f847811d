"""The process dies at every call that leaves it, before and after it takes effect, one by one."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from sms_gateway.adapters import message_item, messages_table
from tests.guarantees.crash_points import CRASH_POINTS
from tests.guarantees.crash_world import CrashPoint, CrashWorld
from tests.guarantees.interruptible_cloud import InterruptibleCloud
from tests.guarantees.invariants import PromiseBrokenError
from tests.guarantees.running_on import run_on
from tests.guarantees.scenarios import SCENARIOS, Scenario

AT_LEAST = 600
"""A crash point is a call and a side of it. Fewer than this and the test has gone blind."""


@pytest.fixture(scope="module")
def cloud() -> Iterator[InterruptibleCloud]:
    with mock_aws():
        yield InterruptibleCloud()


@pytest.fixture(autouse=True)
def _a_shard_of_each_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """`watch` reads eight shards: five points the fewer."""
    one_of_each = {waits: shards[:1] for waits, shards in message_item.SHARDS_OF.items()}
    for module in (message_item, messages_table):
        monkeypatch.setattr(module, "SHARDS_OF", one_of_each)


def live(cloud: InterruptibleCloud, scenario: Scenario, point: CrashPoint) -> None:
    """The scenario with a death at this point, and what comes after."""
    world = CrashWorld(cloud, point)
    scenario(world)
    world.survive()
    run_on(world)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_the_promises_hold_wherever_the_process_dies(
    cloud: InterruptibleCloud, scenario: Scenario, record_crash_points: list[str]
) -> None:
    undisturbed = CrashPoint()
    live(cloud, scenario, undisturbed)

    for number, name in enumerate(undisturbed.names, start=1):
        for before in (True, False):
            point = CrashPoint(number, before=before)
            where = f"{'before' if before else 'after'} {name}, call {number}"
            try:
                live(cloud, scenario, point)
            except PromiseBrokenError as broken:
                pytest.fail(f"died {where}: {broken}")
            assert point.names[:number] == undisturbed.names[:number]
            record_crash_points.append(f"{scenario.__name__}: {where}")


def test_enough_crash_points_were_visited(request: pytest.FixtureRequest) -> None:
    """Last in this file: it counts what the tests before it have done."""
    visited = request.config.stash[CRASH_POINTS]

    assert len(visited) == len(set(visited))
    assert len(visited) >= AT_LEAST
