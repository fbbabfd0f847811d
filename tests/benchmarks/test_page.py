"""docs/performance.md shows the run in benchmarks/results.json, and says how it was made."""

from benchmarks.builds import OLD_COMMIT
from benchmarks.figures import Run
from benchmarks.page import PAGE, PICTURE, RESULTS, with_figures
from benchmarks.picture import picture
from tools.repository import ROOT


def test_the_page_and_the_picture_show_the_run() -> None:
    run = Run.load(RESULTS)
    page = PAGE.read_text(encoding="utf-8")

    assert with_figures(page, run) == page
    assert picture(run) == PICTURE.read_text(encoding="utf-8")


def test_the_page_names_the_commit_that_is_compared() -> None:
    assert f"`{OLD_COMMIT}`" in PAGE.read_text(encoding="utf-8")


def test_the_map_of_the_folder_has_every_file() -> None:
    page = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")

    missing = {
        path.name
        for path in (ROOT / "benchmarks").iterdir()
        if path.suffix in {".py", ".json"} and path.name != "__init__.py"
        if f"`{path.name}`" not in page
    }
    assert missing == set()
