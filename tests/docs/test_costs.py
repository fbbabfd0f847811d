"""What the first screen and the page about costs say that the stack is made of."""

import re
from collections import Counter
from dataclasses import asdict

import pytest

from pages import costs, prices
from pages.calls import (
    CALLS,
    LAMBDA_LOG_BYTES,
    LOG_BYTES,
    MEMORY_GB,
    OWN_MEMORY_GB,
    Calls,
    bill,
)
from pages.lives import LIVES, Units
from tests.support.cloudwatch import alarms, composites
from tests.support.template import TEMPLATE, properties
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


def test_the_page_is_made_from_prices_units_and_calls() -> None:
    assert costs.page() == COSTS, "run make docs"


def test_the_counts_in_the_page_are_those_of_the_template() -> None:
    metrics = sum(len(alarm.statistics) for alarm in alarms(TEMPLATE).values())

    assert MADE["AWS::SecretsManager::Secret"] == costs.SECRETS
    assert metrics == costs.ALARM_METRICS
    assert len(composites(TEMPLATE)) == costs.COMPOSITE_ALARMS
    assert TEMPLATE["Globals"]["Function"]["MemorySize"] == MEMORY_GB * 1024
    functions = properties(TEMPLATE, "AWS::Serverless::Function").items()
    own = {name: each["MemorySize"] for name, each in functions if "MemorySize" in each}
    assert own == {
        f"{name.capitalize()}Function": memory * 1024 for name, memory in OWN_MEMORY_GB.items()
    }


def test_the_runbook_says_what_the_alarms_cost() -> None:
    usd = costs.ALARM_METRICS * 0.1 + costs.COMPOSITE_ALARMS * 0.5

    assert f"{costs.ALARM_METRICS} metrics in alarms at 0.10 USD" in RUNBOOK
    assert f"are {usd:.2f} USD a month" in RUNBOOK


def test_the_readme_says_what_the_page_comes_to() -> None:
    secrets = costs.SECRETS * prices.SECRET

    assert f"about {costs.idle():.2f} USD a month when idle" in " ".join(README.split())
    assert f"({secrets:.2f} of it for the secrets)" in " ".join(README.split())
    assert f"about {costs.per_million():.0f} USD per million messages" in " ".join(README.split())


def test_the_units_of_a_straight_life_are_told_one_by_one() -> None:
    told = (sum(part.writes for part in costs.PARTS), sum(part.reads for part in costs.PARTS))
    assert told == LIVES["all guards"]["straight"]


def test_every_life_that_is_counted_has_its_calls() -> None:
    assert CALLS.keys() == {life for life in LIVES["all guards"] if "watch" not in life}


def test_a_bill_is_reckoned_as_by_hand() -> None:
    calls = Calls({"send": 1, "publish": 2}, topic=2, queue=3, seconds={"send": 1, "publish": 0.5})

    paid = bill(Units(10, 4), calls)

    assert paid.writes == pytest.approx(7.625e-6)
    assert paid.reads == pytest.approx(0.61e-6)
    assert paid.functions == pytest.approx(3 * 0.2e-6 + 2 * 0.5 * 0.0000133334)
    assert paid.api == pytest.approx(3.7e-6)
    assert paid.topic == pytest.approx(1e-6)
    assert paid.queue == pytest.approx(1.2e-6)
    kilobytes = (LOG_BYTES["send"] + 2 * LOG_BYTES["publish"] + 3 * LAMBDA_LOG_BYTES) / 1000
    assert paid.logs == pytest.approx(kilobytes * 0.63e-6)
    assert paid.all == pytest.approx(sum(asdict(paid).values()))


def test_the_free_tier_is_taken_off_once_and_never_more_than_is_used() -> None:
    free = 0.2 + 240_000 * 0.0000133334 + 5 * 0.63 + 0.5

    assert costs.per_million() - free - 0.01 <= costs.first_million() < costs.per_million()


def test_lambdas_own_lines_are_as_long_as_is_assumed() -> None:
    request = "52fdfc07-2182-454f-963f-5f0f9a621d72"
    lines = [
        f"START RequestId: {request} Version: $LATEST\n",
        f"END RequestId: {request}\n",
        f"REPORT RequestId: {request}\tDuration: 312.34 ms\tBilled Duration: 313 ms\t",
    ]
    of_memory = "Memory Size: 512 MB\tMax Memory Used: 110 MB\t\n"
    assert len("".join(lines) + of_memory) + 3 * 26 == pytest.approx(LAMBDA_LOG_BYTES, abs=5)
