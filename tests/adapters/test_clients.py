"""Which client a key belongs to: the rows, and what a process remembers of them."""

from typing import TYPE_CHECKING, Any

import pytest

from sms_gateway.adapters.clients_table import (
    MAX_REMEMBERED,
    PAUSE_AFTER_FAILURE,
    REMEMBERED_FOR,
    ClientsTable,
    RememberedClients,
)
from sms_gateway.adapters.dynamodb import ConditionFailedError
from sms_gateway.domain.client import Client, Directory, ListedKey, Role
from sms_gateway.domain.errors import StoreUnavailableError, UnreadableRowError
from tests.adapters.dynamodb_clients import calls_of
from tests.fakes.clock import START, FakeClock
from tests.support.tables import a_guards_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from sms_gateway.use_cases.ports import Clients

CRM = Client("crm")
ANA = Client("ana", Role.OPERATOR)


@pytest.fixture
def table(dynamodb: "DynamoDBClient") -> ClientsTable:
    return ClientsTable(dynamodb, a_guards_table(dynamodb))


# --- the rows -----------------------------------------------------------------------------------


def test_a_key_that_was_never_entered_has_no_row(table: ClientsTable) -> None:
    assert table.get("k1") is None


def test_a_client_is_read_back_by_each_of_its_keys(table: ClientsTable) -> None:
    table.enter("k1", CRM)
    table.enter("k2", CRM)
    table.enter("k3", ANA)

    assert [table.get(key) for key in ("k1", "k2", "k3")] == [CRM, CRM, ANA]


@pytest.mark.parametrize("other", [Client("shop"), Client("crm", Role.OPERATOR)])
def test_a_key_stays_with_its_client(table: ClientsTable, other: Client) -> None:
    table.enter("k1", CRM)
    table.enter("k1", CRM)

    with pytest.raises(ConditionFailedError):
        table.enter("k1", other)

    assert table.get("k1") == CRM


def test_a_row_that_expires_is_the_keys_for_as_long_as_it_is_there(table: ClientsTable) -> None:
    table.enter("k1", CRM)

    table.let_expire("k1", START)

    assert table.get("k1") == CRM


def test_no_row_is_made_in_order_to_expire(table: ClientsTable) -> None:
    with pytest.raises(ConditionFailedError):
        table.let_expire("k1", START)

    assert table.get("k1") is None


def test_an_item_is_what_its_documentation_says(
    table: ClientsTable, dynamodb: "DynamoDBClient"
) -> None:
    table.enter("k1", ANA)
    item = {"guard": {"S": "key#k1"}, "client": {"S": "ana"}, "role": {"S": "operator"}}
    assert dynamodb.scan(TableName=table.table_name)["Items"] == [item]

    table.let_expire("k1", START)
    expiring = item | {"expiresAt": {"N": "1795358101"}}
    assert dynamodb.scan(TableName=table.table_name)["Items"] == [expiring]


def test_a_role_of_a_later_release_is_not_taken_for_one_of_ours(
    table: ClientsTable, dynamodb: "DynamoDBClient"
) -> None:
    item = {"guard": {"S": "key#k1"}, "client": {"S": "ana"}, "role": {"S": "auditor"}}
    dynamodb.put_item(TableName=table.table_name, Item=item)

    with pytest.raises(UnreadableRowError):
        table.get("k1")


def test_a_role_of_a_later_release_ends_what_is_remembered_of_the_key(
    world: "World", dynamodb: "DynamoDBClient"
) -> None:
    world.table.enter("k1", CRM)
    world.clients.of_key("k1")
    item = {"guard": {"S": "key#k1"}, "client": {"S": "crm"}, "role": {"S": "auditor"}}
    dynamodb.put_item(TableName=world.table.table_name, Item=item)
    world.clock.advance(60)

    for _ in range(2):
        with pytest.raises(UnreadableRowError):
            world.clients.of_key("k1")


# --- the directory ------------------------------------------------------------------------------

CRM_KEY, ANA_KEY = ListedKey("k1", CRM), ListedKey("k2", ANA)


def test_the_directory_of_an_earlier_release_has_names_and_no_keys(table: ClientsTable) -> None:
    assert table.directory() == Directory(frozenset(), None)

    table.know({"crm", "shop"})

    assert table.directory() == Directory(frozenset({"crm", "shop"}), None)


def test_keys_are_entered_into_the_directory_and_taken_out_and_names_stay(
    table: ClientsTable,
) -> None:
    table.know({"crm"}, [CRM_KEY])
    table.know({"ana"}, [CRM_KEY, ANA_KEY])
    names = frozenset({"crm", "ana"})
    assert table.directory() == Directory(names, frozenset({CRM_KEY, ANA_KEY}))

    table.unlist([CRM_KEY, ListedKey("k9", CRM)])
    table.unlist([])

    assert table.directory() == Directory(names, frozenset({ANA_KEY}))


