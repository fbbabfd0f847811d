import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from sms_gateway.adapters.topic import Topic
from sms_gateway.domain.events import status_event
from sms_gateway.domain.status import Status
from tests.fakes.builders import a_message

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient


def events(number: int) -> list[tuple[dict[str, Any], str]]:
    return [
        (status_event(a_message(message_id=f"m-{n}"), None, "//sms.test"), "clinic")
        for n in range(number)
    ]


class Subscriber:
    """A queue that gets what the topic tells."""

    def __init__(self) -> None:
        self.sns: SNSClient = boto3.client("sns")
        self._sqs: SQSClient = boto3.client("sqs")
        self._queue = self._sqs.create_queue(QueueName=f"subscriber-{uuid4()}")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        self.topic_arn = self.sns.create_topic(Name=f"Events-{uuid4()}")["TopicArn"]
        self.sns.subscribe(
            TopicArn=self.topic_arn, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"]
        )

    def received(self) -> list[dict[str, Any]]:
        received: list[dict[str, Any]] = []
        while messages := self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10
        ).get("Messages"):
            received.extend(json.loads(message["Body"]) for message in messages)
        return received


@pytest.fixture
def subscriber(aws: None) -> Subscriber:  # noqa: ARG001  SNS and SQS stand on it
    return Subscriber()


def test_an_event_is_told_with_the_attributes_filters_choose_by(subscriber: Subscriber) -> None:
    event = status_event(a_message(Status.FAILED, metadata={"ă": "😀"}), Status.SENDING, "s")

    assert Topic(subscriber.sns, subscriber.topic_arn).publish([(event, "clinic")]) == set()

    [received] = subscriber.received()
    assert json.loads(received["Message"]) == event
    assert received["MessageAttributes"] == {
        "status": {"Type": "String", "Value": "failed"},
        "type": {"Type": "String", "Value": "sms.message.failed"},
        "client": {"Type": "String", "Value": "clinic"},
    }


@pytest.mark.parametrize("number", [0, 1, 10, 11, 25])
def test_any_number_of_events_is_told(subscriber: Subscriber, number: int) -> None:
    assert Topic(subscriber.sns, subscriber.topic_arn).publish(events(number)) == set()

    told = {json.loads(message["Message"])["subject"] for message in subscriber.received()}
    assert told == {f"m-{n}" for n in range(number)}


def test_a_topic_that_is_not_there_loses_everything_and_says_so(subscriber: Subscriber) -> None:
    assert Topic(subscriber.sns, f"{subscriber.topic_arn}-gone").publish(events(12)) == set(
        range(12)
    )


class LosingSns:
    """An SNS client that loses the entries it is told to, or a whole batch with an exception."""

    def __init__(self, *, lost: Sequence[int] = (), broken: dict[int, Exception]) -> None:
        self._lost = {str(position) for position in lost}
        self._broken = broken
        self.batches: list[list[str]] = []

    def publish_batch(self, **request: Any) -> dict[str, Any]:
        ids = [entry["Id"] for entry in request["PublishBatchRequestEntries"]]
        self.batches.append(ids)
        if error := self._broken.get(len(self.batches)):
            raise error
        return {
            "Successful": [{"Id": name} for name in ids if name not in self._lost],
            "Failed": [
                {"Id": name, "Code": "InternalError", "SenderFault": False}
                for name in ids
                if name in self._lost
            ],
        }


UNREACHABLE = EndpointConnectionError(endpoint_url="https://sns.test")
THROTTLED = ClientError({"Error": {"Code": "Throttled", "Message": ""}}, "PublishBatch")


@pytest.mark.parametrize(
    ("lost", "broken", "failed"),
    [
        pytest.param([], {}, set(), id="nothing"),
        pytest.param([0, 9, 10, 24], {}, {0, 9, 10, 24}, id="some entries"),
        pytest.param([], {2: UNREACHABLE}, set(range(10, 20)), id="a batch, unreachable"),
        pytest.param([24], {1: THROTTLED}, {*range(10), 24}, id="a batch refused and an entry"),
        pytest.param(
            [], {1: THROTTLED, 2: UNREACHABLE, 3: THROTTLED}, set(range(25)), id="everything"
        ),
    ],
)
def test_what_was_lost_is_named_by_its_place_and_the_rest_is_told(
    lost: list[int], broken: dict[int, Exception], failed: set[int]
) -> None:
    sns: Any = LosingSns(lost=lost, broken=broken)

    assert Topic(sns, "arn").publish(events(25)) == failed
    assert [len(batch) for batch in sns.batches] == [10, 10, 5]
