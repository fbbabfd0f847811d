"""The guide to errors has every problem once, and its advice fits the statuses of the contract."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.support.contract import EXAMPLES, SCHEMAS
from tests.support.pages import page
from tests.support.strict_contract import PROBLEM_TYPE

PAGE: Final = page("errors.md").read_text(encoding="utf-8")
EXAMPLE_OF: Final[dict[str, dict[str, Any]]] = {
    each["value"]["type"].removeprefix(PROBLEM_TYPE): each["value"]
    for each in EXAMPLES.values()
    if "x-answered-by" in each
}


@dataclass(frozen=True)
class Row:
    """What the page says of a problem, and the chapter in which it says so."""

    chapter: str
    code: str
    status: int
    actions: tuple[str, ...]
    happened: str
    seen: str


def rows(text: str) -> list[Row]:
    found = []
    for chapter, content in re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", text, re.MULTILINE):
        for line in re.findall(r"^\| `([a-z-]+)` \| ([0-9].*) \|$", content, re.MULTILINE):
            status, actions, happened, seen = line[1].split(" | ")
            found.append(
                Row(chapter, line[0], int(status), tuple(actions.split(", ")), happened, seen)
            )
    return found


ROWS: Final = rows(PAGE)


def test_every_problem_of_the_contract_stands_on_the_page_once_and_no_other() -> None:
    types = SCHEMAS["ProblemType"]["enum"]

    assert Counter(row.code for row in ROWS) == Counter(
        each.removeprefix(PROBLEM_TYPE) for each in types
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_the_advice_fits_the_status_that_the_contract_has(row: Row) -> None:
    assert row.status == EXAMPLE_OF[row.code]["status"]
    assert row.happened
    assert row.seen
    assert row.chapter.lower() == row.actions[0]
    assert ("repeat" in row.actions) == (row.status >= 500)
    assert ("wait" in row.actions) == (row.status == 429)
    assert ("renew" in row.actions) == (row.status == 401)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_the_operator_is_called_where_the_problem_says_so(row: Row) -> None:
    if "the operator" in EXAMPLE_OF[row.code]["detail"]:
        assert "operator" in row.actions


def test_every_action_that_is_advised_is_explained_once_and_no_other() -> None:
    explained = re.findall(r"^\| \*\*([a-z]+)\*\* \| .{40}", PAGE, re.MULTILINE)

    assert Counter(explained) == Counter({action for row in ROWS for action in row.actions})


def test_the_problem_on_the_page_is_one_of_the_contract() -> None:
    (shown,) = re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

    assert json.loads(shown) == EXAMPLE_OF["invalid-phone-number"]
