"""What the page on forgetting says of the template holds."""

from typing import Any

import pytest

from tests.support.template import TEMPLATE
from tools.repository import ROOT

PAGE = (ROOT / "docs" / "forgetting.md").read_text(encoding="utf-8")
DAYS = 24 * 3600


def resources(kind: str) -> dict[str, Any]:
    return {
        name: each["Properties"]
        for name, each in TEMPLATE["Resources"].items()
        if each["Type"] == kind
    }


def row(name: str) -> str:
    """The row of the table in which the thing is named."""
    (found,) = [line for line in PAGE.splitlines() if line.startswith("| `") and name in line[:60]]
    return found


@pytest.mark.parametrize("name", resources("AWS::SQS::Queue"))
def test_every_queue_has_its_row_and_the_days_that_it_keeps(name: str) -> None:
    keeps = resources("AWS::SQS::Queue")[name].get("MessageRetentionPeriod", 4 * DAYS)
    assert f"{keeps // DAYS} days" in row(f"`{name}`")


def test_both_tables_and_no_others_are_searched() -> None:
    assert set(resources("AWS::DynamoDB::Table")) == {"Messages", "Guards"}


def test_nothing_of_the_api_is_logged_but_what_the_functions_write() -> None:
    (api,) = resources("AWS::Serverless::Api").values()
    assert "AccessLogSetting" not in api
    for settings in api["MethodSettings"]:
        assert not {"LoggingLevel", "DataTraceEnabled"} & set(settings)


def test_the_defaults_that_the_page_names_are_the_templates() -> None:
    parameters = TEMPLATE["Parameters"]
    assert f"`LogRetentionDays` ({parameters['LogRetentionDays']['Default']})" in PAGE
    assert parameters["Tracing"]["Default"] == "off"
    for table in resources("AWS::DynamoDB::Table").values():
        recovery = table["PointInTimeRecoverySpecification"]
        assert recovery == {"PointInTimeRecoveryEnabled": True}, "35 days, unless it says less"
