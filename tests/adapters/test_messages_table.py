"""What holds for the table alone: its items, its index, and notes on what is gone."""

import string
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.adapters import dynamodb, messages_table
from sms_gateway.adapters.message_item import (
    DUE_SHARDS,
    SHARDS_OF,
    due_shard,
    epoch,
    from_item,
    key_attributes,
    to_item,
)
from sms_gateway.adapters.messages_table import MessagesTable
from sms_gateway.domain.errors import StoreUnavailableError, UnreadableRowError
from sms_gateway.domain.message import Message, OnUnconfirmed, StatusChange
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import DeliveryReport, ReportStatus
from sms_gateway.domain.status import MOVES, SETTLED, Reason, Status, Trigger
from sms_gateway.domain.waits import Waits
from tests.adapters.dynamodb_clients import a_client, calls_of
from tests.fakes.builders import DUE, KEY, a_change, a_message, a_report, key
from tests.fakes.clock import START
from tests.support.tables import OpenMessages

TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
WHOLE_SECONDS = MOMENTS.map(lambda at: at.replace(microsecond=0))
COUNTS = st.integers(1, 10**6)
REPORTS = st.builds(
    DeliveryReport, st.sampled_from(ReportStatus), COUNTS, MOMENTS, st.none() | TEXTS
)
MESSAGES = st.builds(
    Message,
    message_id=st.text(string.ascii_letters, min_size=1),
    client=TEXTS,
    phone_number=st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True).map(PhoneNumber),
    text=TEXTS,
    status=st.sampled_from(Status),
    version=COUNTS,
    attempt=COUNTS,
    created_at=MOMENTS,
    updated_at=MOMENTS,
    expires_at=WHOLE_SECONDS,
    claim=TEXTS,
    history=st.lists(
        st.builds(
            StatusChange,
            st.sampled_from(Status),
            MOMENTS,
            COUNTS,
            st.none() | st.sampled_from(Reason),
            st.none() | TEXTS,
        ),
        max_size=3,
    ).map(tuple),
    metadata=st.dictionaries(TEXTS, TEXTS, max_size=3),
    reason=st.none() | st.sampled_from(Reason),
    error_message=st.none() | TEXTS,
    report=st.none() | REPORTS,
    contradicting_reports=st.lists(REPORTS, max_size=3).map(tuple),
    send_at=st.none() | MOMENTS,
    valid_until=st.none() | MOMENTS,
    on_unconfirmed=st.sampled_from(OnUnconfirmed),
    due_at=st.none() | WHOLE_SECONDS,
    cut_from=st.none() | COUNTS,
    open_tries=st.frozensets(st.integers(1, 20), max_size=2),
    resent=st.booleans(),
    counted_at=st.none() | MOMENTS,
    in_queue=st.booleans(),
).map(lambda message: replace(message, in_queue=message.in_queue and message.due_at is not None))
"""That a message is in the queue is told by the key of the index `due`."""


@given(MESSAGES)
def test_every_field_survives_the_table(message: Message) -> None:
    assert from_item(to_item(message)) == message


def test_an_item_is_what_its_documentation_says() -> None:
    item = to_item(a_message(message_id="m", metadata={}))

    assert item == {
        "messageId": {"S": "m"},
        "status": {"S": "sending"},
        "version": {"N": "1"},
        "attempt": {"N": "1"},
        "client": {"S": "clinic"},
        "phoneNumber": {"S": "+40721234567"},
        "clientCreatedAt": {"S": "clinic#2026-11-22T14:35:00.123Z"},
        "message": {"S": "Buna ziua, esti asteptat la ora 10"},
        "metadata": {"M": {}},
        "claim": {"S": "claim-1"},
        "createdAt": {"S": "2026-11-22T14:35:00.123Z"},
        "updatedAt": {"S": "2026-11-22T14:35:00.123Z"},
        "expiresAt": {"N": "1797950100"},
        "history": {
            "L": [
                {
                    "M": {
                        "status": {"S": "sending"},
                        "at": {"S": "2026-11-22T14:35:00.123Z"},
                        "attempt": {"N": "1"},
                    }
                }
            ]
        },
        "onUnconfirmed": {"S": "hold"},
        "openTries": {"L": [{"N": "1"}]},
        "countedAt": {"N": "1795358100123"},
        "dueAt": {"N": "1795358160"},
        "dueShard": {"S": "2"},
    }


