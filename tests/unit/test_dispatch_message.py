from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from sms_gateway.domain.account import Account
from sms_gateway.domain.circuit import Circuit, OpenReason
from sms_gateway.domain.due import LEASE, QUEUE_GRACE, RECHECK
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.guards import Limits, Suppression
from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken, refused, unclear
from sms_gateway.domain.patience import MAX_TRIES
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.status import Reason, Status, Trigger
from sms_gateway.use_cases.hand_over import SECONDS_TO_RECORD
from tests.fakes.builders import ID, KEY, NUMBER, a_change, a_message, a_report, key
from tests.fakes.clock import START
from tests.fakes.gateway import REPORT_DEADLINE, FakeGateway
from tests.fakes.messages import Outage

if TYPE_CHECKING:
    from sms_gateway.use_cases.ports import DispatchQueue

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def waiting(gateway: FakeGateway, **values: Any) -> Message:
    """A queued message that was never tried, stored."""
    ordinary = {"attempt": 0, "due_at": START}
    message = a_message(Status.QUEUED, **ordinary | values)
    gateway.messages.create(message)
    gateway.messages.stream.clear()
    return message


def stored(gateway: FakeGateway) -> Message:
    return gateway.messages.rows[KEY]


def test_the_fake_is_what_dispatch_asks_for(gateway: FakeGateway) -> None:
    queue: DispatchQueue = gateway.queue

    queue.enqueue(KEY, SECOND)

    assert gateway.queue.enqueued == [(KEY, SECOND)]


def test_a_queued_message_is_claimed_handed_over_and_its_outcome_recorded(
    gateway: FakeGateway,
) -> None:
    before = waiting(gateway)
    during: list[Message] = []
    gateway.voipit.during_call = lambda _: during.append(stored(gateway))

    message = gateway.dispatch()

    [claim] = during
    [handed] = gateway.voipit.handed
    assert (claim.status, claim.attempt, claim.due_at) == (Status.SENDING, 1, START + LEASE)
    assert claim.claim != before.claim
    assert handed.message == claim
    assert handed.send_result_to == f"https://callback.test/clinic/{ID}/1/key.signature"
    assert message == stored(gateway)
    assert message is not None
    assert (message.status, message.attempt) == (Status.SUBMITTED, 1)
    assert message.due_at == START + REPORT_DEADLINE


def test_each_try_has_its_own_number_its_own_claim_and_its_own_url(gateway: FakeGateway) -> None:
    gateway.voipit.will_answer(*[not_taken(Reason.NO_CONNECTION)] * 3)
    waiting(gateway)

    for _ in range(4):
        gateway.dispatch()
        gateway.clock.advance(HOUR.total_seconds())

    handed = gateway.voipit.handed
    assert [h.message.attempt for h in handed] == [1, 2, 3, 4]
    assert len({h.message.claim for h in handed}) == 4
    assert len({h.send_result_to for h in handed}) == 4


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.QUEUED}))
def test_a_queue_message_that_is_no_longer_true_does_nothing(
    gateway: FakeGateway, status: Status
) -> None:
    message = a_message(status)
    gateway.messages.create(message)

    assert gateway.dispatch() == message
    assert gateway.messages.rows == {KEY: message}
    assert gateway.voipit.handed == []
    assert gateway.queue.enqueued == []


def test_a_queue_message_about_nothing_does_nothing(gateway: FakeGateway) -> None:
    assert gateway.dispatch(key("unknown")) is None
    assert gateway.messages.stream == []


def test_a_queue_message_that_comes_again_and_again_sends_once(gateway: FakeGateway) -> None:
    waiting(gateway)

    for _ in range(5):
        gateway.dispatch()

    assert len(gateway.voipit.handed) == 1
    assert stored(gateway).version == 4


