from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from sms_gateway.domain.circuit import Circuit, OpenReason
from sms_gateway.domain.due import LEASE, QUEUE_GRACE, RECHECK
from sms_gateway.domain.message import Message, OnUnconfirmed
from sms_gateway.domain.outcome import not_taken, unclear
from sms_gateway.domain.patience import MAX_TRIES
from sms_gateway.domain.status import SETTLED, Reason, Status
from sms_gateway.use_cases.watch import (
    SECONDS_FOR_THE_QUEUE,
    SECONDS_TO_STOP,
    Watched,
)
from tests.fakes.builders import KEY, key
from tests.fakes.clock import START
from tests.fakes.gateway import REPORT_DEADLINE, FakeGateway
from tests.unit.due_rows import OVERDUE, RESEND, due, many

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def stored(gateway: FakeGateway) -> Message:
    return gateway.messages.rows[KEY]


def open_circuit(gateway: FakeGateway) -> None:
    gateway.circuits.open(OpenReason.CREDENTIALS, "v1", START, START + 9 * HOUR)


def test_where_nothing_is_due_nothing_is_done(gateway: FakeGateway) -> None:
    assert gateway.watch() == Watched()
    assert gateway.messages.stream == []


@pytest.mark.parametrize("status", sorted(set(Status) - SETTLED))
def test_a_message_whose_time_has_not_come_is_left_alone(
    gateway: FakeGateway, status: Status
) -> None:
    message = due(gateway, status, due_at=START + timedelta(milliseconds=1))

    assert gateway.watch() == Watched()
    assert gateway.messages.rows == {KEY: message}
    assert gateway.queue.enqueued == []


@pytest.mark.parametrize("status", sorted(SETTLED))
def test_a_settled_message_is_left_alone(gateway: FakeGateway, status: Status) -> None:
    message = due(gateway, status, due_at=None)

    assert gateway.watch() == Watched()
    assert gateway.messages.rows == {KEY: message}


DAY_OLD = {"created_at": START - timedelta(days=1)}
EXPIRED = (Status.UNCONFIRMED, Reason.CLAIM_EXPIRED, START + REPORT_DEADLINE)
SILENCE = (Status.NO_REPORT, None, None)