def test_an_item_of_a_second_try_says_so() -> None:
    item = to_item(a_message(attempt=12, open_tries=frozenset({12, 3}), resent=True))

    assert item["openTries"] == {"L": [{"N": "3"}, {"N": "12"}]}
    assert item["resent"] == {"BOOL": True}


@pytest.mark.parametrize(
    "broken",
    [
        {"status": {"S": "delivered"}},
        {"version": {"S": "one"}},
        {"phoneNumber": {"S": "0721234567"}},
        {"history": {"L": [{"S": "sending"}]}},
        {"createdAt": {"N": "7"}},
        {"onUnconfirmed": {"S": "ask"}},
    ],
    ids=lambda broken: next(iter(broken)),
)
def test_a_row_of_another_release_is_no_message_and_shows_nothing(broken: dict[str, Any]) -> None:
    with pytest.raises(UnreadableRowError) as unreadable:
        from_item({**to_item(a_message()), **broken})

    assert unreadable.value.__cause__ is None
    assert unreadable.value.__suppress_context__
    assert "072" not in str(unreadable.value)


@pytest.mark.parametrize("missing", ["status", "claim", "message", "expiresAt"])
def test_a_row_without_what_every_row_has_is_no_message(missing: str) -> None:
    item = to_item(a_message())
    del item[missing]

    with pytest.raises(UnreadableRowError):
        from_item(item)


def test_a_reason_of_another_release_is_read_as_none() -> None:
    item = {**to_item(a_message(reason=Reason.REFUSED)), "reason": {"S": "carrier-on-strike"}}

    assert from_item(item) == a_message()


def test_an_item_holds_what_the_caller_asked_for_if_it_did() -> None:
    item = to_item(
        a_message(
            send_at=START + timedelta(hours=1),
            valid_until=START + timedelta(hours=2),
            on_unconfirmed=OnUnconfirmed.RESEND,
        )
    )

    assert item["sendAt"] == {"S": "2026-11-22T15:35:00.123Z"}
    assert item["validUntil"] == {"S": "2026-11-22T16:35:00.123Z"}
    assert item["onUnconfirmed"] == {"S": "resend"}


@pytest.mark.parametrize("status", Status)
def test_only_an_item_that_is_not_settled_is_in_the_index(status: Status) -> None:
    item = to_item(a_message(status))

    assert ("dueAt" in item) is ("dueShard" in item) is (status not in SETTLED)


@given(MOMENTS)
def test_an_item_is_due_in_the_whole_second_after_its_time(moment: datetime) -> None:
    rounding = datetime.fromtimestamp(epoch(moment), UTC) - moment

    assert timedelta() <= rounding < timedelta(seconds=1)


@given(st.text(string.ascii_letters + string.digits + "._~-", min_size=1, max_size=64))
def test_a_message_that_waits_for_the_same_is_always_in_the_same_shard(message_id: str) -> None:
    for waits, shards in SHARDS_OF.items():
        assert due_shard(key(message_id), waits) == due_shard(key(message_id), waits)
        assert due_shard(key(message_id), waits) in shards


def test_the_shards_are_those_of_earlier_releases_which_find_them_after_a_rollback() -> None:
    assert sorted(DUE_SHARDS) == list("01234567")
    assert set(SHARDS_OF) == set(Waits)


@pytest.mark.parametrize("waits", Waits)
def test_messages_are_spread_over_all_shards(waits: Waits) -> None:
    counts = Counter(due_shard(key(f"m-{number}"), waits) for number in range(800))

    assert set(counts) == set(SHARDS_OF[waits])
    assert min(counts.values()) > 150


def stored_item(table: OpenMessages) -> dict[str, Any]:
    answer = table.client.get_item(TableName=table.table_name, Key=key_attributes(KEY))
    return dict(answer["Item"])


@pytest.mark.parametrize("trigger", [t for t in Trigger if MOVES[t].target in SETTLED])
def test_a_row_that_is_settled_leaves_the_index(table: OpenMessages, trigger: Trigger) -> None:
    table.create(a_message(min(MOVES[trigger].sources - SETTLED)))
    assert {"dueAt", "dueShard"} <= stored_item(table).keys()

    table.change(KEY, a_change(trigger))

    assert stored_item(table).keys().isdisjoint({"dueAt", "dueShard"})