def test_of_twenty_copies_at_once_one_sends(gateway: FakeGateway) -> None:
    waiting(gateway)
    together = Barrier(20)

    def dispatch(_: int) -> Message | None:
        together.wait()
        return gateway.dispatch()

    with ThreadPoolExecutor(20) as threads:
        seen = list(threads.map(dispatch, range(20)))

    assert len(gateway.voipit.handed) == 1
    assert {message and message.status for message in seen} <= {Status.SENDING, Status.SUBMITTED}
    assert stored(gateway).status is Status.SUBMITTED


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        pytest.param({"valid_until": START}, Reason.TOO_LATE, id="validity over"),
        pytest.param({"created_at": START - 24 * HOUR}, Reason.TOO_LATE, id="a day old"),
        pytest.param({"attempt": MAX_TRIES}, Reason.UNREACHABLE, id="tries used up"),
        pytest.param(
            {"valid_until": START, "attempt": MAX_TRIES},
            Reason.TOO_LATE,
            id="both: time comes first",
        ),
    ],
)
@pytest.mark.parametrize("is_open", [False, True], ids=["closed", "open"])
def test_a_message_that_may_not_be_tried_any_more_has_failed(
    gateway: FakeGateway, values: dict[str, Any], reason: Reason, *, is_open: bool
) -> None:
    waiting(gateway, **values)
    if is_open:
        gateway.circuits.open(OpenReason.CREDENTIALS, "v1", START, START + HOUR)

    message = gateway.dispatch()

    assert message == stored(gateway)
    assert (stored(gateway).status, stored(gateway).reason) == (Status.FAILED, reason)
    assert stored(gateway).due_at is None
    assert gateway.voipit.handed == []
    assert gateway.queue.enqueued == []


def test_the_last_try_is_made_and_then_it_is_over(gateway: FakeGateway) -> None:
    gateway.voipit.will_answer(*[not_taken(Reason.NO_CONNECTION)] * 99)
    waiting(gateway, valid_until=START + timedelta(days=300))
    gateway.queue.enqueue(KEY, timedelta())

    while gateway.queue.waiting:
        gateway.run_queue()
        gateway.clock.advance(60)

    assert len(gateway.voipit.handed) == MAX_TRIES
    assert (stored(gateway).status, stored(gateway).reason) == (Status.FAILED, Reason.UNREACHABLE)
    assert stored(gateway).history[-2].reason is Reason.NO_CONNECTION


@pytest.mark.parametrize(
    ("ahead", "delay", "due_in"),
    [
        (SECOND, SECOND, SECOND + QUEUE_GRACE),
        (HOUR / 4, HOUR / 4, HOUR / 4 + QUEUE_GRACE),
        (HOUR, None, HOUR - RECHECK),
    ],
    ids=["a second early", "a quarter of an hour early", "an hour early"],
)
def test_a_message_whose_time_has_not_come_is_put_off(
    gateway: FakeGateway, ahead: timedelta, delay: timedelta | None, due_in: timedelta
) -> None:
    before = waiting(gateway, send_at=START + ahead)

    gateway.dispatch()

    in_queue = delay is not None
    assert stored(gateway) == replace(before, due_at=START + due_in, in_queue=in_queue)
    assert gateway.queue.enqueued == ([] if delay is None else [(KEY, delay)])
    assert gateway.voipit.handed == []


@pytest.mark.parametrize("reason", OpenReason)
def test_a_message_is_put_off_outside_the_queue_while_the_circuit_is_open(
    gateway: FakeGateway, reason: OpenReason
) -> None:
    before = waiting(gateway)
    gateway.circuits.open(reason, "v1", START, START + HOUR)

    gateway.dispatch()

    assert stored(gateway) == replace(before, due_at=START + RECHECK, put_off=1)
    assert gateway.queue.enqueued == []
    assert (gateway.voipit.handed, gateway.voipit.pings) == ([], [])


def test_putting_off_is_no_change_of_status_and_uses_no_try_up(gateway: FakeGateway) -> None:
    waiting(gateway)
    gateway.circuits.open(OpenReason.IP_BLOCKED, "v1", START, START + HOUR)

    for _ in range(MAX_TRIES + 5):
        gateway.dispatch()

    assert [change for change in gateway.messages.stream if change.is_change_of_status] == []
    assert (stored(gateway).status, stored(gateway).attempt) == (Status.QUEUED, 0)


