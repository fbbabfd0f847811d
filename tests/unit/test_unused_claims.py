"""A claim that has certainly sent nothing, though the table may say that somebody is sending."""

from contextlib import suppress
from datetime import timedelta

import pytest

from sms_gateway.domain.circuit import OpenReason
from sms_gateway.domain.due import LEASE, QUEUE_GRACE, UNUSED_PAUSE
from sms_gateway.domain.errors import LeftToQueueError, StoreUnavailableError, UnreadableRowError
from sms_gateway.domain.guards import Limits
from sms_gateway.domain.message import Message
from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken, refused, unclear
from sms_gateway.domain.status import Reason, Status
from sms_gateway.use_cases.hand_over import SECONDS_TO_RECORD
from tests.fakes.builders import KEY, a_message, a_report, key
from tests.fakes.clock import START
from tests.fakes.gateway import FakeGateway
from tests.fakes.messages import Outage

SECOND = timedelta(seconds=1)

each_outage = pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())


def waiting(gateway: FakeGateway) -> Message:
    message = a_message(Status.QUEUED, attempt=0, due_at=START)
    gateway.messages.create(message)
    return message


def stored(gateway: FakeGateway) -> Message:
    return gateway.messages.rows[KEY]


def lose_the_claim(gateway: FakeGateway, outage: Outage = Outage.AFTER) -> None:
    waiting(gateway)
    gateway.messages.be_unavailable("change", outage)
    with pytest.raises(StoreUnavailableError):
        gateway.dispatch()


def moves(gateway: FakeGateway) -> list[tuple[Status, int, Reason | None]]:
    return [(entry.status, entry.attempt, entry.reason) for entry in stored(gateway).history]


@each_outage
def test_a_message_whose_claim_got_no_answer_is_sent_once_all_the_same(
    gateway: FakeGateway, outage: Outage
) -> None:
    lose_the_claim(gateway, outage)
    assert gateway.queue.enqueued == []

    gateway.clock.advance(UNUSED_PAUSE.total_seconds())
    for _ in range(3):
        gateway.run_queue()
        gateway.dispatch()  # the queue message that went wrong comes again

    assert stored(gateway).status is Status.SUBMITTED
    assert len(gateway.voipit.handed) == 1


def test_while_no_claim_can_be_written_the_message_has_one_queue_message(
    gateway: FakeGateway,
) -> None:
    """`watch` runs every minute, and the table takes its writes."""
    waiting(gateway)
    gateway.queue.enqueue(KEY, timedelta())
    gateway.messages.be_unavailable("change", times=9)
    pauses = []

    while stored(gateway).status is Status.QUEUED:
        assert len(gateway.queue.waiting) == 1
        for received in gateway.queue.take():
            with suppress(LeftToQueueError):
                gateway.dispatch(received.key, received.unused_claim)
            pauses += [w.at - gateway.clock() for w in gateway.queue.waiting]
        gateway.clock.advance(5)
        if gateway.clock().second == 0:
            gateway.watch()

    assert stored(gateway).status is Status.SUBMITTED
    assert pauses == [SECOND * n for n in (20, 20, 20, 40, 80, 160, 320, 640, 900)]


@pytest.mark.parametrize(
    ("outage", "pause"), [(Outage.BEFORE, timedelta(minutes=15)), (Outage.AFTER, UNUSED_PAUSE)]
)
def test_a_claim_that_was_written_is_freed_before_watch_takes_it_for_doubtful(
    gateway: FakeGateway, outage: Outage, pause: timedelta
) -> None:
    """One that was not is no reason for haste, if it did not work nine times before."""
    gateway.messages.create(a_message(Status.QUEUED, attempt=0, due_at=START, put_off=9))
    gateway.messages.be_unavailable("change", outage)

    with pytest.raises(LeftToQueueError):
        gateway.dispatch()

    assert [waiting.at for waiting in gateway.queue.waiting] == [START + pause]


def test_a_claim_that_another_release_was_faster_with_is_not_told_of(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object, **__: object) -> Message:
        raise UnreadableRowError

    waiting(gateway)
    monkeypatch.setattr(gateway.intake, "claim", unreadable)

    with pytest.raises(UnreadableRowError):
        gateway.dispatch()

    assert gateway.queue.waiting == []


