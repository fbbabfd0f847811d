"""What holds for the table alone: its items, its index, and notes on what is gone."""

import string
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.adapters.message_item import (
    DUE_SHARDS,
    due_shard,
    epoch,
    from_item,
    key_attributes,
    to_item,
)
from sms_gateway.adapters.messages_table import MessagesTable
from sms_gateway.domain.errors import UnreadableRowError
from sms_gateway.domain.message import Message, OnUnconfirmed, StatusChange
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import DeliveryReport, ReportStatus
from sms_gateway.domain.status import MOVES, SETTLED, Reason, Status, Trigger
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
)


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
def test_a_message_is_always_in_the_same_of_the_eight_shards(message_id: str) -> None:
    assert due_shard(key(message_id)) == due_shard(key(message_id))
    assert due_shard(key(message_id)) in set("01234567")


def test_messages_are_spread_over_all_shards() -> None:
    counts = Counter(due_shard(key(f"m-{number}")) for number in range(800))

    assert len(counts) == DUE_SHARDS
    assert min(counts.values()) > 50


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
    assert stored_item(table)["dueShard"] == {"S": due_shard(KEY)}

    table.postpone(queued, DUE + timedelta(milliseconds=1))

    assert stored_item(table)["dueShard"] == {"S": due_shard(KEY)}
    assert stored_item(table)["dueAt"] == {"N": str(int(DUE.timestamp()) + 1)}


def test_what_is_due_is_read_page_by_page_and_shard_by_shard(
    table: OpenMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    def two_at_a_time(params: dict[str, Any], **_: Any) -> None:
        params["Limit"] = 2
        asked.append(params)

    for number in range(50):
        due_at = DUE - timedelta(seconds=number)
        table.create(a_message(message_id=f"m-{number}", due_at=due_at))
    table.client.meta.events.register("provide-client-params.dynamodb.Query", two_at_a_time)
    monkeypatch.setattr("random.shuffle", lambda shards: shards.reverse())

    found = list(table.due(DUE))

    longest_due_first = sorted(range(50), reverse=True)
    assert found == [
        key(f"m-{number}")
        for shard in "76543210"
        for number in longest_due_first
        if due_shard(key(f"m-{number}")) == shard
    ]
    assert len(asked) > DUE_SHARDS


def test_who_stops_early_has_asked_for_no_more_than_was_looked_at(table: OpenMessages) -> None:
    for number in range(20):
        table.create(a_message(message_id=f"m-{number}"))

    with calls_of(table.client) as made:
        next(table.due(DUE))

    assert [operation for operation, _ in made] == ["Query"]


def test_the_shards_take_turns_in_coming_first(table: OpenMessages) -> None:
    for number in range(20):
        table.create(a_message(message_id=f"m-{number}"))

    first = {due_shard(next(table.due(DUE))) for _ in range(60)}

    assert len(first) > 1


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
