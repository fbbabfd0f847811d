"""`dispatch`: each queued message once, whatever the queue does."""

from typing import Any

import pytest

from sms_gateway.domain.callback_url import CallbackKey, mint_callback_url
from sms_gateway.domain.errors import LeftToQueueError
from tests.fakes.clock import FakeClock
from tests.handlers.cloud import Calls, Cloud
from tests.handlers.lambdas import ColdStart, Function
from tests.handlers.output import Output
from tests.handlers.voipit import FakeVoipit, an_error
from tests.support.samples import (
    KEY,
    MESSAGE_ID,
    NOTHING_FAILED,
    ONE_QUEUED,
    SIGNING_KEY,
    failures,
    queue_body,
    sample,
)

QUEUED, UNKNOWN, MALFORMED = sample("dispatch-queue-batch")["Records"]


@pytest.fixture(autouse=True)
def queued(send: Function, clock: FakeClock, calls: Calls) -> None:
    """The message of the sample events, whose time has come."""
    send(sample("send-scheduled-message"))
    clock.advance(3600)
    calls.forget()


def statuses(row: dict[str, Any]) -> list[str]:
    return [entry["status"] for entry in row["history"]]


def test_a_queued_message_is_sent(
    dispatch: Function, voipit: FakeVoipit, cloud: Cloud, output: Output
) -> None:
    assert dispatch.invoke(ONE_QUEUED) == NOTHING_FAILED
    row = cloud.row(MESSAGE_ID)
    assert (row["status"], row["attempt"], row["version"]) == ("submitted", 1, 3)
    assert statuses(row) == ["queued", "sending", "submitted"]
    (form,) = voipit.taken
    assert form["messageId"] == MESSAGE_ID
    assert form["sendResultTo"] == mint_callback_url(
        "https://callback.example", KEY, 1, CallbackKey(SIGNING_KEY)
    )
    line = output.line("message dispatched")
    assert (line["message_id"], line["status"]) == (MESSAGE_ID, "submitted")


def test_the_same_event_again_sends_nothing(
    dispatch: Function, voipit: FakeVoipit, cloud: Cloud
) -> None:
    dispatch.invoke(ONE_QUEUED)
    before = cloud.row(MESSAGE_ID)
    assert dispatch.invoke(ONE_QUEUED) == NOTHING_FAILED
    assert len(voipit.taken) == 1
    assert cloud.row(MESSAGE_ID) == before


def test_the_same_message_twice_in_a_batch_is_sent_once(
    dispatch: Function, voipit: FakeVoipit
) -> None:
    assert dispatch.invoke({"Records": [QUEUED, QUEUED]}) == NOTHING_FAILED
    assert len(voipit.taken) == 1


def test_another_instance_does_not_send_it_a_second_time(
    cold_start: ColdStart, voipit: FakeVoipit
) -> None:
    for instance in (cold_start("dispatch"), cold_start("dispatch")):
        assert instance.invoke(ONE_QUEUED) == NOTHING_FAILED
    assert len(voipit.taken) == 1


def test_of_a_batch_only_the_message_that_cannot_be_read_comes_again(
    dispatch: Function, voipit: FakeVoipit, cloud: Cloud, output: Output
) -> None:
    assert dispatch.invoke(sample("dispatch-queue-batch")) == failures(MALFORMED)
    assert [form["messageId"] for form in voipit.taken] == [MESSAGE_ID]
    assert [row["messageId"] for row in cloud.rows()] == [MESSAGE_ID], "no row for the unknown id"
    assert output.counted() == {
        "MessageTaken": 1,  # by `send`, to begin with
        "MessageDispatched": 2,
        "ProviderAccepted": 1,
        "QueueMessageFailed": 1,
        "UnexpectedError": 1,
    }


def test_a_message_that_cannot_be_read_does_not_stop_those_behind_it(
    dispatch: Function, voipit: FakeVoipit
) -> None:
    assert dispatch.invoke({"Records": [MALFORMED, UNKNOWN, QUEUED]}) == failures(MALFORMED)
    assert len(voipit.taken) == 1


@pytest.mark.parametrize("body", ["", "[]", "null", "{}", '"order-1042"', '{"id": "order-1042"}'])
def test_a_body_that_is_none_of_ours_sends_nothing(
    dispatch: Function, voipit: FakeVoipit, body: str
) -> None:
    record = QUEUED | {"body": body}
    assert dispatch.invoke({"Records": [record]}) == failures(record)
    assert voipit.called == []


def test_a_message_comes_again_while_the_table_does_not_answer(
    dispatch: Function, voipit: FakeVoipit, calls: Calls, cloud: Cloud
) -> None:
    calls.does_not_answer("dynamodb")
    assert dispatch.invoke(ONE_QUEUED) == failures(QUEUED)
    assert voipit.called == []
    calls.forget()
    assert dispatch.invoke(ONE_QUEUED) == NOTHING_FAILED
    assert cloud.row(MESSAGE_ID)["status"] == "submitted"


def test_a_claim_that_cannot_be_written_is_no_call_and_keeps_nobody_else_from_calling(
    dispatch: Function, voipit: FakeVoipit, calls: Calls, cloud: Cloud
) -> None:
    calls.does_not_answer("dynamodb:UpdateItem")
    assert dispatch.invoke(ONE_QUEUED) == failures(QUEUED)
    assert voipit.called == []
    assert "probeUntil" not in cloud.circuit()
    assert cloud.row(MESSAGE_ID)["status"] == "queued"


