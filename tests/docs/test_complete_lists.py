"""A status, a reason or a problem type that the gateway can give has its row on its page."""

import re
from enum import StrEnum

import pytest

from sms_gateway.domain.circuit import OpenReason
from sms_gateway.domain.status import Reason, Status
from tests.support.contract import SCHEMAS
from tests.support.strict_contract import PROBLEM_TYPE
from tools.repository import ROOT

API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
GUARANTEES = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")


def rows(page: str, heading: str) -> set[str]:
    """What begins the rows of the tables under a heading, without its quotes."""
    found = re.search(rf"^#+ {heading}\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, heading
    return set(re.findall(r"^\| `([^`]+)`", found[1], re.MULTILINE))


@pytest.mark.parametrize(("heading", "values"), [("Status", Status), ("Reason", Reason)])
def test_every_status_and_every_reason_has_its_row(heading: str, values: type[StrEnum]) -> None:
    assert rows(API, heading) - {heading.lower()} == set(values)


def test_every_problem_type_has_its_row_and_no_row_is_of_another() -> None:
    types = SCHEMAS["ProblemType"]["enum"]

    assert rows(API, "Problems") == {each.removeprefix(PROBLEM_TYPE) for each in types}


@pytest.mark.parametrize("reason", OpenReason)
def test_a_reason_for_which_nothing_is_sent_is_on_both_pages(reason: OpenReason) -> None:
    assert re.search(rf"^\| open, `{reason}`", GUARANTEES, re.MULTILINE)
    (described,) = re.findall(r"^### ProviderReason\n\n(.*)$", API, re.MULTILINE)
    assert f"`{reason}`:" in described


def test_rows_are_read_under_their_own_heading() -> None:
    page = "## Reason\n\n| `reason` | of |\n| `refused` | x |\n\n## Next\n| `no` |"

    assert rows(page, "Reason") == {"reason", "refused"}
