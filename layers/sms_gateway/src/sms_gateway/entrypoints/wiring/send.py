"""The parts of the function `send`."""

import random
from dataclasses import dataclass

from sms_gateway.adapters import aws
from sms_gateway.adapters.batches_table import BatchesTable
from sms_gateway.adapters.clients_table import ClientsTable, RememberedClients
from sms_gateway.adapters.suppressions_table import SuppressionsTable
from sms_gateway.domain.access_token import TokenKey
from sms_gateway.domain.message_id import new_message_id
from sms_gateway.domain.text import TextRules
from sms_gateway.entrypoints import send_request
from sms_gateway.entrypoints.api_event import Routes
from sms_gateway.entrypoints.rest_api import RestApi, rest_api
from sms_gateway.entrypoints.settings import SendSettings
from sms_gateway.entrypoints.wiring import shared
from sms_gateway.entrypoints.wiring.delivery import Delivery
from sms_gateway.entrypoints.wiring.init_phase import Wired, in_turn
from sms_gateway.entrypoints.wiring.numbers import phone_numbers
from sms_gateway.use_cases.access_tokens import CheckToken
from sms_gateway.use_cases.cancel_message import CancelMessage
from sms_gateway.use_cases.lanes import MOST_AT_ONCE
from sms_gateway.use_cases.ports import Clients
from sms_gateway.use_cases.prepare_message import PrepareMessage
from sms_gateway.use_cases.read_message import ReadMessage
from sms_gateway.use_cases.send_batch import SendBatch
from sms_gateway.use_cases.send_message import SendMessage
from sms_gateway.use_cases.store_message import StoreMessage
from sms_gateway.use_cases.suppress import Suppress, Unsuppress


@dataclass(frozen=True, slots=True)
class SendParts:
    """The routes, and the use cases behind them."""

    api: RestApi
    clients: Clients
    check_token: CheckToken
    send_message: SendMessage
    send_batch: SendBatch
    cancel_message: CancelMessage
    suppress: Suppress
    unsuppress: Unsuppress


def send_parts(settings: SendSettings, routes: Routes) -> Wired[SendParts]:
    """With the real world around them."""
    guards_table = settings.dispatch.delivery.guards_table
    delivery = Delivery.wired(settings.dispatch)
    numbers = phone_numbers(settings.rules)
    suppressions = SuppressionsTable(aws.dynamodb(), guards_table)
    prepare = PrepareMessage(
        phone_numbers=numbers,
        text_rules=TextRules(settings.rules.cuts_long_text),
        now=shared.now,
        new_id=new_message_id,
        kept_for=settings.kept_for,
    )
    store = StoreMessage(delivery.intake(guards_table, settings.limits), delivery.messages)
    token_keys = shared.signing_keys(TokenKey, settings.token_key_secret_arn)
    parts = SendParts(
        api=rest_api(settings.api, routes),
        clients=RememberedClients(ClientsTable(aws.dynamodb(), guards_table)),
        check_token=CheckToken(
            token_keys,
            settings.api.origins,
            shared.now,
        ),
        send_message=SendMessage(
            prepare=prepare,
            store=store,
            gate=delivery.gate,
            hand_over=delivery.hand_over,
            queue=delivery.queue,
            lookout=delivery.lookout(guards_table, settings.limits),
            now=shared.now,
            chance=random.random,
        ),
        send_batch=SendBatch(
            prepare=prepare,
            store=store,
            batches=BatchesTable(aws.dynamodb(), guards_table),
            queue=delivery.queue,
            suppressions=suppressions if settings.limits.suppressions else None,
            now=shared.now,
            new_id=new_message_id,
            joins_equal=bool(settings.limits.double_click),
            most_at_once=MOST_AT_ONCE,
        ),
        cancel_message=CancelMessage(delivery.messages, ReadMessage(delivery.messages), shared.now),
        suppress=Suppress(suppressions, numbers, shared.now),
        unsuppress=Unsuppress(suppressions, numbers),
    )
    secrets = delivery.secrets
    if settings.api.origins:  # otherwise there are no pages, and no access tokens to check
        secrets += (token_keys.ask_ahead,)
    of_this_machine = in_turn(numbers.load, send_request.load)
    return Wired(parts, ahead=(delivery.reach_voipit, in_turn(*secrets), of_this_machine))
