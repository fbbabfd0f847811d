"""The composition root: which adapter serves which port. Tests wire fakes instead."""

import os
import random
from functools import cache
from typing import TYPE_CHECKING, Final

from sms_gateway.adapters import aws
from sms_gateway.adapters.batches_table import BatchesTable
from sms_gateway.adapters.clients_table import ClientsTable, RememberedClients
from sms_gateway.adapters.guards_table import GuardsTable
from sms_gateway.adapters.intake import GuardedIntake
from sms_gateway.adapters.messages_table import MessagesTable
from sms_gateway.adapters.phone_numbers import PhoneNumberRules
from sms_gateway.adapters.queues import SqsDispatchQueue, SqsReportFallback
from sms_gateway.adapters.secrets import (
    CallbackKeys,
    RememberedSecret,
    SigningKeys,
    VoipitAccounts,
)
from sms_gateway.adapters.suppressions_table import SuppressionsTable
from sms_gateway.adapters.topic import Topic
from sms_gateway.adapters.voipit.client import VoipitClient
from sms_gateway.adapters.voipit.number_form import VoipitNumberForm
from sms_gateway.adapters.voipit.transport import VoipitSession
from sms_gateway.domain.clock import utc_now
from sms_gateway.domain.cursor import CursorKey
from sms_gateway.domain.guards import Limits
from sms_gateway.domain.message_id import new_message_id
from sms_gateway.domain.text import TextRules
from sms_gateway.entrypoints.settings import (
    CallbackSettings,
    DeliverySettings,
    DispatchSettings,
    PublishSettings,
    RulesSettings,
    SendSettings,
    StatusSettings,
    WatchSettings,
)
from sms_gateway.entrypoints.stream import event_refused
from sms_gateway.use_cases.cancel_message import CancelMessage
from sms_gateway.use_cases.dispatch_message import DispatchMessage
from sms_gateway.use_cases.gate import Gate
from sms_gateway.use_cases.hand_over import HandOver
from sms_gateway.use_cases.list_messages import ListMessages
from sms_gateway.use_cases.prepare_message import PrepareMessage
from sms_gateway.use_cases.preview_message import PreviewMessage
from sms_gateway.use_cases.publish_changes import PublishChanges
from sms_gateway.use_cases.read_message import ReadMessage
from sms_gateway.use_cases.record_report import RecordReport
from sms_gateway.use_cases.send_batch import SendBatch
from sms_gateway.use_cases.send_message import SendMessage
from sms_gateway.use_cases.store_message import StoreMessage
from sms_gateway.use_cases.suppress import ReadSuppression, Suppress, Unsuppress
from sms_gateway.use_cases.watch import Watch

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

IN_LAMBDA: Final = "AWS_LAMBDA_FUNCTION_NAME" in os.environ
"""Whether this is a Lambda. There the use case is wired in the init phase, which has the full
processor and does not count against a request; a test that imports a handler wires its own."""


def clients(guards_table: str) -> RememberedClients:
    """The client of a request's key: for every route, with the real world around it."""
    return RememberedClients(ClientsTable(_dynamodb(), guards_table))


def send_message(settings: SendSettings) -> SendMessage:
    """`POST /messages`, with the real world around it."""
    gate, hand_over = _delivery(settings.dispatch)
    return SendMessage(
        prepare=_prepare_message(settings),
        store=_store_message(settings),
        gate=gate,
        hand_over=hand_over,
        queue=hand_over.queue,
        chance=random.random,
    )


def send_batch(settings: SendSettings, one: SendMessage) -> SendBatch:
    """`POST /messages/batch`, with the rules, table and queue of `POST /messages`."""
    return SendBatch(
        prepare=one.prepare,
        store=one.store,
        batches=BatchesTable(_dynamodb(), settings.dispatch.delivery.guards_table),
        queue=one.queue,
        now=utc_now,
        new_id=new_message_id,
        joins_equal=bool(settings.limits.double_click),
    )


def cancel_message(settings: SendSettings) -> CancelMessage:
    """`DELETE /messages/{messageId}`, with the real world around it."""
    messages = _messages(settings.dispatch.delivery.messages_table)
    return CancelMessage(messages, ReadMessage(messages), utc_now)


def suppress(settings: SendSettings) -> Suppress:
    """`PUT /suppressions/{phoneNumber}`, with the real world around it."""
    suppressions = _suppressions(settings.dispatch.delivery.guards_table)
    return Suppress(suppressions, _phone_numbers(settings.rules), utc_now)


def unsuppress(settings: SendSettings) -> Unsuppress:
    """`DELETE /suppressions/{phoneNumber}`, with the real world around it."""
    suppressions = _suppressions(settings.dispatch.delivery.guards_table)
    return Unsuppress(suppressions, _phone_numbers(settings.rules))


def dispatch_message(settings: DispatchSettings) -> DispatchMessage:
    """`dispatch`, with the real world around it."""
    gate, hand_over = _delivery(settings)
    return DispatchMessage(
        messages=hand_over.messages,
        intake=_intake(settings.delivery, settings.limits),
        gate=gate,
        hand_over=hand_over,
        queue=hand_over.queue,
        now=utc_now,
        chance=random.random,
        new_id=new_message_id,
    )


def watch(settings: WatchSettings) -> Watch:
    """`watch`, with the real world around it."""
    delivery = settings.delivery
    return Watch(
        messages=_messages(delivery.messages_table),
        gate=_gate(delivery, VoipitClient(delivery.voipit_base_url, VoipitSession())),
        queue=_dispatch_queue(delivery.dispatch_queue_url),
        now=utc_now,
        report_deadline=delivery.report_deadline,
        drain_per_second=settings.drain_per_second,
    )