def test_a_message_is_never_put_off_beyond_its_validity(gateway: FakeGateway) -> None:
    waiting(gateway, valid_until=START + 7 * SECOND)
    gateway.circuits.open(OpenReason.CREDENTIALS, "v1", START, START + HOUR)

    gateway.dispatch()

    assert stored(gateway).due_at == START + 7 * SECOND


@pytest.mark.parametrize(
    ("circuit", "available"),
    [(Circuit(probe_until=START + HOUR), True), (Circuit(), False)],
    ids=["somebody else tries the account", "no account"],
)
def test_a_message_that_may_not_be_sent_yet_stays_in_the_queue(
    gateway: FakeGateway, circuit: Circuit, *, available: bool
) -> None:
    before = waiting(gateway)
    gateway.circuits.circuit = circuit
    gateway.accounts.available = available

    gateway.dispatch()

    due_at = START + 5 * SECOND + QUEUE_GRACE
    assert stored(gateway) == replace(before, due_at=due_at, put_off=1, in_queue=True)
    assert gateway.queue.enqueued == [(KEY, 5 * SECOND)]


@pytest.mark.parametrize(
    "reason",
    [Reason.NO_CONNECTION, Reason.THROTTLED, Reason.SECRET_UNAVAILABLE, Reason.NO_TIME_LEFT],
)
def test_what_was_certainly_not_taken_comes_again_after_a_growing_pause(
    gateway: FakeGateway, reason: Reason
) -> None:
    gateway.voipit.will_answer(*[not_taken(reason)] * 9)
    waiting(gateway)
    dues: list[datetime | None] = []

    for _ in range(9):
        gateway.dispatch()
        assert (stored(gateway).status, stored(gateway).reason) == (Status.QUEUED, reason)
        dues.append(stored(gateway).due_at)
        gateway.clock.advance(gateway.queue.enqueued[-1][1].total_seconds())

    delays = [delay for _, delay in gateway.queue.enqueued]
    assert delays == [n * SECOND for n in (5, 10, 20, 40, 80, 160, 320, 640, 900)]
    assert dues == [START + waited + QUEUE_GRACE for waited in accumulate(delays)]


def test_two_queue_messages_of_one_message_become_one(gateway: FakeGateway) -> None:
    gateway.voipit.will_answer(*[not_taken(Reason.NO_CONNECTION)] * 9)
    waiting(gateway)
    for _ in range(2):
        gateway.queue.enqueue(KEY, timedelta())

    for _ in range(9):
        gateway.run_queue()
        (left,) = gateway.queue.waiting
        gateway.clock.advance((left.at - gateway.clock()).total_seconds())

    delays = [delay for _, delay in gateway.queue.enqueued[2:]]
    assert delays == [n * SECOND for n in (5, 10, 20, 40, 80, 160, 320, 640, 900)]


@pytest.mark.parametrize(("early", "is_tried"), [(1.0, True), (1.1, False)])
def test_a_queue_message_that_comes_before_its_time_is_dropped(
    gateway: FakeGateway, early: float, *, is_tried: bool
) -> None:
    before = waiting(gateway, due_at=START + timedelta(seconds=early) + QUEUE_GRACE)

    gateway.dispatch()

    assert (stored(gateway) != before) is is_tried
    assert bool(gateway.voipit.handed) is is_tried
    assert gateway.queue.enqueued == []


def test_chance_keeps_messages_apart_that_failed_together(gateway: FakeGateway) -> None:
    gateway.voipit.will_answer(not_taken(Reason.NO_CONNECTION))
    gateway.chance = 1.0
    waiting(gateway)

    gateway.dispatch()

    assert gateway.queue.enqueued == [(KEY, 2.5 * SECOND)]


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (ACCEPTED, Status.SUBMITTED),
        (refused("no credit"), Status.FAILED),
        (unclear(Reason.NO_ANSWER_IN_TIME), Status.UNCONFIRMED),
        (not_taken(Reason.CREDENTIALS_REJECTED), Status.QUEUED),
    ],
    ids=["accepted", "refused", "unclear", "opens the circuit"],
)
def test_everything_else_is_not_in_the_queue_again(
    gateway: FakeGateway, outcome: Outcome, status: Status
) -> None:
    gateway.voipit.will_answer(outcome)
    waiting(gateway)

    gateway.dispatch()

    assert stored(gateway).status is status
    assert gateway.queue.enqueued == []


