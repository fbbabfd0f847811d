"""The gateway's AWS, in memory, with what the template would have made of it."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import boto3
from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import EndpointConnectionError
from botocore.session import Session
from botocore.validate import ParamValidator

from sms_gateway.adapters.clients_table import ClientsTable
from sms_gateway.adapters.guard_items import CIRCUIT, of_suppression
from sms_gateway.domain.client import Client
from sms_gateway.domain.phone_number import PhoneNumber
from tests.handlers import voipit
from tests.handlers.lambdas import RUNNING
from tests.support.event_schema import all_faults
from tests.support.recorder.aws_calls import asked
from tests.support.rights import Right, called
from tests.support.samples import OTHER_CLIENT, SIGNING_KEY, TOKEN_KEY
from tests.support.tables import GUARDS_SCHEMA, MESSAGES_SCHEMA

if TYPE_CHECKING:
    from threading import Event

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

REGION: Final = "eu-central-1"
TABLE: Final = "Messages"
GUARDS: Final = "Guards"

TRY_AGAIN: Final = {"Code": "InternalError", "Message": "try again", "SenderFault": False}
"""Why SNS does not take an entry, unless a test says otherwise."""

_deserialize = TypeDeserializer().deserialize


class Calls:
    """Every call the gateway's own clients make, and the trouble some of them have.

    `trouble` maps the beginning of a call's name (`dynamodb`, `dynamodb:UpdateItem`) to what is
    raised instead of an answer; the next call that `held` names so waits for its event.
    `refused_entries` are the `Id`s SNS does not take from a batch, and `refusal` says why.
    `enqueued` are the (body, seconds of delay) of what was put into a queue. `invalid` says which
    parameters botocore would have refused: it does not look at the gateway's. `rights` are what IAM
    would ask for, which is not forgotten before the test ends; `by_test` keeps those of the tests
    before, by their ids. `names` are the resources' logical ids.
    """

    def __init__(self) -> None:
        self.made: list[str] = []
        self.trouble: dict[str, Exception] = {}
        self.held: dict[str, Event] = {}
        self.refused_entries: set[str] = set()
        self.refusal: dict[str, Any] = dict(TRY_AGAIN)
        self.enqueued: list[tuple[Any, int]] = []
        self.invalid: list[str] = []
        self.rights: set[Right] = set()
        self.by_test: dict[str, frozenset[Right]] = {}
        self.names: dict[str, str] = {}

    def listen(self, session: Session) -> None:
        """Clients that the session makes from now on are listened to."""
        hears: dict[str, Any] = {
            "before-call": self._before,
            "before-parameter-build": self._ask,
            "provide-client-params.sns.PublishBatch": self._keep_back,
            "after-call.sns.PublishBatch": self._tell,
            "provide-client-params.sqs.SendMessage": self._note,
            "provide-client-params.sqs.SendMessageBatch": self._note_all,
        }
        for event, handler in hears.items():
            session.register(event, handler)

    def forget(self) -> None:
        self.made.clear()
        self.trouble.clear()
        self.held.clear()
        self.refused_entries.clear()
        self.refusal = dict(TRY_AGAIN)
        self.enqueued.clear()
        self.invalid.clear()

    def of(self, service: str) -> list[str]:
        """Those that were made of this service."""
        return [call for call in self.made if call.startswith(f"{service}:")]

    def does_not_answer(self, call: str) -> None:
        self.trouble[call] = EndpointConnectionError(endpoint_url=f"https://{call}.invalid")

    def _before(self, model: Any, **_: Any) -> None:
        name = f"{model.service_model.service_name}:{model.name}"
        self.made.append(name)
        for call in [held for held in self.held if name.startswith(held)]:
            self.held.pop(call).wait(10)
        for call, error in self.trouble.items():
            if name.startswith(call):
                raise error

    def _ask(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        report = ParamValidator().validate(params, model.input_shape)
        if report.has_errors():
            self.invalid.append(f"{model.name}: {report.generate_report()}")
        for function in RUNNING[-1:]:  # what a test itself asks for is asked for by no function
            for action, resource in asked(model.service_model.service_name, model.name, params):
                named = called(resource, self.names)
                self.rights.add(Right(f"{function.capitalize()}Function", action, named))

    def _keep_back(self, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        entries = params["PublishBatchRequestEntries"]
        taken = [entry for entry in entries if entry["Id"] not in self.refused_entries]
        return params | {"PublishBatchRequestEntries": taken}

    def _note(self, params: dict[str, Any], **_: Any) -> None:
        self.enqueued.append((json.loads(params["MessageBody"]), params.get("DelaySeconds", 0)))

    def _note_all(self, params: dict[str, Any], **_: Any) -> None:
        for entry in params["Entries"]:
            self._note(entry)

    def _tell(self, parsed: dict[str, Any], **_: Any) -> None:
        parsed["Failed"] = [{"Id": entry} | self.refusal for entry in sorted(self.refused_entries)]


@dataclass
class Clients:
    """The test's own clients, which `Calls` does not hear."""

    dynamodb: "DynamoDBClient"
    secretsmanager: "SecretsManagerClient"
    sns: "SNSClient"
    sqs: "SQSClient"
    cloudwatch: Any

    @classmethod
    def ready(cls) -> "Clients":
        session = boto3.session.Session("testing", "testing", region_name=REGION)
        return cls(
            session.client("dynamodb"),
            session.client("secretsmanager"),
            session.client("sns"),
            session.client("sqs"),
            session.client("cloudwatch"),
        )


