from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from sms_gateway.domain.account import Account
from sms_gateway.domain.circuit import OPENS, Circuit, OpenReason
from sms_gateway.domain.due import LEASE, QUEUE_GRACE, RECHECK
from sms_gateway.domain.errors import (
    InvalidValueError,
    LimitReachedError,
    MessageIdReusedError,
    RecipientLimitError,
    StoreUnavailableError,
    UnreadableRowError,
)
from sms_gateway.domain.guards import Limits, Suppression
from sms_gateway.domain.message import Message, OnUnconfirmed
from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken, refused, unclear
from sms_gateway.domain.status import Reason, Status
from sms_gateway.use_cases.ports import AlreadyStoredError, Messages, Provider
from sms_gateway.use_cases.prepare_message import MAX_AHEAD, SendRequest
from sms_gateway.use_cases.send_message import WAITED_FOR
from tests.fakes.builders import KEY, NUMBER, TEXT, a_report, key
from tests.fakes.clock import START
from tests.fakes.gateway import REPORT_DEADLINE, FakeGateway
from tests.fakes.messages import Outage

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)

Check = Callable[[], None]


def test_the_fakes_are_what_the_use_cases_ask_for(gateway: FakeGateway) -> None:
    messages: Messages = gateway.messages
    provider: Provider = gateway.voipit

    assert messages.get(key("unknown")) is None
    assert provider.seconds_needed == 13.0


def test_a_message_is_stored_then_handed_over_once_and_its_outcome_recorded(
    gateway: FakeGateway,
) -> None:
    stored_during_call: list[Message] = []
    gateway.voipit.during_call = lambda _: stored_during_call.extend(gateway.messages.rows.values())

    result = gateway.send()

    [handed] = gateway.voipit.handed
    [stored] = stored_during_call
    assert (handed.message, stored.status) == (stored, Status.SENDING)
    assert handed.send_result_to == "https://callback.test/clinic/appointment-17/1/key.signature"
    assert not result.replayed
    assert result.message.status is Status.SUBMITTED
    assert gateway.messages.rows == {KEY: result.message}


def test_the_text_is_handed_over_as_the_phone_will_show_it(gateway: FakeGateway) -> None:
    result = gateway.send(text="Bună ziua…")

    assert gateway.voipit.handed[0].message.text == result.message.text == "Buna ziua..."


def test_a_message_without_an_id_gets_one(gateway: FakeGateway) -> None:
    first, second = gateway.send(message_id=None), gateway.send(message_id=None)

    assert first.message.message_id != second.message.message_id
    assert len(gateway.voipit.handed) == 2


def test_the_claim_is_nobody_elses(gateway: FakeGateway) -> None:
    claims = {gateway.send(message_id=name).message.claim for name in ("a", "b", "c")}

    assert len(claims) == 3
    assert claims.isdisjoint({"a", "b", "c"})


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (refused("no credit"), Status.FAILED),
        (not_taken(Reason.THROTTLED), Status.QUEUED),
        (unclear(Reason.NO_ANSWER_IN_TIME), Status.UNCONFIRMED),
    ],
    ids=["refused", "not taken", "unclear"],
)
def test_what_came_of_the_call_is_recorded_and_is_no_error(
    gateway: FakeGateway, outcome: Outcome, status: Status
) -> None:
    gateway.voipit.will_answer(outcome)

    message = gateway.send().message

    assert (message.status, message.reason) == (status, outcome.reason)
    assert message.error_message == outcome.error_message
    assert gateway.messages.rows[KEY] == message


def test_a_repeated_request_is_answered_and_sends_nothing(gateway: FakeGateway) -> None:
    first = gateway.send(text="Bună ziua")

    again = gateway.send(text="Buna ziua")

    assert again.replayed
    assert again.message == first.message
    assert len(gateway.voipit.handed) == 1


def test_a_repeated_request_shows_how_far_the_message_has_come(gateway: FakeGateway) -> None:
    gateway.send()
    gateway.report(a_report())

    assert gateway.send().message.status is Status.SENT


