"""The run that is kept, and what docs/load.md shows of it. The page's prose is written by hand."""

from typing import Final

from benchmarks.load.figures import Load
from benchmarks.load.picture import picture
from benchmarks.load.tables import about, account, reading, steps
from benchmarks.places import filled
from tools.repository import ROOT

RESULTS: Final = ROOT / "benchmarks" / "load" / "results.json"
PAGE: Final = ROOT / "docs" / "load.md"
PICTURE: Final = ROOT / "docs" / "img" / "load.svg"


def with_figures(page: str, load: Load) -> str:
    """The page with the tables of this run in their places. Raises `KeyError` for a place gone."""
    parts = {
        "run": about(load),
        "steps": steps(load),
        "reading": reading(load),
        "account": account(load),
    }
    return filled(page, parts)


def write(load: Load) -> None:
    """Keep the run, and show it on the page and in the picture."""
    load.save(RESULTS)
    PAGE.write_text(with_figures(PAGE.read_text(encoding="utf-8"), load), encoding="utf-8")
    PICTURE.write_text(picture(load), encoding="utf-8")