def test_nobody_is_called_when_the_time_left_does_not_suffice(gateway: FakeGateway) -> None:
    waiting(gateway)
    gateway.seconds_left = gateway.voipit.seconds_needed + SECONDS_TO_RECORD - 0.001

    gateway.dispatch()

    assert (stored(gateway).status, stored(gateway).reason) == (Status.QUEUED, Reason.NO_TIME_LEFT)
    assert gateway.voipit.handed == []
    assert len(gateway.queue.enqueued) == 1


@pytest.mark.parametrize("operation", ["get", "change"])
@pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())
def test_a_table_that_is_away_has_the_queue_deliver_again_and_gives_the_probe_back(
    gateway: FakeGateway, operation: Any, outage: Outage
) -> None:
    waiting(gateway)
    gateway.circuits.circuit = Circuit()
    gateway.messages.be_unavailable(operation, outage)

    with pytest.raises(StoreUnavailableError):
        gateway.dispatch()

    assert gateway.voipit.handed == []
    assert gateway.circuits.circuit == Circuit()


@pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())
def test_a_message_that_cannot_be_put_off_is_delivered_again(
    gateway: FakeGateway, outage: Outage
) -> None:
    waiting(gateway, send_at=START + SECOND)
    gateway.messages.be_unavailable("postpone", outage)

    with pytest.raises(StoreUnavailableError):
        gateway.dispatch()

    assert gateway.queue.enqueued == []


def test_a_circuit_nobody_can_read_lets_nothing_through(gateway: FakeGateway) -> None:
    before = waiting(gateway)
    gateway.circuits.be_unavailable("get")

    with pytest.raises(StoreUnavailableError):
        gateway.dispatch()

    assert stored(gateway) == before
    assert gateway.voipit.handed == []


