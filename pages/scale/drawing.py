"""Lines over time as SVG: panels below each other, one axis of time, a legend beside each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

WIDTH: Final = 860
PANEL: Final = 150
GAP: Final = 46
LEFT: Final = 62
RIGHT: Final = 200
TOP: Final = 28
COLOURS: Final = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#57606a")
_STYLE: Final = (
    "text{font:12px sans-serif;fill:#24292f}.title{font-weight:bold}"
    "rect.ground{fill:#fff}.grid{stroke:#d0d7de;stroke-width:1}"
    ".line{fill:none;stroke-width:1.6}"
)


@dataclass(frozen=True, slots=True)
class Panel:
    """A title with the unit, and lines by name; all lines have a value for each point in time."""

    title: str
    lines: Mapping[str, Sequence[float]]


def drawing(times: Sequence[float], axis: str, panels: Sequence[Panel], *, title: str) -> str:
    """An SVG document. `axis` says what the times are."""
    height = TOP + len(panels) * (PANEL + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{height}"/>',
    ]
    for number, panel in enumerate(panels):
        parts += _panel(times, panel, TOP + number * (PANEL + GAP))
    parts.append(_text(LEFT + (WIDTH - LEFT - RIGHT) / 2, height - 8, axis, "middle"))
    return "\n".join([*parts, "</svg>", ""])


def _panel(times: Sequence[float], panel: Panel, top: float) -> list[str]:
    highest = _round_number(max((max(line) for line in panel.lines.values()), default=1) or 1)
    right, bottom = WIDTH - RIGHT, top + PANEL
    span = times[-1] - times[0]
    parts = [_text(LEFT, top - 8, panel.title, "start", "title")]
    for share in (0, 0.5, 1):
        y = bottom - share * PANEL
        parts.append(f'<path class="grid" d="M{LEFT} {y:.0f}H{right}"/>')
        parts.append(_text(LEFT - 6, y + 4, f"{highest * share:g}", "end"))
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = LEFT + share * (right - LEFT)
        parts.append(_text(x, bottom + 16, f"{times[0] + share * span:g}", "middle"))
    for number, (name, line) in enumerate(panel.lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(
            f"{LEFT + (at - times[0]) / span * (right - LEFT):.1f},"
            f"{bottom - value / highest * PANEL:.1f}"
            for at, value in zip(times, line, strict=True)
        )
        y = top + 10 + 18 * number
        parts.append(f'<polyline class="line" stroke="{colour}" points="{points}"/>')
        parts.append(f'<path stroke="{colour}" stroke-width="3" d="M{right + 10} {y}h16"/>')
        parts.append(_text(right + 32, y + 4, name, "start"))
    return parts


def _round_number(value: float) -> float:
    """The next of 1, 2, 5, 10, 20 … that is not smaller."""
    step = 1.0
    while step < value:
        for factor in (2, 5, 10):
            if step * factor >= value:
                return step * factor
        step *= 10
    return step


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    of = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"{of}>{escape(text)}</text>'