def test_a_queue_message_that_none_replaces_comes_again(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(gateway)
    gateway.messages.be_unavailable("change")
    monkeypatch.setattr(gateway.queue, "enqueue_unused", lambda *_: False)

    with pytest.raises(StoreUnavailableError) as raised:
        gateway.dispatch()

    assert raised.type is StoreUnavailableError


def test_its_history_tells_that_nothing_was_sent_the_first_time(gateway: FakeGateway) -> None:
    lose_the_claim(gateway)

    gateway.clock.advance(UNUSED_PAUSE.total_seconds())
    gateway.run_queue()

    assert moves(gateway)[-4:] == [
        (Status.SENDING, 1, None),
        (Status.QUEUED, 1, Reason.STORE_UNAVAILABLE),
        (Status.SENDING, 2, None),
        (Status.SUBMITTED, 2, None),
    ]


def test_the_word_comes_after_a_slow_write_and_before_watch_takes_it_for_unconfirmed() -> None:
    assert timedelta(seconds=SECONDS_TO_RECORD) < UNUSED_PAUSE < LEASE


def test_the_word_may_come_when_it_is_taken_for_unconfirmed_already(gateway: FakeGateway) -> None:
    lose_the_claim(gateway)
    gateway.clock.advance(LEASE.total_seconds())
    gateway.watch()
    assert stored(gateway).reason is Reason.CLAIM_EXPIRED

    gateway.run_queue()

    assert stored(gateway).status is Status.SUBMITTED
    assert len(gateway.voipit.handed) == 1


def test_a_message_that_is_freed_and_may_not_be_sent_waits_as_every_other(
    gateway: FakeGateway,
) -> None:
    lose_the_claim(gateway)
    gateway.circuits.open(OpenReason.IP_BLOCKED, "v1", START, START + timedelta(hours=1))

    gateway.clock.advance(UNUSED_PAUSE.total_seconds())
    gateway.run_queue()

    assert (stored(gateway).status, stored(gateway).attempt) == (Status.QUEUED, 1)
    assert gateway.voipit.handed == []


def test_a_message_that_was_freed_is_due_even_if_the_process_dies_then(
    gateway: FakeGateway,
) -> None:
    lose_the_claim(gateway)
    claim = stored(gateway).claim
    gateway.circuits.be_unavailable("get")

    with pytest.raises(StoreUnavailableError):
        gateway.dispatch(KEY, claim)

    assert stored(gateway).status is Status.QUEUED
    assert stored(gateway).due_at == START + QUEUE_GRACE


@pytest.mark.parametrize("status", [Status.SENDING, Status.UNCONFIRMED])
def test_a_message_that_somebody_else_has_claimed_is_left_to_them(
    gateway: FakeGateway, status: Status
) -> None:
    message = a_message(status, claim="theirs")
    gateway.messages.create(message)

    assert gateway.dispatch(KEY, "not theirs") == message
    assert stored(gateway) == message
    assert gateway.voipit.handed == []


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.QUEUED}))
def test_only_sending_and_unconfirmed_are_taken_back(gateway: FakeGateway, status: Status) -> None:
    message = a_message(status)
    gateway.messages.create(message)

    gateway.dispatch(KEY, message.claim)

    was_taken_back = status in {Status.SENDING, Status.UNCONFIRMED}
    assert bool(gateway.voipit.handed) is was_taken_back
    assert (stored(gateway) != message) is was_taken_back


def test_the_word_about_a_message_that_was_never_stored_does_nothing(
    gateway: FakeGateway,
) -> None:
    assert gateway.dispatch(key("unknown"), "a-claim") is None
    assert gateway.messages.rows == {}