def test_a_probe_is_given_back_when_somebody_else_was_faster(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = waiting(gateway)
    theirs = gateway.messages.change(KEY, a_change(Trigger.CLAIMED, new_claim="theirs"))
    gateway.circuits.circuit = Circuit()
    monkeypatch.setattr(gateway.messages, "get", lambda _: seen)

    assert gateway.dispatch() == theirs
    assert stored(gateway) == theirs
    assert gateway.voipit.handed == []
    assert gateway.circuits.circuit == Circuit()


@pytest.mark.parametrize("send_at", [None, START + HOUR], ids=["to be sent", "to be put off"])
def test_a_report_that_comes_between_reading_and_writing_stands(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, send_at: datetime | None
) -> None:
    seen = waiting(gateway, attempt=1, send_at=send_at)
    gateway.report(a_report())
    monkeypatch.setattr(gateway.messages, "get", lambda _: seen)

    message = gateway.dispatch()

    assert message is not None
    assert message.status is Status.SENT
    assert message == stored(gateway)
    assert gateway.voipit.handed == []
    assert gateway.queue.enqueued == []


def test_a_claim_that_the_aws_client_has_repeated_is_ours_to_send(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(gateway)
    once = gateway.intake.claim

    def with_the_first_answer_lost(message: Message, change: Change, **how: bool) -> Message:
        once(message, change, **how)
        return once(message, change, **how)

    monkeypatch.setattr(gateway.intake, "claim", with_the_first_answer_lost)

    message = gateway.dispatch()

    assert message is not None
    assert (message.status, message.attempt) == (Status.SUBMITTED, 1)
    assert len(gateway.voipit.handed) == 1


def test_a_scheduled_message_goes_through_the_queue_to_voipit_at_its_time(
    gateway: FakeGateway,
) -> None:
    gateway.send(send_at=START + HOUR / 6)

    for _ in range(11):
        assert gateway.voipit.handed == []
        gateway.clock.advance(60)
        gateway.run_queue()
        if gateway.clock() >= START + HOUR / 6:
            break

    assert gateway.clock() == START + HOUR / 6
    assert [handed.message.attempt for handed in gateway.voipit.handed] == [1]


# --- the do-not-contact list -----------------------------------------------------------------


def suppress(gateway: FakeGateway, number: PhoneNumber = NUMBER) -> None:
    gateway.suppressions.put(Suppression(number, START, "clinic"))


@pytest.mark.parametrize("attempt", [0, 1, MAX_TRIES - 1])
def test_a_message_to_somebody_who_was_suppressed_meanwhile_ends_without_a_try(
    gateway: FakeGateway, attempt: int
) -> None:
    before = waiting(gateway, attempt=attempt)
    suppress(gateway)

    message = gateway.dispatch()

    assert message == stored(gateway)
    assert message is not None
    assert (message.status, message.reason) == (Status.FAILED, Reason.SUPPRESSED)
    assert (message.attempt, message.version) == (attempt, before.version + 1)
    assert message.due_at is None
    assert gateway.voipit.handed == []
    assert gateway.queue.enqueued == []


@pytest.mark.parametrize(
    ("seconds", "status"),
    [(0, Status.SUBMITTED), (1, Status.SUBMITTED), (1.001, Status.FAILED)],
)
def test_an_entry_that_is_made_after_the_look_is_seen_if_the_look_is_more_than_a_second_old(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, seconds: float, status: Status
) -> None:
    waiting(gateway)
    read = gateway.accounts.current

    def read_meanwhile() -> Account:
        suppress(gateway)
        gateway.clock.advance(seconds)
        return read()

    monkeypatch.setattr(gateway.accounts, "current", read_meanwhile)

    gateway.dispatch()

    assert stored(gateway).status is status


def test_a_message_to_somebody_else_is_sent(gateway: FakeGateway) -> None:
    waiting(gateway)
    suppress(gateway, PhoneNumber("+40721234568"))

    gateway.dispatch()

    assert stored(gateway).status is Status.SUBMITTED


def test_what_ended_stays_so_when_the_number_is_taken_off_the_list(gateway: FakeGateway) -> None:
    waiting(gateway)
    suppress(gateway)
    ended = gateway.dispatch()
    gateway.suppressions.delete(NUMBER)

    assert gateway.dispatch() == ended
    assert gateway.voipit.handed == []


def test_a_number_that_came_and_went_is_sent_to(gateway: FakeGateway) -> None:
    waiting(gateway)
    suppress(gateway)
    gateway.suppressions.delete(NUMBER)

    gateway.dispatch()

    assert stored(gateway).status is Status.SUBMITTED


def test_a_list_that_is_switched_off_stops_no_message(gateway: FakeGateway) -> None:
    waiting(gateway)
    suppress(gateway)
    gateway.intake.limits = Limits(suppressions=False)

    gateway.dispatch()

    assert stored(gateway).status is Status.SUBMITTED


def test_a_message_whose_time_has_not_come_waits_on(gateway: FakeGateway) -> None:
    before = waiting(gateway, send_at=START + HOUR)
    suppress(gateway)

    gateway.dispatch()

    assert stored(gateway) == replace(before, due_at=START + HOUR - RECHECK)


@pytest.mark.parametrize("change", ["end", "claim"])
def test_the_probe_is_given_back_whatever_becomes_of_the_message(
    gateway: FakeGateway, change: str
) -> None:
    waiting(gateway)
    suppress(gateway)
    gateway.circuits.circuit = Circuit()
    if change == "claim":
        gateway.messages.be_unavailable("change")
        with pytest.raises(StoreUnavailableError):
            gateway.dispatch()
    else:
        gateway.dispatch()

    assert gateway.circuits.circuit == Circuit()
    assert gateway.voipit.handed == []


# --- limits ----------------------------------------------------------------------------------


def sent_before(gateway: FakeGateway, *seconds_ago: float) -> None:
    times = [gateway.clock() - timedelta(seconds=ago) for ago in seconds_ago]
    gateway.intake.sent[NUMBER] = sorted(times, reverse=True)


def test_a_claim_without_room_leaves_the_message_where_it_is_and_says_why(
    gateway: FakeGateway,
) -> None:
    before = waiting(gateway, attempt=0)
    gateway.intake.limits = Limits(recipient_hourly=2)
    sent_before(gateway, 60, 3000)

    message = gateway.dispatch()

    assert message is not None
    assert (message.status, message.version) == (Status.QUEUED, before.version)
    assert stored(gateway) == replace(
        before,
        reason=Reason.RECIPIENT_LIMIT,
        due_at=START + timedelta(seconds=600) + QUEUE_GRACE,
        put_off=1,
        in_queue=True,
    )
    assert gateway.queue.enqueued == [(KEY, timedelta(seconds=600))]
    assert gateway.voipit.handed == []


def test_it_is_sent_when_there_is_room(gateway: FakeGateway) -> None:
    waiting(gateway, attempt=0)
    gateway.intake.limits = Limits(recipient_hourly=2)
    sent_before(gateway, 60, 3000)
    gateway.dispatch()
    gateway.clock.advance(600)

    gateway.run_queue()

    message = stored(gateway)
    assert (message.status, message.reason) == (Status.SUBMITTED, None)
    assert message.counted_at == START + timedelta(seconds=600)


def test_without_room_until_its_validity_ends_it_ends_too_late(gateway: FakeGateway) -> None:
    waiting(gateway, attempt=0, valid_until=START + timedelta(seconds=300))
    gateway.intake.limits = Limits(recipient_daily=1)
    sent_before(gateway, 60)
    gateway.dispatch()
    assert stored(gateway).due_at == START + timedelta(seconds=300)
    gateway.clock.advance(300)

    gateway.watch()

    assert (stored(gateway).status, stored(gateway).reason) == (Status.FAILED, Reason.TOO_LATE)


def test_the_probe_is_given_back_by_a_message_without_room(gateway: FakeGateway) -> None:
    waiting(gateway)
    gateway.intake.limits = Limits(recipient_hourly=1)
    sent_before(gateway, 60)
    gateway.circuits.circuit = Circuit()

    gateway.dispatch()

    assert gateway.circuits.circuit == Circuit()


def test_the_tries_of_one_message_use_up_one_sending(gateway: FakeGateway) -> None:
    gateway.intake.limits = Limits(recipient_hourly=1)
    gateway.voipit.will_answer(*[not_taken(Reason.NO_CONNECTION)] * 4)
    gateway.send()
    for _ in range(4):
        gateway.clock.advance(120)
        gateway.run_queue()

    assert (stored(gateway).status, stored(gateway).attempt) == (Status.SUBMITTED, 5)
    assert gateway.intake.sent == {NUMBER: [gateway.clock()]}


def test_scheduled_messages_do_not_reach_a_number_all_at_once(gateway: FakeGateway) -> None:
    gateway.intake.limits = Limits(recipient_hourly=10)
    sent: list[datetime] = []
    gateway.voipit.during_call = lambda _: sent.append(gateway.clock())
    for number in range(40):
        gateway.send(message_id=f"m-{number}", send_at=START + HOUR)
    for _ in range(6 * 60):
        gateway.clock.advance(60)
        gateway.watch()
        gateway.run_queue()

    assert len(sent) == 40
    for start in sent:
        assert sum(start <= at < start + HOUR for at in sent) <= 10


def test_a_report_that_comes_before_the_end_is_written_stands(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = waiting(gateway, attempt=1)
    suppress(gateway)
    gateway.report(a_report())
    monkeypatch.setattr(gateway.messages, "get", lambda _: seen)

    message = gateway.dispatch()

    assert message is not None
    assert message.status is Status.SENT
