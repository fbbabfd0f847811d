"""The composition root: which adapter serves which port. Tests wire fakes instead."""

import os
from typing import Final

from sms_gateway.adapters import aws
from sms_gateway.adapters.messages_table import MessagesTable
from sms_gateway.adapters.phone_numbers import PhoneNumberRules
from sms_gateway.adapters.secrets import CallbackKeys, RememberedSecret, VoipitAccount
from sms_gateway.adapters.topic import Topic
from sms_gateway.adapters.voipit.client import VoipitClient
from sms_gateway.adapters.voipit.transport import VoipitSession
from sms_gateway.domain.clock import utc_now
from sms_gateway.domain.message_id import new_message_id
from sms_gateway.entrypoints.settings import (
    CallbackSettings,
    PublishSettings,
    SendSettings,
    StatusSettings,
)
from sms_gateway.use_cases.hand_over import HandOver
from sms_gateway.use_cases.publish_changes import PublishChanges
from sms_gateway.use_cases.read_message import ReadMessage
from sms_gateway.use_cases.record_report import RecordReport
from sms_gateway.use_cases.send_message import SendMessage

IN_LAMBDA: Final = "AWS_LAMBDA_FUNCTION_NAME" in os.environ
"""Whether this is a Lambda. There the use case is wired in the init phase, which has the full
processor and does not count against a request; a test that imports a handler wires its own."""


def send_message(settings: SendSettings) -> SendMessage:
    """`send`, with the real world around it."""
    messages = _messages(settings.messages_table)
    account = VoipitAccount(_secret(settings.voipit_secret_arn))
    return SendMessage(
        messages=messages,
        phone_numbers=PhoneNumberRules(settings.default_region, settings.allowed_countries),
        hand_over=HandOver(
            messages=messages,
            provider=VoipitClient(settings.voipit_base_url, account, VoipitSession()),
            callback_urls=_callback_keys(settings.callback_key_secret_arn, settings.callback_url),
            now=utc_now,
        ),
        now=utc_now,
        new_id=new_message_id,
        kept_for=settings.kept_for,
    )


def read_message(settings: StatusSettings) -> ReadMessage:
    """`status`, with the real world around it."""
    return ReadMessage(_messages(settings.messages_table))


def record_report(settings: CallbackSettings) -> tuple[RecordReport, CallbackKeys]:
    """`callback`, with the real world around it."""
    keys = _callback_keys(settings.callback_key_secret_arn)
    return RecordReport(_messages(settings.messages_table)), keys


def publish_changes(settings: PublishSettings) -> PublishChanges:
    """`publish`, with the real world around it."""
    client = aws.session().client("sns", config=aws.config())
    return PublishChanges(Topic(client, settings.topic_arn), settings.event_source)


def _messages(table_name: str) -> MessagesTable:
    return MessagesTable(aws.session().client("dynamodb", config=aws.config()), table_name)


def _secret(secret_id: str, stage: str = "AWSCURRENT") -> RememberedSecret:
    client = aws.session().client("secretsmanager", config=aws.config())
    return RememberedSecret(client, secret_id, stage=stage)


def _callback_keys(secret_id: str, base_url: str = "") -> CallbackKeys:
    return CallbackKeys(_secret(secret_id), _secret(secret_id, "AWSPREVIOUS"), base_url)
