"""What holds for the guards table alone: its item, and the moments in it."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sms_gateway.adapters.circuit_table import CircuitTable
from sms_gateway.domain.circuit import Circuit, OpenReason
from tests.fakes.clock import START
from tests.support.tables import a_guards_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def table_name(dynamodb: "DynamoDBClient") -> str:
    return a_guards_table(dynamodb)


def test_the_circuit_is_one_item_that_anybody_can_read(
    dynamodb: "DynamoDBClient", table_name: str
) -> None:
    table = CircuitTable(dynamodb, table_name)
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
    table.close(table.get(), "v1", START)


@given(
    at=st.datetimes(datetime(2026, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
)
@example(at=datetime(2038, 1, 24, 22, 7, 28, 2000, UTC))
@example(at=datetime(2038, 1, 24, 22, 7, 28, 3000, UTC))
def test_an_outage_can_be_ended_whenever_it_began(
    dynamodb: "DynamoDBClient", table_name: str, at: datetime
) -> None:
    table = CircuitTable(dynamodb, table_name)
    table.open(OpenReason.CREDENTIALS, "v1", at, at + HOUR)

    assert table.take_ping(table.get(), at, at + HOUR)
    table.close(table.get(), "v2", START)
    assert table.get() == Circuit(proven="v2", proven_at=START)
