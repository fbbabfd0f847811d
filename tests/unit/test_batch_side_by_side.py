"""What holds for a batch whose messages are stored at once; one by one: test_send_batch.py."""

import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from threading import Barrier, Lock
from typing import Any

import pytest

from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.guards import Limits
from sms_gateway.domain.message import Message
from sms_gateway.use_cases.send_batch import BatchItem
from sms_gateway.use_cases.store_batch import FAILURES_IN_A_ROW, Pace
from tests.fakes.gateway import FakeGateway
from tests.unit.test_send_batch import (
    A_BATCH,
    Died,
    an_item,
    assert_repeating_completes_it,
    boundaries,
    ids,
    items,
    send,
    told,
)

LANES = 10
AWAY = "store-unavailable"
ALL_TAKEN = ["taken"] * 40
ALONE = 1 + LANES - FAILURES_IN_A_ROW
"""After so many answers the table is asked as much at once as the bound allows."""


@pytest.fixture
def gateway() -> FakeGateway:
    gateway = FakeGateway()
    gateway.send_batch = replace(gateway.send_batch, most_at_once=LANES)
    return gateway


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Any:
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def at_each_create(gateway: FakeGateway, hook: Callable[[int], object]) -> list[int]:
    """Call the hook at each write of a message with its number, counted from 1."""
    lock = Lock()
    numbers: list[int] = []

    def before(name: str) -> None:
        if name == "messages.create":
            with lock:
                number = len(numbers) + 1
                numbers.append(number)
            hook(number)

    gateway.boundary.before = before
    return numbers


def under_way(gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch) -> list[list[Message]]:
    """The messages that were being stored at each moment at which one more began."""
    store, lock = gateway.intake.store, Lock()
    now: list[Message] = []
    seen: list[list[Message]] = []

    def watched(message: Message, **how: Any) -> None:
        with lock:
            now.append(message)
            seen.append(list(now))
        try:
            store(message, **how)
        finally:
            with lock:
                now.remove(message)

    monkeypatch.setattr(gateway.intake, "store", watched)
    return seen


# how many at once


