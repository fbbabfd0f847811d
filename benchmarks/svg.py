"""What pictures of measurements are made of: plain SVG, readable on a light and a dark page."""

from collections.abc import Iterable
from typing import Final
from xml.sax.saxutils import escape

INK: Final = "#1f2328"
PALE: Final = "#d0d7de"


def document(width: int, height: int, body: Iterable[str]) -> str:
    """A whole file, on a white ground."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
    head += f' viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">'
    ground = f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    return "\n".join([head, ground, *body, "</svg>\n"])


def text(x: float, y: float, words: str, *, size: int = 12, anchor: str = "start") -> str:
    """Words whose line begins, has its middle, or ends at `x`."""
    place = f'x="{x:.0f}" y="{y:.0f}" font-size="{size}" text-anchor="{anchor}"'
    return f'<text {place} fill="{INK}">{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str = PALE) -> str:
    """A thin line."""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        f' stroke="{colour}" stroke-width="1"/>'
    )


def curve(points: Iterable[tuple[float, float]], colour: str, *, is_dashed: bool = False) -> str:
    """A curve through these points, each marked by a dot."""
    places = list(points)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dashes = ' stroke-dasharray="5 4"' if is_dashed else ""
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in places
    )
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>{dots}'
    )