def test_a_report_that_comes_between_reading_and_writing_stands(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = a_message(Status.SENDING)
    gateway.messages.create(seen)
    gateway.report(a_report())
    monkeypatch.setattr(gateway.messages, "get", lambda _: seen)

    message = gateway.dispatch(KEY, seen.claim)

    assert message is not None
    assert message.status is Status.SENT
    assert gateway.voipit.handed == []


@each_outage
def test_a_message_that_ended_instead_of_being_claimed_has_no_claim_to_tell_of(
    gateway: FakeGateway, outage: Outage
) -> None:
    message = a_message(Status.QUEUED, valid_until=START)
    gateway.messages.create(message)
    gateway.messages.be_unavailable("change", outage)

    with pytest.raises(StoreUnavailableError):
        gateway.dispatch()

    assert gateway.queue.unused == []


# --- after a call that was certainly not taken ------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "is_told"),
    [
        (not_taken(Reason.NO_CONNECTION), True),
        (not_taken(Reason.NO_TIME_LEFT), True),
        (ACCEPTED, False),
        (refused("no credit"), False),
        (unclear(Reason.NO_ANSWER_IN_TIME), False),
    ],
    ids=["no connection", "no time left", "accepted", "refused", "unclear"],
)
def test_an_outcome_that_cannot_be_written_is_told_to_the_queue_if_nothing_was_taken(
    gateway: FakeGateway, outcome: Outcome, *, is_told: bool
) -> None:
    waiting(gateway)
    gateway.voipit.will_answer(outcome)
    gateway.voipit.during_call = lambda _: gateway.messages.be_unavailable("change")

    message = gateway.dispatch()

    assert message == stored(gateway)
    assert stored(gateway).status is Status.SENDING
    assert gateway.queue.unused == ([(KEY, stored(gateway).claim)] if is_told else [])


@each_outage
def test_a_message_that_was_not_taken_is_sent_although_that_could_not_be_written(
    gateway: FakeGateway, outage: Outage
) -> None:
    waiting(gateway)
    gateway.voipit.will_answer(not_taken(Reason.THROTTLED))
    gateway.voipit.during_call = lambda _: gateway.messages.be_unavailable("change", outage)
    gateway.dispatch()
    gateway.voipit.during_call = lambda _: None

    gateway.clock.advance(UNUSED_PAUSE.total_seconds())
    gateway.run_queue()

    assert stored(gateway).status is Status.SUBMITTED


def test_a_message_whose_failed_try_was_written_without_an_answer_keeps_its_pause(
    gateway: FakeGateway,
) -> None:
    """The word about the unused claim comes too early, and the other one at its time."""
    waiting(gateway)
    gateway.voipit.will_answer(*[not_taken(Reason.THROTTLED)] * 6)
    for _ in range(5):
        gateway.dispatch()
        gateway.clock.advance(gateway.queue.enqueued[-1][1].total_seconds())
    gateway.queue.waiting.clear()
    gateway.voipit.during_call = lambda _: gateway.messages.be_unavailable("change", Outage.AFTER)
    gateway.dispatch()
    gateway.voipit.during_call = lambda _: None

    gateway.clock.advance(UNUSED_PAUSE.total_seconds())
    gateway.run_queue()
    assert stored(gateway).attempt == 6
    gateway.clock.advance(160 - UNUSED_PAUSE.total_seconds())
    gateway.run_queue()

    assert stored(gateway).status is Status.SUBMITTED


# --- a caller's own request -------------------------------------------------------------------


@each_outage
def test_a_request_that_is_repeated_after_a_lost_write_ends_in_one_sms(
    gateway: FakeGateway, outage: Outage
) -> None:
    gateway.messages.be_unavailable("create", outage)
    with pytest.raises(StoreUnavailableError):
        gateway.send()
    gateway.send()

    gateway.clock.advance(UNUSED_PAUSE.total_seconds())
    gateway.run_queue()

    assert stored(gateway).status is Status.SUBMITTED
    assert len(gateway.voipit.handed) == 1


@each_outage
def test_without_an_id_a_second_click_after_a_lost_write_ends_in_one_sms(
    gateway: FakeGateway, outage: Outage
) -> None:
    gateway.intake.limits = Limits(double_click=timedelta(seconds=10))
    gateway.messages.be_unavailable("create", outage)
    with pytest.raises(StoreUnavailableError):
        gateway.send(message_id=None)
    gateway.clock.advance(5)
    again = gateway.send(message_id=None)

    gateway.clock.advance(UNUSED_PAUSE.total_seconds())
    gateway.run_queue()

    assert gateway.messages.rows[again.message.key].status is Status.SUBMITTED
    assert len(gateway.voipit.handed) == 1


def test_what_was_not_even_to_be_sent_now_has_no_claim_to_tell_of(gateway: FakeGateway) -> None:
    gateway.messages.be_unavailable("create")

    with pytest.raises(StoreUnavailableError):
        gateway.send(send_at=START + timedelta(minutes=1))

    assert gateway.queue.unused == []
