"""The picture of a run: four curves over the number of senders."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks import svg
from benchmarks.load.figures import Load, Step

GATEWAY: Final = "#1f6feb"
EMPTY: Final = "#3a9c5b"
_WIDTH: Final = 760
_HEIGHT: Final = 540
_PANEL: Final = (290, 160)
_LEFT: Final = (60, 440)
_TOP: Final = (100, 340)
_PERCENT: Final = 100
_MILLISECONDS: Final = 1000
_TICKS: Final = 4
_NEARLY: Final = 1 - 1e-9
_TOPS: Final = (1, 2, 4, 6, 8, 10)
"""Of a scale, times a power of ten: quarters of these are short numbers."""

Value = Callable[[Step], float | None]


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a panel."""

    colour: str
    value: Value
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Curves on one scale, which begins at 0 and ends no lower than `least`."""

    title: str
    curves: Sequence[Curve]
    least: float


PANELS: Final = (
    Panel(
        "Latency, ms",
        (
            Curve(GATEWAY, lambda step: _scaled(step.gateway.median, _MILLISECONDS)),
            Curve(GATEWAY, lambda step: _scaled(step.gateway.p95, _MILLISECONDS), is_dashed=True),
            Curve(EMPTY, lambda step: _scaled(step.empty.median, _MILLISECONDS)),
            Curve(EMPTY, lambda step: _scaled(step.empty.p95, _MILLISECONDS), is_dashed=True),
        ),
        10,
    ),
    Panel(
        "Latency: gateway ÷ empty function",
        (
            Curve(GATEWAY, lambda step: step.ratio("median")),
            Curve(GATEWAY, lambda step: step.ratio("p95"), is_dashed=True),
        ),
        2,
    ),
    Panel(
        "Answered 202, a second",
        (
            Curve(GATEWAY, lambda step: step.gateway.per_second),
            Curve(EMPTY, lambda step: step.empty.per_second),
        ),
        10,
    ),
    Panel(
        "Not answered 202, %",
        (
            Curve(GATEWAY, lambda step: step.gateway.error_share * _PERCENT),
            Curve(EMPTY, lambda step: step.empty.error_share * _PERCENT),
        ),
        10,
    ),
)


def picture(load: Load) -> str:
    """An SVG document."""
    body = [*_head(load)]
    for place, panel in enumerate(PANELS):
        body += _panel(panel, load.steps, _LEFT[place % 2], _TOP[place // 2])
    return svg.document(_WIDTH, _HEIGHT, body)


def round_up(value: float) -> float:
    """The top of a scale that has room for this positive value."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(top * power for top in _TOPS if top * power >= value * _NEARLY)


def _head(load: Load) -> Iterator[str]:
    title = f"The local stack under load, on one machine ({load.about['machine']})"
    yield svg.text(12, 22, title, size=14)
    for x, colour, name in ((12, GATEWAY, "gateway"), (120, EMPTY, "empty function, same route")):
        yield svg.curve([(x, 42), (x + 24, 42)], colour)
        yield svg.text(x + 32, 46, name)
    yield svg.text(340, 46, "solid: median; dashed: p95")
    yield svg.text(12, 66, f"{load.about['date']}, commit {load.about['commit']}", size=11)


def _panel(panel: Panel, steps: Sequence[Step], left: int, top: int) -> Iterator[str]:
    width, height = _PANEL
    values = [value for curve in panel.curves for _, value in _points(curve, steps)]
    highest = round_up(max([panel.least, *values]))
    bottom = top + height
    yield svg.text(left, top - 12, panel.title)
    for tick in range(_TICKS + 1):
        y = bottom - tick / _TICKS * height
        yield svg.line(left, y, left + width, y)
        yield svg.text(left - 6, y + 4, f"{highest * tick / _TICKS:,.6g}", size=11, anchor="end")

    def x_of(place: int) -> float:
        return left + (place + 0.5) / max(1, len(steps)) * width

    for place, step in enumerate(steps):
        yield svg.text(x_of(place), bottom + 16, str(step.senders), size=11, anchor="middle")
    yield svg.text(left + width / 2, bottom + 34, "senders at once", size=11, anchor="middle")
    for curve in panel.curves:
        places = [
            (x_of(place), bottom - value / highest * height)
            for place, value in _points(curve, steps)
        ]
        yield svg.curve(places, curve.colour, is_dashed=curve.is_dashed)


def _points(curve: Curve, steps: Sequence[Step]) -> list[tuple[int, float]]:
    """Place of the step and value, where there is one."""
    values = ((place, curve.value(step)) for place, step in enumerate(steps))
    return [(place, value) for place, value in values if value is not None]


def _scaled(seconds: float | None, times: float) -> float | None:
    return None if seconds is None else seconds * times
