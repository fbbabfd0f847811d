"""Nothing without TLS: the policies of queues and topics."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.support.template import TEMPLATE, named, properties, several

QUEUES: Final = properties(TEMPLATE, "AWS::SQS::Queue")
TOPICS: Final = properties(TEMPLATE, "AWS::SNS::Topic")
OF_QUEUES: Final = list(properties(TEMPLATE, "AWS::SQS::QueuePolicy").values())
OF_TOPICS: Final = list(properties(TEMPLATE, "AWS::SNS::TopicPolicy").values())
OWNERS_RIGHTS: Final = {
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:Publish",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
}
"""What the policy of a new topic gives to the account that it belongs to. SNS takes no other."""

Request = Mapping[str, str]
_OVER_TLS: Final = {"aws:SecureTransport": "true"}


def policy_of(topic: str) -> list[dict[str, Any]]:
    (policy,) = [each for each in OF_TOPICS if {"Ref": topic} in each["Topics"]]
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    assert {named(each["Resource"]) for each in statements} == {topic}
    return statements


def policy_of_queue(queue: str) -> list[dict[str, Any]]:
    (policy,) = [each for each in OF_QUEUES if {"Ref": queue} in each["Queues"]]
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    assert {named(each["Resource"]) for each in statements} == {f"{queue}.Arn"}
    return statements


def is_denied(statements: list[dict[str, Any]], action: str, request: Request) -> bool:
    """As IAM decides, for the conditions that stand here: a key that is missing matches nothing."""
    asked = {action, f"{action.partition(':')[0]}:*"}
    return any(
        statement["Effect"] == "Deny"
        and not asked.isdisjoint(several(statement["Action"]))
        and all(
            request.get(key) == value
            for operator, values in statement["Condition"].items()
            if operator in {"Bool", "StringEquals"}
            for key, value in values.items()
        )
        for statement in statements
    )


@pytest.mark.parametrize("queue", QUEUES)
@pytest.mark.parametrize(
    "action", ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:PurgeQueue"]
)
def test_a_queue_is_closed_to_requests_without_tls_and_to_no_others(
    queue: str, action: str
) -> None:
    statements = policy_of_queue(queue)
    assert is_denied(statements, action, {"aws:SecureTransport": "false"})
    assert not is_denied(statements, action, _OVER_TLS)
    assert not is_denied(statements, action, {}), "what AWS does within SQS"


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queues_policy_lets_no_one_in(queue: str) -> None:
    assert {statement["Effect"] for statement in policy_of_queue(queue)} == {"Deny"}


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("action", sorted(OWNERS_RIGHTS))
def test_a_topic_is_closed_to_requests_without_tls_and_to_no_others(
    topic: str, action: str
) -> None:
    statements = policy_of(topic)
    assert is_denied(statements, action, {"aws:SecureTransport": "false"})
    assert not is_denied(statements, action, _OVER_TLS)
    assert not is_denied(statements, action, {})


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_takes_every_subscriber_but_one_by_plain_http(topic: str) -> None:
    protocols = ("http", "https", "sqs", "lambda", "email", "sms", "firehose")
    denied = [
        protocol
        for protocol in protocols
        if is_denied(policy_of(topic), "sns:Subscribe", {**_OVER_TLS, "sns:Protocol": protocol})
    ]
    assert denied == ["http"]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topics_policy_leaves_the_account_the_rights_that_a_new_topic_gives_it(
    topic: str,
) -> None:
    (owner,) = [each for each in policy_of(topic) if "AWS" in each["Principal"]]
    assert owner["Effect"] == "Allow"
    assert owner["Principal"]["AWS"]["Fn::Sub"].endswith(":iam::${AWS::AccountId}:root")
    assert set(owner["Action"]) == OWNERS_RIGHTS
    assert "Condition" not in owner


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topics_policy_lets_no_other_account_in(topic: str) -> None:
    allowed = [each for each in policy_of(topic) if each["Effect"] == "Allow"]
    strangers = [each for each in allowed if each["Principal"] == "*"]
    services = [each["Principal"]["Service"] for each in allowed if "Service" in each["Principal"]]
    assert strangers == []
    assert services == (["cloudwatch.amazonaws.com"] if topic == "AlarmTopic" else [])


def test_events_are_signed_with_sha_256_and_not_with_what_sns_signs_with_by_default() -> None:
    assert TOPICS["StatusEvents"]["SignatureVersion"] == "2"


def test_what_is_denied_is_denied_under_conditions_that_are_read_here() -> None:
    """An operator that `is_denied` does not know would be a condition that always holds."""
    denials = [
        statement
        for policy in (*OF_QUEUES, *OF_TOPICS)
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
    ]
    assert len(denials) == len(QUEUES) + 2 * len(TOPICS)
    assert {operator for each in denials for operator in each["Condition"]} == {
        "Bool",
        "StringEquals",
    }
