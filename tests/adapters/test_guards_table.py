"""What holds for the guards table alone: its item, and its trouble with AWS."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sms_gateway.adapters.guards_table import GuardsTable
from sms_gateway.domain.circuit import Circuit, OpenReason
from sms_gateway.domain.errors import StoreUnavailableError
from tests.adapters.tables import a_guards_table
from tests.fakes.clock import START

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HOUR = timedelta(hours=1)
OPEN = Circuit(OpenReason.CREDENTIALS, since=START, next_ping_at=START + HOUR, failed="v1")

Call = Callable[[GuardsTable], object]
UPDATES: dict[str, Call] = {
    "take_probe": lambda table: table.take_probe(START, START + HOUR),
    "release_probe": GuardsTable.release_probe,
    "prove": lambda table: table.prove("v1"),
    "open": lambda table: table.open(OpenReason.IP_BLOCKED, "v1", START, START + HOUR),
    "take_ping": lambda table: table.take_ping(OPEN, START + HOUR, "v1"),
    "doubt": lambda table: table.doubt("v1"),
    "stay_open": lambda table: table.stay_open(OPEN, OpenReason.IP_BLOCKED, START),
    "close": lambda table: table.close(OPEN, "v1"),
}
CALLS: dict[str, Call] = {**UPDATES, "get": GuardsTable.get}


def a_client() -> "DynamoDBClient":
    return boto3.client(
        "dynamodb",
        region_name="eu-central-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
    )


@pytest.fixture(scope="module")
def dynamodb(aws: None) -> "DynamoDBClient":  # noqa: ARG001  what the client speaks to
    return boto3.client("dynamodb")


@pytest.fixture(scope="module")
def table_name(dynamodb: "DynamoDBClient") -> str:
    return a_guards_table(dynamodb)


def test_the_circuit_is_one_item_that_anybody_can_read(
    dynamodb: "DynamoDBClient", table_name: str
) -> None:
    table = GuardsTable(dynamodb, table_name)
    table.release_probe()
    table.open(OpenReason.CREDENTIALS, "v1", START, START + HOUR)

    items = dynamodb.scan(TableName=table_name)["Items"]

    assert items == [
        {
            "guard": {"S": "circuit"},
            "reason": {"S": "credentials"},
            "failed": {"S": "v1"},
            "since": {"N": "1795358100123"},
            "nextPingAt": {"N": "1795361700123"},
            "pings": {"N": "0"},
        }
    ]
    table.close(table.get(), "v1")


@settings(deadline=None)  # a machine that is busy is no error
@given(
    at=st.datetimes(datetime(2026, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
)
@example(at=datetime(2038, 1, 24, 22, 7, 28, 2000, UTC))
@example(at=datetime(2038, 1, 24, 22, 7, 28, 3000, UTC))
def test_an_outage_can_be_ended_whenever_it_began(
    dynamodb: "DynamoDBClient", table_name: str, at: datetime
) -> None:
    table = GuardsTable(dynamodb, table_name)
    table.open(OpenReason.CREDENTIALS, "v1", at, at + HOUR)

    assert table.take_ping(table.get(), at + HOUR, "v2")
    table.close(table.get(), "v2")
    assert table.get() == Circuit(proven="v2")


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "InternalServerError", "AccessDeniedException"]
)
@pytest.mark.parametrize("name", CALLS)
def test_a_table_that_refuses_is_unavailable(name: str, code: str) -> None:
    client = a_client()
    with Stubber(client) as stub:
        operation = "get_item" if name == "get" else "update_item"
        stub.add_client_error(operation, service_error_code=code, http_status_code=400)

        with pytest.raises(StoreUnavailableError) as unavailable:
            CALLS[name](GuardsTable(client, "Guards"))

    assert str(unavailable.value) == "The table refused the request."


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://dynamodb.test"),
        ReadTimeoutError(endpoint_url="https://dynamodb.test"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_table_that_does_not_answer_is_unavailable(
    call: Call, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    client = a_client()
    monkeypatch.setattr(client, "_make_api_call", fail)

    with pytest.raises(StoreUnavailableError) as unavailable:
        call(GuardsTable(client, "Guards"))

    assert str(unavailable.value) == "The table did not answer."


def test_the_circuit_is_read_as_it_stands_this_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    client = a_client()
    asked: list[dict[str, Any]] = []

    def keep(_: str, parameters: dict[str, Any]) -> dict[str, Any]:
        asked.append(parameters)
        return {}

    monkeypatch.setattr(client, "_make_api_call", keep)

    assert GuardsTable(client, "Guards").get() == Circuit()
    assert [parameters["ConsistentRead"] for parameters in asked] == [True]
