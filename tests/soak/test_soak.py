"""`make soak`, as CI can afford it."""

import pytest

from local.simulator.behaviours import BEHAVIOURS
from local.soak import numbers, soak

MESSAGES = 200


def test_a_seed_always_stands_for_the_same_numbers_most_misbehaviours_among_them() -> None:
    misbehaving = {f"+407990000{b.suffix:02}" for b in BEHAVIOURS if b.suffix is not None}

    assert numbers(MESSAGES, 7) == numbers(MESSAGES, 7)
    assert numbers(MESSAGES, 7) != numbers(MESSAGES, 8)
    assert len(misbehaving.intersection(numbers(MESSAGES, 7))) > 15


@pytest.mark.timeout(800)
def test_nothing_is_lost_doubled_or_left_behind_while_voipit_misbehaves() -> None:
    findings = soak(MESSAGES, seed=7)

    assert findings.messages == MESSAGES
    assert sum(findings.statuses.values()) == MESSAGES
    assert findings.statuses["sent"] > MESSAGES / 2
    assert (findings.losses, findings.doubles, findings.dead_letters) == ([], [], 0)