@pytest.mark.parametrize(
    ("status", "values", "expected"),
    [
        pytest.param(Status.SENDING, {}, EXPIRED, id="an overdue claim"),
        pytest.param(
            Status.SENDING, {"on_unconfirmed": RESEND}, EXPIRED,
            id="an overdue claim; resend waits for the report",
        ),
        pytest.param(Status.SENDING, DAY_OLD, EXPIRED, id="an overdue claim, no longer valid"),
        pytest.param(Status.SUBMITTED, {}, SILENCE, id="no report"),
        pytest.param(
            Status.SUBMITTED, {"on_unconfirmed": RESEND}, SILENCE,
            id="no report; what Voipit has taken is not sent again",
        ),
        pytest.param(
            Status.UNCONFIRMED, {"reason": Reason.SERVER_ERROR},
            (Status.NO_REPORT, Reason.SERVER_ERROR, None), id="no report, and nobody knows; hold",
        ),
        pytest.param(
            Status.UNCONFIRMED, {**OVERDUE, "attempt": MAX_TRIES},
            (Status.NO_REPORT, Reason.UNREACHABLE, None), id="resend, but its tries are used up",
        ),
        pytest.param(
            Status.UNCONFIRMED, {**OVERDUE, "valid_until": START},
            (Status.NO_REPORT, Reason.TOO_LATE, None), id="resend, but too late",
        ),
        pytest.param(
            Status.UNCONFIRMED, {**OVERDUE, **DAY_OLD}, (Status.NO_REPORT, Reason.TOO_LATE, None),
            id="resend, but a day late",
        ),
        pytest.param(
            Status.UNCONFIRMED, {**OVERDUE, "resent": True}, SILENCE, id="resend, but it is spent",
        ),
        pytest.param(
            Status.QUEUED, {"valid_until": START}, (Status.FAILED, Reason.TOO_LATE, None),
            id="too late",
        ),
        pytest.param(
            Status.QUEUED, {"attempt": MAX_TRIES}, (Status.FAILED, Reason.UNREACHABLE, None),
            id="tries used up",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_open", [False, True], ids=["closed", "open"])
def test_what_becomes_of_a_message_that_is_due_and_not_to_be_sent(
    gateway: FakeGateway,
    status: Status,
    values: dict[str, Any],
    expected: tuple[Status, Reason | None, datetime | None],
    *,
    is_open: bool,
) -> None:
    before = due(gateway, status, **values)
    if is_open:
        open_circuit(gateway)

    watched = gateway.watch()

    message = stored(gateway)
    assert (message.status, message.reason, message.due_at) == expected
    assert (message.version, message.attempt) == (before.version + 1, before.attempt)
    assert watched == Watched(looked_at=1, moved=1, circuit_is_closed=not is_open)
    assert gateway.queue.enqueued == []
    assert gateway.voipit.handed == []


@pytest.mark.parametrize("attempt", [0, 1, MAX_TRIES - 1])
def test_a_queued_message_is_let_into_the_queue(gateway: FakeGateway, attempt: int) -> None:
    before = due(gateway, attempt=attempt, reason=Reason.NO_CONNECTION)

    assert gateway.watch() == Watched(looked_at=1, enqueued=1)
    assert stored(gateway) == replace(before, due_at=START + QUEUE_GRACE, in_queue=True)
    assert gateway.queue.enqueued == [(KEY, timedelta())]


def test_a_message_that_is_overdue_long_since_is_looked_at_too(gateway: FakeGateway) -> None:
    due(gateway, due_at=START - 5 * HOUR, created_at=START - 5 * HOUR)

    watched = gateway.watch()
    assert (watched.enqueued, watched.oldest_due) == (1, 5 * HOUR)


@pytest.mark.parametrize(
    ("ahead", "delay"), [(MINUTE, MINUTE), (HOUR, None)], ids=["soon", "a clock that was wrong"]
)
def test_a_scheduled_message_waits_for_its_time_in_the_queue(
    gateway: FakeGateway, ahead: timedelta, delay: timedelta | None
) -> None:
    due(gateway, send_at=START + ahead, attempt=0)

    gateway.watch()

    assert gateway.queue.enqueued == ([] if delay is None else [(KEY, delay)])
    due_at = stored(gateway).due_at
    assert due_at is not None
    assert due_at > START


def test_a_schedule_of_days_is_kept_to_the_minute(gateway: FakeGateway) -> None:
    gateway.send(send_at=START + timedelta(days=3))
    handed_at: list[datetime] = []
    gateway.voipit.during_call = lambda _: handed_at.append(gateway.clock())

    gateway.clock.advance(timedelta(days=3, hours=-1).total_seconds())
    for _ in range(70 * 60):
        if gateway.clock().second == 0:
            gateway.watch()
        gateway.run_queue()
        gateway.clock.advance(1)

    assert handed_at == [START + timedelta(days=3)]


@pytest.mark.parametrize(
    ("valid_until", "due_at"),
    [(None, START + RECHECK), (START + 7 * SECOND, START + 7 * SECOND)],
    ids=["valid", "not for long"],
)
def test_a_queued_message_is_looked_at_later_while_the_circuit_is_open(
    gateway: FakeGateway, valid_until: datetime | None, due_at: datetime
) -> None:
    before = due(gateway, valid_until=valid_until)
    open_circuit(gateway)

    assert gateway.watch() == Watched(looked_at=1, waiting_for_circuit=1, circuit_is_closed=False)
    assert stored(gateway) == replace(before, due_at=due_at)
    assert gateway.queue.enqueued == []


def test_a_message_ends_too_late_while_the_circuit_stays_open(gateway: FakeGateway) -> None:
    open_circuit(gateway)
    gateway.voipit.knows = set()
    gateway.send(valid_until=START + HOUR)

    for _ in range(62):
        gateway.clock.advance(60)
        gateway.watch()

    message = stored(gateway)
    assert (message.status, message.reason) == (Status.FAILED, Reason.TOO_LATE)
    assert message.updated_at - (START + HOUR) <= MINUTE
    assert gateway.voipit.handed == []


def test_a_resend_is_let_in_when_the_report_is_overdue(gateway: FakeGateway) -> None:
    before = due(gateway, Status.UNCONFIRMED, **OVERDUE, reason=Reason.SERVER_ERROR)

    assert gateway.watch() == Watched(looked_at=1, enqueued=1)

    assert stored(gateway) == replace(before, due_at=START + QUEUE_GRACE, in_queue=True)
    assert gateway.queue.enqueued == [(KEY, timedelta())]


def test_resend_waits_for_the_circuit_like_any_other(gateway: FakeGateway) -> None:
    before = due(gateway, Status.UNCONFIRMED, **OVERDUE)
    open_circuit(gateway)

    assert gateway.watch() == Watched(looked_at=1, waiting_for_circuit=1, circuit_is_closed=False)
    assert stored(gateway) == replace(before, due_at=START + RECHECK)
    assert gateway.queue.enqueued == []


@pytest.mark.parametrize(
    ("choice", "handed", "status"),
    [(OnUnconfirmed.HOLD, 1, Status.NO_REPORT), (RESEND, 2, Status.SUBMITTED)],
)
def test_an_unclear_answer_is_followed_by_what_the_caller_has_chosen(
    gateway: FakeGateway, choice: OnUnconfirmed, handed: int, status: Status
) -> None:
    gateway.voipit.will_answer(unclear(Reason.NO_ANSWER_IN_TIME))
    gateway.send(on_unconfirmed=choice)

    for _ in range(65):
        gateway.clock.advance(60)
        gateway.watch()
        gateway.run_queue()

    assert len(gateway.voipit.handed) == handed
    assert stored(gateway).status is status


def test_a_message_whose_sender_died_ends_with_nobody_watching(gateway: FakeGateway) -> None:
    gateway.messages.be_unavailable("change")
    assert gateway.send().message.status is Status.SENDING

    gateway.clock.advance(LEASE.total_seconds())
    gateway.watch()
    assert stored(gateway).reason is Reason.CLAIM_EXPIRED
    gateway.clock.advance(REPORT_DEADLINE.total_seconds())
    gateway.watch()

    assert stored(gateway).status is Status.NO_REPORT
    assert len(gateway.voipit.handed) == 1


def test_a_message_the_queue_has_lost_is_sent_a_minute_later(gateway: FakeGateway) -> None:
    gateway.voipit.will_answer(not_taken(Reason.NO_CONNECTION))
    gateway.queue.lose_next()
    gateway.send()

    gateway.clock.advance((5 * SECOND + QUEUE_GRACE).total_seconds())
    gateway.watch()
    gateway.run_queue()

    assert stored(gateway).status is Status.SUBMITTED


def test_time_that_passes_during_a_run_does_not_put_off_what_the_queue_has_lost(
    gateway: FakeGateway,
) -> None:
    gateway.voipit.will_answer(not_taken(Reason.NO_CONNECTION))
    gateway.queue.lose_next()
    gateway.send()
    gateway.clock.advance((5 * SECOND + QUEUE_GRACE).total_seconds())

    def a_moment_later() -> datetime:
        gateway.clock.advance(0.01)
        return gateway.clock()

    gateway.watch_messages = replace(gateway.watch_messages, now=a_moment_later)

    assert gateway.watch().enqueued == 1


def test_the_queue_is_filled_at_a_bounded_rate(gateway: FakeGateway) -> None:
    names = many(gateway, 35)

    watched = gateway.watch()

    assert watched == Watched(looked_at=35, enqueued=35)
    assert sorted(k.message_id for k, _ in gateway.queue.enqueued) == names
    seconds = Counter(delay // SECOND for _, delay in gateway.queue.enqueued)
    assert seconds == {0: 10, 1: 10, 2: 10, 3: 5}


def test_every_message_is_due_only_after_the_queue_has_handed_it_out(gateway: FakeGateway) -> None:
    many(gateway, 35)

    gateway.watch()

    for k, delay in gateway.queue.enqueued:
        assert gateway.messages.rows[k].due_at == START + delay + QUEUE_GRACE


def test_a_run_lets_in_what_fits_into_its_minute_and_leaves_the_rest_to_the_next(
    gateway: FakeGateway,
) -> None:
    names = many(gateway, 650)

    first = gateway.watch()
    gateway.clock.advance(60)
    second = gateway.watch()

    assert (first.enqueued, first.finished) == (600, False)
    assert (second.enqueued, second.finished) == (50, True)
    assert max(delay for _, delay in gateway.queue.enqueued) < MINUTE
    assert sorted(k.message_id for k, _ in gateway.queue.enqueued) == names


def test_what_is_not_to_be_sent_is_moved_first_however_much_waits_for_the_queue(
    gateway: FakeGateway,
) -> None:
    many(gateway, 700)
    due(gateway, Status.SUBMITTED, message_id="z-late", due_at=START)

    watched = gateway.watch()

    assert watched == Watched(looked_at=601, moved=1, enqueued=600, finished=False)
    assert gateway.messages.rows[key("z-late")].status is Status.NO_REPORT
    assert gateway.messages.read[0] == key("z-late")


def test_what_waits_for_the_queue_has_its_share_of_a_run_however_much_else_is_due(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.circuits.open(OpenReason.IP_BLOCKED, "v1", START, START + timedelta(hours=1))
    for number in range(40):
        due(gateway, Status.UNCONFIRMED, message_id=f"m-{number:02}", **OVERDUE)
    due(gateway, message_id="z-late", valid_until=START)
    gateway.seconds_left = SECONDS_TO_STOP + SECONDS_FOR_THE_QUEUE + 20
    postpone = gateway.messages.postpone

    def slowly(*given: Any, **named: Any) -> None:
        gateway.seconds_left -= 1
        postpone(*given, **named)

    monkeypatch.setattr(gateway.messages, "postpone", slowly)

    watched = gateway.watch()

    assert (watched.waiting_for_circuit, watched.moved, watched.finished) == (21, 1, False)
    assert gateway.messages.rows[key("z-late")].status is Status.FAILED


def test_resends_for_which_there_is_no_room_wait_their_turn_and_are_read_once(
    gateway: FakeGateway,
) -> None:
    gateway.queue.claims = 600  # so there is room for the tenth part, 60
    for number in range(70):
        due(gateway, Status.UNCONFIRMED, message_id=f"m-{number:02}", **OVERDUE)

    assert gateway.watch() == Watched(
        looked_at=70, enqueued=60, finished=False, oldest_due=0 * MINUTE
    )
    assert {row.due_at for row in gateway.messages.rows.values() if row.due_at} >= {START}
    gateway.messages.read.clear()
    gateway.queue.claims = 0
    gateway.clock.advance(60)

    assert gateway.watch() == Watched(looked_at=10, enqueued=10, oldest_due=MINUTE)
    assert len(gateway.messages.read) == 10


def test_messages_that_are_let_in_are_sent_once_each(gateway: FakeGateway) -> None:
    names = many(gateway, 25)

    gateway.watch()
    for _ in range(4):
        gateway.run_queue()
        gateway.clock.advance(1)

    assert sorted(handed.message.message_id for handed in gateway.voipit.handed) == names


def test_a_run_stops_when_its_time_is_nearly_out(gateway: FakeGateway) -> None:
    many(gateway, 5)
    for_the_lines = [60.0] * 3
    times = iter([*for_the_lines, 60.0, SECONDS_TO_STOP, SECONDS_TO_STOP - 0.1])

    watched = gateway.watch_messages(lambda: next(times))

    assert watched == Watched(looked_at=2, enqueued=2, finished=False)


def test_a_run_without_time_looks_at_nothing_and_says_so(gateway: FakeGateway) -> None:
    before = due(gateway)
    gateway.seconds_left = SECONDS_TO_STOP - 0.1

    assert gateway.watch() == Watched(finished=False)
    assert stored(gateway) == before


@pytest.mark.parametrize(
    ("status", "values"),
    [
        (Status.QUEUED, {}),
        (Status.QUEUED, {"attempt": MAX_TRIES}),
        (Status.SENDING, {}),
        (Status.SUBMITTED, {}),
        (Status.UNCONFIRMED, {}),
        (Status.UNCONFIRMED, OVERDUE),
    ],
    ids=["queued", "used up", "sending", "submitted", "unconfirmed", "resend"],
)
def test_runs_at_once_change_nothing_twice(
    gateway: FakeGateway, status: Status, values: dict[str, Any]
) -> None:
    for number in range(20):
        due(gateway, status, message_id=f"m-{number}", **values)
    together = Barrier(4)

    def watch(_: int) -> Watched:
        together.wait()
        return gateway.watch()

    with ThreadPoolExecutor(4) as threads:
        watched = list(threads.map(watch, range(4)))
    gateway.clock.advance(5)
    gateway.run_queue()

    changes = Counter(
        (change.after.message_id, change.after.version)
        for change in gateway.messages.stream
        if change.is_change_of_status
    )
    assert set(changes.values()) == {1}
    moved = sum(run.moved for run in watched)
    is_let_in = (status, values) in [(Status.QUEUED, {}), (Status.UNCONFIRMED, OVERDUE)]
    assert moved == (0 if is_let_in else 20)
    sent = Counter(handed.message.message_id for handed in gateway.voipit.handed)
    assert set(sent.values()) <= {1}


def test_the_run_that_closes_the_circuit_lets_the_messages_in(gateway: FakeGateway) -> None:
    open_circuit(gateway)
    due(gateway)
    gateway.accounts.mend("v2")

    assert gateway.watch() == Watched(looked_at=1, enqueued=1)
    assert gateway.circuits.circuit == Circuit(proven="v2", proven_at=gateway.clock())
    assert gateway.voipit.handed == []


def test_after_an_outage_the_messages_are_sent_at_the_bounded_rate(gateway: FakeGateway) -> None:
    gateway.circuits.open(OpenReason.IP_BLOCKED, "v1", START, START + MINUTE)
    for number in range(45):
        assert gateway.send(message_id=f"m-{number}").message.status is Status.QUEUED
    per_second: Counter[datetime] = Counter()
    gateway.voipit.during_call = lambda _: per_second.update([gateway.clock()])

    gateway.clock.advance(60)
    gateway.watch()
    for _ in range(20):
        gateway.run_queue()
        gateway.clock.advance(1)

    assert per_second.total() == 45
    assert max(per_second.values()) <= 11
    assert {row.status for row in gateway.messages.rows.values()} == {Status.SUBMITTED}
