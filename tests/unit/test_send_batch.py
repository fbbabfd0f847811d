from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain, count, repeat
from typing import Any

import pytest

from sms_gateway.domain.due import MAX_QUEUE_DELAY, QUEUE_GRACE, RECHECK
from sms_gateway.domain.errors import (
    GatewayError,
    InvalidValueError,
    MalformedRequestError,
    MessageIdReusedError,
    RecipientLimitError,
    StoreUnavailableError,
    UnreadableRowError,
)
from sms_gateway.domain.guards import BATCH_KNOWN_FOR, Limits, Suppression
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey, is_message_id
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.status import Status
from sms_gateway.use_cases.ports import HINTS_AT_ONCE
from sms_gateway.use_cases.prepare_message import SendRequest
from sms_gateway.use_cases.send_batch import SECONDS_FOR_HINTS, BatchItem
from sms_gateway.use_cases.store_batch import FAILURES_IN_A_ROW, SECONDS_TO_STOP, BatchResult
from tests.fakes.builders import TEXT, key
from tests.fakes.clock import START
from tests.fakes.gateway import FakeGateway
from tests.fakes.messages import Outage

MINUTE = timedelta(minutes=1)


def an_item(number: int = 1, **values: Any) -> SendRequest:
    """An ordinary message without an id, to a number of its own."""
    request = SendRequest("clinic", f"+4072100{number:04}", TEXT)
    return replace(request, **values)


def items(count: int) -> list[SendRequest]:
    return [an_item(number) for number in range(1, count + 1)]


def send(
    gateway: FakeGateway,
    batch: Sequence[BatchItem],
    *,
    batch_id: str | None = None,
    digest: str = "digest",
) -> list[BatchResult]:
    return gateway.send_batch(batch, batch_id=batch_id, digest=digest, time_left=gateway.time_left)


def told(results: Sequence[BatchResult]) -> list[str]:
    """What became of each item, in a word."""
    return [
        result.code
        if isinstance(result, GatewayError)
        else "replayed"
        if result.replayed
        else "taken"
        for result in results
    ]


def ids(results: Sequence[BatchResult]) -> list[str]:
    return [r.message.message_id for r in results if not isinstance(r, GatewayError)]


def keys(results: Sequence[BatchResult]) -> list[MessageKey]:
    return [r.message.key for r in results if not isinstance(r, GatewayError)]


def test_every_item_is_stored_as_queued_and_enqueued_and_voipit_is_left_alone(
    gateway: FakeGateway,
) -> None:
    results = send(gateway, items(25))

    assert told(results) == ["taken"] * 25
    rows = gateway.messages.rows
    assert set(rows) == set(keys(results))
    assert {row.status for row in rows.values()} == {Status.QUEUED}
    assert {row.due_at for row in rows.values()} == {START + QUEUE_GRACE}
    assert gateway.queue.enqueued == [(k, timedelta()) for k in keys(results)]
    assert gateway.voipit.handed == []


def test_a_batch_is_handed_over_by_the_queue_once(gateway: FakeGateway) -> None:
    results = send(gateway, items(12))

    gateway.run_queue()

    assert sorted(h.message.message_id for h in gateway.voipit.handed) == sorted(ids(results))


def test_an_item_without_an_id_gets_the_batchs_with_its_position(gateway: FakeGateway) -> None:
    results = send(gateway, [an_item(1), an_item(2, message_id="mine"), an_item(3)], batch_id="b")

    assert ids(results) == ["b.1", "mine", "b.3"]


def test_the_longest_name_of_a_batch_makes_ids_that_are_ids(gateway: FakeGateway) -> None:
    results = send(gateway, items(100), batch_id="b" * 60)

    assert told(results) == ["taken"] * 100
    assert all(map(is_message_id, ids(results)))


def test_a_batch_without_a_name_gets_one_and_its_ids_are_ids(gateway: FakeGateway) -> None:
    first, last = ids(send(gateway, items(2)))

    assert is_message_id(first)
    assert first.endswith(".1")
    assert last == first.removesuffix("1") + "2"


