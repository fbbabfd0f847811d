"""AWS in memory (moto) as the template would have made it, and every call of it counted."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.exceptions import EndpointConnectionError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from sms_gateway.adapters import aws
from sms_gateway.adapters.message_item import key_attributes, key_of
from sms_gateway.entrypoints.stream import read_changes
from sms_gateway.use_cases.publish_changes import RowChange
from tests.fakes.accounts import an_account
from tests.support.tables import GUARDS_SCHEMA, MESSAGES_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

REGION: Final = "eu-central-1"
MESSAGES: Final = "Messages"
GUARDS: Final = "Guards"


@dataclass(frozen=True, slots=True)
class Received:
    """A message of an SQS queue; it stays there until it is deleted."""

    body: str
    receipt: str
    delay: timedelta


class Listener:
    """Hears each call of AWS; `before` and `after` may raise."""

    def before(self, name: str) -> None:
        """A call is about to leave."""

    def after(self, name: str) -> None:
        """A call has taken effect."""


class InterruptibleCloud:
    """Made once; `clean` makes it as good as new. `clients` is what the gateway is given."""

    def __init__(self) -> None:
        self.listener = Listener()
        self.away: set[str] = set()
        session = boto3.session.Session("testing", "testing", region_name=REGION)
        self._own = boto3.session.Session("testing", "testing", region_name=REGION)
        session.events.register("before-call", self._before)
        session.events.register("after-call", self._after)
        # What this kind of handler returns are the parameters; botocore's stubs do not know.
        at_once: Callable[..., Any] = _at_once
        session.events.register("provide-client-params.sqs.SendMessage", at_once)
        all_at_once: Callable[..., Any] = _all_at_once
        session.events.register("provide-client-params.sqs.SendMessageBatch", all_at_once)
        self.dynamodb: DynamoDBClient = session.client("dynamodb", config=aws.CONFIG)
        self.sqs: SQSClient = session.client("sqs", config=aws.CONFIG)
        self.sns: SNSClient = session.client("sns", config=aws.CONFIG)
        self.secrets: SecretsManagerClient = session.client("secretsmanager", config=aws.CONFIG)
        self._safe: SecretsManagerClient = self._own.client("secretsmanager")
        self._secret_version = ""
        self._tables: DynamoDBClient = self._own.client("dynamodb")
        self._queues: SQSClient = self._own.client("sqs")
        self._make_tables()
        self._read_up_to = 0
        self._make_queues()
        self._subscribe()
        self.account = self._safe.create_secret(Name="VoipitAccount", SecretString="{}")["ARN"]
        self.key = self._safe.create_secret(Name="CallbackKey", SecretString="of the tests")["ARN"]

    # what a test looks at

    def new_writes(self) -> list[RowChange]:
        """What the stream tells since it was asked last, from moto's own list: its API is slow."""
        records = self._stream()[self._read_up_to :]
        self._read_up_to += len(records)
        return [change for _, change in read_changes({"Records": [r.to_json() for r in records]})]

    def new_events(self) -> list[tuple[str, str]]:
        """Source and id of what has come through the topic since it was asked last."""
        events = self.receive(self.events)
        for event in events:
            self.delete(self.events, event)
        told = [json.loads(event.body) for event in events]
        return [(event["source"], event["id"]) for event in told]

    def receive(self, queue_url: str) -> list[Received]:
        """All there is in a queue now; it is not handed out again by itself."""
        return list(self._receive(queue_url))

    def guards(self) -> list[dict[str, Any]]:
        """The items of the table `Guards`."""
        return list(self._tables.scan(TableName=GUARDS)["Items"])

    def delete(self, queue_url: str, message: Received) -> None:
        self._queues.delete_message(QueueUrl=queue_url, ReceiptHandle=message.receipt)

    def put_secret(self, version: str) -> None:
        """Somebody changes the account's secret."""
        if version != self._secret_version:
            account = an_account(version)
            text = json.dumps({"accountNumber": account.number, "password": account.password})
            self._safe.put_secret_value(SecretId=self.account, SecretString=text)
            self._secret_version = version

    def clean(self) -> None:
        """Nothing stored, nothing queued, the circuit closed and nothing proven."""
        for item in self._tables.scan(TableName=MESSAGES)["Items"]:
            self._tables.delete_item(TableName=MESSAGES, Key=key_attributes(key_of(item)))
        for item in self.guards():
            self._tables.delete_item(TableName=GUARDS, Key={"guard": item["guard"]})
        for queue in (self.dispatch, self.fallback):
            self._queues.delete_queue(QueueUrl=queue)
        self._make_queues()
        self.new_events()
        # Moto copies a table, stream and all, before each transaction: let it be a short one.
        self._stream().clear()
        self._read_up_to = 0

    @staticmethod
    def _stream() -> list[Any]:
        """Asked for each time: a transaction that is refused leaves another table behind."""
        table: Any = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[MESSAGES]
        records: list[Any] = table.stream_shard.items
        return records

    # boundaries

    def _before(self, model: Any, **_: Any) -> None:
        name = f"{model.service_model.service_name}.{model.name}"
        if name in self.away:
            raise EndpointConnectionError(endpoint_url=f"https://{name}.invalid")
        self.listener.before(name)

    def _after(self, model: Any, **_: Any) -> None:
        self.listener.after(f"{model.service_model.service_name}.{model.name}")

    # what there is

    def _receive(self, queue_url: str) -> Iterator[Received]:
        while messages := self._queues.receive_message(
            QueueUrl=queue_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=3600,
            MessageAttributeNames=["delay"],
        ).get("Messages"):
            for message in messages:
                attributes = message.get("MessageAttributes", {})
                seconds = int(attributes["delay"]["StringValue"]) if attributes else 0
                delay = timedelta(seconds=seconds)
                yield Received(message["Body"], message["ReceiptHandle"], delay)

    def _make_tables(self) -> None:
        self._tables.create_table(
            TableName=MESSAGES,
            **MESSAGES_SCHEMA,
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        self._tables.create_table(TableName=GUARDS, **GUARDS_SCHEMA)

    def _make_queues(self) -> None:
        self.dispatch = self._queues.create_queue(QueueName="dispatch")["QueueUrl"]
        self.fallback = self._queues.create_queue(QueueName="fallback")["QueueUrl"]

    def _subscribe(self) -> None:
        self.events = self._queues.create_queue(QueueName="events")["QueueUrl"]
        own: SNSClient = self._own.client("sns")
        self.topic = own.create_topic(Name="StatusEvents")["TopicArn"]
        arn = self._queues.get_queue_attributes(QueueUrl=self.events, AttributeNames=["QueueArn"])[
            "Attributes"
        ]["QueueArn"]
        own.subscribe(
            TopicArn=self.topic,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true"},
        )


def _at_once(params: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Moto's queues wait in real time: the delay travels with the message instead."""
    delay = {"DataType": "Number", "StringValue": str(params.get("DelaySeconds", 0))}
    return params | {"DelaySeconds": 0, "MessageAttributes": {"delay": delay}}


def _all_at_once(params: dict[str, Any], **_: Any) -> dict[str, Any]:
    return params | {"Entries": [_at_once(entry) for entry in params["Entries"]]}
