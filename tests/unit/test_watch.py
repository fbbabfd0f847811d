from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle
from threading import Barrier
from typing import Any

import pytest

from sms_gateway.domain.circuit import Circuit, OpenReason
from sms_gateway.domain.due import LEASE, QUEUE_GRACE, RECHECK
from sms_gateway.domain.errors import StoreUnavailableError, UnreadableRowError
from sms_gateway.domain.message import Message, OnUnconfirmed, StatusChange
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.outcome import not_taken, unclear
from sms_gateway.domain.patience import MAX_TRIES
from sms_gateway.domain.status import SETTLED, Reason, Status, Trigger
from sms_gateway.use_cases.ports import ChangeRefusedError
from sms_gateway.use_cases.watch import FAILURES_IN_A_ROW, SECONDS_TO_STOP, Watched
from tests.fakes.builders import KEY, a_change, a_message, a_report, key
from tests.fakes.clock import START
from tests.fakes.gateway import REPORT_DEADLINE, FakeGateway
from tests.fakes.messages import Outage

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
RESEND = OnUnconfirmed.RESEND
OVERDUE = {
    "on_unconfirmed": RESEND,
    "history": (StatusChange(Status.UNCONFIRMED, START - timedelta(minutes=60), 1),),
    "open_tries": frozenset({1}),
}
"""A message in doubt that may be tried once more now."""


def due(gateway: FakeGateway, status: Status = Status.QUEUED, **values: Any) -> Message:
    """A message whose time has come this moment, stored."""
    message = a_message(status, **{"due_at": START, **values})
    gateway.messages.create(message)
    gateway.messages.stream.clear()
    return message


def many(gateway: FakeGateway, number: int) -> list[str]:
    names = [f"m-{n:04}" for n in range(number)]
    for name in names:
        due(gateway, message_id=name)
    return names


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
    assert stored(gateway) == replace(before, due_at=START + QUEUE_GRACE)
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

    assert stored(gateway) == replace(before, due_at=START + QUEUE_GRACE)
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


def test_what_is_not_to_be_sent_is_moved_although_the_queue_is_full(gateway: FakeGateway) -> None:
    many(gateway, 600)
    due(gateway, Status.SUBMITTED, message_id="z-late", due_at=START)
    due(gateway, Status.UNCONFIRMED, message_id="z-resend", **OVERDUE)

    watched = gateway.watch()

    assert watched == Watched(looked_at=602, moved=1, enqueued=600, finished=False)
    assert gateway.messages.rows[key("z-late")].status is Status.NO_REPORT
    assert gateway.messages.rows[key("z-resend")].status is Status.UNCONFIRMED
    assert gateway.messages.rows[key("z-resend")].due_at == START


def test_messages_that_are_let_in_are_sent_once_each(gateway: FakeGateway) -> None:
    names = many(gateway, 25)

    gateway.watch()
    for _ in range(4):
        gateway.run_queue()
        gateway.clock.advance(1)

    assert sorted(handed.message.message_id for handed in gateway.voipit.handed) == names


def test_a_run_stops_when_its_time_is_nearly_out(gateway: FakeGateway) -> None:
    many(gateway, 5)
    times = iter([60.0, SECONDS_TO_STOP, SECONDS_TO_STOP - 0.1])

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


@pytest.mark.parametrize(
    "status", [Status.QUEUED, Status.SENDING, Status.SUBMITTED, Status.UNCONFIRMED]
)
def test_a_row_that_is_settled_between_the_index_and_reading_is_passed_over(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, status: Status
) -> None:
    due(gateway, status)
    found = list(gateway.messages.due(START))
    gateway.report(a_report())
    after = stored(gateway)
    monkeypatch.setattr(gateway.messages, "due", lambda _: iter(found))

    assert gateway.watch() == Watched()
    assert stored(gateway) == after


@pytest.mark.parametrize(
    "status", [Status.QUEUED, Status.SENDING, Status.SUBMITTED, Status.UNCONFIRMED]
)
@pytest.mark.parametrize("choice", OnUnconfirmed)
def test_a_row_that_is_settled_between_reading_and_writing_stands(
    gateway: FakeGateway,
    monkeypatch: pytest.MonkeyPatch,
    status: Status,
    choice: OnUnconfirmed,
) -> None:
    seen = due(gateway, status, on_unconfirmed=choice)
    found = list(gateway.messages.due(START))
    gateway.report(a_report())
    after = stored(gateway)
    monkeypatch.setattr(gateway.messages, "due", lambda _: iter(found))
    monkeypatch.setattr(gateway.messages, "get", lambda _: seen)

    assert gateway.watch() == Watched(looked_at=1)
    assert stored(gateway) == after
    assert gateway.queue.enqueued == []