def test_results_stand_in_the_order_of_the_items_and_a_bad_item_stops_nothing(
    gateway: FakeGateway,
) -> None:
    unreadable = MalformedRequestError("colour", "Unknown field.")
    batch: list[BatchItem] = [
        an_item(1),
        unreadable,
        an_item(2, phone_number="112"),
        an_item(3, text="  "),
        an_item(4),
    ]

    results = send(gateway, batch, batch_id="b")

    assert results[1] is unreadable
    assert told(results) == [
        "taken",
        "malformed-request",
        "invalid-phone-number",
        "blank-text",
        "taken",
    ]
    assert ids(results) == ["b.1", "b.5"]
    assert set(gateway.messages.rows) == {key("b.1"), key("b.5")}


@pytest.mark.parametrize("batch_id", ["b", None], ids=["named", "nameless"])
def test_the_same_batch_again_is_all_replays_and_does_nothing(
    gateway: FakeGateway, batch_id: str | None
) -> None:
    first = send(gateway, items(5), batch_id=batch_id)
    stored, enqueued = gateway.messages.rows, list(gateway.queue.enqueued)

    again = send(gateway, items(5), batch_id=batch_id)

    assert told(again) == ["replayed"] * 5
    assert ids(again) == ids(first)
    assert (gateway.messages.rows, gateway.queue.enqueued) == (stored, enqueued)


def test_a_repeated_batch_shows_how_far_each_message_has_come(gateway: FakeGateway) -> None:
    send(gateway, items(2), batch_id="b")
    gateway.dispatch(key("b.1"))

    again = send(gateway, items(2), batch_id="b")

    assert [r.message.status for r in again if not isinstance(r, GatewayError)] == [
        Status.SUBMITTED,
        Status.QUEUED,
    ]


def test_another_batch_without_a_name_is_another_batch(gateway: FakeGateway) -> None:
    first, other = send(gateway, items(2)), send(gateway, items(2), digest="other")

    assert told(other) == ["taken", "taken"]
    assert set(ids(first)).isdisjoint(ids(other))


@pytest.mark.parametrize(
    ("later", "again"),
    [(BATCH_KNOWN_FOR - MINUTE, "replayed"), (BATCH_KNOWN_FOR, "taken")],
    ids=["within a day", "a day later"],
)
def test_a_batch_without_a_name_is_known_for_a_day(
    gateway: FakeGateway, later: timedelta, again: str
) -> None:
    send(gateway, items(2))
    gateway.clock.advance(later.total_seconds())

    assert told(send(gateway, items(2))) == [again, again]


def test_nothing_is_remembered_of_a_batch_that_has_ids_of_its_own(gateway: FakeGateway) -> None:
    unreadable = MalformedRequestError("messages", "Not an object.")

    send(gateway, [an_item(1, message_id="a"), unreadable])
    send(gateway, items(2), batch_id="b", digest="other")

    assert gateway.batches.known == {}


def test_a_batch_that_cannot_be_remembered_stores_nothing(gateway: FakeGateway) -> None:
    gateway.batches.be_unavailable()

    with pytest.raises(StoreUnavailableError):
        send(gateway, items(2))

    assert gateway.messages.rows == {}


def test_a_name_used_for_other_content_is_refused_item_by_item(gateway: FakeGateway) -> None:
    send(gateway, items(2), batch_id="b")

    again = send(gateway, [an_item(1), an_item(7), an_item(8)], batch_id="b")

    assert told(again) == ["replayed", "message-id-reused", "taken"]


# items of one batch that are alike


def test_an_item_that_equals_an_earlier_one_is_a_replay_of_it(gateway: FakeGateway) -> None:
    batch = [an_item(1), an_item(2), an_item(1), an_item(1, text="Bună ziua"), an_item(1)]

    results = send(gateway, batch, batch_id="b")

    assert told(results) == ["taken", "taken", "replayed", "taken", "replayed"]
    assert ids(results) == ["b.1", "b.2", "b.1", "b.4", "b.1"]
    assert len(gateway.queue.enqueued) == 3


