"""What `make load` makes of its answers: latencies, ratios, errors, steps that fit."""

from pathlib import Path

import pytest

from benchmarks.load.figures import (
    NO_ANSWER,
    Answer,
    Load,
    Side,
    Step,
    first_errors,
    percentile,
    side,
)
from benchmarks.load.picture import picture, round_up
from benchmarks.load.running import in_time
from benchmarks.load.tables import report


def answer(seconds: float, status: int | None = 202) -> Answer:
    return Answer("load-000001", seconds, status)


def side_of(median: float | None, errors: dict[str, int] | None = None) -> Side:
    return Side(10, 10 if median else 0, 2.0, median, median, errors or {})


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1), (0.5, 10), (0.95, 19), (0.951, 20), (1.0, 20)]
)
def test_a_percentile_is_a_value_that_was_measured(share: float, expected: int) -> None:
    values = [float(value) for value in range(20, 0, -1)]

    assert percentile(values, share) == expected
    assert percentile([7.0], share) == 7.0
    assert percentile([], share) is None


def test_the_latency_is_that_of_the_202s_and_the_others_are_counted() -> None:
    answers = [answer(0.1), answer(0.3), answer(9.0, 503), answer(35.0, None), answer(0.001, 429)]

    measured = side(answers, 4.0)

    assert (measured.median, measured.p95) == (0.1, 0.3)
    assert measured.errors == {"429": 1, "503": 1, NO_ANSWER: 1}
    assert measured.error_share == pytest.approx(0.6)
    assert measured.per_second == 0.5


def test_a_step_without_an_answer_has_no_latency_and_no_ratio() -> None:
    nothing = side([], 1.0)

    assert (nothing.median, nothing.error_share, nothing.per_second) == (None, 0.0, 0.0)
    assert Step(1, side_of(0.1), nothing).ratio("median") is None
    assert Step(1, nothing, side_of(0.1)).ratio("p95") is None


def test_the_ratio_is_the_gateways_latency_over_the_empty_functions() -> None:
    assert Step(4, empty=side_of(0.02), gateway=side_of(0.05)).ratio("median") == 2.5


def test_errors_begin_where_the_gateway_has_some_first() -> None:
    good, bad = side_of(0.1), side_of(0.1, {"503": 1})

    assert first_errors([Step(1, bad, good), Step(2, good, good)]) is None
    assert first_errors([Step(1, good, good), Step(8, good, bad), Step(4, good, bad)]) == 4


def test_a_run_is_read_as_it_was_saved_and_can_be_shown(tmp_path: Path) -> None:
    steps = [
        Step(1, side_of(0.02), side_of(0.05)),
        Step(2, side_of(0.03), side_of(None, {"503": 8})),
    ]
    about = {"date": "today", "commit": "1234567", "machine": "a <small> one"}
    counts = {"taken": 1200, "refused": 3, "statuses": {"sent": 1200}, "sms": 1200}
    lists: dict[str, list[str]] = {"lost": [], "doubled": ["x"], "lies": [], "error_lines": []}
    run = Load(about, steps, {**counts, **lists, "dead_letters": 0})

    run.save(tmp_path / "load.json")

    assert Load.load(tmp_path / "load.json") == run
    assert "| 1       | 20 / 20   | 50 / 50     | 2.5 / 2.5 " in report(run)
    assert "| 2       | 30 / 30   | none / none | none / none " in report(run)
    assert "| 100.0%, 503: 8 |" in report(run)
    assert "| doubled           | 1      |" in report(run)
    assert "(a &lt;small&gt; one)" in picture(run)


@pytest.mark.parametrize(
    ("value", "top"),
    [(10, 10), (10.1, 20), (118, 200), (0.3, 0.4), (61, 80), (99, 100), (12_536, 20_000)],
)
def test_a_scale_ends_at_a_round_number(value: float, top: float) -> None:
    assert round_up(value) == pytest.approx(top)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_step_that_would_not_be_over_in_time_is_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = Clock()
    steps = []
    for senders in in_time([1, 2, 4, 8], 10.0, until=60.0, now=clock):
        steps.append(senders)
        clock.seconds += 20.0

    assert steps == [1, 2]
    assert "a step of 4, 8 senders" in capsys.readouterr().out


def test_every_step_that_fits_is_made() -> None:
    assert list(in_time([1, 2, 4], 10.0, until=10.0, now=Clock())) == [1, 2, 4]
    assert list(in_time([1, 2, 4], 10.0, until=9.9, now=Clock())) == []
