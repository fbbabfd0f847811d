import copy
import re
from typing import Any

import pytest

from pages.settings import COSTS, PAGE, page, reached
from tests.support.template import TEMPLATE

PARAMETERS: dict[str, dict[str, Any]] = TEMPLATE["Parameters"]
WRITTEN = PAGE.read_text(encoding="utf-8")


def chapter(name: str) -> str:
    """What the page says of one parameter."""
    found = re.search(rf"^### {name}\n(.*?)(?=^##|\Z)", WRITTEN, re.MULTILINE | re.DOTALL)
    assert found, f"{name} is missing: run `make docs`"
    return found[1]


def test_the_page_is_what_the_template_says() -> None:
    assert page(TEMPLATE) == WRITTEN, "run `make docs`"


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_is_on_the_page_with_all_there_is_to_know(name: str) -> None:
    told, parameter = chapter(name), PARAMETERS[name]
    default = parameter["Default"]

    assert " ".join(parameter["Description"].split()) in told
    assert "- Default: empty\n" in told if default == "" else f"- Default: `{default}`\n" in told
    for value in parameter.get("AllowedValues", []):
        assert f"`{value}`" in told
    assert re.search(r"^- Allowed: .+$", told, re.MULTILINE)
    assert re.search(r"^- Reaches: `.+$", told, re.MULTILINE)
    assert f"- Changing it: {COSTS[name]}" in told
    assert f"| [{name}](#{name.lower()}) | " in WRITTEN


def test_what_a_change_costs_is_said_of_every_parameter_and_of_no_other() -> None:
    assert set(COSTS) == set(PARAMETERS)


def test_a_new_parameter_without_a_cost_is_noticed() -> None:
    template = copy.deepcopy(TEMPLATE)
    template["Parameters"]["New"] = template["Parameters"]["DrainPerSecond"]
    template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"][0][
        "Parameters"
    ].append("New")

    with pytest.raises(KeyError, match="New"):
        page(template)


@pytest.mark.parametrize(
    ("name", "resources"),
    [
        ("DrainPerSecond", ["WatchFunction"]),
        ("ApiDailyQuota", ["Api"]),
        ("TableDeletionProtection", ["Messages", "Guards"]),
    ],
)
def test_what_a_parameter_reaches_is_read_off_the_template(name: str, resources: list[str]) -> None:
    assert reached(TEMPLATE, name) == resources


def test_what_stands_in_the_globals_reaches_every_function() -> None:
    functions = [
        name
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    ]

    assert reached(TEMPLATE, "LogLevel") == functions


def test_of_many_resources_the_number_of_each_type_is_told() -> None:
    outputs = len(TEMPLATE["Outputs"])

    assert f"- Reaches: `AWS::SSM::Parameter` ({outputs})\n" in chapter("OutputParameters")
    assert "`Messages`, `Guards`" in chapter("TableDeletionProtection")


def test_no_setting_reaches_what_must_not_be_replaced() -> None:
    """The page says so: no table but its protection, no queue, topic, secret or key.

    The encryption key reaches them, and replaces none: `tests/template/test_encryption.py`.
    """
    changing = [name for name in PARAMETERS if name != "EncryptionKeyArn"]
    types = {
        TEMPLATE["Resources"][resource]["Type"]
        for name in changing
        for resource in reached(TEMPLATE, name)
    }
    protected = reached(TEMPLATE, "TableDeletionProtection")
    others = {r for n in changing if n != "TableDeletionProtection" for r in reached(TEMPLATE, n)}

    assert types == {
        "AWS::Serverless::Function",
        "AWS::Serverless::Api",
        "AWS::DynamoDB::Table",
        "AWS::Logs::LogGroup",
        "AWS::IAM::Role",
        "AWS::SNS::Subscription",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::Logs::QueryDefinition",
        "AWS::SSM::Parameter",
    }
    assert not others.intersection(protected)