@pytest.mark.parametrize(
    "difference",
    [
        {"metadata": {"order": "2"}},
        {"send_at": START + MINUTE},
        {"valid_until": START + MINUTE},
        {"phone_number": "+40721009999"},
    ],
    ids=lambda difference: next(iter(difference)),
)
def test_items_are_equal_if_they_ask_for_the_same_in_every_respect(
    gateway: FakeGateway, difference: dict[str, Any]
) -> None:
    results = send(gateway, [an_item(1), an_item(1, **difference)], batch_id="b")

    assert told(results) == ["taken", "taken"]


def test_texts_that_the_phone_shows_alike_are_alike(gateway: FakeGateway) -> None:
    batch = [an_item(1, text="Bună ziua…"), an_item(1, text="Buna ziua...")]

    assert told(send(gateway, batch)) == ["taken", "replayed"]


def test_equal_items_are_two_messages_if_double_clicks_are(gateway: FakeGateway) -> None:
    gateway.send_batch = replace(gateway.send_batch, joins_equal=False)

    assert told(send(gateway, [an_item(1), an_item(1)])) == ["taken", "taken"]


def test_equal_items_with_ids_of_their_own_are_two_messages(gateway: FakeGateway) -> None:
    batch = [an_item(1, message_id="a"), an_item(1, message_id="b"), an_item(1)]

    assert told(send(gateway, batch)) == ["taken", "taken", "taken"]


def test_an_item_is_no_double_click_of_what_was_sent_outside_its_batch(
    gateway: FakeGateway,
) -> None:
    gateway.intake.limits = Limits(double_click=MINUTE)

    batches = [send(gateway, [an_item(1)], digest=digest) for digest in ("first", "second")]

    assert [told(results) for results in batches] == [["taken"], ["taken"]]


def test_an_id_that_comes_twice_is_a_replay_or_another_message_that_is_refused(
    gateway: FakeGateway,
) -> None:
    batch = [
        an_item(1, message_id="a"),
        an_item(1, message_id="a"),
        an_item(2, message_id="a"),
    ]

    assert told(send(gateway, batch)) == ["taken", "replayed", "message-id-reused"]
    assert set(gateway.messages.rows) == {key("a")}


def test_an_item_that_equals_one_that_was_refused_is_refused_in_the_same_way(
    gateway: FakeGateway,
) -> None:
    gateway.intake.limits = Limits(suppressions=True)
    number = PhoneNumber(an_item(1).phone_number)
    gateway.intake.suppressions.put(Suppression(number, START, "clinic"))

    results = send(gateway, [an_item(1), an_item(1)])

    assert told(results) == ["suppressed", "suppressed"]
    assert results[0] is results[1]


# limits


def test_a_limit_is_reached_within_a_batch_and_is_no_matter_for_the_others(
    gateway: FakeGateway,
) -> None:
    gateway.intake.limits = Limits(recipient_hourly=2)
    batch = [an_item(1, text=f"Text {n}") for n in range(4)] + [an_item(2)]

    results = send(gateway, batch)

    limit = "recipient-limit-reached"
    assert told(results) == ["taken", "taken", limit, limit, "taken"]
    assert isinstance(results[2], RecipientLimitError)


def test_a_repeated_batch_is_not_counted_again(gateway: FakeGateway) -> None:
    gateway.intake.limits = Limits(recipient_hourly=2)
    batch = [an_item(1, text=f"Text {n}") for n in range(3)]
    send(gateway, batch)

    assert told(send(gateway, batch)) == ["replayed", "replayed", "recipient-limit-reached"]


# schedules


def test_an_item_with_a_time_waits_for_it_in_the_queue_or_if_it_is_far_in_the_table(
    gateway: FakeGateway,
) -> None:
    soon, far = START + MAX_QUEUE_DELAY, START + timedelta(days=3)

    results = send(gateway, [an_item(1, send_at=soon), an_item(2, send_at=far)], batch_id="b")

    assert told(results) == ["taken", "taken"]
    assert gateway.queue.enqueued == [(key("b.1"), MAX_QUEUE_DELAY)]
    assert gateway.messages.rows[key("b.1")].due_at == soon + QUEUE_GRACE
    assert gateway.messages.rows[key("b.2")].due_at == far - RECHECK


