"""docs/load.md shows the run in benchmarks/load/results.json, and says what the program does."""

import pytest

from benchmarks.load.__main__ import parsed
from benchmarks.load.figures import Load
from benchmarks.load.page import PAGE, PICTURE, RESULTS, with_figures
from benchmarks.load.picture import picture
from benchmarks.places import filled


def test_the_page_and_the_picture_show_the_run() -> None:
    run = Load.load(RESULTS)
    page = PAGE.read_text(encoding="utf-8")

    assert with_figures(page, run) == page
    assert picture(run) == PICTURE.read_text(encoding="utf-8")


def test_the_run_on_the_page_is_a_whole_one_in_which_nothing_was_wrong() -> None:
    run = Load.load(RESULTS)

    assert [step.senders for step in run.steps] == list(parsed([]).steps)
    lists = ("lost", "doubled", "lies", "error_lines")
    assert [run.account[name] for name in lists] == [[], [], [], []]
    assert run.account["dead_letters"] == 0
    assert run.account["sms"] >= run.account["taken"] > 100


def test_a_place_is_filled_anew_and_the_prose_around_it_stays() -> None:
    page = "before\n\n<!-- a.b -->\nold\n<!-- /a.b -->\n\nafter\n"
    once = filled(page, {"a.b": r"| \1 |"})

    assert once == "before\n\n<!-- a.b -->\n\n| \\1 |\n\n<!-- /a.b -->\n\nafter\n"
    assert filled(once, {"a.b": r"| \1 |"}) == once
    with pytest.raises(KeyError, match="no place for b"):
        filled(page, {"b": ""})
