"""How much `watch` lets into the queue, in which order, and what it leaves to it."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from sms_gateway.domain.due import QUEUE_GRACE
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.queue_progress import LONGEST_IN_QUEUE, SLOWEST_TRY
from sms_gateway.domain.status import Status
from sms_gateway.use_cases.watch import FAILURES_IN_A_ROW
from tests.fakes.builders import KEY, a_message, key
from tests.fakes.clock import START
from tests.fakes.gateway import FakeGateway

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LASTING = 1_000_000
"""More messages in the queue than it will ever be rid of."""


def waits(gateway: FakeGateway, message_id: str, **values: Any) -> MessageKey:
    """A queued message that is due now, stored; by default outside the queue."""
    message = a_message(Status.QUEUED, message_id=message_id, **{"due_at": START, **values})
    gateway.messages.create(message)
    return message.key


def many(gateway: FakeGateway, number: int, **values: Any) -> list[MessageKey]:
    return [waits(gateway, f"m-{n:04}", **values) for n in range(number)]


def enqueued(gateway: FakeGateway) -> list[MessageKey]:
    return [told for told, _ in gateway.queue.enqueued]


def side_by_side(gateway: FakeGateway, lanes: int = 10) -> None:
    gateway.watch_messages = replace(gateway.watch_messages, most_at_once=lanes)


@pytest.mark.parametrize(
    ("backlog", "let_in"), [(0, 600), (250, 350), (539, 61), (541, 60), (LASTING, 60)]
)
def test_a_run_lets_in_what_the_queue_lacks_and_a_tenth_in_any_case(
    gateway: FakeGateway, backlog: int, let_in: int
) -> None:
    many(gateway, 700)
    gateway.queue.claims = backlog

    watched = gateway.watch()

    assert (watched.enqueued, watched.finished) == (let_in, False)


@pytest.mark.parametrize("lanes", [1, 10])
@pytest.mark.parametrize("number", [1, 99, 600, 650])
def test_no_row_is_read_beyond_what_is_let_in(
    gateway: FakeGateway, number: int, lanes: int
) -> None:
    keys = many(gateway, number)
    side_by_side(gateway, lanes)

    watched = gateway.watch()

    assert watched.enqueued == watched.looked_at == len(gateway.messages.read) == min(number, 600)
    assert gateway.messages.read == keys[:600]


def test_rows_that_are_not_let_in_leave_their_room_to_others(gateway: FakeGateway) -> None:
    for number in range(80):
        waits(gateway, f"late-{number}", valid_until=START, due_at=START - MINUTE)
    many(gateway, 70)
    gateway.queue.claims = LASTING

    watched = gateway.watch()

    assert (watched.moved, watched.enqueued, len(gateway.messages.read)) == (80, 60, 140)


def test_the_longest_due_come_in_first_wherever_they_wait(gateway: FakeGateway) -> None:
    for minutes in (9, 7, 5):
        waits(gateway, f"outside-{minutes}", due_at=START - minutes * MINUTE)
        lost = START - minutes * MINUTE - SECOND
        waits(gateway, f"lost-{minutes}", due_at=lost, in_queue=True)

    gateway.watch()

    names = [told.message_id for told in enqueued(gateway)]
    assert names == ["lost-9", "outside-9", "lost-7", "outside-7", "lost-5", "outside-5"]


@pytest.mark.parametrize("backlog", [40, 100])
def test_what_the_queue_was_told_of_is_left_to_it_as_long_as_it_can_need(
    gateway: FakeGateway, backlog: int
) -> None:
    waits(gateway, "m", in_queue=True)
    gateway.queue.claims = backlog
    gateway.watch()
    needs = backlog * SLOWEST_TRY / 5

    gateway.queue.claims = backlog // 2
    gateway.clock.advance((needs - SECOND).total_seconds())
    watched = gateway.watch()
    assert (watched.looked_at, watched.finished) == (0, True)
    assert gateway.messages.read == []
    assert watched.oldest_due == needs - SECOND, "it is late all the same"

    gateway.clock.advance(1)
    assert gateway.watch().enqueued == 1


def test_what_an_empty_queue_was_told_of_is_lost_and_let_in_at_once(gateway: FakeGateway) -> None:
    waits(gateway, "m", in_queue=True)

    assert gateway.watch().enqueued == 1


def test_what_is_not_lost_after_all_is_tried_when_its_own_turn_comes(gateway: FakeGateway) -> None:
    """The new queue message is for later: each message of a run has its place behind the others."""
    keys = many(gateway, 300, in_queue=True)
    gateway.watch()

    gateway.dispatch(keys[-1])

    assert [handed.message.key for handed in gateway.voipit.handed] == keys[-1:]


def test_what_was_lost_comes_in_within_bounded_time_under_a_lasting_backlog(
    gateway: FakeGateway,
) -> None:
    """The bound: its grace, the longest time in the queue, and its turn, 60 messages a minute."""
    lost = many(gateway, 120, due_at=START + QUEUE_GRACE, in_queue=True)
    gateway.queue.claims = LASTING

    gateway.clock.advance((QUEUE_GRACE + LONGEST_IN_QUEUE).total_seconds())
    gateway.watch()
    gateway.clock.advance(60)
    gateway.watch()

    assert enqueued(gateway) == lost


def test_what_waits_outside_comes_in_within_bounded_time_under_a_lasting_backlog(
    gateway: FakeGateway,
) -> None:
    many(gateway, 200, due_at=START - HOUR, in_queue=True)
    outside = waits(gateway, "outside", due_at=START - LONGEST_IN_QUEUE)
    gateway.queue.claims = LASTING

    for _ in range(4):
        gateway.watch()
        gateway.clock.advance(60)

    assert outside in enqueued(gateway)


def test_nothing_is_queued_twice_while_voipit_is_slow(gateway: FakeGateway) -> None:
    """`dispatch` manages one message in two seconds; twenty times that was let in."""
    keys = many(gateway, 200)
    gateway.watch()
    handed_out: list[MessageKey] = []

    for second in range(420):
        gateway.clock.advance(1)
        waiting = sorted(gateway.queue.waiting, key=lambda each: each.at)
        if second % 2 == 0 and waiting and waiting[0].at <= gateway.clock():
            gateway.queue.waiting.remove(waiting[0])
            gateway.dispatch(waiting[0].key)
            handed_out.append(waiting[0].key)
        if second % 60 == 0:
            gateway.watch()

    assert sorted(handed_out) == keys
    assert Counter(enqueued(gateway)) == dict.fromkeys(keys, 1)
    assert {row.status for row in gateway.messages.rows.values()} == {Status.SUBMITTED}


def test_the_queue_is_asked_once_in_a_run_and_only_if_a_message_waits_for_it(
    gateway: FakeGateway,
) -> None:
    gateway.messages.create(a_message(due_at=START))
    gateway.watch()
    assert gateway.queue.asked == 0

    many(gateway, 250)
    waits(gateway, "lost", in_queue=True)
    side_by_side(gateway)
    gateway.watch()
    assert gateway.queue.asked == 1


def test_what_finds_no_room_is_late_all_the_same(gateway: FakeGateway) -> None:
    gateway.queue.claims = LASTING
    many(gateway, 60, due_at=START - 20 * MINUTE)
    waits(gateway, "next", due_at=START - 20 * MINUTE + SECOND)
    gateway.clock.advance(0)

    assert gateway.watch().oldest_due == 20 * MINUTE
    assert gateway.watch().oldest_due == 20 * MINUTE - SECOND


def test_ten_messages_are_looked_at_side_by_side_and_each_is_queued_once(
    gateway: FakeGateway,
) -> None:
    keys = many(gateway, 100)
    side_by_side(gateway)
    together = Barrier(10, timeout=20)
    first_of_a_lane = {of.message_id for of in keys[::10]}
    postpone = gateway.messages.postpone

    def wait_for_the_others(message: Any, *args: Any, **named: Any) -> None:
        if message.message_id in first_of_a_lane:
            together.wait()
        postpone(message, *args, **named)

    gateway.messages.postpone = wait_for_the_others  # type: ignore[method-assign]

    watched = gateway.watch()

    assert (watched.looked_at, watched.enqueued, watched.broken) == (100, 100, [])
    assert sorted(enqueued(gateway)) == keys
    delays = sorted(delay / SECOND for _, delay in gateway.queue.enqueued)
    assert delays == [number / 10 for number in range(100)], "so many a second, whatever the lane"


def test_a_failing_table_ends_a_run_of_ten_lanes_soon(
    gateway: FakeGateway,
) -> None:
    many(gateway, 600)
    side_by_side(gateway)
    gateway.messages.be_unavailable("postpone", times=600)

    watched = gateway.watch()

    assert FAILURES_IN_A_ROW <= len(watched.broken) < FAILURES_IN_A_ROW + 10
    assert not watched.finished
    assert gateway.queue.enqueued == []


def test_rows_that_are_not_answered_keep_no_others_from_being_looked_at(
    gateway: FakeGateway,
) -> None:
    keys = many(gateway, 250)
    gateway.messages.be_unavailable("get_all")

    watched = gateway.watch()

    assert [of for of, _ in watched.broken] == [keys[0]]
    assert enqueued(gateway) == keys[100:]
    assert not watched.finished


def test_a_table_that_answers_no_question_for_rows_ends_the_run(gateway: FakeGateway) -> None:
    keys = many(gateway, 1000)
    gateway.watch_messages = replace(gateway.watch_messages, drain_per_second=20)
    gateway.messages.be_unavailable("get_all", times=99)

    watched = gateway.watch()

    assert [of for of, _ in watched.broken] == keys[: 100 * FAILURES_IN_A_ROW : 100]
    assert not watched.finished


class Killed(BaseException):
    """No handler may catch it."""


@pytest.mark.parametrize("lanes", [1, 10])
def test_a_process_that_dies_in_a_lane_is_dead_and_the_next_run_does_the_rest(
    gateway: FakeGateway, lanes: int
) -> None:
    keys = many(gateway, 100)
    side_by_side(gateway, lanes)

    def die(name: str) -> None:
        if name == "queue.enqueue_all":
            raise Killed

    gateway.boundary.before = die
    with pytest.raises(Killed):
        gateway.watch()
    gateway.boundary.before = lambda _: None
    assert gateway.queue.enqueued == []

    gateway.clock.advance((QUEUE_GRACE + MINUTE).total_seconds())
    gateway.watch()

    assert sorted(enqueued(gateway)) == keys


def test_a_queue_that_does_not_tell_its_backlog_can_hold_what_it_was_told_of_for_half_an_hour(
    gateway: FakeGateway,
) -> None:
    waits(gateway, KEY.message_id, in_queue=True)

    def trouble(name: str) -> None:
        if name == "queue.backlog":
            raise StoreUnavailableError("away")

    gateway.boundary.before = trouble

    assert gateway.watch().enqueued == 0
    gateway.clock.advance(LONGEST_IN_QUEUE.total_seconds())
    assert gateway.watch().enqueued == 1


def test_a_queue_that_does_not_tell_its_backlog_for_once_has_lost_nothing(
    gateway: FakeGateway,
) -> None:
    gateway.queue.claims = LASTING
    gateway.watch_messages.progress.note(LASTING, gateway.clock())
    waits(gateway, KEY.message_id, in_queue=True)
    silent = [True, False]

    def trouble(name: str) -> None:
        if name == "queue.backlog" and silent.pop(0):
            raise StoreUnavailableError("away")

    gateway.boundary.before = trouble

    assert gateway.watch().enqueued == 0
    gateway.clock.advance(60)
    assert gateway.watch().enqueued == 0
    assert silent == []


@pytest.mark.parametrize(
    ("trouble", "counted"), [("nothing", 70), ("queue.backlog", 60), ("queue.enqueue_all", 0)]
)
def test_what_is_let_in_and_counted_if_the_queue_does_not_answer(
    gateway: FakeGateway, trouble: str, counted: int
) -> None:
    many(gateway, 70)

    def before(name: str) -> None:
        if name == trouble:
            raise StoreUnavailableError("away")

    gateway.boundary.before = before

    assert gateway.watch().enqueued == counted == len(gateway.queue.enqueued)


def test_a_message_is_in_the_queue_if_the_queue_is_told_of_it(gateway: FakeGateway) -> None:
    ahead: dict[str, datetime | None] = {
        "soon": START + 10 * MINUTE,
        "later": START + HOUR,
    }
    for message_id, send_at in ahead.items():
        gateway.send(message_id=message_id, send_at=send_at)

    assert enqueued(gateway) == [key("soon")]
    assert gateway.messages.rows[key("soon")].in_queue
    assert not gateway.messages.rows[key("later")].in_queue
