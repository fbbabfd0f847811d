"""A run of `watch` while rows change under its hands, and while the table does not answer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest

from sms_gateway.domain.due import LEASE, QUEUE_GRACE, RECHECK
from sms_gateway.domain.errors import StoreUnavailableError, UnreadableRowError
from sms_gateway.domain.message import Message, OnUnconfirmed
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.status import Status, Trigger
from sms_gateway.use_cases.ports import ChangeRefusedError, Due
from sms_gateway.use_cases.watch import FAILURES_IN_A_ROW, Watched
from tests.fakes.builders import KEY, a_change, a_report, key
from tests.fakes.clock import START
from tests.fakes.gateway import FakeGateway
from tests.fakes.messages import Outage
from tests.unit.due_rows import OVERDUE, due, index_of, many, of_line

MINUTE = timedelta(minutes=1)


def stored(gateway: FakeGateway) -> Message:
    return gateway.messages.rows[KEY]


def test_stuck_rows_that_wait_for_voipit_keep_nothing_from_the_queue(
    gateway: FakeGateway,
) -> None:
    for number in range(FAILURES_IN_A_ROW):
        due(gateway, Status.SUBMITTED, message_id=f"stuck-{number}")
    due(gateway, message_id="waiting")
    gateway.messages.be_unavailable("change", times=FAILURES_IN_A_ROW)

    watched = gateway.watch()

    assert (len(watched.broken), watched.enqueued) == (FAILURES_IN_A_ROW, 1)


def test_a_part_of_the_index_that_does_not_answer_keeps_no_other_waiting(
    gateway: FakeGateway,
) -> None:
    due(gateway, Status.SUBMITTED, message_id="overdue")
    due(gateway, message_id="waiting")
    gateway.messages.be_unavailable("due")

    with pytest.raises(StoreUnavailableError):
        gateway.watch()

    assert [key.message_id for key, _ in gateway.queue.enqueued] == ["waiting"]


@pytest.mark.parametrize(
    "status", [Status.QUEUED, Status.SENDING, Status.SUBMITTED, Status.UNCONFIRMED]
)
def test_a_row_that_is_settled_between_the_index_and_reading_is_passed_over(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, status: Status
) -> None:
    due(gateway, status)
    found = index_of(gateway)
    gateway.report(a_report())
    after = stored(gateway)
    monkeypatch.setattr(gateway.messages, "due", found)

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
    found = index_of(gateway)
    gateway.report(a_report())
    after = stored(gateway)
    monkeypatch.setattr(gateway.messages, "due", found)
    monkeypatch.setattr(gateway.messages, "get_all", lambda _: {KEY: seen})

    assert gateway.watch() == Watched(looked_at=1)
    assert stored(gateway) == after
    assert gateway.queue.enqueued == []


def test_a_row_that_was_claimed_between_the_index_and_reading_is_passed_over(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(gateway)
    found = index_of(gateway)
    change = a_change(Trigger.CLAIMED, new_claim="theirs", due_at=START + LEASE)
    claimed = gateway.messages.change(KEY, change)
    monkeypatch.setattr(gateway.messages, "due", found)

    assert gateway.watch() == Watched()
    assert stored(gateway) == claimed


def test_a_row_that_is_gone_is_passed_over_and_the_next_is_looked_at(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(gateway)
    found = [Due(START, key("expired")), Due(START, KEY)]
    monkeypatch.setattr(gateway.messages, "due", lambda line, _: of_line(line, found))

    assert gateway.watch() == Watched(looked_at=1, enqueued=1)


def test_a_message_that_was_faster_does_not_stop_the_others(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {key(name): gateway.messages.rows[key(name)] for name in many(gateway, 3)}
    gateway.report(a_report(), key("m-0000"))
    found = [Due(START, key) for key in seen]
    monkeypatch.setattr(gateway.messages, "due", lambda line, _: of_line(line, found))
    monkeypatch.setattr(gateway.messages, "get_all", lambda _: seen)

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


OPERATIONS = {"postpone": Status.QUEUED, "change": Status.SUBMITTED}


def show(
    gateway: FakeGateway,
    monkeypatch: pytest.MonkeyPatch,
    error: Callable[[MessageKey], StoreUnavailableError | None],
) -> None:
    """From now on the table does not show the rows that have an error."""
    get_all = gateway.messages.get_all

    def with_errors(keys: Sequence[MessageKey]) -> Mapping[MessageKey, Any]:
        return {of: error(of) or row for of, row in get_all(keys).items()}

    monkeypatch.setattr(gateway.messages, "get_all", with_errors)


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

    def busy(of: MessageKey) -> StoreUnavailableError | None:
        is_busy = int(of.message_id.removeprefix("m-")) % FAILURES_IN_A_ROW
        return StoreUnavailableError("busy") if is_busy else None

    show(gateway, monkeypatch, busy)

    watched = gateway.watch()

    assert (watched.enqueued, len(watched.broken), watched.finished) == (6, 24, True)


def test_a_row_that_some_other_process_was_faster_with_is_no_failure(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        due(gateway, message_id=f"m-{number}")
    answers = cycle([*[StoreUnavailableError("busy")] * 4, ChangeRefusedError(None)])

    def postpone(*_: object, **__: object) -> None:
        raise next(answers)

    monkeypatch.setattr(gateway.messages, "postpone", postpone)

    assert gateway.watch().finished


def test_rows_of_another_release_never_end_a_run(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        due(gateway, message_id=f"m-{number:02}")

    def unreadable(of: MessageKey) -> StoreUnavailableError | None:
        return UnreadableRowError("of another release") if of != key("m-19") else None

    show(gateway, monkeypatch, unreadable)

    watched = gateway.watch()

    assert (watched.enqueued, len(watched.broken), watched.finished) == (1, 19, True)


@pytest.mark.parametrize("operation", ["get_all", "postpone"])
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
