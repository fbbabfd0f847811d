"""`make soak`, as CI can afford it."""

from collections import Counter
from typing import Any

import pytest

from local.processes import LocalStackError
from local.simulator.behaviours import BEHAVIOURS, behaviour_for
from local.soak import (
    MOST_INVALID,
    ODD_REFUSALS,
    OPENS_THE_CIRCUIT,
    POPULAR,
    TOO_MANY,
    Findings,
    hourly_limit,
    invalid_requests,
    numbers,
    odd_refusal,
    pausing,
    soak,
)

MESSAGES = 200


def test_a_seed_always_stands_for_the_same_numbers_most_misbehaviours_among_them() -> None:
    misbehaving = {f"+407990000{b.suffix:02}" for b in BEHAVIOURS if b.suffix is not None}

    assert numbers(MESSAGES, 7) == numbers(MESSAGES, 7)
    assert numbers(MESSAGES, 7) != numbers(MESSAGES, 8)
    assert len(misbehaving.intersection(numbers(MESSAGES, 7))) > 15


def test_one_number_is_meant_to_get_more_than_its_hour_allows() -> None:
    asked = numbers(MESSAGES, 7)

    assert asked.count(POPULAR) == hourly_limit(MESSAGES) + TOO_MANY
    others = Counter(number for number in asked if number != POPULAR)
    assert max(others.values()) <= hourly_limit(MESSAGES)


def test_what_stops_all_messages_is_never_drawn() -> None:
    drawn = {behaviour_for(number).name for number in numbers(5000, 7)}

    assert drawn.isdisjoint(OPENS_THE_CIRCUIT)
    assert {"429-bad-chunk", "400-cut", "200-cut"} <= drawn


def test_every_odd_refusal_has_its_seeds() -> None:
    assert {behaviour_for(odd_refusal(seed)).name for seed in range(9)} == set(ODD_REFUSALS)


@pytest.mark.parametrize(
    ("answer", "behaviour", "counts"),
    [
        (401, "401-cut", 1),
        (404, "404-too-long", 1),
        (403, "403-page", 1),
        (401, None, 1),
        (403, None, 0),
        (429, "429-bad-chunk", 0),
        (400, "400-cut", 0),
        (200, "normal", 0),
        ("cut", "cut-with-report", 0),
    ],
)
def test_a_request_counts_as_invalid_as_it_does_at_voipit(
    answer: int | str, behaviour: str | None, counts: int
) -> None:
    assert invalid_requests([{"answer": answer, "behaviour": behaviour}]) == counts


@pytest.mark.parametrize(("invalid", "is_good"), [(0, False), (1, True), (2, True), (3, False)])
def test_a_soak_with_too_many_invalid_requests_is_not_good(invalid: int, *, is_good: bool) -> None:
    assert Findings(invalid=invalid).is_good is is_good


@pytest.mark.parametrize(
    "wrong",
    [
        {"losses": ["m"]},
        {"doubles": ["m"]},
        {"lies": ["m"]},
        {"dead_letters": 1},
        {"to_popular": 5},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_soak_in_which_a_promise_was_broken_is_not_good(wrong: dict[str, Any]) -> None:
    assert Findings(invalid=1, hourly_limit=4, to_popular=4).is_good
    assert not Findings(**{"invalid": 1, "hourly_limit": 4} | wrong).is_good


def test_the_soak_ends_when_the_gateway_answers_500() -> None:
    pausing("503 Service Unavailable", 1.0)

    with pytest.raises(LocalStackError, match="500 Internal Server Error"):
        pausing("500 Internal Server Error", 1.0)


@pytest.mark.timeout(1000)
def test_nothing_is_lost_doubled_or_left_behind_while_voipit_misbehaves() -> None:
    findings = soak(MESSAGES, seed=7)

    assert findings.messages == MESSAGES
    assert sum(findings.statuses.values()) == MESSAGES
    assert findings.statuses["sent"] > MESSAGES / 2
    assert (findings.losses, findings.doubles, findings.lies) == ([], [], [])
    assert findings.dead_letters == 0
    assert 0 < findings.to_popular <= findings.hourly_limit
    assert 1 <= findings.invalid <= MOST_INVALID == 2
