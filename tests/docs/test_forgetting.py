"""What the page on forgetting says of the template holds, and its commands are taken."""

import re
import shlex
import subprocess
from typing import Any

import pytest

from tests.support.template import TEMPLATE
from tools.operators import forget, suppressions
from tools.repository import ROOT

PAGE = (ROOT / "docs" / "forgetting.md").read_text(encoding="utf-8")
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
COMMANDS = sorted(
    {
        line.partition("  #")[0].strip()
        for line in (PAGE + OPERATING).splitlines()
        if re.match(r"make (forget|suppressions)\b", line)
    }
)
PARSERS = {
    "operators.forget": forget.COMMAND.parser(),
    "operators.suppressions": suppressions.COMMAND.parser(),
}
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


def test_commands_are_found() -> None:
    assert len(COMMANDS) == 9


@pytest.mark.parametrize("text", COMMANDS)
def test_a_command_of_the_page_is_one_that_the_program_takes(text: str) -> None:
    words = shlex.split(text)
    would = subprocess.run(  # noqa: S603  make, told to do nothing
        [*words[:1], "-n", "-o", ".venv/ready", *words[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    started = shlex.split(would.replace("\\\n", " "))
    program, *arguments = started[started.index("tools.by_make") + 1 :]
    asked = vars(PARSERS[program].parse_args(arguments))
    given = [word.partition("=")[2] for word in words[2:] if not word.endswith("=1")]
    taken = {f"{value:g}" if isinstance(value, float) else str(value) for value in asked.values()}
    assert set(given) <= taken
    switched_on = sum(value is True for value in asked.values())
    assert switched_on == sum(word.endswith("=1") for word in words)