def test_as_many_are_stored_at_once_as_the_bound_allows_and_not_one_more(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = under_way(gateway, monkeypatch)
    all_lanes = Barrier(LANES, timeout=10)
    at_each_create(gateway, lambda number: number >= ALONE and all_lanes.wait())

    results = send(gateway, items(ALONE - 1 + 5 * LANES))

    assert set(told(results)) == {"taken"}
    assert max(map(len, seen)) == LANES


def test_at_first_no_more_are_begun_than_may_fail_in_a_row(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = under_way(gateway, monkeypatch)
    first = Barrier(FAILURES_IN_A_ROW, timeout=10)
    at_each_create(gateway, lambda number: number <= FAILURES_IN_A_ROW and first.wait())

    send(gateway, items(FAILURES_IN_A_ROW + 1))

    assert max(map(len, seen[:FAILURES_IN_A_ROW])) == FAILURES_IN_A_ROW
    assert max(map(len, seen)) <= FAILURES_IN_A_ROW + 1


def test_the_pace_grows_by_one_for_each_answer_up_to_the_bound() -> None:
    pace = Pace(5)
    grown = [pace.at_once]
    for _ in range(4):
        pace.answered()
        grown.append(pace.at_once)

    assert grown == [3, 4, 5, 5, 5]


def test_a_failure_halves_the_pace_and_the_third_in_a_row_ends_it() -> None:
    pace = Pace(10)
    for _ in range(7):
        pace.answered()

    fallen = []
    for _ in range(3):
        pace.failed()
        fallen.append((pace.at_once, pace.is_over))

    assert fallen == [(5, False), (2, False), (1, True)]


def test_failures_with_an_answer_in_between_slow_a_batch_down_and_do_not_end_it() -> None:
    pace = Pace(10)
    for _ in range(50):
        pace.failed()
        pace.failed()
        pace.answered()

    assert (pace.at_once, pace.is_over) == (2, False)


def test_the_pace_is_never_above_a_bound_that_is_lower_than_three() -> None:
    assert Pace(1).at_once == 1


# order


def test_results_stand_in_the_order_of_the_items_however_they_end(
    gateway: FakeGateway,
) -> None:
    later = [threading.Event() for _ in range(60)]

    def wait_for_a_later_one(number: int) -> None:
        later[number - 1].set()
        if number % 2 and number >= ALONE and number + 1 < len(later):
            assert later[number].wait(10)

    at_each_create(gateway, wait_for_a_later_one)

    results = send(gateway, items(60), batch_id="b")

    expected = [f"b.{position}" for position in range(1, 61)]
    assert ids(results) == expected
    assert sorted(key.message_id for key, _ in gateway.queue.enqueued) == sorted(expected)


def test_messages_to_one_number_are_stored_one_after_the_other_in_their_order(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = under_way(gateway, monkeypatch)
    batch = [an_item(n % 4, text=f"Text {n}") for n in range(40)]

    results = send(gateway, batch, batch_id="b")

    assert set(told(results)) == {"taken"}
    for together in seen:
        numbers = [message.phone_number for message in together]
        assert len(set(numbers)) == len(numbers)
    begun = [together[-1] for together in seen]
    for number in {message.phone_number for message in begun}:
        positions = [
            int(message.message_id.removeprefix("b."))
            for message in begun
            if message.phone_number == number
        ]
        assert positions == sorted(positions)


def hold_the_first(gateway: FakeGateway) -> None:
    """Let the first write take so long that others overtake it, if they do not wait for it."""
    another = threading.Event()
    at_each_create(gateway, lambda n: another.set() if n > 1 else another.wait(0.05))


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([an_item(2, message_id="a")], id="its id"),
        pytest.param([an_item(1, message_id="b"), an_item(2, message_id="b")], id="its number"),
    ],
)
def test_of_messages_with_one_id_the_first_wins(
    gateway: FakeGateway, others: list[BatchItem]
) -> None:
    hold_the_first(gateway)

    results = told(send(gateway, [an_item(1, message_id="a"), *others]))

    assert results == ["taken"] * len(others) + ["message-id-reused"]


def test_an_item_that_equals_an_earlier_one_is_a_replay_of_it(gateway: FakeGateway) -> None:
    batch = [an_item(n // 2) for n in range(40)]

    results = send(gateway, batch, batch_id="b")

    assert told(results) == ["taken", "replayed"] * 20
    assert ids(results)[0::2] == ids(results)[1::2]
    assert len(gateway.messages.rows) == 20


# limits


def test_the_limit_of_a_number_lets_the_first_of_its_messages_in(gateway: FakeGateway) -> None:
    gateway.intake.limits = Limits(recipient_hourly=2)
    batch = [an_item(n % 5, text=f"Text {n}") for n in range(20)]

    limit = "recipient-limit-reached"
    assert told(send(gateway, batch)) == ["taken"] * 10 + [limit] * 10


def test_the_limit_of_a_client_is_exact(gateway: FakeGateway) -> None:
    gateway.intake.limits = Limits(client_daily=17)

    results = told(send(gateway, items(40)))

    assert (results.count("taken"), results.count("client-limit-reached")) == (17, 23)


# trouble


def test_a_table_that_does_not_answer_is_asked_three_times(gateway: FakeGateway) -> None:
    def away(_: int) -> None:
        raise StoreUnavailableError("The table did not answer.")

    asked = at_each_create(gateway, away)

    assert told(send(gateway, items(100))) == [AWAY] * 100
    assert len(asked) == FAILURES_IN_A_ROW


def test_once_a_table_fails_only_what_was_begun_before_is_asked_of_it(
    gateway: FakeGateway,
) -> None:
    all_lanes = Barrier(LANES, timeout=10)

    def away_when_all_are_under_way(number: int) -> None:
        if number >= ALONE:
            all_lanes.wait()
            raise StoreUnavailableError("The table did not answer.")

    asked = at_each_create(gateway, away_when_all_are_under_way)

    results = told(send(gateway, items(100)))

    assert results == ["taken"] * (ALONE - 1) + [AWAY] * (101 - ALONE)
    assert len(asked) == ALONE - 1 + LANES


# the queue


def test_the_queue_gets_the_first_messages_while_others_are_stored(gateway: FakeGateway) -> None:
    told_early = threading.Event()
    waited: list[bool] = []
    enqueue_all = gateway.queue.enqueue_all

    def noted(waits: Any) -> bool:
        answered = enqueue_all(waits)
        told_early.set()
        return answered

    gateway.queue.enqueue_all = noted  # type: ignore[method-assign]

    def wait_for_the_queue(number: int) -> None:
        if number >= 30:
            waited.append(told_early.wait(10))

    at_each_create(gateway, wait_for_the_queue)

    assert told(send(gateway, items(40))) == ALL_TAKEN
    assert waited == [True] * 11
    assert len(gateway.queue.enqueued) == 40


def test_a_queue_that_does_not_answer_is_not_asked_again(gateway: FakeGateway) -> None:
    asked = count()

    def before(name: str) -> None:
        if name == "queue.enqueue_all":
            next(asked)
            raise StoreUnavailableError("The queue does not answer.")

    gateway.boundary.before = before

    assert told(send(gateway, items(40))) == ALL_TAKEN
    assert next(asked) == 1
    assert gateway.queue.enqueued == []


def test_a_surprise_ends_the_batch_when_what_was_begun_has_ended(gateway: FakeGateway) -> None:
    def surprise(number: int) -> None:
        if number == 5:
            raise RuntimeError

    asked = at_each_create(gateway, surprise)

    with pytest.raises(RuntimeError):
        send(gateway, items(100))

    assert len(asked) < 5 + 2 * LANES
    assert len(gateway.messages.rows) == len(asked) - 1


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, boundaries() + 1))
def test_a_batch_whose_process_died_in_all_its_threads_is_completed_by_repeating_it(
    gateway: FakeGateway, at: int, *, before: bool
) -> None:
    passed, lock = 0, Lock()

    def die(_: str) -> None:
        nonlocal passed
        with lock:
            passed += 1
            dead = passed >= at  # so are the other threads, wherever they are
        if dead:
            raise Died

    setattr(gateway.boundary, "before" if before else "after", die)
    with pytest.raises(Died):
        send(gateway, A_BATCH)
    passed = -10_000  # another process
    gateway.clock.advance(1)

    assert_repeating_completes_it(gateway)


def test_the_same_batch_twice_at_the_same_time_stores_each_message_once(
    gateway: FakeGateway,
) -> None:
    batch: list[BatchItem] = list(items(50))
    outcomes: list[list[str]] = []
    both = Barrier(2, timeout=10)

    def post() -> None:
        both.wait()
        outcomes.append(told(send(gateway, batch, batch_id="b")))

    other = threading.Thread(target=post)
    other.start()
    post()
    other.join()

    assert [sorted(pair) for pair in zip(*outcomes, strict=True)] == [["replayed", "taken"]] * 50
    assert len(gateway.messages.rows) == len(gateway.queue.enqueued) == 50
