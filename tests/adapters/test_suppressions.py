"""The port `Suppressions`: one contract, held by the table and by the fake of it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber

from sms_gateway.adapters.dynamodb import TRIES_OF_A_REQUEST
from sms_gateway.adapters.guard_items import of_suppression
from sms_gateway.adapters.suppressions_table import SuppressionsTable
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.guards import Suppression
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.use_cases.ports import Suppressions
from tests.adapters.dynamodb_clients import a_client
from tests.fakes.builders import NUMBER
from tests.fakes.clock import START
from tests.fakes.intake import FakeSuppressions
from tests.fakes.messages import Outage
from tests.support.tables import a_guards_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

OTHER = PhoneNumber("+40721234568")
ENTRY = Suppression(NUMBER, START, "clinic")
LATER = Suppression(NUMBER, START + timedelta(days=9), "shop")


def in_dynamodb(client: "DynamoDBClient") -> SuppressionsTable:
    return SuppressionsTable(client, a_guards_table(client))


@pytest.fixture(params=["fake", "table"])
def suppressions(request: pytest.FixtureRequest, dynamodb: "DynamoDBClient") -> Suppressions:
    return FakeSuppressions() if request.param == "fake" else in_dynamodb(dynamodb)


def test_a_number_nobody_has_entered_is_not_on_the_list(suppressions: Suppressions) -> None:
    assert suppressions.get(NUMBER) is None


def test_an_entry_is_read_back(suppressions: Suppressions) -> None:
    suppressions.put(ENTRY)

    assert suppressions.get(NUMBER) == ENTRY
    assert suppressions.get(OTHER) is None


def test_the_first_entry_stays(suppressions: Suppressions) -> None:
    suppressions.put(ENTRY)

    suppressions.put(LATER)

    assert suppressions.get(NUMBER) == ENTRY


def test_a_number_that_was_taken_off_is_not_on_the_list(suppressions: Suppressions) -> None:
    suppressions.put(ENTRY)
    suppressions.put(Suppression(OTHER, START, "clinic"))

    suppressions.delete(NUMBER)

    assert suppressions.get(NUMBER) is None
    assert suppressions.get(OTHER) == Suppression(OTHER, START, "clinic")


def test_a_number_that_is_not_on_the_list_can_be_taken_off(suppressions: Suppressions) -> None:
    suppressions.delete(NUMBER)

    assert suppressions.get(NUMBER) is None


def test_the_list_is_read_page_by_page_in_the_order_of_its_numbers(
    suppressions: Suppressions,
) -> None:
    entries = [Suppression(PhoneNumber(f"+4072123456{n}"), START, "clinic") for n in range(5)]
    for entry in reversed(entries):
        suppressions.put(entry)
    suppressions.delete(entries[3].phone_number)
    del entries[3]

    assert suppressions.page(10, None) == entries
    assert suppressions.page(2, None) == entries[:2]
    assert suppressions.page(2, entries[1].phone_number) == entries[2:]
    assert suppressions.page(2, PhoneNumber("+40721234563")) == entries[3:], "where one was"
    assert suppressions.page(2, entries[-1].phone_number) == []


def test_a_number_that_comes_back_has_a_new_entry(suppressions: Suppressions) -> None:
    suppressions.put(ENTRY)
    suppressions.delete(NUMBER)

    suppressions.put(LATER)

    assert suppressions.get(NUMBER) == LATER


def test_those_among_many_that_are_on_the_list_are_found(suppressions: Suppressions) -> None:
    suppressions.put(ENTRY)
    suppressions.put(Suppression(PhoneNumber("+40799000001"), START, "clinic"))

    assert suppressions.among([OTHER, NUMBER]) == {NUMBER}
    assert suppressions.among([OTHER]) == frozenset()
    assert suppressions.among([]) == frozenset()


def test_a_number_may_be_asked_for_twice_and_a_hundred_at_once(suppressions: Suppressions) -> None:
    hundred = [PhoneNumber(f"+407210000{n:02}") for n in range(100)]
    for number in hundred[::3]:
        suppressions.put(Suppression(number, START, "clinic"))

    assert suppressions.among([*hundred, *hundred]) == set(hundred[::3])


def test_the_fake_can_be_away() -> None:
    suppressions = FakeSuppressions()
    suppressions.be_unavailable("put", Outage.AFTER)

    with pytest.raises(StoreUnavailableError):
        suppressions.put(ENTRY)

    assert suppressions.get(NUMBER) == ENTRY


def test_an_item_is_what_its_documentation_says_and_has_no_time_to_live(
    dynamodb: "DynamoDBClient",
) -> None:
    table = in_dynamodb(dynamodb)
    table.put(ENTRY)

    assert dynamodb.scan(TableName=table.table_name)["Items"] == [
        {
            "guard": {"S": "suppressed#+40721234567"},
            "phoneNumber": {"S": "+40721234567"},
            "since": {"S": "2026-11-22T14:35:00.123Z"},
            "client": {"S": "clinic"},
            "list": {"S": "suppressed"},
        }
    ]


def wanted(*numbers: PhoneNumber) -> dict[str, Any]:
    keys = [{"guard": {"S": of_suppression(number)}} for number in numbers]
    return {"G": {"Keys": keys, "ConsistentRead": True}}


def found(*numbers: PhoneNumber, left: tuple[PhoneNumber, ...] = ()) -> dict[str, Any]:
    items = [{"phoneNumber": {"S": number.e164}} for number in numbers]
    return {"Responses": {"G": items}, "UnprocessedKeys": wanted(*left) if left else {}}


def test_keys_that_were_left_aside_are_asked_for_again() -> None:
    client = a_client()
    with Stubber(client) as stub:
        stub.add_response(
            "batch_get_item",
            found(NUMBER, left=(OTHER,)),
            {"RequestItems": wanted(NUMBER, OTHER)},
        )
        stub.add_response("batch_get_item", found(OTHER), {"RequestItems": wanted(OTHER)})

        assert SuppressionsTable(client, "G").among([NUMBER, OTHER]) == {NUMBER, OTHER}
        stub.assert_no_pending_responses()


def test_nobody_is_taken_for_absent_while_keys_are_left_aside() -> None:
    client = a_client()
    with Stubber(client) as stub:
        for _ in range(TRIES_OF_A_REQUEST):
            stub.add_response("batch_get_item", found(left=(NUMBER,)))

        with pytest.raises(StoreUnavailableError):
            SuppressionsTable(client, "G").among([NUMBER])
        stub.assert_no_pending_responses()
