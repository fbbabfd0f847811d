"""The Lambda subscriber leaves a table with the right status of each message; its template."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import boto3
import pytest

from examples.lambda_subscriber import subscriber
from tests.support.aws_region import REGION
from tests.support.examples import example_template, faults_of_template
from tests.support.lives import Life
from tests.support.samples import NOTHING_FAILED, subscriber_sample
from tests.support.template import named, properties

TEMPLATE = example_template("lambda_subscriber")
TABLE = "statuses"


@pytest.fixture
def table(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The table of the template."""
    assert aws is None
    monkeypatch.setenv("STATUSES_TABLE", TABLE)
    subscriber.dynamodb.cache_clear()
    client = boto3.client("dynamodb", region_name=REGION)
    (definition,) = properties(TEMPLATE, "AWS::DynamoDB::Table").values()
    wanted = ("KeySchema", "AttributeDefinitions", "BillingMode")
    client.create_table(TableName=TABLE, **{name: definition[name] for name in wanted})
    yield client
    subscriber.dynamodb.cache_clear()


def batches(bodies: Iterable[str]) -> Iterator[dict[str, Any]]:
    """What Lambda hands over of a queue, ten at a time."""
    records = [{"messageId": str(n), "body": body} for n, body in enumerate(bodies)]
    for start in range(0, len(records), 10):
        yield {"Records": records[start : start + 10]}


def statuses(client: Any) -> dict[str, str]:
    """What is in the table, by message."""
    pages = client.get_paginator("scan").paginate(TableName=TABLE)
    return {item["message"]["S"]: item["status"]["S"] for page in pages for item in page["Items"]}


def test_a_hundred_lives_shuffled_and_repeated_leave_each_message_with_its_right_status(
    table: Any, as_they_arrive: Life, right: dict[tuple[str, str], str]
) -> None:
    for batch in batches(json.dumps(event) for event in as_they_arrive):
        assert subscriber.handler(batch, None) == NOTHING_FAILED

    assert statuses(table) == {"/".join(message): status for message, status in right.items()}


def test_the_sample_batch_leaves_the_last_status_of_each_message(table: Any) -> None:
    assert subscriber.handler(subscriber_sample("queue-batch"), None) == NOTHING_FAILED

    found = {name.rpartition("/")[2]: status for name, status in statuses(table).items()}
    assert found == {
        "order-1042": "sent",
        "order-1043": "failed",
        "order-1044": "sent",
        "order-1045": "cancelled",
    }


def test_an_item_holds_what_is_known_of_the_message(table: Any) -> None:
    failed = subscriber_sample("lives")[5]
    subscriber.handler(next(batches([json.dumps(failed)])), None)

    (item,) = table.scan(TableName=TABLE)["Items"]
    assert item == {
        "message": {"S": "/voipit-sms-gateway/sms-gateway/crm/order-1043"},
        "sequence": {"N": "3"},
        "status": {"S": "failed"},
        "final": {"BOOL": True},
        "reason": {"S": "refused"},
        "changedAt": {"S": "2026-11-22T15:10:00.310000+00:00"},
    }


def test_what_cannot_be_read_comes_again_and_holds_nothing_up(table: Any) -> None:
    bodies = ["no event", json.dumps(subscriber_sample("lives")[0])]

    answer = subscriber.handler(next(batches(bodies)), None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert list(statuses(table).values()) == ["sending"]


def test_what_cannot_be_written_comes_again(table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert table
    monkeypatch.setenv("STATUSES_TABLE", "gone")

    answer = subscriber.handler(next(batches([json.dumps(subscriber_sample("lives")[0])])), None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}


def test_the_template_is_one_that_cloudformation_takes() -> None:
    assert faults_of_template("lambda_subscriber") == []


def test_what_is_given_up_is_in_the_dead_letter_queue() -> None:
    queues = properties(TEMPLATE, "AWS::SQS::Queue")
    (subscription,) = properties(TEMPLATE, "AWS::SNS::Subscription").values()
    (function,) = properties(TEMPLATE, "AWS::Serverless::Function").values()
    (source,) = function["Events"].values()

    for gives_up in (queues["Events"], subscription):
        assert named(gives_up["RedrivePolicy"]["deadLetterTargetArn"]) == "DeadLetters.Arn"
    assert queues["Events"]["VisibilityTimeout"] >= 6 * function["Timeout"]
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert subscription["RawMessageDelivery"] is True
