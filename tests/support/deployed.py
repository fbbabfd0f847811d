"""A deployed gateway in moto, as far as the operators' commands touch it, and what they ask of AWS.

Their sessions all hand out the same clients: making one reads AWS's models and takes 0.1 s or more.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config

from sms_gateway.adapters.message_item import to_item
from sms_gateway.domain.message import Message
from tests.support.tables import GUARDS_SCHEMA, MESSAGES_SCHEMA, OpenMessages

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

STACK: Final = "voipit-sms-gateway"
ON: Final = ["--stack-name", STACK]
REGION: Final = "eu-central-1"
ACCOUNT: Final = "123456789012"
"""The one that moto plays."""
MESSAGES: Final = f"{STACK}-Messages-1A2B3C"
GUARDS: Final = f"{STACK}-Guards-1A2B3C"
PUBLISH: Final = f"{STACK}-publish"
QUEUES: Final = (
    "DispatchQueue",
    "DispatchFailures",
    "ReportFallbackQueue",
    "ReportFailures",
    "PublishFailures",
)


class QuickSession(boto3.session.Session):
    """As much of a session as programs ask for; it makes each client once, for all tests."""

    _clients: Final[dict[str, Any]] = {}

    def __init__(self) -> None:
        """Reads no model of AWS, and no settings of this machine."""

    def client(self, service: str, **_: Any) -> Any:  # type: ignore[override]  # any service
        """The client. It outlives moto's mock, in whose time alone it is used."""
        if service not in self._clients:
            session = boto3.session.Session("testing", "testing", region_name=REGION)
            # What moto refuses, it refuses for good: a second try would only wait.
            config = Config(retries={"total_max_attempts": 1})
            self._clients[service] = session.client(service, config=config)  # type: ignore[call-overload]  # any service
        return self._clients[service]


def a_stack(outputs: Mapping[str, str], name: str = STACK, **parameters: str) -> None:
    """Make a stack that tells these outputs and parameters, and holds nothing else."""
    QuickSession().client("cloudformation").create_stack(
        StackName=name,
        TemplateBody=json.dumps(
            {
                "Parameters": {each: {"Type": "String"} for each in parameters},
                "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
                "Outputs": {each: {"Value": value} for each, value in outputs.items()},
            }
        ),
        Parameters=[
            {"ParameterKey": each, "ParameterValue": value} for each, value in parameters.items()
        ],
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


class Deployed:
    """Tables, topic with a subscriber, queues, usage plan, and the stack that names them.

    `queues` are the URLs by the queues' names in the template.
    """

    def __init__(self) -> None:
        self.db: DynamoDBClient = QuickSession().client("dynamodb")
        self.sqs: SQSClient = QuickSession().client("sqs")
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        self.db.create_table(TableName=MESSAGES, StreamSpecification=stream, **MESSAGES_SCHEMA)
        self.db.create_table(TableName=GUARDS, **GUARDS_SCHEMA)
        self.messages = OpenMessages(self.db, MESSAGES)
        self.queues = {name: self._queue(f"{STACK}-{name}-1A2B3C") for name in QUEUES}
        self.topic = self._sns.create_topic(Name=f"{STACK}-StatusEvents-1A2B3C")["TopicArn"]
        self._subscriber = self._queue("subscriber")
        self._sns.subscribe(
            TopicArn=self.topic,
            Protocol="sqs",
            Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:subscriber",
            Attributes={"RawMessageDelivery": "true"},
        )
        api = QuickSession().client("apigateway")
        self.plan = api.create_usage_plan(name=STACK)["id"]
        self.own_key = self.let_in(f"{STACK}-own")
        a_stack(self.outputs, DefaultRegion="RO")

    @cached_property
    def _sns(self) -> Any:
        return QuickSession().client("sns")

    @property
    def outputs(self) -> dict[str, str]:
        """What the stack tells."""
        urls = {f"{name.removesuffix('Queue')}QueueUrl": url for name, url in self.queues.items()}
        return urls | {
            "MessagesTable": MESSAGES,
            "GuardsTable": GUARDS,
            "TopicArn": self.topic,
            "PublishFunctionName": PUBLISH,
            "UsagePlanId": self.plan,
            "ApiKeyId": self.own_key,
        }

    def let_in(self, name: str) -> str:
        """The id of a new key that was put onto the usage plan by hand."""
        api = QuickSession().client("apigateway")
        key_id: str = api.create_api_key(name=name, enabled=True)["id"]
        api.create_usage_plan_key(usagePlanId=self.plan, keyId=key_id, keyType="API_KEY")
        return key_id

    def has(self, *messages: Message) -> None:
        """Store messages as they are, over what there is."""
        for message in messages:
            self.has_row(MESSAGES, to_item(message))

    def has_row(self, table: str, item: Mapping[str, Any]) -> None:
        """Store a row as it is."""
        self.db.put_item(TableName=table, Item=item)

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
        """Send these to a queue."""
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
        """What can be received; it is gone then."""
        taken: list[Any] = []
        while received := self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            for message in received:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            taken += received
        return taken

    def publish_is_behind(self, seconds: float, at: Any) -> None:
        """The age of the stream's records, as Lambda measures it."""
        QuickSession().client("cloudwatch").put_metric_data(
            Namespace="AWS/Lambda",
            MetricData=[
                {
                    "MetricName": "IteratorAge",
                    "Dimensions": [{"Name": "FunctionName", "Value": PUBLISH}],
                    "Timestamp": at,
                    "Value": seconds * 1000,
                }
            ],
        )

    def _queue(self, name: str) -> str:
        return self.sqs.create_queue(QueueName=name)["QueueUrl"]


@dataclass(slots=True)
class Asked:
    """What was asked of AWS: service, operation, parameters and answer of each call."""

    calls: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    def rows_read(self, *, of_index: bool) -> int:
        """Rows that the table, or one of its indexes, has given out."""
        number = 0
        for _, operation, parameters, answer in self.calls:
            if operation in {"Query", "Scan"} and ("IndexName" in parameters) == of_index:
                number += answer["ScannedCount"]
            elif operation == "BatchGetItem" and not of_index:
                number += sum(map(len, answer["Responses"].values()))
        return number


@contextmanager
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """Every call of AWS meanwhile."""
    asked = Asked()
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001  the one place that all pass

    def make(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        answer = call(client, operation, parameters)
        asked.calls.append((client.meta.service_model.service_name, operation, parameters, answer))
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", make)
        yield asked