@dataclass
class Cloud:
    """Tables, secrets, queues, the topic and a queue subscribed to it."""

    clients: Clients
    calls: Calls
    account_secret: str = field(init=False)
    signing_secret: str = field(init=False)
    cursor_secret: str = field(init=False)
    token_secret: str = field(init=False)
    topic: str = field(init=False)
    queue: str = field(init=False)
    dispatch_queue: str = field(init=False)
    fallback_queue: str = field(init=False)

    def __post_init__(self) -> None:
        self.clients.dynamodb.create_table(TableName=TABLE, **MESSAGES_SCHEMA)
        self.clients.dynamodb.create_table(TableName=GUARDS, **GUARDS_SCHEMA)
        self.account_secret = self._secret("VoipitAccount", _account(voipit.PASSWORD))
        self.signing_secret = self._secret("CallbackSigningKey", SIGNING_KEY)
        self.cursor_secret = self._secret("CursorSigningKey", "a signing key of the tests")
        self.token_secret = self._secret("TokenSigningKey", TOKEN_KEY)
        self.topic = self.clients.sns.create_topic(Name="StatusEvents")["TopicArn"]
        self.queue = self._queue("events")
        self.dispatch_queue = self._queue("DispatchQueue")
        self.fallback_queue = self._queue("ReportFallbackQueue")
        self.clients.sns.subscribe(
            TopicArn=self.topic,
            Protocol="sqs",
            Endpoint=self._arn(self.queue),
            Attributes={"RawMessageDelivery": "true"},
        )
        self.calls.names = {
            TABLE: "Messages",
            GUARDS: "Guards",
            self.account_secret: "VoipitAccount",
            self.signing_secret: "CallbackSigningKey",
            self.cursor_secret: "CursorSigningKey",
            self.token_secret: "TokenSigningKey",
            self.topic: "StatusEvents",
            self.dispatch_queue: "DispatchQueue",
            self.fallback_queue: "ReportFallbackQueue",
        }

    def environment(self, function: str) -> dict[str, str]:
        """What the template puts into the function's environment."""
        messages, guards = {"MESSAGES_TABLE": TABLE}, {"GUARDS_TABLE": GUARDS}
        key = {"CALLBACK_KEY_SECRET_ARN": self.signing_secret}
        delivery = (
            messages
            | guards
            | {
                "DISPATCH_QUEUE_URL": self.dispatch_queue,
                "VOIPIT_BASE_URL": voipit.BASE_URL,
                "VOIPIT_SECRET_ARN": self.account_secret,
                "REPORT_DEADLINE_MINUTES": "60",
            }
        )
        dispatch = delivery | key
        dispatch |= {"CALLBACK_URL": "https://callback.example/", "SUPPRESSION_LIST": "on"}
        dispatch |= {"DEFAULT_REGION": "RO", "VOIPIT_NUMBER_FORMAT": "e164"}
        dispatch |= {
            "RECIPIENT_HOURLY_LIMIT": "10",
            "RECIPIENT_DAILY_LIMIT": "50",
            "CLIENT_DAILY_LIMIT": "10000",
        }
        rules = {
            "DEFAULT_REGION": "RO",
            "ALLOWED_COUNTRIES": "RO",
            "ALLOWED_NUMBER_TYPES": "mobile",
            "UNKNOWN_NUMBERS": "refuse",
            "ALLOWED_PREFIXES": "",
            "REFUSED_PREFIXES": "",
            "LONG_TEXT": "refuse",
        }
        return {
            "send": dispatch
            | rules
            | {
                "ALLOWED_ORIGINS": "",
                "BASE_PATH": "",
                "MESSAGE_RETENTION_DAYS": "90",
                "DOUBLE_CLICK_SECONDS": "10",
                "TOKEN_KEY_SECRET_ARN": self.token_secret,
            },
            "status": messages
            | guards
            | rules
            | {
                "CURSOR_KEY_SECRET_ARN": self.cursor_secret,
                "TOKEN_KEY_SECRET_ARN": self.token_secret,
                "ALLOWED_ORIGINS": "",
                "BASE_PATH": "",
                "SUPPRESSION_LIST": "on",
                "CLIENT_DAILY_LIMIT": "10000",
            },
            "callback": messages | key | {"REPORT_FALLBACK_QUEUE_URL": self.fallback_queue},
            "dispatch": dispatch,
            "watch": delivery | {"DRAIN_PER_SECOND": "10", "DISPATCH_CONCURRENCY": "5"},
            "publish": {"TOPIC_ARN": self.topic, "EVENT_SOURCE": "/voipit-sms-gateway/test"},
        }[function]

    def rows(self, table: str = TABLE) -> list[dict[str, Any]]:
        items = self.clients.dynamodb.scan(TableName=table)["Items"]
        return [{name: _deserialize(value) for name, value in item.items()} for item in items]

    def row(self, message_id: str) -> dict[str, Any]:
        return next(row for row in self.rows() if row["messageId"] == message_id)

    def circuit(self) -> dict[str, Any]:
        """The circuit's row of `Guards`, if there is one."""
        return next((row for row in self.rows(GUARDS) if row["guard"] == CIRCUIT), {})

    def store(self, item: dict[str, Any], table: str = TABLE) -> None:
        self.clients.dynamodb.put_item(TableName=table, Item=item)

    def enter(self, client: Client, *key_ids: str) -> None:
        """Make these the client's keys, as `make client` does."""
        for key_id in key_ids:
            ClientsTable(self.clients.dynamodb, GUARDS).enter(key_id, client)

    def suppress(self, number: str) -> None:
        """Put the number on the list of those who must not be texted, as another client does."""
        values = {
            "guard": of_suppression(PhoneNumber(number)),
            "phoneNumber": number,
            "since": "2026-11-22T15:00:00.000Z",
            "client": OTHER_CLIENT,
            "list": "suppressed",
        }
        self.store({name: {"S": value} for name, value in values.items()}, GUARDS)

    def rotate_signing_key(self, text: str) -> None:
        self.clients.secretsmanager.put_secret_value(
            SecretId=self.signing_secret, SecretString=text
        )

    def rotate_cursor_key(self, text: str) -> None:
        self.clients.secretsmanager.put_secret_value(SecretId=self.cursor_secret, SecretString=text)

    def rotate_token_key(self, text: str) -> None:
        self.clients.secretsmanager.put_secret_value(SecretId=self.token_secret, SecretString=text)

    def change_password(self, password: str) -> None:
        self.clients.secretsmanager.put_secret_value(
            SecretId=self.account_secret, SecretString=_account(password)
        )

    def empty_account(self) -> None:
        """As the template makes it."""
        self.clients.secretsmanager.put_secret_value(
            SecretId=self.account_secret, SecretString="{}"
        )

    def waiting(self, queue: str) -> list[dict[str, Any]]:
        """What waits in the queue now, as SQS hands it to a function; it is gone then."""
        records = []
        while received := self.clients.sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        ).get("Messages"):
            for message in received:
                self.clients.sqs.delete_message(
                    QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"]
                )
                records.append(
                    {
                        "messageId": message["MessageId"],
                        "receiptHandle": message["ReceiptHandle"],
                        "body": message["Body"],
                        "attributes": message["Attributes"],
                        "messageAttributes": {},
                        "md5OfBody": message["MD5OfBody"],
                        "eventSource": "aws:sqs",
                        "eventSourceARN": self._arn(queue),
                        "awsRegion": REGION,
                    }
                )
        return records

    def published(self) -> list[tuple[dict[str, Any], dict[str, str]]]:
        """(event, message attributes) of all that came through the topic, in order; all valid."""
        heard = []
        while messages := self.clients.sqs.receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            for message in messages:
                attributes = message.get("MessageAttributes", {})
                values = {name: value["StringValue"] for name, value in attributes.items()}
                heard.append((json.loads(message["Body"]), values))
        assert all_faults(event for event, _ in heard) == []
        return heard

    def _secret(self, name: str, text: str) -> str:
        return self.clients.secretsmanager.create_secret(Name=name, SecretString=text)["ARN"]

    def _queue(self, name: str) -> str:
        return self.clients.sqs.create_queue(QueueName=name)["QueueUrl"]

    def _arn(self, queue: str) -> str:
        answer = self.clients.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        return answer["Attributes"]["QueueArn"]


def _account(password: str) -> str:
    return json.dumps({"accountNumber": voipit.ACCOUNT_NUMBER, "password": password})
