"""The picture of a message's life, drawn from the domain's own table of moves (`make docs`).

It writes the diagram into docs/guarantees.md; a test fails when the page says something else than
the table.
"""

import re
from typing import Final

from sms_gateway.domain.status import FINAL, MOVES, Status
from tools.repository import ROOT

PAGE: Final = ROOT / "docs" / "guarantees.md"
_PLACE: Final = re.compile(r"(?<=<!-- states -->\n).*?(?=<!-- /states -->)", re.DOTALL)


def diagram() -> str:
    """The table of moves as a Mermaid state diagram, in a Markdown code block."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [
        f"    [*] --> {Status.SENDING}: POST",
        f"    [*] --> {Status.QUEUED}: POST, for later",
    ]
    for trigger, move in MOVES.items():
        lines += [
            f"    {source} --> {move.target}: {_words(trigger)}" for source in sorted(move.sources)
        ]
    lines += [f"    {status} --> [*]" for status in sorted(FINAL)]
    return "\n".join([*lines, "```", ""])


def with_diagram(page: str) -> str:
    """The page with the diagram in its place."""
    return _PLACE.sub(lambda _: diagram(), page)


def _words(trigger: str) -> str:
    return trigger.replace(":", "")  # a second colon ends a Mermaid label


def write() -> None:
    """Draw it on the page."""
    PAGE.write_text(with_diagram(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
