"""The way to Voipit: for the functions that may call it."""

import random
from dataclasses import dataclass

from sms_gateway.adapters import aws
from sms_gateway.adapters.circuit_table import CircuitTable
from sms_gateway.adapters.intake import GuardedIntake
from sms_gateway.adapters.messages_table import MessagesTable
from sms_gateway.adapters.queues import SqsDispatchQueue
from sms_gateway.adapters.secrets import CallbackKeys, VoipitAccounts
from sms_gateway.adapters.voipit.client import VoipitClient
from sms_gateway.adapters.voipit.number_form import VoipitNumberForm
from sms_gateway.adapters.voipit.transport import VoipitSession
from sms_gateway.domain.guards import Limits
from sms_gateway.entrypoints.measured_provider import MeasuredProvider
from sms_gateway.entrypoints.settings import DeliverySettings, DispatchSettings
from sms_gateway.entrypoints.wiring import shared
from sms_gateway.use_cases.gate import Gate
from sms_gateway.use_cases.hand_over import HandOver
from sms_gateway.use_cases.ports import Provider


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the functions share that hand messages over: `send` and `dispatch`."""

    messages: MessagesTable
    queue: SqsDispatchQueue
    gate: Gate
    hand_over: HandOver

    @classmethod
    def wired(cls, settings: DispatchSettings) -> "Delivery":
        """With the real world around it."""
        delivery = settings.delivery
        messages = shared.messages(delivery.messages_table)
        queue = dispatch_queue(delivery)
        number_form = VoipitNumberForm(settings.number_format, settings.default_region)
        provider = MeasuredProvider(
            VoipitClient(delivery.voipit_base_url, VoipitSession(), number_form)
        )
        gate = gate_to(provider, delivery)
        key_secret = settings.callback_key_secret_arn
        hand_over = HandOver(
            messages=messages,
            provider=provider,
            gate=gate,
            callback_urls=CallbackKeys(
                shared.secret(key_secret),
                shared.secret(key_secret, shared.PREVIOUS),
                settings.callback_url,
            ),
            queue=queue,
            now=shared.now,
            chance=random.random,
            report_deadline=delivery.report_deadline,
        )
        return cls(messages, queue, gate, hand_over)

    def intake(self, guards_table: str, limits: Limits) -> GuardedIntake:
        """Its table of messages, behind everything that may stop one."""
        return GuardedIntake(self.messages, guards_table, limits)


def gate_to(provider: Provider, settings: DeliverySettings) -> Gate:
    """The circuit and the account toward Voipit."""
    return Gate(
        CircuitTable(aws.dynamodb(), settings.guards_table),
        VoipitAccounts(shared.secret(settings.voipit_secret_arn), settings.voipit_base_url),
        provider,
        shared.now,
    )


def dispatch_queue(settings: DeliverySettings) -> SqsDispatchQueue:
    """The queue that `dispatch` reads."""
    return SqsDispatchQueue(aws.sqs(), settings.dispatch_queue_url)