def test_an_item_that_comes_too_late_is_refused_unless_it_was_taken_in_time(
    gateway: FakeGateway,
) -> None:
    batch = [an_item(1, valid_until=START + MINUTE)]
    assert told(send(gateway, batch, batch_id="b")) == ["taken"]
    gateway.clock.advance(60)

    assert told(send(gateway, batch, batch_id="b")) == ["replayed"]
    assert told(send(gateway, batch, batch_id="other")) == ["already-too-late"]


# trouble


def test_an_item_the_table_did_not_take_does_not_stop_the_others(gateway: FakeGateway) -> None:
    gateway.messages.be_unavailable("create")

    results = send(gateway, items(4))

    assert told(results) == ["store-unavailable", "taken", "taken", "taken"]
    assert told(send(gateway, items(4))) == ["taken", "replayed", "replayed", "replayed"]


def test_an_item_the_table_took_without_saying_so_is_found_when_the_batch_is_repeated(
    gateway: FakeGateway,
) -> None:
    gateway.messages.be_unavailable("create", Outage.AFTER)
    assert told(send(gateway, items(2))) == ["store-unavailable", "taken"]

    assert told(send(gateway, items(2))) == ["replayed", "replayed"]
    assert len(gateway.messages.rows) == 2


def test_a_table_that_is_away_is_not_asked_a_hundred_times(gateway: FakeGateway) -> None:
    gateway.messages.be_unavailable("create", times=100)
    asked: list[str] = []
    gateway.boundary.before = asked.append

    results = send(gateway, items(100))

    assert told(results) == ["store-unavailable"] * 100
    assert asked.count("messages.create") == FAILURES_IN_A_ROW


