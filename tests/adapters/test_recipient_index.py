"""What holds for lists from the table alone: what they cost, and their trouble with AWS."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from sms_gateway.adapters.dynamodb import TRIES_OF_A_REQUEST
from sms_gateway.adapters.message_item import key_attributes, to_item
from sms_gateway.adapters.recipient_index import read_messages
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.message import Change
from sms_gateway.domain.status import Status, Trigger
from sms_gateway.use_cases.ports import Listed
from tests.adapters.dynamodb_clients import a_client, calls_of
from tests.fakes.builders import NUMBER, a_change, a_message, a_report, key
from tests.fakes.clock import START
from tests.support.tables import OpenMessages

TABLE = "Messages"


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    monkeypatch.setattr("time.sleep", lambda _: None)
    stub = Stubber(a_client())
    stub.activate()
    return stub


def stored(table: OpenMessages, number: int) -> None:
    for position in range(number):
        created_at = START + timedelta(milliseconds=position)
        table.create(a_message(message_id=f"m-{position:03}", created_at=created_at))


def test_a_page_costs_one_query_and_one_read_wherever_it_begins(table: OpenMessages) -> None:
    stored(table, 12)

    with calls_of(table.client) as made:
        after = table.list_for("clinic", NUMBER, 5, None).last
        table.list_for("clinic", NUMBER, 5, after)

    assert [operation for operation, _ in made] == ["Query", "BatchGetItem"] * 2


def test_an_empty_list_costs_one_query(table: OpenMessages) -> None:
    with calls_of(table.client) as made:
        assert table.list_for("clinic", NUMBER, 5, None) == Listed([], [])

    assert [operation for operation, _ in made] == ["Query"]


def test_each_message_is_read_as_it_stands_this_moment(table: OpenMessages) -> None:
    stored(table, 2)

    with calls_of(table.client) as made:
        table.list_for("clinic", NUMBER, 5, None)

    (read,) = [params for operation, params in made if operation == "BatchGetItem"]
    assert read["RequestItems"][table.table_name]["ConsistentRead"] is True


@pytest.mark.parametrize(
    "change",
    [
        lambda table, row: table.change(row.key, a_change(Trigger.NOT_TAKEN)),
        lambda table, row: table.change(row.key, Change.reported(a_report())),
        lambda table, row: table.note_contradiction(row.key, a_report()),
        lambda table, row: table.postpone(row, START + timedelta(hours=1)),
    ],
    ids=["change", "report", "contradiction", "postpone"],
)
def test_nothing_that_happens_to_a_message_is_written_to_the_index(
    table: OpenMessages, change: Callable[..., object]
) -> None:
    message = a_message()
    table.create(message)

    with calls_of(table.client) as made:
        change(table, message)

    (_, write), *_ = made
    words = set(write["UpdateExpression"].replace(",", " ").split())
    assert words.isdisjoint({"phoneNumber", "clientCreatedAt", "messageId", "client"})


def test_a_message_that_expires_after_the_index_was_read_is_left_out(table: OpenMessages) -> None:
    stored(table, 4)

    def expire(**_: Any) -> None:
        gone = key_attributes(key("m-002"))
        boto3.client("dynamodb").delete_item(TableName=table.table_name, Key=gone)

    table.client.meta.events.register("provide-client-params.dynamodb.BatchGetItem", expire)

    first = table.list_for("clinic", NUMBER, 2, None)
    rest = table.list_for("clinic", NUMBER, 2, first.last)

    assert [[m.message_id for m in page.messages] for page in (first, rest)] == [
        ["m-003"],
        ["m-001", "m-000"],
    ]
    assert rest.last is None


def test_a_row_from_before_the_index_was_there_is_in_no_list(table: OpenMessages) -> None:
    item = to_item(a_message())
    del item["clientCreatedAt"]
    table.client.put_item(TableName=table.table_name, Item=item)

    assert table.get(a_message().key) == a_message()
    assert table.list_for("clinic", NUMBER, 5, None) == Listed([], [])


def test_a_row_of_another_release_is_named_and_the_others_are_shown(table: OpenMessages) -> None:
    for number in range(3):
        table.create(a_message(message_id=f"m-{number}"))
    item = to_item(a_message(message_id="m-1"))
    table.client.put_item(TableName=table.table_name, Item=item | {"status": {"S": "delivered"}})

    listed = table.list_for("clinic", NUMBER, 5, None)

    assert [message.message_id for message in listed.messages] == ["m-2", "m-0"]
    assert listed.unreadable == ["m-1"]


def wanted(*ids: str) -> dict[str, Any]:
    keys = [key_attributes(key(message_id)) for message_id in ids]
    return {TABLE: {"Keys": keys, "ConsistentRead": True}}


def answer(*ids: str, left: tuple[str, ...] = ()) -> dict[str, Any]:
    created = {"a": 0, "b": 1, "c": 2}
    items = [
        to_item(
            a_message(
                Status.QUEUED,
                message_id=message_id,
                created_at=START + timedelta(milliseconds=created[message_id]),
            )
        )
        for message_id in ids
    ]
    return {"Responses": {TABLE: items}, "UnprocessedKeys": wanted(*left) if left else {}}


KEYS = [key(message_id) for message_id in "cba"]


def test_keys_that_were_left_aside_are_asked_for_again(stub: Stubber) -> None:
    stub.add_response(
        "batch_get_item", answer("a", left=("c", "b")), {"RequestItems": wanted(*"cba")}
    )
    stub.add_response("batch_get_item", answer(left=("b", "c")), {"RequestItems": wanted(*"cb")})
    stub.add_response("batch_get_item", answer("b", "c"), {"RequestItems": wanted(*"bc")})
    client: Any = stub.client

    found, unreadable = read_messages(client, TABLE, KEYS)

    assert [message.message_id for message in found] == ["c", "b", "a"]
    assert unreadable == []
    stub.assert_no_pending_responses()


def test_they_are_not_asked_for_for_ever(stub: Stubber) -> None:
    for _ in range(TRIES_OF_A_REQUEST):
        stub.add_response("batch_get_item", answer(left=tuple("cba")))
    client: Any = stub.client

    with pytest.raises(StoreUnavailableError):
        read_messages(client, TABLE, KEYS)

    stub.assert_no_pending_responses()


def test_the_last_time_counts(stub: Stubber) -> None:
    for _ in range(TRIES_OF_A_REQUEST - 1):
        stub.add_response("batch_get_item", answer(left=tuple("cba")))
    stub.add_response("batch_get_item", answer(*"abc"))
    client: Any = stub.client

    assert len(read_messages(client, TABLE, KEYS)[0]) == 3


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "BatchGetItem"),
        EndpointConnectionError(endpoint_url="https://dynamodb.test"),
    ],
    ids=["refused", "no answer"],
)
def test_a_table_that_is_in_trouble_after_the_index_was_read_is_unavailable(
    table: OpenMessages, error: Exception
) -> None:
    def fail(**_: Any) -> None:
        raise error

    stored(table, 1)
    table.client.meta.events.register("before-call.dynamodb.BatchGetItem", fail)

    with pytest.raises(StoreUnavailableError):
        table.list_for("clinic", NUMBER, 5, None)