def test_without_its_secrets_a_message_waits_for_another_try(
    dispatch: Function, voipit: FakeVoipit, calls: Calls, cloud: Cloud
) -> None:
    calls.does_not_answer("secretsmanager")
    assert dispatch.invoke(ONE_QUEUED) == NOTHING_FAILED
    assert voipit.called == []
    assert (cloud.row(MESSAGE_ID)["status"], cloud.row(MESSAGE_ID)["attempt"]) == ("queued", 0)
    ((body, delay),) = calls.enqueued
    assert (body, 2 <= delay <= 5) == (queue_body(), True)


def test_nobody_listening_at_voipit_is_another_try_some_seconds_later(
    dispatch: Function, voipit: FakeVoipit, calls: Calls, cloud: Cloud, clock: FakeClock
) -> None:
    voipit.reachable = False
    assert dispatch.invoke(ONE_QUEUED) == NOTHING_FAILED
    row = cloud.row(MESSAGE_ID)
    assert (row["status"], row["reason"], row["attempt"]) == ("queued", "no-connection", 1)
    ((body, delay),) = calls.enqueued
    assert (body, 2 <= delay <= 5) == (queue_body(), True)
    voipit.reachable = True
    clock.advance(delay)
    assert dispatch.invoke(ONE_QUEUED) == NOTHING_FAILED
    row = cloud.row(MESSAGE_ID)
    assert (row["status"], row["attempt"], len(voipit.taken)) == ("submitted", 2, 1)
    assert voipit.taken[0]["sendResultTo"].split("/")[-2] == "2", "reports name their attempt"


@pytest.mark.parametrize("cut_off", [True, False])
def test_a_message_that_voipit_may_have_is_not_tried_again(
    dispatch: Function, voipit: FakeVoipit, calls: Calls, cloud: Cloud, *, cut_off: bool
) -> None:
    voipit.cuts_off, voipit.answer = cut_off, an_error("500", "Internal server error")
    for _ in range(2):
        assert dispatch.invoke(ONE_QUEUED) == NOTHING_FAILED
    assert cloud.row(MESSAGE_ID)["status"] == "unconfirmed"
    assert (len(voipit.called), calls.enqueued) == (1, [])


def test_a_call_that_the_function_might_not_live_to_see_answered_is_not_made(
    dispatch: Function, voipit: FakeVoipit, cloud: Cloud
) -> None:
    assert dispatch.invoke(ONE_QUEUED, milliseconds_left=15_000) == NOTHING_FAILED
    assert (cloud.row(MESSAGE_ID)["reason"], voipit.called) == ("no-time-left", [])


def test_a_message_whose_validity_ran_out_fails_without_a_call(
    dispatch: Function, voipit: FakeVoipit, clock: FakeClock, cloud: Cloud
) -> None:
    clock.advance(2 * 3600)
    assert dispatch.invoke(ONE_QUEUED) == NOTHING_FAILED
    row = cloud.row(MESSAGE_ID)
    assert (row["status"], row["reason"], row["attempt"]) == ("failed", "too-late", 0)
    assert voipit.called == []


@pytest.mark.parametrize("seconds_early", [300, 3000])
def test_a_queue_message_that_comes_before_its_time_is_dropped(
    dispatch: Function, voipit: FakeVoipit, clock: FakeClock, calls: Calls, seconds_early: int
) -> None:
    clock.advance(-seconds_early - 0.123)
    assert dispatch.invoke(ONE_QUEUED) == NOTHING_FAILED
    assert (voipit.called, calls.enqueued) == ([], [])
    clock.advance(seconds_early)
    assert dispatch.invoke(ONE_QUEUED) == NOTHING_FAILED
    assert len(voipit.called) == 1


@pytest.mark.parametrize(("times", "broken"), [(4, 0), (5, 1)])
def test_a_message_that_cannot_be_claimed_time_and_again_is_named(
    dispatch: Function, monkeypatch: pytest.MonkeyPatch, output: Output, times: int, broken: int
) -> None:
    def in_vain(*_: object) -> None:
        raise LeftToQueueError("The table did not answer.", times)

    monkeypatch.setattr(dispatch.module, "dispatch", lambda: in_vain)
    output.counted()

    assert dispatch.invoke(ONE_QUEUED) == NOTHING_FAILED

    counted = output.counted()
    assert (counted["MessageBroken"], counted["StoreUnavailable"]) == (broken, 1)
    named = [line for line in output.lines() if line["message"] == "a message cannot be claimed"]
    assert [line["message_id"] for line in named] == [MESSAGE_ID] * broken


def test_a_message_taken_back_is_not_sent(
    dispatch: Function, send: Function, voipit: FakeVoipit, cloud: Cloud
) -> None:
    send(sample("send-delete-message"))
    assert dispatch.invoke(ONE_QUEUED) == NOTHING_FAILED
    assert (cloud.row(MESSAGE_ID)["status"], voipit.called) == ("cancelled", [])


def test_a_report_that_came_before_is_not_answered_with_another_sms(
    dispatch: Function, callback: Function, voipit: FakeVoipit, cloud: Cloud
) -> None:
    callback(sample("callback-form"))
    assert dispatch.invoke(ONE_QUEUED) == NOTHING_FAILED
    assert (cloud.row(MESSAGE_ID)["status"], voipit.called) == ("sent", [])


def test_a_surprise_is_logged_without_the_number_and_the_message_comes_again(
    dispatch: Function, calls: Calls, output: Output
) -> None:
    calls.trouble["dynamodb"] = RuntimeError("no room for +40721234567")
    assert dispatch.invoke(ONE_QUEUED) == failures(QUEUED)
    assert "no room for [number]" in output.everything()