def test_rows_of_another_release_do_not_keep_a_batch_from_completing(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = gateway.intake.store

    def unreadable(message: Message, **how: Any) -> None:
        if int(message.message_id.rpartition(".")[2]) <= FAILURES_IN_A_ROW:
            raise UnreadableRowError("of another release")
        store(message, **how)

    monkeypatch.setattr(gateway.intake, "store", unreadable)

    results = send(gateway, items(FAILURES_IN_A_ROW + 2), batch_id="b")

    assert told(results) == ["store-unavailable"] * FAILURES_IN_A_ROW + ["taken"] * 2


def test_a_table_that_fails_now_and_then_is_asked_on(gateway: FakeGateway) -> None:
    asked = 0

    def fail_twice_of_three(name: str) -> None:
        nonlocal asked
        asked += name == "messages.create"
        if asked % 3:
            raise StoreUnavailableError("The table did not answer.")

    gateway.boundary.before = fail_twice_of_three

    results = send(gateway, items(9), batch_id="b")

    away = "store-unavailable"
    assert told(results) == [away, away, "taken"] * 3


def suppress(gateway: FakeGateway, item: SendRequest) -> None:
    gateway.suppressions.put(Suppression(PhoneNumber(item.phone_number), START, "clinic"))


def fail_at_creates(gateway: FakeGateway, *creates: int) -> list[str]:
    """Let the table be away at these writes, counted from 1. Returns all calls, as they come."""
    asked: list[str] = []

    def fail(name: str) -> None:
        asked.append(name)
        if name == "messages.create" and asked.count(name) in creates:
            raise StoreUnavailableError("The table did not answer.")

    gateway.boundary.before = fail
    return asked


def test_a_table_that_refuses_an_item_in_between_is_asked_on(gateway: FakeGateway) -> None:
    suppress(gateway, an_item(3))
    fail_at_creates(gateway, 1, 2, 4, 5)

    results = send(gateway, items(6), batch_id="b")

    away = "store-unavailable"
    assert told(results) == [away, away, "suppressed", away, away, "taken"]


def test_after_a_refusal_the_table_may_fail_as_often_as_at_first(gateway: FakeGateway) -> None:
    suppress(gateway, an_item(2))
    asked = fail_at_creates(gateway, 1, 3, 4, 5)

    results = send(gateway, items(6), batch_id="b")

    away = "store-unavailable"
    assert told(results) == [away, "suppressed", away, away, away, away]
    assert asked.count("messages.create") == 5


def test_an_item_that_never_came_to_the_table_says_nothing_of_the_table(
    gateway: FakeGateway,
) -> None:
    asked = fail_at_creates(gateway, 1, 2, 3)
    batch: list[BatchItem] = [
        *items(2),
        an_item(3, phone_number="112"),
        MalformedRequestError("messages", "Not an object."),
        an_item(4),
        an_item(5),
    ]

    results = send(gateway, batch, batch_id="b")

    away = "store-unavailable"
    assert told(results) == [away, away, "invalid-phone-number", "malformed-request", away, away]
    assert asked.count("messages.create") == FAILURES_IN_A_ROW


def test_items_for_which_there_is_no_time_are_not_tried(gateway: FakeGateway) -> None:
    seconds = [SECONDS_TO_STOP + 1, SECONDS_TO_STOP, SECONDS_TO_STOP - 0.1, SECONDS_FOR_HINTS]
    left = chain(seconds, repeat(SECONDS_FOR_HINTS))

    results = gateway.send_batch(items(4), batch_id="b", digest="d", time_left=lambda: next(left))

    assert told(results) == ["taken", "taken", "store-unavailable", "store-unavailable"]
    assert set(gateway.messages.rows) == {key("b.1"), key("b.2")}
    assert [k for k, _ in gateway.queue.enqueued] == [key("b.1"), key("b.2")]


def test_the_queue_is_not_asked_in_the_last_seconds(gateway: FakeGateway) -> None:
    left, created = [SECONDS_TO_STOP], count(1)

    def before(name: str) -> None:
        if name == "messages.create" and next(created) == HINTS_AT_ONCE + 5:
            left[0] = SECONDS_FOR_HINTS - 0.1

    gateway.boundary.before = before

    results = gateway.send_batch(items(40), batch_id="b", digest="d", time_left=lambda: left[0])

    assert told(results).count("taken") == HINTS_AT_ONCE + 5
    assert len(gateway.queue.enqueued) == HINTS_AT_ONCE


def test_what_the_queue_has_lost_is_brought_back_by_the_due_index(gateway: FakeGateway) -> None:
    gateway.queue.lose_next(12)
    results = send(gateway, items(12))
    gateway.clock.advance(QUEUE_GRACE.total_seconds())

    gateway.watch()
    gateway.clock.advance(60)
    gateway.run_queue()

    assert sorted(h.message.message_id for h in gateway.voipit.handed) == sorted(ids(results))


class Died(BaseException):
    """The process is gone: no handler may catch it."""


class Death:
    """Kills the process at one of its boundaries."""

    def __init__(self, gateway: FakeGateway, at: int | None, *, before: bool) -> None:
        self.passed = 0
        self._at = at
        side = "before" if before else "after"
        setattr(gateway.boundary, side, self._cross)

    def _cross(self, _: str) -> None:
        self.passed += 1
        if self.passed == self._at:
            raise Died


A_BATCH: list[BatchItem] = [
    *items(11),
    MalformedRequestError("messages", "Not an object."),
    an_item(1),
    an_item(12, phone_number="112"),
    an_item(13, message_id="mine"),
    an_item(14, send_at=START + timedelta(minutes=10)),
]
TAKEN = 13


def assert_repeating_completes_it(gateway: FakeGateway) -> None:
    """`A_BATCH`, sent again after its process died: each message is stored and sent once."""
    again = send(gateway, A_BATCH)

    assert [isinstance(result, GatewayError) for result in again] == [
        isinstance(item, GatewayError) or item.phone_number == "112" for item in A_BATCH
    ]
    assert set(keys(again)) == set(gateway.messages.rows)
    assert len(gateway.messages.rows) == TAKEN
    for _ in range(15):
        gateway.clock.advance(60)
        gateway.run_queue()
        gateway.watch()
    handed = [h.message.key for h in gateway.voipit.handed]
    assert sorted(handed) == sorted(gateway.messages.rows)


def boundaries() -> int:
    gateway = FakeGateway()
    counting = Death(gateway, None, before=True)
    send(gateway, A_BATCH)
    return counting.passed


def test_there_is_a_boundary_at_every_write_and_every_ten_of_the_queue() -> None:
    assert boundaries() == 1 + TAKEN + 2


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, boundaries() + 1))
def test_a_batch_whose_process_died_is_completed_by_repeating_it(
    gateway: FakeGateway, at: int, *, before: bool
) -> None:
    Death(gateway, at, before=before)
    with pytest.raises(Died):
        send(gateway, A_BATCH)
    gateway.clock.advance(1)

    assert_repeating_completes_it(gateway)  # the hook has struck, and is silent from here on


