"""Medians, ratios, targets and tables of made-up samples."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import must_show
from benchmarks.figures import Run, calls_in, counts_of, spread
from benchmarks.memory import MILLION, OURS, cost_of, message_cost, share, waits
from benchmarks.picture import picture
from benchmarks.stubs.delays import LIKE_AWS
from benchmarks.tables import report, table
from pages import prices

ABOUT = {"date": "2026-11-27", "then": "c0dde20"}


def a_run(**cpu: list[float]) -> Run:
    """Samples of a warm `send`, by version."""
    run = Run(dict(ABOUT))
    for version, values in cpu.items():
        for value in values:
            run.of("warm send, own id", version).add(cpu=value, wall=value)
    return run


def counted(**counts: Any) -> dict[str, float]:
    return {"connections": 0, "write": 0, "read": 0, "log": 0, "rows": 0, "enqueued": 0} | counts


def test_a_ratio_is_taken_within_a_round_and_not_of_two_medians() -> None:
    run = a_run(today=[1, 20, 3], lean=[1, 10, 1])

    assert run.ratio("warm send, own id", "lean") == 2
    assert run.value("warm send, own id", "today") == 3  # the ratio of the medians would be 3


def test_what_was_not_measured_has_no_figure() -> None:
    run = a_run(today=[1])

    assert run.ratio("warm send, own id", "lean") is None
    assert run.value("cold send, own id", "today") is None
    assert run.count("cold send, own id", "today", "write") is None


def test_the_spread_is_half_the_distance_of_the_quartiles_by_the_median() -> None:
    assert spread([8, 9, 10, 11, 1000]) == pytest.approx(0.1)
    assert spread([10]) == 0
    assert spread([]) == 0


def test_a_run_is_the_same_after_it_was_saved(tmp_path: Path) -> None:
    run = a_run(today=[1, 2], lean=[3])
    run.of("warm send, own id", "today").counts = counted(PutItem=2)

    run.save(tmp_path / "bench.json")

    assert Run.load(tmp_path / "bench.json") == run


def test_counts_are_of_one_call_and_units_of_indexes_are_write_units() -> None:
    tally = {
        "calls": {"PutItem": 4, "Voipit": 2},
        "connections": 2,
        "units": {"write": 6, "index write": 2, "read": 1},
        "rows": 0,
        "enqueued": 0,
    }

    counts = counts_of(tally, 2, 100)

    assert counts["write"] == 4
    assert counts["read"] == 0.5
    assert counts["log"] == 50
    assert calls_in(counts) == 3  # connections, units and bytes are no calls


@pytest.mark.parametrize(("today", "verdict"), [(1.65, "yes"), (1.66, "**no**")])
def test_a_target_is_met_up_to_its_bound(today: float, verdict: str) -> None:
    (row, *_) = must_show.rows(a_run(today=[today], lean=[1]))

    assert row.verdict == verdict


def test_without_measurements_no_target_is_met_or_missed() -> None:
    assert {row.verdict for row in must_show.rows(Run(dict(ABOUT)))} == {""}


@pytest.mark.parametrize(
    ("told", "is_met"),
    [
        ({"byte code": True, "warned": False}, True),
        ({"byte code": False, "warned": True}, True),
        ({"byte code": False, "warned": False}, False),
    ],
)
def test_a_builder_without_the_interpreter_makes_byte_code_or_warns(
    told: dict[str, bool], *, is_met: bool
) -> None:
    run = Run({**ABOUT, must_show.BARE_BUILDER: told})

    (row,) = (row for row in must_show.rows(run) if "builder" in row.what)
    assert row.is_met is is_met


def test_a_forged_callback_must_not_ask_aws() -> None:
    run = Run(dict(ABOUT))
    for name, value, calls in (("callback", 1.0, {}), ("callback, forged", 0.1, {"GetItem": 1})):
        samples = run.of(f"warm {name}", "today")
        samples.add(cpu=value)
        samples.counts = counted(**calls)

    (row,) = (row for row in must_show.rows(run) if row.what.startswith("forged"))
    assert row.is_met is False


@pytest.mark.parametrize(("further", "is_met"), [({}, True), ({"read": 0.5}, False)])
def test_more_stored_rows_must_not_change_a_count(
    further: dict[str, float], *, is_met: bool
) -> None:
    run = Run(dict(ABOUT))
    for stored, counts in (("1,000", counted()), ("100,000", counted(**further))):
        run.of(f"growth watch, 100 due of {stored} stored", "today").counts = counts

    assert must_show.rows(run)[-1].is_met is is_met


def test_a_function_gets_its_share_of_a_processor_and_never_more_than_one() -> None:
    assert share(1769) == share(3008) == 1
    assert share(512) == pytest.approx(512 / 1769)


def test_the_time_at_a_memory_size_is_work_by_share_and_waits() -> None:
    run = a_run(today=[0.010])
    run.of("warm send, own id", "today").counts = counted(PutItem=2)

    cost = cost_of(run, "warm send, own id", "cpu", 512, "today")

    assert cost is not None
    assert waits(counted(PutItem=2)) == 2 * LIKE_AWS["PutItem"]
    assert cost.seconds == pytest.approx(0.010 * 1769 / 512 + 2 * LIKE_AWS["PutItem"])
    by_time = cost.seconds / 2 * prices.FUNCTION_GB_SECOND
    assert cost.usd == pytest.approx((by_time + prices.FUNCTION_CALL) * MILLION)


def test_a_message_costs_what_its_calls_use() -> None:
    run = a_run(today=[0.010])
    for call, counts in (
        ("send, own id", counted(write=12, read=2, log=600)),
        ("callback", counted(write=2, log=400)),
        ("publish, one record", counted(log=300)),
    ):
        run.of(f"warm {call}", "today").add(cpu=0.001)
        run.of(f"warm {call}", "today").counts = counts

    cost = message_cost(run, "today", OURS)

    assert cost is not None
    assert cost["DynamoDB, writes"] == pytest.approx(14 * prices.WRITE_UNIT * MILLION)
    assert cost["SNS"] == pytest.approx(2 * prices.TOPIC_REQUEST * MILLION)
    assert message_cost(run, "then") is None


def test_a_table_has_a_cell_for_each_head() -> None:
    assert table(["a", "b"], [["1", "two"]]).splitlines() == [
        "| a | b   |",
        "| --- | --- |",
        "| 1 | two |",
    ]
    assert table(["a"], []) == ""


def test_a_run_of_one_part_is_shown_too() -> None:
    run = a_run(today=[0.010], lean=[0.005])

    assert "| send, own id | 10 ± 0% |" in report(run).replace("  ", "")
    assert ">10<" in picture(run)
    assert ">5<" in picture(run)