@pytest.mark.parametrize(
    "difference",
    [
        {"text": "other"},
        {"phone_number": "+40721234568"},
        {"metadata": {}},
        {"send_at": START - SECOND},
        {"send_at": START + HOUR},
        {"valid_until": START + HOUR},
        {"on_unconfirmed": OnUnconfirmed.RESEND},
    ],
    ids=lambda difference: next(iter(difference)),
)
def test_another_message_under_the_same_id_is_refused(
    gateway: FakeGateway, difference: dict[str, Any]
) -> None:
    first = gateway.send().message

    with pytest.raises(MessageIdReusedError):
        gateway.send(**difference)

    assert len(gateway.voipit.handed) == 1
    assert gateway.messages.rows == {KEY: first}


def test_a_message_that_comes_too_late_does_not_need_the_circuit(gateway: FakeGateway) -> None:
    gateway.circuits.be_unavailable("get")

    with pytest.raises(InvalidValueError) as refusal:
        gateway.send(valid_until=START)

    assert refusal.value.code == "already-too-late"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"phone_number": "112"}, "invalid-phone-number"),
        ({"text": " "}, "blank-text"),
        ({"text": "😀"}, "unsupported-characters"),
        ({"text": "x" * 161}, "text-too-long"),
        ({"valid_until": START}, "already-too-late"),
        ({"valid_until": START - HOUR}, "already-too-late"),
        ({"send_at": START + HOUR, "valid_until": START + HOUR}, "already-too-late"),
        ({"send_at": START + HOUR, "valid_until": START + SECOND}, "already-too-late"),
        ({"send_at": START - HOUR, "valid_until": START}, "already-too-late"),
        ({"send_at": START + MAX_AHEAD + SECOND}, "time-too-far-ahead"),
        ({"valid_until": START + MAX_AHEAD + SECOND}, "time-too-far-ahead"),
        ({"send_at": datetime.max.replace(tzinfo=UTC)}, "time-too-far-ahead"),
        ({"valid_until": datetime.max.replace(tzinfo=UTC)}, "time-too-far-ahead"),
    ],
    ids=[
        "number",
        "blank",
        "emoji",
        "long",
        "over",
        "long over",
        "over at sendAt",
        "over before sendAt",
        "over, with a past sendAt",
        "far sendAt",
        "far validUntil",
        "last sendAt",
        "last validUntil",
    ],
)
def test_nothing_is_stored_or_sent_of_what_a_rule_refuses(
    gateway: FakeGateway, value: dict[str, Any], code: str
) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        gateway.send(**value)

    assert refusal.value.code == code
    assert gateway.messages.rows == {}
    assert gateway.voipit.handed == []
    assert gateway.queue.enqueued == []


@pytest.mark.parametrize(
    "values",
    [
        {"valid_until": START + SECOND},
        {"send_at": START + HOUR, "valid_until": START + HOUR + SECOND},
        {"send_at": START - HOUR, "valid_until": START + SECOND},
        {"valid_until": START + MAX_AHEAD},
        {"send_at": START + MAX_AHEAD},
    ],
    ids=["a second", "a second after sendAt", "past sendAt", "a year", "sendAt in a year"],
)
def test_times_that_can_be_kept_are_taken(gateway: FakeGateway, values: dict[str, Any]) -> None:
    stored = gateway.send(**values).message

    assert (stored.send_at, stored.valid_until) == (
        values.get("send_at"),
        values.get("valid_until"),
    )


@pytest.mark.parametrize(
    ("ahead", "delay"),
    [(SECOND, SECOND), (HOUR / 6, HOUR / 6), (HOUR / 4, HOUR / 4), (HOUR / 4 + SECOND, None)],
    ids=["a second", "ten minutes", "as long as the queue can", "longer than that"],
)
def test_a_message_for_later_is_stored_and_waits_for_its_time(
    gateway: FakeGateway, ahead: timedelta, delay: timedelta | None
) -> None:
    result = gateway.send(send_at=START + ahead)

    message = result.message
    assert (message.status, message.attempt, message.version) == (Status.QUEUED, 0, 1)
    assert (message.reason, result.replayed) == (None, False)
    assert gateway.messages.rows == {KEY: message}
    assert gateway.voipit.handed == []
    assert gateway.queue.enqueued == ([] if delay is None else [(KEY, delay)])
    expected = ahead + QUEUE_GRACE if delay is not None else ahead - RECHECK
    assert message.due_at == START + expected


