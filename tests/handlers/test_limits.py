"""How much goes through the front door: 429 with `Retry-After`, and the click that came twice."""

from typing import Any

import pytest

from sms_gateway.adapters.guard_items import CIRCUIT
from sms_gateway.domain.clock import to_milliseconds
from tests.fakes.clock import FakeClock
from tests.handlers.cloud import GUARDS, Calls, Cloud
from tests.handlers.lambdas import Answer, ColdStart, Function
from tests.handlers.output import Output
from tests.handlers.voipit import FakeVoipit, an_error
from tests.support.samples import ORIGIN, OTHER_CLIENT, about, by, from_a_page, sample, with_body

OTHER_NUMBER = "+40799000001"
UNTIL_MIDNIGHT = 9 * 3600
"""Seconds from the time of the sample events to the end of their day, rounded up."""
pytestmark = pytest.mark.usefixtures("clock")


def a_post(message_id: str | None, **body: Any) -> dict[str, Any]:
    """The sample request under this id, or without one; with other values in its body."""
    return with_body(sample("send-post-message"), messageId=message_id, **body)


def at(clock: FakeClock, event: dict[str, Any]) -> dict[str, Any]:
    """The event as API Gateway gets it at this moment."""
    moment = {"requestTimeEpoch": to_milliseconds(clock())}
    return event | {"requestContext": event["requestContext"] | moment}


def is_limited(answer: Answer, code: str) -> bool:
    return (answer.status, answer.is_problem(code)) == (429, True)


def waits(answer: Answer) -> int:
    return int(answer.headers["retry-after"])


def counts(cloud: Cloud) -> list[dict[str, Any]]:
    return [row for row in cloud.rows(GUARDS) if row["guard"] != CIRCUIT]


def test_of_twelve_messages_to_one_number_ten_are_taken_in_an_hour(
    send: Function, cloud: Cloud, voipit: FakeVoipit, output: Output
) -> None:
    answers = [send(a_post(f"m-{number}")) for number in range(12)]
    assert [answer.status for answer in answers] == [202] * 10 + [429] * 2
    for refused in answers[10:]:
        assert is_limited(refused, "recipient-limit-reached")
        assert waits(refused) == 3600
    assert len(voipit.taken) == len(cloud.rows()) == 10
    assert output.counted() == {
        "MessageTaken": 10,
        "MessageRefusedByLimit": 2,
        "ProviderAccepted": 10,
    }


def test_after_the_time_it_was_told_the_caller_is_served(
    cold_start: ColdStart, clock: FakeClock
) -> None:
    send = cold_start("send", RECIPIENT_HOURLY_LIMIT="1")
    send(a_post("m-1"))
    clock.advance(600)
    refused = send(a_post("m-2"))
    clock.advance(waits(refused) - 1)
    assert send(a_post("m-2")).status == 429
    clock.advance(1)
    assert send(a_post("m-2")).status == 202


def test_the_day_of_a_number_ends_at_midnight_utc(cold_start: ColdStart, clock: FakeClock) -> None:
    send = cold_start("send", RECIPIENT_DAILY_LIMIT="1")
    send(a_post("m-1"))
    refused = send(a_post("m-2"))
    assert is_limited(refused, "recipient-limit-reached")
    assert waits(refused) == UNTIL_MIDNIGHT
    clock.advance(UNTIL_MIDNIGHT)
    assert send(a_post("m-2")).status == 202


def test_the_day_of_a_client_is_limited_whomever_it_texts(
    cold_start: ColdStart, output: Output
) -> None:
    send = cold_start("send", CLIENT_DAILY_LIMIT="1")
    send(a_post("m-1"))
    refused = send(a_post("m-2", phoneNumber=OTHER_NUMBER))
    assert is_limited(refused, "client-limit-reached")
    assert waits(refused) == UNTIL_MIDNIGHT
    assert send(by(OTHER_CLIENT, a_post("m-2"))).status == 202
    assert output.counted()["MessageRefusedByLimit"] == 1


def test_another_instance_counts_on(cold_start: ColdStart) -> None:
    first, second = (cold_start("send", RECIPIENT_HOURLY_LIMIT="2") for _ in range(2))
    assert [first(a_post("m-1")).status, second(a_post("m-2")).status] == [202, 202]
    assert [first(a_post("m-3")).status, second(a_post("m-4")).status] == [429, 429]


def test_a_message_that_was_taken_is_answered_202_at_every_limit(
    cold_start: ColdStart, voipit: FakeVoipit
) -> None:
    limits = {"RECIPIENT_HOURLY_LIMIT": "1", "CLIENT_DAILY_LIMIT": "1"}
    send = cold_start("send", **limits)
    first = send(a_post("m-1"))
    assert send(a_post("m-2")).status == 429
    assert send(a_post("m-1")).is_replay_of(first)
    assert len(voipit.taken) == 1


def test_a_refused_message_leaves_nothing_behind_and_keeps_nobody_from_trying_the_account(
    cold_start: ColdStart, cloud: Cloud
) -> None:
    send = cold_start("send", CLIENT_DAILY_LIMIT="1")
    send(a_post("m-1", sendAt="2026-11-22T18:00:00Z"))
    before = cloud.rows(), counts(cloud)
    assert send(a_post("m-2")).status == 429
    assert (cloud.rows(), counts(cloud)) == before
    assert "probeUntil" not in cloud.circuit()


def test_the_allowed_origin_may_read_how_long_to_wait(cold_start: ColdStart) -> None:
    send = cold_start("send", ALLOWED_ORIGINS=ORIGIN, CLIENT_DAILY_LIMIT="1")
    send(a_post("m-1"))
    refused = send(from_a_page(a_post("m-2")))
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (429, ORIGIN)
    assert "Retry-After" in refused.headers["access-control-expose-headers"]


