"""What issue 14 asks for, row by row: the measured figure, the target, and whether it is met."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.figures import Run, calls_in
from benchmarks.growth import DUE_AMONG_STORED, STORED
from benchmarks.memory import message_cost

SEND: Final = "send, own id"
FIRST_CALLS: Final = {"send": SEND, "callback": "callback", "status": "status, one message"}
COLD: Final = {SEND: 1.25, "callback": 1.1, "publish, 100 records": 0.95}
FORGED: Final = 0.15
"""Of a valid callback, at most: it was 0.07 to 0.10 before."""
BATCH_SECONDS: Final = 0.4
WATCH_SECONDS: Final = 3.0
USD: Final = 17.0
BARE_BUILDER: Final = "without python3.13"
"""What is said of a run about the layer as a builder packs it that has no such program."""


@dataclass(frozen=True, slots=True)
class Row:
    """`is_met` is `None` if the figure was not measured."""

    what: str
    before: str
    target: str
    measured: str
    is_met: bool | None

    @property
    def verdict(self) -> str:
        """`yes`, `no` or nothing."""
        return "" if self.is_met is None else ("yes" if self.is_met else "**no**")


def rows(run: Run) -> list[Row]:
    """In the order of the issue."""
    return [
        _ratio("warm `send`, guards on, ÷ lean", "1.94", 1.65, run.ratio(f"warm {SEND}", "lean")),
        _ratio("the same ÷ tutorial", "0.25", 0.20, run.ratio(f"warm {SEND}", "tutorial")),
        _ratio("rested `send` ÷ lean rested", "0.72", 0.35, run.ratio(f"rested {SEND}", "lean")),
        *_first_calls(run),
        *_cold(run),
        _byte_code(run),
        _forged(run),
        _seconds("batch of 100, AWS-like delays", "2.0 s", BATCH_SECONDS, run, "batch of 100"),
        _seconds("`watch`, 1,000 due, AWS-like delays", "19 s", WATCH_SECONDS, run, _WATCH),
        _reads(run),
        _usd(run),
        _stored(run),
    ]


_WATCH: Final = "watch, 1,000 due"


def _ratio(what: str, before: str, most: float, value: float | None) -> Row:
    shown = "" if value is None else f"{value:.2f}"
    return Row(what, before, f"≤ {most:.2f}", shown, None if value is None else value <= most)


def _first_calls(run: Run) -> Iterator[Row]:
    for name, call in FIRST_CALLS.items():
        ratio = run.ratio(f"cold {call}", "then", "first cpu")
        value = run.value(f"cold {call}", "then", "first cpu")
        before = "" if value is None else f"{value * 1000:.0f} ms"
        yield _ratio(f"first call after init, `{name}`, ÷ then", before, 0.25, ratio)


def _cold(run: Run) -> Iterator[Row]:
    for call, most in COLD.items():
        name = call.partition(",")[0]
        before = run.ratio(f"cold {call}", "lean", version="then")
        shown = "" if before is None else f"{before:.2f}"
        ratio = run.ratio(f"cold {call}", "lean")
        yield _ratio(f"cold `{name}` ÷ lean, CPU", shown, most, ratio)


def _byte_code(run: Run) -> Row:
    told: dict[str, Any] = run.about.get(BARE_BUILDER, {})
    has_it, warned = told.get("byte code"), told.get("warned")
    measured = {None: "", True: "byte code as with it", False: "no byte code"}[has_it]
    if has_it is False:
        measured += ", and a warning" if warned else ", and no warning"
    is_met = None if has_it is None else bool(has_it or warned)
    what = "cold on a builder whose path has no python3.13"
    return Row(what, "2.5 of lean", "as with it, else a warning", measured, is_met)


def _forged(run: Run) -> Row:
    share = run.across(("warm callback, forged", "today"), ("warm callback", "today"))
    samples = run.figures.get("warm callback, forged", {}).get("today")
    target = f"≤ {FORGED} of a valid one, 0 AWS calls"
    if share is None or samples is None:
        return Row("forged callback", "0.07", target, "", None)
    calls = calls_in(samples.counts)
    is_met = share <= FORGED and calls == 0
    return Row("forged callback", "0.07", target, f"{share:.2f}, {calls:.0f} calls", is_met)


def _seconds(what: str, before: str, most: float, run: Run, call: str) -> Row:
    value = run.value(f"delayed {call}", "today", "wall")
    shown = "" if value is None else f"{value:.2f} s"
    return Row(what, before, f"≤ {most:g} s", shown, None if value is None else value <= most)


def _reads(run: Run) -> Row:
    read, queued = (run.count(f"delayed {_WATCH}", "today", name) for name in ("rows", "enqueued"))
    what = "the same: rows read, and let in"
    if read is None or queued is None:
        return Row(what, "1,000, 600", "no more read", "", None)
    return Row(what, "1,000, 600", "no more read", f"{read:,.0f}, {queued:,.0f}", read <= queued)


def _usd(run: Run) -> Row:
    cost = message_cost(run, "today")
    before = message_cost(run, "then")
    what = "USD per million messages, straight, guards on, id of one's own"
    shown = f"{sum(before.values()):.1f}" if before else "about 24"
    if cost is None:
        return Row(what, shown, f"≤ {USD:.0f}", "", None)
    usd = sum(cost.values())
    return Row(what, shown, f"≤ {USD:.0f}", f"{usd:.1f}", usd <= USD)


def _stored(run: Run) -> Row:
    what = f"`watch`, {DUE_AMONG_STORED} due of {STORED[0]:,} and of {STORED[-1]:,} stored: calls"
    names = [f"growth watch, {DUE_AMONG_STORED} due of {count:,} stored" for count in STORED]
    few, many = (run.figures.get(name, {}).get("today") for name in names)
    if few is None or many is None:
        return Row(what, "", "the same", "", None)
    shown = f"{calls_in(few.counts):.0f} and {calls_in(many.counts):.0f}"
    counted = [
        {k: v for k, v in s.counts.items() if k not in {"log", "connections"}} for s in (few, many)
    ]
    return Row(what, "", "the same", shown, counted[0] == counted[1])