def read_message(settings: StatusSettings) -> ReadMessage:
    """`GET /messages/{messageId}`, with the real world around it."""
    return ReadMessage(_messages(settings.messages_table))


def list_messages(settings: StatusSettings) -> ListMessages:
    """`GET /messages`, with the real world around it."""
    secret_id = settings.cursor_key_secret_arn
    return ListMessages(
        messages=_messages(settings.messages_table),
        phone_numbers=_phone_numbers(settings.rules),
        keys=SigningKeys(CursorKey, _secret(secret_id), _secret(secret_id, "AWSPREVIOUS")),
    )


def preview_message(settings: StatusSettings) -> PreviewMessage:
    """`POST /messages/preview`, with the real world around it."""
    suppressions = _suppressions(settings.guards_table)
    return PreviewMessage(
        phone_numbers=_phone_numbers(settings.rules),
        text_rules=TextRules(settings.rules.cuts_long_text),
        suppressions=suppressions if settings.suppressions else None,
        now=utc_now,
    )


def read_suppression(settings: StatusSettings) -> ReadSuppression:
    """`GET /suppressions/{phoneNumber}`, with the real world around it."""
    return ReadSuppression(_suppressions(settings.guards_table), _phone_numbers(settings.rules))


def circuits(settings: StatusSettings) -> GuardsTable:
    """`GET /provider`, with the real world around it."""
    return GuardsTable(_dynamodb(), settings.guards_table)


def record_report(
    settings: CallbackSettings,
) -> tuple[RecordReport, CallbackKeys, SqsReportFallback]:
    """`callback`, with the real world around it."""
    keys = _callback_keys(settings.callback_key_secret_arn)
    client = aws.session().client("sqs", config=aws.config())
    fallback = SqsReportFallback(client, settings.report_fallback_queue_url)
    return RecordReport(_messages(settings.messages_table)), keys, fallback


def publish_changes(settings: PublishSettings) -> PublishChanges:
    """`publish`, with the real world around it."""
    client = aws.session().client("sns", config=aws.config())
    topic = Topic(client, settings.topic_arn, event_refused)
    return PublishChanges(topic, settings.event_source)


def _prepare_message(settings: SendSettings) -> PrepareMessage:
    return PrepareMessage(
        phone_numbers=_phone_numbers(settings.rules),
        text_rules=TextRules(settings.rules.cuts_long_text),
        now=utc_now,
        new_id=new_message_id,
        kept_for=settings.kept_for,
    )


def _phone_numbers(rules: RulesSettings) -> PhoneNumberRules:
    return PhoneNumberRules(
        default_region=rules.default_region,
        allowed_countries=rules.allowed_countries,
        allowed_types=rules.allowed_types,
        accepts_unknown=rules.accepts_unknown,
        allowed_prefixes=rules.allowed_prefixes,
        refused_prefixes=rules.refused_prefixes,
    )


def _store_message(settings: SendSettings) -> StoreMessage:
    delivery = settings.dispatch.delivery
    return StoreMessage(_intake(delivery, settings.limits), _messages(delivery.messages_table))


def _intake(settings: DeliverySettings, limits: Limits) -> GuardedIntake:
    return GuardedIntake(_messages(settings.messages_table), settings.guards_table, limits)


def _delivery(settings: DispatchSettings) -> tuple[Gate, HandOver]:
    delivery = settings.delivery
    number_form = VoipitNumberForm(settings.number_format, settings.default_region)
    provider = VoipitClient(delivery.voipit_base_url, VoipitSession(), number_form)
    gate = _gate(delivery, provider)
    return gate, HandOver(
        messages=_messages(delivery.messages_table),
        provider=provider,
        gate=gate,
        callback_urls=_callback_keys(settings.callback_key_secret_arn, settings.callback_url),
        queue=_dispatch_queue(delivery.dispatch_queue_url),
        now=utc_now,
        chance=random.random,
        report_deadline=delivery.report_deadline,
    )


def _gate(settings: DeliverySettings, provider: VoipitClient) -> Gate:
    secret = _secret(settings.voipit_secret_arn)
    accounts = VoipitAccounts(secret, settings.voipit_base_url)
    return Gate(GuardsTable(_dynamodb(), settings.guards_table), accounts, provider, utc_now)


def _suppressions(table_name: str) -> SuppressionsTable:
    return SuppressionsTable(_dynamodb(), table_name)


def _messages(table_name: str) -> MessagesTable:
    return MessagesTable(_dynamodb(), table_name)


def _dispatch_queue(queue_url: str) -> SqsDispatchQueue:
    return SqsDispatchQueue(aws.session().client("sqs", config=aws.config()), queue_url)


@cache
def _dynamodb() -> "DynamoDBClient":
    """One client for both tables: it keeps its connections."""
    return aws.session().client("dynamodb", config=aws.config())


def _secret(secret_id: str, stage: str = "AWSCURRENT") -> RememberedSecret:
    client = aws.session().client("secretsmanager", config=aws.config())
    return RememberedSecret(client, secret_id, stage=stage)


def _callback_keys(secret_id: str, base_url: str = "") -> CallbackKeys:
    return CallbackKeys(_secret(secret_id), _secret(secret_id, "AWSPREVIOUS"), base_url)