def test_what_was_written_by_change_and_by_postpone_is_in_the_shard_of_its_id(
    table: OpenMessages,
) -> None:
    table.create(a_message(due_at=None))
    queued = table.change(KEY, a_change(Trigger.NOT_TAKEN, due_at=DUE))
    assert stored_item(table)["dueShard"] == {"S": due_shard(KEY, Waits.OUTSIDE)}

    table.postpone(queued, DUE + timedelta(milliseconds=1), in_queue=True)

    assert stored_item(table)["dueShard"] == {"S": due_shard(KEY, Waits.IN_QUEUE)}
    assert stored_item(table)["dueAt"] == {"N": str(int(DUE.timestamp()) + 1)}


def test_what_is_due_is_read_page_by_page(
    table: OpenMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages_table, "KEYS_AT_ONCE", 5)
    for number in range(50):
        table.create(a_message(message_id=f"m-{number}", due_at=DUE - timedelta(seconds=number)))

    with calls_of(table.client) as made:
        found = list(table.due(Waits.FOR_VOIPIT, DUE))

    assert [each.key.message_id for each in found] == [f"m-{n}" for n in range(49, -1, -1)]
    assert {params["Limit"] for _, params in made} == {5}
    assert len(made) >= 50 / 5


def test_a_run_that_stops_early_has_read_a_page_of_each_shard(table: OpenMessages) -> None:
    for number in range(20):
        table.create(a_message(message_id=f"m-{number}"))

    with calls_of(table.client) as made:
        next(table.due(Waits.FOR_VOIPIT, DUE))

    assert [operation for operation, _ in made] == ["Query"] * len(SHARDS_OF[Waits.FOR_VOIPIT])


def test_a_row_of_an_earlier_release_is_found_in_any_shard(table: OpenMessages) -> None:
    table.create(a_message(Status.QUEUED))
    for shard in DUE_SHARDS:
        table.client.update_item(
            TableName=table.table_name,
            Key=key_attributes(KEY),
            UpdateExpression="SET dueShard = :shard",
            ExpressionAttributeValues={":shard": {"S": shard}},
        )

        found = [each.key for waits in Waits for each in table.due(waits, DUE)]

        assert found == [KEY]


LEFT: Final = {"Messages": {"Keys": [key_attributes(key("left"))], "ConsistentRead": True}}


def does_not_answer(stub: Stubber) -> None:
    stub.add_client_error("batch_get_item", "ProvisionedThroughputExceededException")


def leaves_it_aside(stub: Stubber) -> None:
    for _ in range(dynamodb.TRIES_OF_A_REQUEST - 1):
        stub.add_response(
            "batch_get_item", {"Responses": {}, "UnprocessedKeys": LEFT}, {"RequestItems": LEFT}
        )


@pytest.mark.parametrize("then", [leaves_it_aside, does_not_answer])
def test_rows_that_dynamodb_does_not_show_are_errors_and_the_others_are_there(
    monkeypatch: pytest.MonkeyPatch, then: Callable[[Stubber], None]
) -> None:
    monkeypatch.setattr(dynamodb, "_FIRST_PAUSE", 0)
    client = a_client()
    shown = {"Responses": {"Messages": [to_item(a_message())]}, "UnprocessedKeys": LEFT}
    with Stubber(client) as stub:
        stub.add_response("batch_get_item", shown)
        then(stub)

        rows = MessagesTable(client, "Messages").get_all([KEY, key("left")])

        stub.assert_no_pending_responses()
    assert rows[KEY] == a_message()
    assert type(rows[key("left")]) is StoreUnavailableError


def test_a_table_that_shows_nothing_is_away() -> None:
    client = a_client()
    with Stubber(client) as stub:
        does_not_answer(stub)

        with pytest.raises(StoreUnavailableError):
            MessagesTable(client, "Messages").get_all([KEY])


def test_an_item_of_a_later_release_can_be_read_as_far_as_we_know_it() -> None:
    item = to_item(a_message()) | {"recipient": {"S": "17"}}

    assert from_item(item) == a_message()


def test_a_message_that_expires_between_two_notes_is_let_go() -> None:
    client = a_client()
    with Stubber(client) as stub:
        stub.add_client_error(
            "update_item",
            service_error_code="ConditionalCheckFailedException",
            modeled_fields={"Item": to_item(a_message())},
        )
        stub.add_client_error("update_item", service_error_code="ConditionalCheckFailedException")

        MessagesTable(client, "Messages").note_contradiction(key("m"), a_report())

        stub.assert_no_pending_responses()
