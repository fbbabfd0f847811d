from typing import Any

import pytest

from sms_gateway.domain.errors import (
    AlreadyTriedError,
    MessageNotFoundError,
    StoreUnavailableError,
)
from sms_gateway.domain.message import Message
from sms_gateway.domain.outcome import not_taken
from sms_gateway.domain.status import Reason, Status, Trigger
from tests.fakes.builders import KEY, a_change, a_message, a_report
from tests.fakes.gateway import FakeGateway
from tests.fakes.messages import Outage


def stored(gateway: FakeGateway, **values: Any) -> Message:
    """A queued message that was never tried, unless `values` say otherwise; stored."""
    message = a_message(Status.QUEUED, **{"attempt": 0, **values})
    gateway.messages.create(message)
    return message


def test_a_message_nobody_has_tried_is_taken_back(gateway: FakeGateway) -> None:
    before = stored(gateway)

    cancelled = gateway.cancel()

    assert (cancelled.status, cancelled.version) == (Status.CANCELLED, before.version + 1)
    assert (cancelled.due_at, cancelled.attempt, cancelled.reason) == (None, 0, None)
    assert gateway.messages.rows == {KEY: cancelled}


def test_cancelling_twice_is_cancelling_once(gateway: FakeGateway) -> None:
    stored(gateway)
    first = gateway.cancel()
    gateway.clock.advance(60)

    assert gateway.cancel() == first
    assert gateway.messages.rows == {KEY: first}


def test_a_cancelled_message_is_never_sent(gateway: FakeGateway) -> None:
    stored(gateway)
    gateway.queue.enqueue(KEY, gateway.clock() - gateway.clock())
    gateway.cancel()

    gateway.run_queue()
    gateway.clock.advance(3600)
    gateway.watch()

    assert gateway.voipit.handed == []
    assert gateway.messages.rows[KEY].status is Status.CANCELLED


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.QUEUED, Status.CANCELLED}))
def test_a_message_that_was_tried_or_settled_cannot_be_taken_back(
    gateway: FakeGateway, status: Status
) -> None:
    message = a_message(status)
    gateway.messages.create(message)

    with pytest.raises(AlreadyTriedError, match=str(status)):
        gateway.cancel()

    assert gateway.messages.rows == {KEY: message}


def test_a_message_that_waits_for_its_second_try_cannot_be_taken_back(
    gateway: FakeGateway,
) -> None:
    gateway.voipit.will_answer(not_taken(Reason.NO_CONNECTION))
    waiting = gateway.send().message
    assert waiting.status is Status.QUEUED

    with pytest.raises(AlreadyTriedError):
        gateway.cancel()

    assert gateway.messages.rows == {KEY: waiting}


@pytest.mark.parametrize("status", [Status.QUEUED, Status.SENT, Status.CANCELLED])
def test_anothers_message_looks_like_one_that_does_not_exist(
    gateway: FakeGateway, status: Status
) -> None:
    message = a_message(status, attempt=0)
    gateway.messages.create(message)

    with pytest.raises(MessageNotFoundError) as others:
        gateway.cancel(client="stranger")
    with pytest.raises(MessageNotFoundError) as unknown:
        gateway.cancel("unknown")

    assert str(others.value) == str(unknown.value)
    assert gateway.messages.rows == {KEY: message}


@pytest.mark.parametrize(
    "meanwhile",
    [
        pytest.param([a_change(Trigger.CLAIMED, new_claim="theirs")], id="claimed"),
        pytest.param(
            [a_change(Trigger.CLAIMED, new_claim="theirs"), a_change(Trigger.NOT_TAKEN)],
            id="tried, and queued again",
        ),
        pytest.param([a_change(Trigger.VALIDITY_ENDED)], id="too late"),
    ],
)
def test_who_comes_second_after_a_claim_cannot_take_the_message_back(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, meanwhile: list[Any]
) -> None:
    seen = stored(gateway)
    for change in meanwhile:
        after = gateway.messages.change(KEY, change)
    monkeypatch.setattr(gateway.messages, "get", lambda _: seen)

    with pytest.raises(AlreadyTriedError):
        gateway.cancel()

    assert gateway.messages.rows == {KEY: after}


def test_who_comes_second_after_another_cancel_has_cancelled_it_too(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = stored(gateway)
    first = gateway.cancel()
    monkeypatch.setattr(gateway.messages, "get", lambda _: seen)

    assert gateway.cancel() == first


def test_a_report_that_comes_between_reading_and_writing_stands(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = stored(gateway)
    gateway.report(a_report())
    monkeypatch.setattr(gateway.messages, "get", lambda _: seen)

    with pytest.raises(AlreadyTriedError):
        gateway.cancel()

    assert gateway.messages.rows[KEY].status is Status.SENT


def test_a_claim_that_comes_second_after_a_cancel_sends_nothing(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = stored(gateway)
    gateway.cancel()
    monkeypatch.setattr(gateway.messages, "get", lambda _: seen)

    message = gateway.dispatch()

    assert message is not None
    assert message.status is Status.CANCELLED
    assert gateway.voipit.handed == []


def test_a_message_that_was_only_put_off_can_be_taken_back(gateway: FakeGateway) -> None:
    seen = stored(gateway)
    gateway.messages.postpone(seen, gateway.clock())

    assert gateway.cancel().status is Status.CANCELLED


@pytest.mark.parametrize("operation", ["get", "change"])
@pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())
def test_a_table_that_is_away_is_no_answer_about_the_message(
    gateway: FakeGateway, operation: Any, outage: Outage
) -> None:
    stored(gateway)
    gateway.messages.be_unavailable(operation, outage)

    with pytest.raises(StoreUnavailableError):
        gateway.cancel()
    assert gateway.cancel().status is Status.CANCELLED
