"""What the first screen and the page about costs say that the stack is made of."""

import re
from collections import Counter

import pytest

from tests.support.cloudwatch import alarms, composites
from tests.support.template import TEMPLATE
from tools.repository import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COSTS = (ROOT / "docs" / "costs.md").read_text(encoding="utf-8")
RUNBOOK = " ".join((ROOT / "docs" / "runbook.md").read_text(encoding="utf-8").split())
MADE = Counter(resource["Type"] for resource in TEMPLATE["Resources"].values())
"""How many of each type; permissions, deployments and the like come with them, by SAM."""
CALLED = {
    "AWS::Serverless::Function": "Lambda functions",
    "AWS::IAM::Role": "roles",
    "AWS::Logs::LogGroup": "log groups",
    "AWS::Serverless::Api": "REST API",
    "AWS::DynamoDB::Table": "DynamoDB tables",
    "AWS::SQS::Queue": "SQS queues",
    "AWS::SNS::Topic": "SNS topics",
    "AWS::SecretsManager::Secret": "secrets",
    "AWS::CloudWatch::Alarm": "alarms",
    "AWS::CloudWatch::CompositeAlarm": "composite alarms",
    "AWS::CloudWatch::Dashboard": "dashboard",
    "AWS::Logs::QueryDefinition": "saved log queries",
}
PART_OF_OTHERS = {
    "AWS::Serverless::LayerVersion",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SSM::Parameter",
    "AWS::SNS::Subscription",
}


def test_the_readme_speaks_of_everything_that_the_template_makes() -> None:
    assert MADE.keys() == CALLED.keys() | PART_OF_OTHERS


@pytest.mark.parametrize("kind", CALLED)
def test_the_readme_counts_what_the_template_makes(kind: str) -> None:
    makes = re.search(r"- \*Makes:\*.*?(?=\n- )", README, re.DOTALL)

    assert makes
    assert f"{MADE[kind]} {CALLED[kind]}" in " ".join(makes[0].split())


def test_the_idle_price_is_that_of_the_secrets_there_are() -> None:
    secrets = MADE["AWS::SecretsManager::Secret"]

    assert re.search(rf"^\| {secrets} secrets .*\| {secrets * 0.40:.2f} \|$", COSTS, re.MULTILINE)
    assert f"({secrets * 0.40:.2f} of it for the secrets)" in " ".join(README.split())


def test_the_price_of_the_alarms_is_that_of_the_metrics_in_them() -> None:
    metrics = sum(len(alarm.statistics) for alarm in alarms(TEMPLATE).values())
    gathering = len(composites(TEMPLATE))
    told = f"{metrics} metrics at 0.10 each, {gathering} composite alarms at 0.50 each"

    assert re.search(rf"{told};.*\| {metrics * 0.1 + gathering * 0.5:.2f} \|$", COSTS, re.MULTILINE)
    assert f"{metrics} metrics in alarms at 0.10 USD" in RUNBOOK
    assert f"are {metrics * 0.1 + gathering * 0.5:.2f} USD a month" in RUNBOOK


def test_the_rows_of_a_gateway_at_rest_add_up_and_the_readme_says_the_sum() -> None:
    table = COSTS.partition("## Per month, whatever is sent")[2].partition("| **idle**")[0]
    prices = re.findall(r"\| ([\d.]+) \|$", table, re.MULTILINE)
    idle = re.search(r"\| \*\*idle\*\* \| \| \*\*about ([\d.]+)\*\* \|", COSTS)

    assert len(prices) == 5
    assert idle
    assert abs(sum(map(float, prices)) - float(idle[1])) < 0.1
    assert f"about {idle[1]} USD a month when idle" in README


def test_the_rows_of_a_message_add_up() -> None:
    table = COSTS.partition("## Per million messages")[2].partition("**together**")[0]
    prices = re.findall(r"\| ([\d.]+)(?: to [\d.]+)? \|$", table, re.MULTILINE)

    assert len(prices) == 6
    assert round(sum(map(float, prices))) == 25
