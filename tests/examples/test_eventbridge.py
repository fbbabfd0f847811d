"""The template that puts events onto an EventBridge bus. No local AWS runs a Pipe, so what the
pipe makes of a queue's message is worked out here as its guide describes it."""

import json
import re
from typing import Any

from tests.support.event_schema import event_faults
from tests.support.examples import example_template, faults_of_template
from tests.support.samples import subscriber_sample
from tests.support.template import named, properties

TEMPLATE = example_template("eventbridge")
(PIPE,) = properties(TEMPLATE, "AWS::Pipes::Pipe").values()
QUEUES = properties(TEMPLATE, "AWS::SQS::Queue")


def at(path: str, record: dict[str, Any]) -> Any:
    """What a path of the pipe leads to. The body of a queue's message is read as JSON."""
    value: Any = record | {"body": json.loads(record["body"])}
    for step in re.findall(r"\.(\w+)", path):
        value = value[step]
    return value


def test_the_template_is_one_that_cloudformation_takes() -> None:
    assert faults_of_template("eventbridge") == []


def test_the_event_becomes_the_detail_and_its_type_the_detail_type() -> None:
    expected = subscriber_sample("eventbridge-event")
    record = subscriber_sample("queue-batch")["Records"][0]
    target = PIPE["TargetParameters"]
    bus = target["EventBridgeEventBusParameters"]
    whole = re.fullmatch(r"<(.+)>", target["InputTemplate"])

    assert whole
    assert at(whole[1], record) == expected["detail"]
    assert at(bus["DetailType"], record) == expected["detail-type"]
    assert bus["Source"] == expected["source"]
    assert event_faults(expected["detail"]) == []


def test_the_pipe_gets_the_bare_event_and_what_it_gives_up_is_kept() -> None:
    (subscription,) = properties(TEMPLATE, "AWS::SNS::Subscription").values()

    assert subscription["RawMessageDelivery"] is True, "in an envelope the body has no `type`"
    assert named(PIPE["Source"]) == named(subscription["Endpoint"]) == "Events.Arn"
    for gives_up in (QUEUES["Events"], subscription):
        assert named(gives_up["RedrivePolicy"]["deadLetterTargetArn"]) == "DeadLetters.Arn"


def test_the_pipe_may_read_its_queue_and_put_events_and_nothing_else() -> None:
    (role,) = properties(TEMPLATE, "AWS::IAM::Role").values()
    (policy,) = role["Policies"]
    reads, puts = policy["PolicyDocument"]["Statement"]

    assert named(reads["Resource"]) == "Events.Arn"
    assert set(reads["Action"]) == {
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
    }
    assert puts["Action"] == "events:PutEvents"
    assert puts["Resource"] == PIPE["Target"]
