"""The gateway's AWS, in memory, with what the template would have made of it."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import boto3
from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import EndpointConnectionError

from tests.handlers import voipit
from tests.handlers.samples import SIGNING_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

REGION: Final = "eu-central-1"
TABLE: Final = "Messages"

_deserialize = TypeDeserializer().deserialize


class Calls:
    """Every call the gateway's own clients make, and the trouble some of them have.

    `trouble` maps the beginning of a call's name (`dynamodb`, `dynamodb:UpdateItem`) to what is
    raised instead of an answer. `refused_entries` are the `Id`s SNS does not take from a batch.
    """

    def __init__(self) -> None:
        self.made: list[str] = []
        self.trouble: dict[str, Exception] = {}
        self.refused_entries: set[str] = set()

    def listen(self, session: boto3.session.Session) -> None:
        """Clients that the session makes from now on are listened to."""
        session.events.register("before-call", self._before)
        # What this kind of handler returns are the parameters; botocore's stubs do not know.
        keep_back: Callable[..., Any] = self._keep_back
        session.events.register("provide-client-params.sns.PublishBatch", keep_back)
        session.events.register("after-call.sns.PublishBatch", self._tell)

    def forget(self) -> None:
        self.made.clear()
        self.trouble.clear()
        self.refused_entries.clear()

    def does_not_answer(self, call: str) -> None:
        self.trouble[call] = EndpointConnectionError(endpoint_url=f"https://{call}.invalid")

    def _before(self, model: Any, **_: Any) -> None:
        name = f"{model.service_model.service_name}:{model.name}"
        self.made.append(name)
        for call, error in self.trouble.items():
            if name.startswith(call):
                raise error

    def _keep_back(self, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        entries = params["PublishBatchRequestEntries"]
        taken = [entry for entry in entries if entry["Id"] not in self.refused_entries]
        return params | {"PublishBatchRequestEntries": taken}

    def _tell(self, parsed: dict[str, Any], **_: Any) -> None:
        parsed["Failed"] = [
            {"Id": entry, "Code": "InternalError", "Message": "try again", "SenderFault": False}
            for entry in sorted(self.refused_entries)
        ]


@dataclass
class Clients:
    """The test's own clients, which `Calls` does not hear."""

    dynamodb: "DynamoDBClient"
    secretsmanager: "SecretsManagerClient"
    sns: "SNSClient"
    sqs: "SQSClient"

    @classmethod
    def ready(cls) -> "Clients":
        session = boto3.session.Session("testing", "testing", region_name=REGION)
        return cls(
            session.client("dynamodb"),
            session.client("secretsmanager"),
            session.client("sns"),
            session.client("sqs"),
        )


@dataclass
class Cloud:
    """Table, secrets, topic and a queue subscribed to it."""

    clients: Clients
    calls: Calls
    account_secret: str = field(init=False)
    signing_secret: str = field(init=False)
    topic: str = field(init=False)
    queue: str = field(init=False)

    def __post_init__(self) -> None:
        self.clients.dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "messageId", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "messageId", "KeyType": "HASH"}],
        )
        account = {"accountNumber": voipit.ACCOUNT_NUMBER, "password": voipit.PASSWORD}
        self.account_secret = self._secret("VoipitAccount", json.dumps(account))
        self.signing_secret = self._secret("CallbackSigningKey", SIGNING_KEY)
        self.topic = self.clients.sns.create_topic(Name="StatusEvents")["TopicArn"]
        self.queue = self.clients.sqs.create_queue(QueueName="events")["QueueUrl"]
        arn = self.clients.sqs.get_queue_attributes(
            QueueUrl=self.queue, AttributeNames=["QueueArn"]
        )["Attributes"]["QueueArn"]
        self.clients.sns.subscribe(
            TopicArn=self.topic,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true"},
        )

    def environment(self, function: str) -> dict[str, str]:
        """What the template puts into the function's environment."""
        table, key = {"MESSAGES_TABLE": TABLE}, {"CALLBACK_KEY_SECRET_ARN": self.signing_secret}
        return {
            "send": table
            | key
            | {
                "VOIPIT_BASE_URL": voipit.BASE_URL,
                "VOIPIT_SECRET_ARN": self.account_secret,
                "CALLBACK_URL": "https://callback.example/",
                "DEFAULT_REGION": "RO",
                "ALLOWED_COUNTRIES": "RO",
                "ALLOWED_ORIGIN": "",
                "MESSAGE_RETENTION_DAYS": "90",
            },
            "status": table | {"ALLOWED_ORIGIN": ""},
            "callback": table | key,
            "publish": {"TOPIC_ARN": self.topic, "EVENT_SOURCE": "/voipit-sms-gateway/test"},
        }[function]

    def rows(self) -> list[dict[str, Any]]:
        items = self.clients.dynamodb.scan(TableName=TABLE)["Items"]
        return [{name: _deserialize(value) for name, value in item.items()} for item in items]

    def row(self, message_id: str) -> dict[str, Any]:
        return next(row for row in self.rows() if row["messageId"] == message_id)

    def store(self, item: dict[str, Any]) -> None:
        self.clients.dynamodb.put_item(TableName=TABLE, Item=item)

    def rotate_signing_key(self, text: str) -> None:
        self.clients.secretsmanager.put_secret_value(
            SecretId=self.signing_secret, SecretString=text
        )

    def published(self) -> list[tuple[dict[str, Any], dict[str, str]]]:
        """(event, message attributes) of all that came through the topic, in order."""
        heard = []
        while messages := self.clients.sqs.receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            for message in messages:
                attributes = message.get("MessageAttributes", {})
                values = {name: value["StringValue"] for name, value in attributes.items()}
                heard.append((json.loads(message["Body"]), values))
        return heard

    def _secret(self, name: str, text: str) -> str:
        return self.clients.secretsmanager.create_secret(Name=name, SecretString=text)["ARN"]
