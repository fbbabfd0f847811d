"""The parts of the function `status`."""

from dataclasses import dataclass

from sms_gateway.adapters import aws
from sms_gateway.adapters.backlog import MessageBacklog
from sms_gateway.adapters.circuit_table import CircuitTable
from sms_gateway.adapters.clients_table import ClientsTable, RememberedClients
from sms_gateway.adapters.status_figures import CloudWatchFigures
from sms_gateway.adapters.suppressions_table import SuppressionsTable
from sms_gateway.adapters.usage_counts import UsageCounts
from sms_gateway.domain.access_token import TokenKey
from sms_gateway.domain.cursor import CursorKey
from sms_gateway.domain.message_id import new_message_id
from sms_gateway.domain.text import TextRules
from sms_gateway.entrypoints.api_event import Routes
from sms_gateway.entrypoints.logs import logger
from sms_gateway.entrypoints.metrics import NAMESPACE, Metric, metrics
from sms_gateway.entrypoints.rest_api import RestApi, rest_api
from sms_gateway.entrypoints.settings import StatusSettings
from sms_gateway.entrypoints.status_metrics import STATUS_METRICS
from sms_gateway.entrypoints.wiring import shared
from sms_gateway.entrypoints.wiring.init_phase import Wired, in_turn
from sms_gateway.entrypoints.wiring.numbers import phone_numbers
from sms_gateway.use_cases.access_tokens import CheckToken, MintToken
from sms_gateway.use_cases.list_clients import ListClients
from sms_gateway.use_cases.list_messages import ListMessages
from sms_gateway.use_cases.ports import Circuits, Clients
from sms_gateway.use_cases.preview_message import PreviewMessage
from sms_gateway.use_cases.read_message import ReadMessage, ReadPageMessage
from sms_gateway.use_cases.read_statistics import ReadStatistics
from sms_gateway.use_cases.search_messages import (
    ListSuppressions,
    SearchMessages,
    SignedPlaces,
)
from sms_gateway.use_cases.suppress import ReadSuppression


@dataclass(frozen=True, slots=True)
class StatusParts:
    """The routes, and the use cases behind them."""

    api: RestApi
    clients: Clients
    read_message: ReadMessage
    list_messages: ListMessages
    preview_message: PreviewMessage
    mint_token: MintToken
    check_token: CheckToken
    read_page_message: ReadPageMessage
    search_messages: SearchMessages
    list_suppressions: ListSuppressions
    read_suppression: ReadSuppression
    circuits: Circuits
    read_statistics: ReadStatistics
    list_clients: ListClients


def status_parts(settings: StatusSettings, routes: Routes) -> Wired[StatusParts]:
    """With the real world around them."""
    messages = shared.messages(settings.messages_table)
    numbers = phone_numbers(settings.rules)
    suppressions = SuppressionsTable(aws.dynamodb(), settings.guards_table)
    listed = suppressions if settings.suppressions else None
    cursor_keys = shared.signing_keys(CursorKey, settings.cursor_key_secret_arn)
    token_keys = shared.signing_keys(TokenKey, settings.token_key_secret_arn)
    clients = ClientsTable(aws.dynamodb(), settings.guards_table)
    circuits = CircuitTable(aws.dynamodb(), settings.guards_table)
    parts = StatusParts(
        api=rest_api(settings.api, routes),
        clients=RememberedClients(clients),
        read_message=ReadMessage(messages),
        list_messages=ListMessages(
            messages=messages,
            phone_numbers=numbers,
            keys=cursor_keys,
        ),
        preview_message=PreviewMessage(
            phone_numbers=numbers,
            text_rules=TextRules(settings.rules.cuts_long_text),
            suppressions=listed,
            now=shared.now,
        ),
        mint_token=MintToken(
            keys=token_keys,
            phone_numbers=numbers,
            suppressions=listed,
            origins=settings.api.origins,
            now=shared.now,
            new_id=new_message_id,
        ),
        check_token=CheckToken(token_keys, settings.api.origins, shared.now),
        read_page_message=ReadPageMessage(messages),
        search_messages=SearchMessages(messages, numbers, SignedPlaces(cursor_keys), shared.now),
        list_suppressions=ListSuppressions(suppressions, SignedPlaces(cursor_keys)),
        read_suppression=ReadSuppression(suppressions, numbers),
        circuits=circuits,
        read_statistics=ReadStatistics(
            CloudWatchFigures(
                client=aws.cloudwatch,
                namespace=NAMESPACE,
                service=metrics.service or "",
                metrics=STATUS_METRICS,
                alive=Metric.WATCH_RAN,
                in_trouble=_no_figures,
            ),
            MessageBacklog(aws.dynamodb(), settings.messages_table),
            shared.now,
        ),
        list_clients=ListClients(
            clients,
            UsageCounts(aws.dynamodb(), settings.guards_table),
            SignedPlaces(cursor_keys),
            settings.client_daily_limit,
            shared.now,
        ),
    )
    secrets = [cursor_keys.ask_ahead]
    if settings.api.origins:  # otherwise there are no pages, and no access tokens to check
        secrets.insert(0, token_keys.ask_ahead)
    # The circuit is read for the connection: every route asks the same table for its client.
    return Wired(parts, ahead=(circuits.get, in_turn(*secrets), numbers.load))


def _no_figures(error: Exception) -> None:
    logger.warning("CloudWatch gave no figures", exc_info=error)