# --- what it costs ---------------------------------------------------------------------------

NO_LIMITS = {
    "RECIPIENT_HOURLY_LIMIT": "0",
    "RECIPIENT_DAILY_LIMIT": "0",
    "CLIENT_DAILY_LIMIT": "0",
    "DOUBLE_CLICK_SECONDS": "0",
    "SUPPRESSION_LIST": "off",
}


@pytest.mark.parametrize(
    ("limits", "look"),
    [(NO_LIMITS, "dynamodb:GetItem"), ({}, "dynamodb:BatchGetItem")],
    ids=["no limit", "all of them"],
)
def test_the_guards_and_the_count_are_no_call_of_their_own(
    cold_start: ColdStart, calls: Calls, limits: dict[str, str], look: str
) -> None:
    send = cold_start("send", **limits)
    send(a_post(None, message="Prima."))  # reads the secrets and proves the account
    calls.forget()
    send(a_post(None, message="A doua."))
    assert calls.made == [
        look,
        "dynamodb:TransactWriteItems",
        "dynamodb:UpdateItem",
    ]


def test_without_limits_everything_goes_through_and_is_counted(
    cold_start: ColdStart, cloud: Cloud
) -> None:
    send = cold_start("send", **NO_LIMITS)
    assert {send(a_post(None)).status for _ in range(12)} == {202}
    assert len(cloud.rows()) == 12
    assert {row["guard"].partition("#")[0] for row in counts(cloud)} == {"client"}
    assert sum(row["messages"] for row in counts(cloud)) == 12


# --- the double click ------------------------------------------------------------------------


def test_a_second_click_is_answered_with_the_first_message(
    send: Function, voipit: FakeVoipit, clock: FakeClock, output: Output
) -> None:
    first = send(a_post(None))
    clock.advance(9)
    assert send(a_post(None)).is_replay_of(first)
    assert len(voipit.taken) == 1
    assert output.counted() == {
        "MessageTaken": 1,
        "MessageReplayed": 1,
        "ProviderAccepted": 1,
    }


def test_clicks_are_told_apart_by_when_api_gateway_got_them(
    send: Function, voipit: FakeVoipit, clock: FakeClock
) -> None:
    """The functions may be slow to start: the second runs long after the first."""
    first, second = at(clock, a_post(None)), a_post(None)
    clock.advance(9)
    second = at(clock, second)
    answers = [send(first)]
    clock.advance(15)
    answers.append(send(second))
    assert answers[1].headers["idempotent-replayed"] == "true"
    assert len(voipit.taken) == 1


def test_a_click_that_comes_later_is_another_message(
    send: Function, voipit: FakeVoipit, clock: FakeClock
) -> None:
    first = send(at(clock, a_post(None)))
    clock.advance(10)
    second = send(at(clock, a_post(None)))
    assert "idempotent-replayed" not in second.headers
    assert second.body["messageId"] != first.body["messageId"]
    assert len(voipit.taken) == 2


@pytest.mark.parametrize(
    "other",
    [
        a_post(None, message="Altceva."),
        a_post(None, phoneNumber=OTHER_NUMBER),
        by(OTHER_CLIENT, a_post(None)),
        a_post("m-2"),
    ],
    ids=["another text", "another number", "another client", "an id of its own"],
)
def test_what_is_not_the_same_is_no_second_click(
    send: Function, voipit: FakeVoipit, other: dict[str, Any]
) -> None:
    send(a_post(None))
    assert "idempotent-replayed" not in send(other).headers
    assert len(voipit.taken) == 2


def test_equal_texts_under_ids_of_their_own_are_all_sent(
    send: Function, voipit: FakeVoipit
) -> None:
    for message_id in ("m-1", "m-2"):
        assert "idempotent-replayed" not in send(a_post(message_id)).headers
    assert len(voipit.taken) == 2


def test_a_text_written_in_another_way_is_the_same_text(send: Function, voipit: FakeVoipit) -> None:
    send(a_post(None, phoneNumber="0721 234 567", message="Bună ziua…"))
    again = send(a_post(None, phoneNumber="+40721234567", message="Buna ziua..."))
    assert again.headers["idempotent-replayed"] == "true"
    assert len(voipit.taken) == 1


def test_who_asks_again_because_voipit_said_no_has_not_clicked_twice(
    send: Function, voipit: FakeVoipit
) -> None:
    voipit.answer = an_error("400", "Bad request")
    assert send(a_post(None)).body["status"] == "failed"
    voipit.answer = None
    again = send(a_post(None))
    assert (again.status, again.body["status"]) == (202, "submitted")
    assert "idempotent-replayed" not in again.headers


def test_nor_has_who_took_it_back_before(send: Function, clock: FakeClock) -> None:
    later = {"sendAt": "2026-11-22T18:00:00Z"}
    first = send(a_post(None, **later)).body["messageId"]
    delete = about(sample("send-delete-message"), messageId=first)
    assert send(delete).body["status"] == "cancelled"
    clock.advance(1)
    again = send(a_post(None, **later))
    assert (again.body["status"], again.body["messageId"] == first) == ("queued", False)


def test_the_window_can_be_closed(cold_start: ColdStart, voipit: FakeVoipit) -> None:
    send = cold_start("send", DOUBLE_CLICK_SECONDS="0")
    for _ in range(2):
        assert "idempotent-replayed" not in send(a_post(None)).headers
    assert len(voipit.taken) == 2
