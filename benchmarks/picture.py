"""The picture of a run: bars of CPU time, today's gateway beside the others. Plain SVG."""

from collections.abc import Iterator
from typing import Final

from benchmarks import svg
from benchmarks.figures import Run

CALLS: Final = (
    ("send, warm", "warm send, own id", "cpu"),
    ("send, rested", "rested send, own id", "cpu"),
    ("send, first call after init", "cold send, own id", "first cpu"),
    ("send, cold, from the start", "cold send, own id", "cpu"),
    ("callback, warm", "warm callback", "cpu"),
    ("callback, rested", "rested callback", "cpu"),
    ("callback, cold, from the start", "cold callback", "cpu"),
    ("publish, cold, from the start", "cold publish, 100 records", "cpu"),
)
COLOURS: Final = {
    "today": "#1f6feb",
    "then": "#8aa4c8",
    "lean": "#3a9c5b",
    "tutorial": "#d9822b",
}
_WIDTH: Final = 760
_LEFT: Final = 210
_BAR: Final = 13
_GAP: Final = 16
_TOP: Final = 64
_LONGEST: Final = _WIDTH - _LEFT - 90


def picture(run: Run) -> str:
    """An SVG document. Each group of bars has a scale of its own: the ratios are what it shows."""
    body = [*_legend(run)]
    y = _TOP
    for title, call, measure in CALLS:
        values = {name: run.value(call, name, measure) for name in COLOURS}
        known = {name: value for name, value in values.items() if value is not None}
        if known:
            body += _group(title, known, y)
            y += len(known) * _BAR + _GAP
    return svg.document(_WIDTH, y, body)


def _legend(run: Run) -> Iterator[str]:
    title = (
        f"Processor time of one call, ms (each group has a scale of its own; {run.about['date']})"
    )
    yield svg.text(12, 22, title, size=14)
    x = 12
    for name, colour in COLOURS.items():
        shown = f"then ({run.about['then']})" if name == "then" else name
        yield f'<rect x="{x}" y="34" width="11" height="11" fill="{colour}"/>'
        yield svg.text(x + 16, 44, shown)
        x += 120


def _group(title: str, values: dict[str, float], y: int) -> Iterator[str]:
    middle = y + len(values) * _BAR / 2
    yield svg.text(_LEFT - 10, middle + 4, title, anchor="end")
    for place, (name, value) in enumerate(values.items()):
        top = y + place * _BAR
        width = max(1.0, value / max(values.values()) * _LONGEST)
        bar = f'<rect x="{_LEFT}" y="{top}" width="{width:.1f}" height="{_BAR - 2}"'
        yield f'{bar} fill="{COLOURS[name]}"/>'
        shown = f"{value * 1000:.3g}" if value < 1 else f"{value * 1000:,.0f}"
        yield svg.text(_LEFT + width + 5, top + 10, shown, size=11)
