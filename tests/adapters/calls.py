"""Everything the gateway asks of its tables: by name, the operation and the call that makes it.

A call that makes several requests stands with the operation of its first.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sms_gateway.adapters.backlog import MessageBacklog
from sms_gateway.adapters.batches_table import BatchesTable
from sms_gateway.adapters.circuit_table import CircuitTable
from sms_gateway.adapters.clients_table import ClientsTable
from sms_gateway.adapters.intake import GuardedIntake
from sms_gateway.adapters.lookout import TableLookout
from sms_gateway.adapters.messages_table import MessagesTable
from sms_gateway.adapters.suppressions_table import SuppressionsTable
from sms_gateway.adapters.usage_counts import UsageCounts
from sms_gateway.domain.circuit import Circuit, OpenReason
from sms_gateway.domain.client import Client, ListedKey
from sms_gateway.domain.cursor import Position
from sms_gateway.domain.guards import Limits, Suppression
from sms_gateway.domain.message import Change
from sms_gateway.domain.search import Search
from sms_gateway.domain.status import Status, Trigger
from sms_gateway.domain.waits import Waits
from tests.fakes.builders import DUE, KEY, NUMBER, a_change, a_message, a_report, a_token
from tests.fakes.clock import START

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

Call: TypeAlias = "Callable[[DynamoDBClient], object]"

_LATER: Final = START + timedelta(hours=1)
_OUTAGE: Final = Circuit(OpenReason.CREDENTIALS, since=START, next_ping_at=_LATER, failed="v1")
_EVERY_GUARD: Final = Limits(10, 50, 10_000, timedelta(seconds=10), suppressions=True)
_QUEUED: Final = a_message(Status.QUEUED, counted_at=None)
_CLAIMING: Final = Change.claiming(_QUEUED, "claim-2", START, _LATER)


def _searching(**values: Any) -> Call:
    return lambda c: MessagesTable(c, "M").search(Search(**values), 9, None, START)


WRITES: Final[dict[str, tuple[str, Call]]] = {
    "MessagesTable.change": (
        "update_item",
        lambda c: MessagesTable(c, "M").change(KEY, a_change(Trigger.ACCEPTED)),
    ),
    "MessagesTable.close_try": (
        "update_item",
        lambda c: MessagesTable(c, "M").close_try(a_message(), a_report()),
    ),
    "MessagesTable.note_contradiction": (
        "update_item",
        lambda c: MessagesTable(c, "M").note_contradiction(KEY, a_report()),
    ),
    "MessagesTable.open_ahead": ("update_item", lambda c: MessagesTable(c, "M").open_ahead()),
    "MessagesTable.postpone": (
        "update_item",
        lambda c: MessagesTable(c, "M").postpone(a_message(), DUE),
    ),
    "CircuitTable.take_probe": (
        "update_item",
        lambda c: CircuitTable(c, "G").take_probe(START, _LATER),
    ),
    "CircuitTable.release_probe": ("update_item", lambda c: CircuitTable(c, "G").release_probe()),
    "CircuitTable.prove": ("update_item", lambda c: CircuitTable(c, "G").prove("v1", START)),
    "CircuitTable.doubt": ("update_item", lambda c: CircuitTable(c, "G").doubt("v1")),
    "CircuitTable.open": (
        "update_item",
        lambda c: CircuitTable(c, "G").open(OpenReason.IP_BLOCKED, "v1", START, _LATER),
    ),
    "CircuitTable.take_ping": (
        "update_item",
        lambda c: CircuitTable(c, "G").take_ping(_OUTAGE, START, _LATER),
    ),
    "CircuitTable.stay_open": (
        "update_item",
        lambda c: CircuitTable(c, "G").stay_open(_OUTAGE, _OUTAGE),
    ),
    "CircuitTable.miss": ("update_item", lambda c: CircuitTable(c, "G").miss(_OUTAGE, START)),
    "CircuitTable.find": ("update_item", lambda c: CircuitTable(c, "G").find(_OUTAGE)),
    "CircuitTable.close": (
        "update_item",
        lambda c: CircuitTable(c, "G").close(_OUTAGE, "v1", START),
    ),
    "SuppressionsTable.put": (
        "put_item",
        lambda c: SuppressionsTable(c, "G").put(Suppression(NUMBER, START, "clinic")),
    ),
    "SuppressionsTable.delete": ("delete_item", lambda c: SuppressionsTable(c, "G").delete(NUMBER)),
    "ClientsTable.enter": ("put_item", lambda c: ClientsTable(c, "G").enter("k1", Client("crm"))),
    "ClientsTable.know": ("update_item", lambda c: ClientsTable(c, "G").know({"crm"})),
    "ClientsTable.unlist": (
        "update_item",
        lambda c: ClientsTable(c, "G").unlist([ListedKey("k1", Client("crm"))]),
    ),
    "ClientsTable.let_expire": (
        "update_item",
        lambda c: ClientsTable(c, "G").let_expire("k1", START),
    ),
    "BatchesTable.remember": (
        "put_item",
        lambda c: BatchesTable(c, "G").remember("digest", "b-1", START),
    ),
    "GuardedIntake.claim, no guard": (
        "update_item",
        lambda c: GuardedIntake(MessagesTable(c, "M"), "G", Limits()).claim(_QUEUED, _CLAIMING),
    ),
}
"""Writes of one row each."""
TRANSACTIONS: Final[dict[str, tuple[str, Call]]] = {
    "GuardedIntake.store, no guard": (
        "transact_write_items",
        lambda c: GuardedIntake(MessagesTable(c, "M"), "G", Limits()).store(
            a_message(), id_is_chosen=False
        ),
    ),
    "GuardedIntake.store, every guard": (
        "transact_write_items",
        lambda c: GuardedIntake(MessagesTable(c, "M"), "G", _EVERY_GUARD).store(
            a_message(), id_is_chosen=False, instead_of="m-0", token=a_token()
        ),
    ),
    "GuardedIntake.claim, every guard": (
        "transact_write_items",
        lambda c: GuardedIntake(MessagesTable(c, "M"), "G", _EVERY_GUARD).claim(_QUEUED, _CLAIMING),
    ),
}
READS: Final[dict[str, tuple[str, Call]]] = {
    "MessagesTable.get": ("get_item", lambda c: MessagesTable(c, "M").get(KEY)),
    "MessagesTable.get_all": (
        "batch_get_item",
        lambda c: MessagesTable(c, "M").get_all([KEY]),
    ),
    "MessagesTable.due": (
        "query",
        lambda c: list(MessagesTable(c, "M").due(Waits.OUTSIDE, DUE)),
    ),
    "MessagesTable.list_for": (
        "query",
        lambda c: MessagesTable(c, "M").list_for("clinic", NUMBER, 20, Position(START, "m-1")),
    ),
    "MessagesTable.search, by id": ("query", _searching(message_id="m-1")),
    "MessagesTable.search, by number": (
        "query",
        _searching(phone_number=NUMBER, client="crm", since=START, until=_LATER),
    ),
    "MessagesTable.search, by status": ("query", _searching(status=Status.FAILED, since=START)),
    "MessagesTable.search, by client": ("query", _searching(client="crm", since=START)),
    "MessagesTable.search, queued": ("query", _searching(status=Status.QUEUED)),
    "TableLookout.look": (
        "batch_get_item",
        lambda c: TableLookout(CircuitTable(c, "G"), lambda: START, has_list=True).look(NUMBER),
    ),
    "CircuitTable.get": ("get_item", lambda c: CircuitTable(c, "G").get()),
    "ClientsTable.directory": ("get_item", lambda c: ClientsTable(c, "G").directory()),
    "ClientsTable.get": ("get_item", lambda c: ClientsTable(c, "G").get("k1")),
    "MessageBacklog.waiting": ("query", lambda c: MessageBacklog(c, "M").waiting(START)),
    "MessageBacklog.attention": (
        "query",
        lambda c: MessageBacklog(c, "M").attention(START, _LATER),
    ),
    "UsageCounts.of": (
        "batch_get_item",
        lambda c: UsageCounts(c, "G").of(["crm"], [START.date()]),
    ),
    "SuppressionsTable.among": (
        "batch_get_item",
        lambda c: SuppressionsTable(c, "G").among([NUMBER]),
    ),
    "SuppressionsTable.page": ("query", lambda c: SuppressionsTable(c, "G").page(9, NUMBER)),
    "SuppressionsTable.get": ("get_item", lambda c: SuppressionsTable(c, "G").get(NUMBER)),
}
CALLS: Final = WRITES | TRANSACTIONS | READS