def test_a_key_with_a_role_of_a_later_release_is_left_out_of_the_directory(
    table: ClientsTable, dynamodb: "DynamoDBClient"
) -> None:
    table.know({"crm"}, [CRM_KEY])
    dynamodb.update_item(
        TableName=table.table_name,
        Key={"guard": {"S": "known-clients"}},
        UpdateExpression="ADD #keys :keys",
        ExpressionAttributeNames={"#keys": "keys"},
        ExpressionAttributeValues={":keys": {"SS": ["k3#auditor#eve"]}},
    )

    assert table.directory().keys == frozenset({CRM_KEY})


# --- what is remembered -------------------------------------------------------------------------


class World:
    """The rows, a clock, and a process that remembers; `asked` are the table's look-ups."""

    def __init__(self, table: ClientsTable, asked: list[Any]) -> None:
        self.table = table
        self.asked = asked
        self.clock = FakeClock()
        self.clients: Clients = RememberedClients(table, self.clock.time)

    def be_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_: object, key_id: str) -> None:
            self.asked.append(key_id)
            raise StoreUnavailableError("The table did not answer.")

        monkeypatch.setattr(ClientsTable, "get", fail)


@pytest.fixture
def world(table: ClientsTable) -> "Iterator[World]":
    with calls_of(table.client) as asked:
        yield World(table, asked)


@pytest.mark.parametrize("entered", [True, False])
def test_a_key_is_asked_about_once_a_minute(world: World, *, entered: bool) -> None:
    if entered:
        world.table.enter("k1", CRM)
    expected = CRM if entered else Client("k1")
    world.asked.clear()

    assert world.clients.of_key("k1") == expected
    world.clock.advance(REMEMBERED_FOR - 0.001)
    assert world.clients.of_key("k1") == expected
    assert len(world.asked) == 1
    world.clock.advance(0.001)
    assert world.clients.of_key("k1") == expected
    assert len(world.asked) == 2


def test_a_minute_is_sixty_seconds() -> None:
    assert REMEMBERED_FOR == 60


def test_a_key_that_was_entered_is_another_client_a_minute_later(world: World) -> None:
    assert world.clients.of_key("k1") == Client("k1")
    world.table.enter("k1", CRM)

    world.clock.advance(REMEMBERED_FOR - 0.001)
    assert world.clients.of_key("k1") == Client("k1")
    world.clock.advance(0.001)
    assert world.clients.of_key("k1") == CRM


def test_a_clock_that_was_set_back_does_not_keep_an_answer_for_longer(world: World) -> None:
    world.clients.of_key("k1")
    world.table.enter("k1", CRM)

    world.clock.advance(-3600)

    assert world.clients.of_key("k1") == CRM


def test_while_the_table_is_away_what_is_remembered_is_used_however_old_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.table.enter("k1", CRM)
    world.clients.of_key("k1")
    world.clients.of_key("k2")
    world.be_away(monkeypatch)

    for _ in range(3):
        world.clock.advance(24 * 3600)
        assert world.clients.of_key("k1") == CRM
        assert world.clients.of_key("k2") == Client("k2")


def test_nobody_can_tell_whose_a_new_key_is_while_the_table_is_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.clients.of_key("k1")
    world.be_away(monkeypatch)

    for _ in range(2):
        with pytest.raises(StoreUnavailableError):
            world.clients.of_key("k2")


def test_a_failure_is_not_remembered_as_an_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.table.enter("k1", CRM)
    with monkeypatch.context() as meanwhile:
        world.be_away(meanwhile)
        with pytest.raises(StoreUnavailableError):
            world.clients.of_key("k1")

    assert world.clients.of_key("k1") == CRM


def test_a_table_that_did_not_answer_is_left_alone_for_a_moment_and_then_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.clients.of_key("k1")
    world.table.enter("k1", CRM)
    world.clock.advance(REMEMBERED_FOR)
    with monkeypatch.context() as meanwhile:
        world.be_away(meanwhile)
        world.asked.clear()
        for _ in range(3):
            world.clients.of_key("k1")
        assert world.asked == ["k1"]

    world.clock.advance(PAUSE_AFTER_FAILURE - 0.001)
    assert world.clients.of_key("k1") == Client("k1")
    world.clock.advance(0.001)
    assert world.clients.of_key("k1") == CRM


def test_many_keys_do_not_make_the_memory_grow_and_the_last_ones_stay(world: World) -> None:
    clients = world.clients
    assert isinstance(clients, RememberedClients)
    for number in range(MAX_REMEMBERED):
        clients.of_key(f"k{number}")
    world.clock.advance(REMEMBERED_FOR)
    clients.of_key("k0")  # asked about anew, so it is the last one now
    for number in range(MAX_REMEMBERED, MAX_REMEMBERED + 10):
        clients.of_key(f"k{number}")
    world.asked.clear()

    assert len(clients._known) == MAX_REMEMBERED  # noqa: SLF001  nothing else shows it
    assert clients.of_key("k0") == Client("k0")
    assert world.asked == []
    clients.of_key("k1")
    assert len(world.asked) == 1
    assert len(clients._known) == MAX_REMEMBERED  # noqa: SLF001