def test_a_message_for_later_is_stored_while_nothing_can_be_sent(gateway: FakeGateway) -> None:
    gateway.circuits.be_unavailable("get")
    gateway.accounts.available = False

    assert gateway.send(send_at=START + HOUR).message.status is Status.QUEUED


@pytest.mark.parametrize(
    "past", [timedelta(), SECOND, HOUR, timedelta(days=9), timedelta(days=400)], ids=str
)
def test_a_time_that_is_past_means_now(gateway: FakeGateway, past: timedelta) -> None:
    message = gateway.send(send_at=START - past).message

    assert (message.status, message.attempt) == (Status.SUBMITTED, 1)
    assert message.expires_at > START
    assert len(gateway.voipit.handed) == 1


def test_a_past_time_leaves_a_message_as_long_to_be_tried_again_as_any_other(
    gateway: FakeGateway,
) -> None:
    gateway.voipit.will_answer(not_taken(Reason.NO_CONNECTION))
    gateway.send(send_at=START - timedelta(days=9))

    gateway.clock.advance(5)
    [again] = gateway.run_queue()

    assert again is not None
    assert again.status is Status.SUBMITTED


@pytest.mark.parametrize("reason", OPENS.values())
def test_a_message_waits_outside_the_queue_while_the_circuit_is_open(
    gateway: FakeGateway, reason: OpenReason
) -> None:
    gateway.circuits.open(reason, "v1", START, START + HOUR)

    result = gateway.send()

    message = result.message
    assert (message.status, message.reason) == (Status.QUEUED, Reason.CIRCUIT_OPEN)
    assert (message.attempt, result.replayed) == (0, False)
    assert message.due_at == START + RECHECK
    assert gateway.messages.rows == {KEY: message}
    assert (gateway.voipit.handed, gateway.voipit.pings) == ([], [])
    assert gateway.queue.enqueued == []


@pytest.mark.parametrize(
    "outcome",
    [
        not_taken(Reason.CREDENTIALS_REJECTED),
        not_taken(Reason.PATH_NOT_FOUND),
        not_taken(Reason.IP_BLOCKED),
    ],
    ids=lambda outcome: outcome.reason,
)
def test_the_message_that_opened_the_circuit_waits_outside_the_queue_too(
    gateway: FakeGateway, outcome: Outcome
) -> None:
    gateway.voipit.will_answer(outcome)

    first, second = gateway.send().message, gateway.send(message_id="other").message

    assert (first.status, first.reason, first.attempt) == (Status.QUEUED, outcome.reason, 1)
    assert (second.status, second.reason) == (Status.QUEUED, Reason.CIRCUIT_OPEN)
    assert len(gateway.voipit.handed) == 1
    assert gateway.queue.enqueued == []


@pytest.mark.parametrize("reason", [Reason.ACCOUNT_UNPROVEN, Reason.SECRET_UNAVAILABLE])
def test_a_message_that_may_not_be_sent_yet_waits_in_the_queue(
    gateway: FakeGateway, reason: Reason
) -> None:
    gateway.circuits.circuit = Circuit(probe_until=START + HOUR)
    gateway.accounts.available = reason is not Reason.SECRET_UNAVAILABLE

    message = gateway.send().message

    assert (message.status, message.reason, message.attempt) == (Status.QUEUED, reason, 0)
    assert gateway.voipit.handed == []
    assert gateway.queue.enqueued == [(KEY, 5 * SECOND)]


def test_a_message_that_was_not_taken_is_in_the_queue_again_before_it_is_due(
    gateway: FakeGateway,
) -> None:
    gateway.voipit.will_answer(not_taken(Reason.NO_CONNECTION))

    message = gateway.send().message

    assert gateway.queue.enqueued == [(KEY, 5 * SECOND)]
    assert message.due_at == START + 5 * SECOND + QUEUE_GRACE


