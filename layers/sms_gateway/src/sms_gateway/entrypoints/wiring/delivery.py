"""The way to Voipit: for the functions that may call it."""

import random
from dataclasses import dataclass

from sms_gateway.adapters import aws
from sms_gateway.adapters.circuit_table import CircuitTable
from sms_gateway.adapters.intake import GuardedIntake
from sms_gateway.adapters.lookout import TableLookout
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
from sms_gateway.entrypoints.wiring.init_phase import Task
from sms_gateway.use_cases.gate import Gate
from sms_gateway.use_cases.hand_over import HandOver


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the functions share that hand messages over: `send` and `dispatch`."""

    messages: MessagesTable
    queue: SqsDispatchQueue
    gate: Gate
    hand_over: HandOver
    reach_voipit: Task
    """Done ahead: read the circuit, and if it is closed connect to Voipit. Neither is relied on:
    each call reads the circuit again."""
    secrets: tuple[Task, ...]
    """Done ahead: read the secrets that each message needs."""

    @classmethod
    def wired(cls, settings: DispatchSettings) -> "Delivery":
        """With the real world around it."""
        delivery = settings.delivery
        messages = shared.messages(delivery.messages_table)
        queue = dispatch_queue(delivery)
        number_form = VoipitNumberForm(settings.number_format, settings.default_region)
        voipit = VoipitClient(delivery.voipit_base_url, VoipitSession(), number_form)
        provider = MeasuredProvider(voipit)
        circuits, accounts = circuits_and_accounts(delivery)
        gate = Gate(circuits, accounts, provider, shared.now)
        key_secret = settings.callback_key_secret_arn
        keys = CallbackKeys(
            shared.secret(key_secret),
            shared.secret(key_secret, shared.PREVIOUS),
            settings.callback_url,
        )
        hand_over = HandOver(
            messages=messages,
            provider=provider,
            gate=gate,
            callback_urls=keys,
            queue=queue,
            now=shared.now,
            chance=random.random,
            report_deadline=delivery.report_deadline,
        )

        def reach_voipit() -> None:
            if not circuits.get().is_open:  # during an outage nothing is said to Voipit
                voipit.open_ahead()

        return cls(
            messages=messages,
            queue=queue,
            gate=gate,
            hand_over=hand_over,
            reach_voipit=reach_voipit,
            secrets=(accounts.ask_ahead, keys.ask_ahead),
        )

    def intake(self, guards_table: str, limits: Limits) -> GuardedIntake:
        """Its table of messages, behind everything that may stop one."""
        return GuardedIntake(self.messages, guards_table, limits)

    def lookout(self, guards_table: str, limits: Limits) -> TableLookout:
        """What it looks at before it sends."""
        circuits = CircuitTable(aws.dynamodb(), guards_table)
        return TableLookout(circuits, shared.now, limits.suppressions)


def circuits_and_accounts(settings: DeliverySettings) -> tuple[CircuitTable, VoipitAccounts]:
    """What a gate in front of Voipit goes by."""
    return (
        CircuitTable(aws.dynamodb(), settings.guards_table),
        VoipitAccounts(shared.secret(settings.voipit_secret_arn), settings.voipit_base_url),
    )


def dispatch_queue(settings: DeliverySettings) -> SqsDispatchQueue:
    """The queue that `dispatch` reads."""
    return SqsDispatchQueue(aws.sqs, settings.dispatch_queue_url)
