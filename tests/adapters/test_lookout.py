"""The port `Lookout`: one contract, held by the table and by the fake that stands in for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sms_gateway.adapters.circuit_table import CircuitTable
from sms_gateway.adapters.lookout import TableLookout
from sms_gateway.adapters.suppressions_table import SuppressionsTable
from sms_gateway.domain.circuit import Circuit, OpenReason
from sms_gateway.domain.guards import Suppression
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.use_cases.ports import BELIEVED_FOR, Circuits, Lookout, Seen, Suppressions
from tests.adapters.dynamodb_clients import calls_of
from tests.fakes.builders import NUMBER
from tests.fakes.circuits import FakeCircuits
from tests.fakes.clock import START, FakeClock
from tests.fakes.intake import FakeSuppressions
from tests.fakes.lookout import FakeLookout
from tests.support.tables import a_guards_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

OTHER_NUMBER = PhoneNumber("+40721234568")
LATER = START + timedelta(hours=1)


@dataclass
class Rows:
    """What is looked at, and the look."""

    circuits: Circuits
    suppressions: Suppressions
    lookout: Lookout
    clock: FakeClock


def in_table(client: "DynamoDBClient", *, has_list: bool = True) -> Rows:
    clock, table = FakeClock(), a_guards_table(client)
    circuits = CircuitTable(client, table)
    suppressions = SuppressionsTable(client, table)
    return Rows(circuits, suppressions, TableLookout(circuits, clock, has_list), clock)


@pytest.fixture(params=["fake", "table"])
def rows(request: pytest.FixtureRequest, dynamodb: "DynamoDBClient") -> Rows:
    if request.param == "table":
        return in_table(dynamodb)
    clock, circuits, suppressions = FakeClock(), FakeCircuits(), FakeSuppressions()
    return Rows(circuits, suppressions, FakeLookout(circuits, suppressions, clock), clock)


def prove(rows: Rows) -> None:
    rows.circuits.prove("v1", START)


def open_it(rows: Rows) -> None:
    rows.circuits.open(OpenReason.IP_BLOCKED, "v1", START, LATER)


@pytest.mark.parametrize("change", [lambda _: None, prove, open_it])
@pytest.mark.parametrize("listed", [NUMBER, OTHER_NUMBER])
def test_the_circuit_and_the_numbers_entry_are_seen_as_they_stand(
    rows: Rows, change: Callable[[Rows], None], listed: PhoneNumber
) -> None:
    change(rows)
    rows.suppressions.put(Suppression(listed, START, "clinic"))
    rows.clock.advance(60)

    seen = rows.lookout.look(NUMBER)

    assert seen == Seen(rows.circuits.get(), listed != NUMBER, START + timedelta(minutes=1))


def test_a_number_that_was_taken_off_the_list_is_free(rows: Rows) -> None:
    rows.suppressions.put(Suppression(NUMBER, START, "clinic"))
    rows.suppressions.delete(NUMBER)

    assert rows.lookout.look(NUMBER).is_unlisted


def test_both_are_one_consistent_read(dynamodb: "DynamoDBClient") -> None:
    rows = in_table(dynamodb)
    with calls_of(dynamodb) as made:
        rows.lookout.look(NUMBER)

    ((name, params),) = made
    ((wanted),) = params["RequestItems"].values()
    assert (name, wanted["ConsistentRead"], len(wanted["Keys"])) == ("BatchGetItem", True, 2)


def test_without_a_list_the_circuit_alone_is_read_and_no_number_counts_as_free(
    dynamodb: "DynamoDBClient",
) -> None:
    rows = in_table(dynamodb, has_list=False)
    prove(rows)
    with calls_of(dynamodb) as made:
        seen = rows.lookout.look(NUMBER)

    assert [name for name, _ in made] == ["GetItem"]
    assert seen == Seen(Circuit(proven="v1", proven_at=START), is_unlisted=False, at=START)


@pytest.mark.parametrize("is_unlisted", [True, False])
def test_a_look_is_believed_for_a_second(*, is_unlisted: bool) -> None:
    seen = Seen(Circuit(), is_unlisted, START)

    assert seen.is_unlisted_at(START + BELIEVED_FOR) is is_unlisted
    assert seen.is_unlisted_at(START + BELIEVED_FOR + timedelta(milliseconds=1)) is False
    assert seen.is_unlisted_at(START - BELIEVED_FOR - timedelta(milliseconds=1)) is False