@pytest.mark.parametrize(
    ("outcome", "due_at"),
    [
        (ACCEPTED, START + REPORT_DEADLINE),
        (unclear(Reason.SERVER_ERROR), START + REPORT_DEADLINE),
        (refused("no"), None),
    ],
    ids=["accepted", "unclear", "refused"],
)
def test_a_message_that_left_us_is_due_when_its_report_is_overdue(
    gateway: FakeGateway, outcome: Outcome, due_at: datetime | None
) -> None:
    gateway.voipit.will_answer(outcome)

    assert gateway.send().message.due_at == due_at
    assert gateway.queue.enqueued == []


def test_a_claim_is_due_when_its_lease_runs_out(gateway: FakeGateway) -> None:
    claims: list[Message] = []
    gateway.voipit.during_call = lambda _: claims.extend(gateway.messages.rows.values())

    gateway.send()

    assert [claim.due_at for claim in claims] == [START + LEASE]


def test_a_message_whose_report_overtook_a_not_taken_is_not_queued(gateway: FakeGateway) -> None:
    gateway.voipit.during_call = lambda _: none(gateway.report(a_report()))
    gateway.voipit.will_answer(not_taken(Reason.THROTTLED))

    assert gateway.send().message.due_at is None
    assert gateway.queue.enqueued == []


def none(_: object) -> None:
    """For a hook whose result nobody wants."""


@pytest.mark.parametrize("ahead", [timedelta(), HOUR], ids=["now", "later"])
def test_a_repeated_request_with_times_is_answered_and_sends_nothing(
    gateway: FakeGateway, ahead: timedelta
) -> None:
    asked: dict[str, Any] = {
        "send_at": START + ahead,
        "valid_until": START + 2 * HOUR,
        "on_unconfirmed": OnUnconfirmed.RESEND,
    }
    first = gateway.send(**asked)
    enqueued = list(gateway.queue.enqueued)

    again = gateway.send(**asked)

    assert (again.replayed, again.message) == (True, first.message)
    assert gateway.queue.enqueued == enqueued
    assert len(gateway.voipit.handed) == (0 if ahead else 1)


@pytest.mark.parametrize("hours", [1, 2, 30])
def test_a_repeated_request_is_answered_however_late_it_comes(
    gateway: FakeGateway, hours: int
) -> None:
    asked = {"send_at": START + HOUR / 2, "valid_until": START + HOUR}
    gateway.send(**asked)
    gateway.clock.advance(HOUR.total_seconds() * hours)

    again = gateway.send(**asked)

    assert (again.replayed, again.message.status) == (True, Status.QUEUED)
    assert gateway.voipit.handed == []


def test_another_message_under_the_same_id_is_refused_however_late_it_comes(
    gateway: FakeGateway,
) -> None:
    gateway.send(valid_until=START + HOUR)
    gateway.clock.advance(HOUR.total_seconds())

    with pytest.raises(MessageIdReusedError):
        gateway.send(valid_until=START + HOUR, text="other")


def test_a_probe_is_given_back_when_the_id_was_taken(gateway: FakeGateway) -> None:
    gateway.send()
    gateway.circuits.circuit = Circuit()

    assert gateway.send().replayed
    assert gateway.circuits.circuit == Circuit()
    with pytest.raises(MessageIdReusedError):
        gateway.send(text="other")
    assert gateway.circuits.circuit == Circuit()


@pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())
def test_a_probe_is_given_back_when_the_intent_cannot_be_stored(
    gateway: FakeGateway, outage: Outage
) -> None:
    gateway.circuits.circuit = Circuit()
    gateway.messages.be_unavailable("create", outage)

    with pytest.raises(StoreUnavailableError):
        gateway.send()

    assert gateway.circuits.circuit == Circuit()


def test_nothing_is_stored_while_nobody_knows_whether_the_circuit_is_open(
    gateway: FakeGateway,
) -> None:
    gateway.circuits.be_unavailable("get")

    with pytest.raises(StoreUnavailableError):
        gateway.send()

    assert gateway.messages.rows == {}
    assert gateway.voipit.handed == []


@pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())
def test_a_message_for_later_that_cannot_be_stored_is_not_queued(
    gateway: FakeGateway, outage: Outage
) -> None:
    gateway.messages.be_unavailable("create", outage)

    with pytest.raises(StoreUnavailableError):
        gateway.send(send_at=START + SECOND)

    assert gateway.queue.enqueued == []


def test_a_message_for_later_whose_write_was_repeated_by_the_aws_client_is_queued_once(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = gateway.messages.create

    def create_twice(message: Message, check: Check) -> None:
        create(message, check)
        create(message, check)

    monkeypatch.setattr(gateway.messages, "create", create_twice)

    assert not gateway.send(send_at=START + SECOND).replayed
    assert gateway.queue.enqueued == [(KEY, SECOND)]


def test_a_write_that_was_repeated_by_the_aws_client_is_still_sent_exactly_once(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = gateway.messages.create

    def create_twice(message: Message, check: Check) -> None:
        create(message, check)
        create(message, check)

    monkeypatch.setattr(gateway.messages, "create", create_twice)

    result = gateway.send()

    assert not result.replayed
    assert result.message.status is Status.SUBMITTED
    assert len(gateway.voipit.handed) == 1


def test_the_row_in_the_way_is_ours_only_with_our_claim(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def somebody_was_faster(message: Message, _: Check) -> None:
        raise AlreadyStoredError(replace(message, claim="theirs"))

    monkeypatch.setattr(gateway.messages, "create", somebody_was_faster)

    assert gateway.send().replayed
    assert gateway.voipit.handed == []


@pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())
def test_nothing_is_sent_while_the_intent_cannot_be_stored(
    gateway: FakeGateway, outage: Outage
) -> None:
    gateway.messages.be_unavailable("create", outage)

    with pytest.raises(StoreUnavailableError):
        gateway.send()

    assert gateway.voipit.handed == []


def test_a_caller_that_tries_again_after_a_lost_answer_sends_nothing_twice(
    gateway: FakeGateway,
) -> None:
    gateway.messages.be_unavailable("create", Outage.AFTER)
    with pytest.raises(StoreUnavailableError):
        gateway.send()

    again = gateway.send()

    assert (again.replayed, again.message.status) == (True, Status.SENDING)
    assert gateway.voipit.handed == []


def test_thirty_requests_at_once_under_one_id_send_one_message(gateway: FakeGateway) -> None:
    together = Barrier(30)

    def send(_: int) -> bool:
        together.wait()
        return gateway.send().replayed

    with ThreadPoolExecutor(30) as threads:
        replayed = list(threads.map(send, range(30)))

    assert sorted(replayed) == [False] + [True] * 29
    assert len(gateway.voipit.handed) == 1
    assert gateway.messages.rows[KEY].status is Status.SUBMITTED


def test_of_a_row_that_another_release_has_written_the_queue_is_not_told(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object, **__: object) -> None:
        raise UnreadableRowError("of another release")

    monkeypatch.setattr(gateway.intake, "store", unreadable)

    with pytest.raises(UnreadableRowError):
        gateway.send()
    assert gateway.queue.unused == []


# --- the guards ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "ahead"),
    [
        pytest.param(Limits(recipient_hourly=1), timedelta(), id="recipient, now"),
        pytest.param(Limits(client_daily=1), timedelta(), id="client, now"),
        pytest.param(Limits(client_daily=1), SECOND, id="client, later"),
        pytest.param(Limits(suppressions=True), timedelta(), id="list, now"),
        pytest.param(Limits(suppressions=True), SECOND, id="list, later"),
    ],
)
def test_nothing_is_sent_or_queued_of_what_a_guard_refuses(
    gateway: FakeGateway, limits: Limits, ahead: timedelta
) -> None:
    gateway.intake.limits = replace(limits, suppressions=False)
    gateway.send(message_id="before")
    before = gateway.messages.rows
    gateway.intake.limits = limits
    gateway.suppressions.put(Suppression(NUMBER, START, "clinic"))
    gateway.circuits.circuit = Circuit()

    with pytest.raises((LimitReachedError, InvalidValueError)):
        gateway.send(send_at=START + ahead)

    assert gateway.messages.rows == before
    assert len(gateway.voipit.handed) == 1
    assert gateway.queue.enqueued == []
    assert gateway.circuits.circuit == Circuit(), "the probe was given back"


@pytest.mark.parametrize(("seconds", "is_sent"), [(0, True), (1, True), (1.001, False)])
def test_an_entry_that_is_made_after_the_look_is_seen_if_the_look_is_more_than_a_second_old(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, *, seconds: float, is_sent: bool
) -> None:
    """One that was acknowledged before the request came is always seen: the test above."""
    read = gateway.accounts.current

    def read_meanwhile() -> Account:
        gateway.suppressions.put(Suppression(NUMBER, START, "clinic"))
        gateway.clock.advance(seconds)
        return read()

    monkeypatch.setattr(gateway.accounts, "current", read_meanwhile)

    with nullcontext() if is_sent else pytest.raises(InvalidValueError):
        gateway.send()
    assert len(gateway.voipit.handed) == is_sent


def test_what_is_scheduled_counts_for_its_recipient_when_it_is_sent(gateway: FakeGateway) -> None:
    gateway.intake.limits = Limits(recipient_hourly=1)
    gateway.send(message_id="now")

    for number in range(3):
        gateway.send(message_id=f"later-{number}", send_at=START + HOUR)

    assert gateway.intake.sent == {NUMBER: [START]}
    with pytest.raises(RecipientLimitError):
        gateway.send(message_id="now-too")


def test_what_has_to_wait_although_it_is_to_be_sent_now_counts_when_it_is_stored(
    gateway: FakeGateway,
) -> None:
    gateway.intake.limits = Limits(recipient_hourly=1)
    gateway.circuits.open(OpenReason.IP_BLOCKED, "v1", START, START + HOUR)

    gateway.send(message_id="first")

    with pytest.raises(RecipientLimitError):
        gateway.send(message_id="second")


@pytest.mark.parametrize(
    ("between", "replayed"), [(timedelta(seconds=9), True), (timedelta(seconds=10), False)]
)
def test_a_double_click_is_told_by_when_api_gateway_got_the_two(
    gateway: FakeGateway, between: timedelta, *, replayed: bool
) -> None:
    gateway.intake.limits = Limits(double_click=timedelta(seconds=10))
    gateway.clock.advance(5)
    gateway.send(message_id=None, received_at=START)
    gateway.clock.advance(20)

    second = gateway.send(message_id=None, received_at=START + between)

    assert second.replayed is replayed


@pytest.mark.parametrize("wrong", [-WAITED_FOR, SECOND, HOUR, -HOUR])
def test_a_time_that_api_gateway_cannot_have_meant_tells_nothing(
    gateway: FakeGateway, wrong: timedelta
) -> None:
    gateway.intake.limits = Limits(double_click=timedelta(seconds=10))
    gateway.send(message_id=None, received_at=START + wrong)
    gateway.clock.advance(9.9)
    assert gateway.send(message_id=None, received_at=gateway.clock() + wrong).replayed
    gateway.clock.advance(0.1)
    assert not gateway.send(message_id=None, received_at=gateway.clock() + wrong).replayed


@pytest.mark.parametrize("ahead", [timedelta(), SECOND], ids=["now", "later"])
def test_a_second_click_sends_and_queues_nothing(gateway: FakeGateway, ahead: timedelta) -> None:
    gateway.intake.limits = Limits(double_click=timedelta(seconds=10))
    asked = {"message_id": None, "send_at": START + ahead}
    first = gateway.send(**asked)
    done = len(gateway.voipit.handed), len(gateway.queue.enqueued)
    gateway.circuits.circuit = Circuit()

    second = gateway.send(**asked)

    assert (second.replayed, second.message) == (True, first.message)
    assert (len(gateway.voipit.handed), len(gateway.queue.enqueued)) == done
    assert gateway.circuits.circuit == Circuit(), "the probe was given back"


def test_a_request_does_not_show_number_text_or_metadata() -> None:
    shown = repr(SendRequest("clinic", NUMBER.e164, TEXT, "id", {"patient": "4711"}))

    assert [value for value in (NUMBER.e164, TEXT, "4711") if value in shown] == []