def test_a_row_that_was_claimed_between_the_index_and_reading_is_passed_over(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(gateway)
    found = list(gateway.messages.due(START))
    change = a_change(Trigger.CLAIMED, new_claim="theirs", due_at=START + LEASE)
    claimed = gateway.messages.change(KEY, change)
    monkeypatch.setattr(gateway.messages, "due", lambda _: iter(found))

    assert gateway.watch() == Watched()
    assert stored(gateway) == claimed


def test_a_row_that_is_gone_is_passed_over_and_the_next_is_looked_at(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(gateway)
    monkeypatch.setattr(gateway.messages, "due", lambda _: iter([key("expired"), KEY]))

    assert gateway.watch() == Watched(looked_at=1, enqueued=1)


def test_a_message_that_was_faster_does_not_stop_the_others(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {key(name): gateway.messages.rows[key(name)] for name in many(gateway, 3)}
    gateway.report(a_report(), key("m-0000"))
    monkeypatch.setattr(gateway.messages, "due", lambda _: iter(seen))
    monkeypatch.setattr(gateway.messages, "get", seen.get)

    assert gateway.watch() == Watched(looked_at=3, enqueued=2)


def test_while_the_circuit_cannot_be_read_what_needs_no_call_of_voipit_goes_on(
    gateway: FakeGateway,
) -> None:
    due(gateway, Status.SENDING, message_id="claimed")
    due(gateway, message_id="waiting")
    gateway.circuits.be_unavailable("get")

    watched = gateway.watch()

    assert (watched.circuit_is_known, watched.enqueued) == (False, 0)
    assert gateway.messages.rows[key("claimed")].status is Status.UNCONFIRMED
    assert gateway.messages.rows[key("waiting")].due_at == START + RECHECK


def test_where_it_cannot_be_told_what_is_due_the_run_ends(gateway: FakeGateway) -> None:
    due(gateway)
    gateway.messages.be_unavailable("due")

    with pytest.raises(StoreUnavailableError):
        gateway.watch()


OPERATIONS = {"get": Status.QUEUED, "postpone": Status.QUEUED, "change": Status.SUBMITTED}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())
def test_one_busy_row_does_not_end_a_run(
    gateway: FakeGateway, operation: Any, outage: Outage
) -> None:
    for number in range(3):
        due(gateway, OPERATIONS[operation], message_id=f"m-{number}")
    gateway.messages.be_unavailable(operation, outage)

    watched = gateway.watch()

    assert [of for of, _ in watched.broken] == [key("m-0")]
    assert watched.finished
    assert watched.moved + watched.enqueued == 2


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_run_ends_after_several_failures_in_a_row_of_different_rows(
    gateway: FakeGateway, operation: Any
) -> None:
    for number in range(9):
        due(gateway, OPERATIONS[operation], message_id=f"m-{number}")
    gateway.messages.be_unavailable(operation, times=9)

    watched = gateway.watch()

    assert len(watched.broken) == FAILURES_IN_A_ROW
    assert not watched.finished


def test_failures_with_others_between_them_are_not_in_a_row(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        due(gateway, message_id=f"m-{number:02}")
    get = gateway.messages.get

    def busy(of: MessageKey) -> Message | None:
        if int(of.message_id.removeprefix("m-")) % FAILURES_IN_A_ROW:
            raise StoreUnavailableError("busy")
        return get(of)

    monkeypatch.setattr(gateway.messages, "get", busy)

    watched = gateway.watch()

    assert (watched.enqueued, len(watched.broken), watched.finished) == (6, 24, True)


def test_a_row_that_some_other_process_was_faster_with_is_no_failure(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        due(gateway, message_id=f"m-{number}")
    answers = cycle([*[StoreUnavailableError("busy")] * 4, ChangeRefusedError(None)])

    def postpone(*_: object) -> None:
        raise next(answers)

    monkeypatch.setattr(gateway.messages, "postpone", postpone)

    assert gateway.watch().finished


def test_rows_of_another_release_never_end_a_run(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        due(gateway, message_id=f"m-{number:02}")
    get = gateway.messages.get

    def unreadable(of: MessageKey) -> Message | None:
        if of != key("m-19"):
            raise UnreadableRowError("of another release")
        return get(of)

    monkeypatch.setattr(gateway.messages, "get", unreadable)

    watched = gateway.watch()

    assert (watched.enqueued, len(watched.broken), watched.finished) == (1, 19, True)


@pytest.mark.parametrize("operation", ["get", "postpone"])
@pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())
def test_what_a_run_could_not_do_the_next_one_does(
    gateway: FakeGateway, operation: Any, outage: Outage
) -> None:
    due(gateway, Status.UNCONFIRMED, **OVERDUE)
    gateway.messages.be_unavailable(operation, outage)

    gateway.watch()
    gateway.clock.advance((QUEUE_GRACE + MINUTE).total_seconds())
    gateway.watch()
    gateway.run_queue()

    assert stored(gateway).status is Status.SUBMITTED
    assert len(gateway.voipit.handed) == 1


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
