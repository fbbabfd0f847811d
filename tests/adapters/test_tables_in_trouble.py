"""What every call of every table comes to when DynamoDB refuses it or is not there."""

from inspect import getmembers, isfunction
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.stub import Stubber

from sms_gateway.adapters.backlog import MessageBacklog
from sms_gateway.adapters.batches_table import BatchesTable
from sms_gateway.adapters.circuit_table import CircuitTable
from sms_gateway.adapters.clients_table import ClientsTable
from sms_gateway.adapters.intake import GuardedIntake
from sms_gateway.adapters.lookout import TableLookout
from sms_gateway.adapters.message_item import key_attributes
from sms_gateway.adapters.messages_table import MessagesTable
from sms_gateway.adapters.suppressions_table import SuppressionsTable
from sms_gateway.adapters.usage_counts import UsageCounts
from sms_gateway.domain.circuit import Circuit
from sms_gateway.domain.errors import StoreUnavailableError
from tests.adapters.calls import CALLS, READS, WRITES, Call
from tests.adapters.dynamodb_clients import a_client, refusing, silent
from tests.fakes.builders import KEY


def test_no_call_of_a_table_is_left_out() -> None:
    tables = (
        BatchesTable,
        ClientsTable,
        GuardedIntake,
        CircuitTable,
        MessageBacklog,
        MessagesTable,
        SuppressionsTable,
        TableLookout,
        UsageCounts,
    )
    there_are = {
        f"{table.__name__}.{name}"
        for table in tables
        for name, _ in getmembers(table, isfunction)
        if not name.startswith("_")
    }
    asks_for_nothing = {"MessagesTable.as_put", "MessagesTable.as_update"}

    assert {name.partition(",")[0] for name in CALLS} == there_are - asks_for_nothing


@pytest.mark.parametrize(
    "code",
    [
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "InternalServerError",
        "AccessDeniedException",
        "ResourceNotFoundException",
    ],
)
@pytest.mark.parametrize(("operation", "call"), CALLS.values(), ids=CALLS)
def test_a_table_that_refuses_is_unavailable(operation: str, call: Call, code: str) -> None:
    with pytest.raises(StoreUnavailableError) as unavailable:
        call(refusing(operation, code))

    assert str(unavailable.value) == "The table refused the request."


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://dynamodb.test"),
        ConnectTimeoutError(endpoint_url="https://dynamodb.test"),
        ReadTimeoutError(endpoint_url="https://dynamodb.test"),
        NoCredentialsError(),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("call", [call for _, call in CALLS.values()], ids=CALLS)
def test_a_table_that_does_not_answer_is_unavailable(call: Call, error: Exception) -> None:
    with pytest.raises(StoreUnavailableError) as unavailable:
        call(silent(error))

    assert str(unavailable.value) == "The table did not answer."


def test_a_row_in_the_way_that_the_table_does_not_show_is_not_guessed_at() -> None:
    operation, call = WRITES["BatchesTable.remember"]

    with pytest.raises(StoreUnavailableError) as unavailable:
        call(refusing(operation, "ConditionalCheckFailedException"))

    assert str(unavailable.value) == "The table did not show the stored row."


@pytest.mark.parametrize(
    ("name", "table", "key", "nothing"),
    [
        ("MessagesTable.get", "M", key_attributes(KEY), None),
        ("CircuitTable.get", "G", {"guard": {"S": "circuit"}}, Circuit()),
        ("ClientsTable.get", "G", {"guard": {"S": "key#k1"}}, None),
        ("SuppressionsTable.get", "G", {"guard": {"S": "suppressed#+40721234567"}}, None),
    ],
)
def test_a_row_is_read_as_it_stands_this_moment(
    name: str, table: str, key: dict[str, Any], nothing: Circuit | None
) -> None:
    operation, call = READS[name]
    client = a_client()
    with Stubber(client) as stub:
        stub.add_response(operation, {}, {"TableName": table, "Key": key, "ConsistentRead": True})

        assert call(client) == nothing