@pytest.mark.parametrize(
    "error", [InvalidValueError("message", "Too long.", "text-too-long"), MessageIdReusedError("")]
)
def test_an_error_that_was_read_is_handed_on_as_it_is(
    gateway: FakeGateway, error: GatewayError
) -> None:
    assert send(gateway, [error]) == [error]


def test_a_surprise_is_no_answer_for_an_item(gateway: FakeGateway) -> None:
    def surprise(_: str) -> None:
        raise RuntimeError

    gateway.boundary.before = surprise

    with pytest.raises(RuntimeError):
        send(gateway, [an_item(message_id="a")])


def test_what_was_stored_before_a_surprise_is_tried_without_delay(gateway: FakeGateway) -> None:
    names = count()

    def surprise(name: str) -> None:
        if name == "messages.create" and next(names) == 1:
            raise RuntimeError

    gateway.boundary.before = surprise

    with pytest.raises(RuntimeError):
        send(gateway, [an_item(message_id="a"), an_item(message_id="b")])
    assert [key.message_id for key, _ in gateway.queue.enqueued] == ["a"]


# --- the do-not-contact list ------------------------------------------------------------------


def test_the_list_is_read_once_for_all_items_and_the_writes_do_not_look_again(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[frozenset[PhoneNumber]] = []
    told_to_store: dict[str, bool] = {}
    among, store = gateway.suppressions.among, gateway.intake.store

    def read(numbers: Collection[PhoneNumber]) -> frozenset[PhoneNumber]:
        asked.append(frozenset(numbers))
        return among(numbers)

    def write(message: Message, *, is_unlisted: bool = False, **how: Any) -> None:
        told_to_store[message.phone_number.e164] = is_unlisted
        store(message, is_unlisted=is_unlisted, **how)

    monkeypatch.setattr(gateway.suppressions, "among", read)
    monkeypatch.setattr(gateway.intake, "store", write)
    suppress(gateway, an_item(2))

    results = send(gateway, [*items(3), an_item(3, text="Altceva.")])

    assert told(results) == ["taken", "suppressed", "taken", "taken"]
    assert asked == [frozenset(PhoneNumber(item.phone_number) for item in items(3))]
    assert told_to_store == {
        "+40721000001": True,
        "+40721000002": False,
        "+40721000003": True,
    }


def test_without_a_list_none_is_read(gateway: FakeGateway) -> None:
    gateway.intake.limits = Limits()
    gateway.suppressions.be_unavailable("among")
    suppress(gateway, an_item(1))
    batch = replace(gateway.send_batch, suppressions=None)

    results = batch(items(1), batch_id="b", digest="digest", time_left=gateway.time_left)

    assert told(results) == ["taken"]


def test_a_list_that_cannot_be_read_for_all_is_looked_at_by_each_write(
    gateway: FakeGateway,
) -> None:
    gateway.suppressions.be_unavailable("among")
    suppress(gateway, an_item(2))

    results = send(gateway, items(3))

    assert told(results) == ["taken", "suppressed", "taken"]
