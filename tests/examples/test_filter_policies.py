"""Each filter policy lets through what it is for, by moto's idea of SNS's filters."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from sms_gateway.adapters.topic import Topic
from tests.support.aws_region import REGION
from tests.support.examples import EXAMPLES
from tests.support.samples import subscriber_sample

POLICIES = sorted((EXAMPLES / "filter_policies").glob("*.json"))
Rule = Callable[[dict[str, Any]], bool]

LETS_THROUGH: dict[str, Rule] = {
    "only-results.json": lambda e: (
        e["data"]["status"] in {"sent", "failed", "cancelled", "no_report"}
    ),
    "one-client.json": lambda e: e["source"].endswith("/crm"),
    "only-final.body.json": lambda e: e["data"]["final"],
    "failures-at-voipit.body.json": lambda e: (
        e["data"].get("reason") in {"refused", "transmission-error"}
        and e["data"]["status"] == "failed"
    ),
    "one-department.body.json": lambda e: e["data"]["metadata"].get("department") == "billing",
    "romanian-numbers.body.json": lambda e: (
        e["data"]["phoneNumber"].startswith("+40") and e["data"]["final"]
    ),
}


def published() -> list[tuple[dict[str, Any], str]]:
    """The sample lives, and one each that differs in what a policy asks for."""
    lives = [(event, "crm") for event in subscriber_sample("lives")]
    abroad, billing, elsewhere = (subscriber_sample("lives")[2] for _ in range(3))
    abroad["data"]["phoneNumber"] = "+3726001234"
    billing["data"]["metadata"] = {"department": "billing"}
    elsewhere["source"] = elsewhere["source"].replace("crm", "clinic")
    given_up = subscriber_sample("lives")[5]
    given_up["data"]["reason"] = "too-late"
    return [*lives, (abroad, "crm"), (billing, "crm"), (elsewhere, "clinic"), (given_up, "crm")]


def refuse(event_id: str, code: str) -> None:
    pytest.fail(f"{event_id}: {code}")


def test_every_policy_is_tried() -> None:
    assert {path.name for path in POLICIES} == set(LETS_THROUGH)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_a_policy_lets_through_what_it_is_for_and_nothing_else(aws: None, path: Any) -> None:
    assert aws is None
    sns, sqs = boto3.client("sns", region_name=REGION), boto3.client("sqs", region_name=REGION)
    topic = sns.create_topic(Name="events")["TopicArn"]
    queue = sqs.create_queue(QueueName="some")["QueueUrl"]
    scope = "MessageBody" if path.name.endswith(".body.json") else "MessageAttributes"
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:{REGION}:123456789012:some",
        Attributes={
            "RawMessageDelivery": "true",
            "FilterPolicy": path.read_text(encoding="utf-8"),
            "FilterPolicyScope": scope,
        },
    )

    assert Topic(sns, topic, refuse).publish(published()) == set()

    heard = []
    while got := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        heard += [json.loads(message["Body"]) for message in got]
    wanted = [event for event, _ in published() if LETS_THROUGH[path.name](event)]
    assert heard
    assert sorted(map(json.dumps, heard)) == sorted(map(json.dumps, wanted))
    assert len(wanted) < len(published())
