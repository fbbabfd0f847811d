"""Which rows are in the sparse indexes that only people ask: `attention`, and `list` of Guards."""

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from sms_gateway.adapters.batches_table import BatchesTable
from sms_gateway.adapters.circuit_table import CircuitTable
from sms_gateway.adapters.intake import GuardedIntake
from sms_gateway.adapters.message_item import key_of
from sms_gateway.adapters.suppressions_table import SuppressionsTable
from sms_gateway.domain.circuit import OpenReason
from sms_gateway.domain.guards import Limits, Suppression
from sms_gateway.domain.message import Change
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import ReportStatus
from sms_gateway.domain.status import MOVES, Status, Trigger
from tests.fakes.builders import DUE, KEY, OTHER_CLIENT, a_change, a_message, a_report, key
from tests.fakes.clock import START
from tests.support.tables import OpenMessages, a_guards_table, a_messages_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NEED_ATTENTION = {Status.FAILED, Status.UNCONFIRMED, Status.NO_REPORT}
EVERY_GUARD = Limits(10, 50, 10_000, timedelta(seconds=10), suppressions=True)


def in_attention(table: OpenMessages) -> dict[MessageKey, str]:
    """The partition of each message that the index holds."""
    items = table.client.scan(TableName=table.table_name, IndexName="attention")["Items"]
    return {key_of(item): item["attention"]["S"] for item in items}


@pytest.mark.parametrize(
    ("source", "trigger"),
    [(source, trigger) for trigger in Trigger for source in sorted(MOVES[trigger].sources)],
    ids=str,
)
def test_after_each_move_a_row_is_there_if_its_status_needs_attention(
    table: OpenMessages, source: Status, trigger: Trigger
) -> None:
    table.create(a_message(source))
    assert set(in_attention(table)) == ({KEY} if source in NEED_ATTENTION else set())

    changed = table.change(KEY, a_change(trigger))

    place = {KEY: f"{changed.status}#2026-11-22"}
    assert in_attention(table) == (place if changed.status in NEED_ATTENTION else {})


@pytest.mark.parametrize("status", [Status.UNCONFIRMED, Status.NO_REPORT])
@pytest.mark.parametrize(
    ("word", "places"), [(ReportStatus.SENT, []), (ReportStatus.ERROR, ["failed#2026-11-22"])]
)
def test_a_late_report_takes_a_row_out_or_to_another_place(
    table: OpenMessages, status: Status, word: ReportStatus, places: list[str]
) -> None:
    table.create(a_message(status))
    assert list(in_attention(table).values()) == [f"{status}#2026-11-22"]

    table.change(KEY, Change.reported(a_report(word)))

    assert list(in_attention(table).values()) == places


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 23, 1, 59, tzinfo=timezone(timedelta(hours=2))), "2026-11-22"),
        (datetime(2026, 11, 23, 2, 0, tzinfo=timezone(timedelta(hours=2))), "2026-11-23"),
        (datetime(2026, 11, 22, 19, 0, tzinfo=timezone(timedelta(hours=-5))), "2026-11-23"),
    ],
    ids=["yesterday in UTC", "midnight in UTC", "tomorrow in UTC"],
)
def test_the_day_is_that_of_the_change_in_utc(table: OpenMessages, at: datetime, day: str) -> None:
    table.create(a_message())

    table.change(KEY, a_change(Trigger.REFUSED, at=at))

    assert in_attention(table) == {KEY: f"failed#{day}"}


def test_what_changes_no_status_leaves_a_row_where_it_is(table: OpenMessages) -> None:
    message = a_message(Status.UNCONFIRMED)
    table.create(message)
    before = in_attention(table)

    table.note_contradiction(KEY, a_report())
    table.postpone(message, DUE + timedelta(days=2))

    assert in_attention(table) == before != {}


def test_the_messages_of_one_status_and_day_come_in_the_order_of_their_last_change(
    table: OpenMessages,
) -> None:
    for second, of in enumerate([key("c"), key("a"), key("a", OTHER_CLIENT), key("b")]):
        table.create(a_message(message_id=of.message_id, client=of.client))
        at = START + timedelta(seconds=second)
        table.change(of, a_change(Trigger.REFUSED, at=at))
    values: Any = {":place": {"S": "failed#2026-11-22"}}

    items = table.client.query(
        TableName=table.table_name,
        IndexName="attention",
        KeyConditionExpression="attention = :place",
        ExpressionAttributeValues=values,
    )["Items"]

    assert [key_of(item) for item in items] == [
        key("c"), key("a"), key("a", OTHER_CLIENT), key("b"),
    ]  # fmt: skip
    assert {name for item in items for name in item} == {
        "messageId", "client", "attention", "updatedAt",
    }  # fmt: skip


def on_the_list(client: "DynamoDBClient", guards: str) -> list[dict[str, Any]]:
    values: Any = {":list": {"S": "suppressed"}}
    answer = client.query(
        TableName=guards,
        IndexName="list",
        KeyConditionExpression="#list = :list",
        ExpressionAttributeNames={"#list": "list"},
        ExpressionAttributeValues=values,
    )
    return list(answer["Items"])


def test_the_list_holds_the_do_not_contact_list_by_number_and_nothing_else(
    dynamodb: "DynamoDBClient",
) -> None:
    guards = a_guards_table(dynamodb)
    suppressions = SuppressionsTable(dynamodb, guards)
    numbers = ["+40721234568", "+3611234567", "+40721234567", "+4072123456"]
    for number in numbers:
        suppressions.put(Suppression(PhoneNumber(number), START, "clinic"))
    messages = a_messages_table(dynamodb)
    elsewhere = a_message(phone_number=PhoneNumber("+40799000001"))
    GuardedIntake(messages, guards, EVERY_GUARD).store(elsewhere, id_is_chosen=False)
    BatchesTable(dynamodb, guards).remember("digest", "b-1", START)
    CircuitTable(dynamodb, guards).open(OpenReason.IP_BLOCKED, "v1", START, DUE)

    listed = on_the_list(dynamodb, guards)

    assert [item["phoneNumber"]["S"] for item in listed] == sorted(numbers)
    assert all(item.keys() >= {"since", "client"} for item in listed)
    everything = dynamodb.scan(TableName=guards)["Items"]
    assert len(everything) > len(listed)
    assert len(dynamodb.scan(TableName=guards, IndexName="list")["Items"]) == len(listed)


def test_a_number_that_is_taken_off_leaves_the_list(dynamodb: "DynamoDBClient") -> None:
    guards = a_guards_table(dynamodb)
    suppressions = SuppressionsTable(dynamodb, guards)
    number = PhoneNumber("+40721234567")
    suppressions.put(Suppression(number, START, "clinic"))

    suppressions.delete(number)

    assert on_the_list(dynamodb, guards) == []
