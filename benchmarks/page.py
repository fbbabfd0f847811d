"""The tables and the picture of docs/performance.md, made of `benchmarks/results.json`.

The prose of the page is written by hand; what stands between two marks is replaced.
"""

from typing import Final

from benchmarks.figures import Run
from benchmarks.picture import picture
from benchmarks.places import filled
from benchmarks.tables import sections
from tools.repository import ROOT

RESULTS: Final = ROOT / "benchmarks" / "results.json"
PAGE: Final = ROOT / "docs" / "performance.md"
PICTURE: Final = ROOT / "docs" / "img" / "performance.svg"


def with_figures(page: str, run: Run) -> str:
    """The page with the tables of this run in their places. Raises `KeyError` for a place gone."""
    return filled(page, {name: table for name, _, table in sections(run)})


def write(run: Run) -> None:
    """Keep the run, and show it on the page and in the picture."""
    run.save(RESULTS)
    PAGE.write_text(with_figures(PAGE.read_text(encoding="utf-8"), run), encoding="utf-8")
    PICTURE.write_text(picture(run), encoding="utf-8")
