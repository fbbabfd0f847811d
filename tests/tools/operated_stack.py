"""A stack in memory, as far as the operators' commands touch it, with a queue on its topic."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest

from sms_gateway.adapters.message_item import to_item
from sms_gateway.domain.message import Message
from sms_gateway.domain.status import Status
from tests.fakes.builders import a_message
from tests.support.tables import MESSAGES_SCHEMA
from tests.tools.aws_answers import REGION
from tools.operators import frame

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

STACK: Final = "texting"
ON: Final = ["--stack-name", STACK, "--yes"]
TABLE: Final = "Messages"
QUEUES: Final = (
    "DispatchQueue",
    "DispatchFailures",
    "ReportFallbackQueue",
    "ReportFailures",
    "PublishFailures",
)


@dataclass(frozen=True)
class Heard:
    """An event as a subscriber gets it."""

    body: str
    attributes: dict[str, str]

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.body)
        return event

    @property
    def identity(self) -> tuple[str, str]:
        """What tells a repeated event: both together."""
        return self.event["source"], self.event["id"]


@cache
def session() -> boto3.session.Session:
    """One for all tests and for what they test: a new one reads all of AWS's models anew."""
    return boto3.session.Session("testing", "testing", region_name=REGION)


class OperatedStack:
    """Made in the AWS in memory. `queues` are the URLs by the queues' names in the template."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(frame, "a_session", lambda *_: session())
        self.db: DynamoDBClient = session().client("dynamodb")
        self.sqs: SQSClient = session().client("sqs")
        self.db.create_table(
            TableName=TABLE,
            **MESSAGES_SCHEMA,
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        sns = session().client("sns")
        self.topic = sns.create_topic(Name="StatusEvents")["TopicArn"]
        self._subscriber = self.sqs.create_queue(QueueName="subscriber")["QueueUrl"]
        sns.subscribe(
            TopicArn=self.topic,
            Protocol="sqs",
            Endpoint=self._arn(self._subscriber),
            Attributes={"RawMessageDelivery": "true"},
        )
        self.queues = {name: self.sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
        outputs = {
            f"{name.removesuffix('Queue')}QueueUrl": url for name, url in self.queues.items()
        }
        outputs |= {"MessagesTable": TABLE, "TopicArn": self.topic}
        session().client("cloudformation").create_stack(
            StackName=STACK,
            TemplateBody=json.dumps(
                {
                    "Resources": {"Other": {"Type": "AWS::SNS::Topic"}},
                    "Outputs": {name: {"Value": value} for name, value in outputs.items()},
                }
            ),
        )

    def store(self, *messages: Message) -> None:
        for message in messages:
            self.db.put_item(TableName=TABLE, Item=to_item(message))

    def heard(self) -> list[Heard]:
        """What the subscriber has got since the last look."""
        heard = []
        for message in self.taken_from(self._subscriber):
            attributes = message.get("MessageAttributes", {})
            values = {name: value["StringValue"] for name, value in attributes.items()}
            heard.append(Heard(message["Body"], values))
        return heard

    def ids(self) -> list[str]:
        """The ids of the events the subscriber has got since the last look."""
        return [each.event["id"] for each in self.heard()]

    def put(self, queue: str, *bodies: str, **attributes: str) -> None:
        for body in bodies:
            self.sqs.send_message(
                QueueUrl=self.queues[queue],
                MessageBody=body,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in attributes.items()
                },
            )

    def waiting(self, queue: str) -> list[str]:
        """The bodies of what can be received from the queue; they are gone then."""
        return [message["Body"] for message in self.taken_from(self.queues[queue])]

    def taken_from(self, url: str) -> list[dict[str, Any]]:
        taken: list[Any] = []
        while received := self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            for message in received:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            taken += received
        return taken

    def _arn(self, url: str) -> str:
        answer = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return answer["Attributes"]["QueueArn"]


def a_sent_message(message_id: str, *, minute: int = 0, **changes: Any) -> Message:
    """A message with three events, all of them in this minute after the beginning of time."""
    message = a_message(Status.SENT, message_id=message_id, **changes)
    later = timedelta(minutes=minute)
    return replace(
        message,
        created_at=message.created_at + later,
        updated_at=message.updated_at + later,
        history=tuple(replace(entry, at=entry.at + later) for entry in message.history),
    )
