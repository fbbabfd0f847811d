"""Our own mistakes do not get the IP blacklisted: one call in vain, and then nobody calls."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.fakes.clock import FakeClock
from tests.handlers.cloud import GUARDS, Calls, Cloud
from tests.handlers.lambdas import Answer, ColdStart, Function
from tests.handlers.voipit import PASSWORD, WRONG_PASSWORD, FakeVoipit, an_error
from tests.support.samples import (
    MESSAGE_ID,
    NOTHING_FAILED,
    ONE_QUEUED,
    done,
    queue_body,
    sample,
    with_body,
)

TICK = sample("watch-scheduled")
BLOCKED = an_error("403.6", "IP address rejected")
Post = Callable[[str], tuple[str, str | None]]
WatchAfter = Callable[[float], dict[str, Any]]
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def post(send: Function) -> Post:
    """POST a message with this id; the status and reason that its sender is told."""

    def post_message(message_id: str) -> tuple[str, str | None]:
        answer = send(with_body(sample("send-post-message"), messageId=message_id))
        assert answer.status == 202
        return answer.body["status"], answer.body.get("reason")

    return post_message


@pytest.fixture
def watch_after(watch: Function, clock: FakeClock) -> WatchAfter:
    """Let so many seconds pass and have `watch` run; what it did."""

    def run(seconds: float) -> dict[str, Any]:
        clock.advance(seconds)
        did: dict[str, Any] = watch.invoke(TICK)
        return did

    return run


def provider(status: Function) -> Answer:
    return status(sample("status-get-provider"))


def drained(calls: Calls, dispatch: Function) -> int:
    """Have `dispatch` work on what was put into its queue, one by one; how many there were."""
    (record,) = ONE_QUEUED["Records"]
    for body, _ in calls.enqueued:
        event = {"Records": [record | {"body": json.dumps(body)}]}
        assert dispatch.invoke(event) == NOTHING_FAILED
    return len(calls.enqueued)


def test_with_a_wrong_password_voipit_is_called_once(
    cloud: Cloud, voipit: FakeVoipit, post: Post, calls: Calls
) -> None:
    cloud.change_password(WRONG_PASSWORD)
    assert [post("m1"), post("m2"), post("m3")] == [
        ("queued", "credentials-rejected"),
        ("queued", "circuit-open"),
        ("queued", "circuit-open"),
    ]
    assert (voipit.called, calls.enqueued) == (["sms/send"], [])
    assert cloud.row("m1")["attempt"] == 1
    assert cloud.row("m2")["attempt"] == 0


def test_another_instance_does_not_call_either(
    cloud: Cloud, voipit: FakeVoipit, post: Post, cold_start: ColdStart
) -> None:
    cloud.change_password(WRONG_PASSWORD)
    post("m1")
    other = cold_start("send")
    assert other(sample("send-post-message")).body["reason"] == "circuit-open"
    assert voipit.called == ["sms/send"]


def test_dispatch_does_not_call_either(
    cloud: Cloud, voipit: FakeVoipit, post: Post, dispatch: Function, calls: Calls
) -> None:
    cloud.change_password(WRONG_PASSWORD)
    post(MESSAGE_ID)
    assert dispatch.invoke(ONE_QUEUED) == NOTHING_FAILED
    assert voipit.called == ["sms/send"]
    assert calls.enqueued == [], "it waits outside the queue"
    assert cloud.row(MESSAGE_ID)["attempt"] == 1


def test_while_the_secret_is_the_same_nobody_pings_with_it(
    cloud: Cloud, voipit: FakeVoipit, post: Post, watch_after: WatchAfter
) -> None:
    cloud.change_password(WRONG_PASSWORD)
    post("m1")
    pinged_at = []
    for minute in range(1, 66):
        before = len(voipit.called)
        assert watch_after(60)["enqueued"] == 0
        if len(voipit.called) > before:
            pinged_at.append(minute)
    assert pinged_at == [5, 65]
    assert voipit.called == ["sms/send", "ping/", "ping/"]


def test_a_changed_secret_closes_the_circuit_and_everything_that_waited_is_sent_once(
    cloud: Cloud, voipit: FakeVoipit, post: Post, watch_after: WatchAfter, dispatch: Function
) -> None:
    cloud.change_password(WRONG_PASSWORD)
    for message_id in ("m1", "m2", "m3"):
        post(message_id)
    assert watch_after(61) == done(3)
    cloud.change_password(PASSWORD)
    assert watch_after(61) == done(3, enqueued=3)
    assert voipit.called == ["sms/send", "ping/"]
    assert set(cloud.circuit()) == {"guard", "proven", "provenAt"}
    assert drained(cloud.calls, dispatch) == 3
    assert sorted(form["messageId"] for form in voipit.taken) == ["m1", "m2", "m3"]
    assert {row["status"] for row in cloud.rows()} == {"submitted"}
    assert (cloud.row("m1")["attempt"], cloud.row("m2")["attempt"]) == (2, 1)
    assert post("m4") == ("submitted", None)


def test_a_secret_changed_to_another_wrong_one_costs_one_ping(
    cloud: Cloud, voipit: FakeVoipit, post: Post, watch_after: WatchAfter
) -> None:
    cloud.change_password(WRONG_PASSWORD)
    post("m1")
    cloud.change_password(f"{WRONG_PASSWORD}-either")
    for _ in range(5):
        watch_after(60)
    assert voipit.called == ["sms/send", "ping/"]
    assert cloud.circuit()["reason"] == "credentials"


def test_a_password_changed_at_voipit_stops_an_account_that_was_proven(
    cloud: Cloud, voipit: FakeVoipit, post: Post
) -> None:
    assert post("m1") == ("submitted", None)
    voipit.answer = an_error("401", "Unauthorized")
    assert post("m2") == ("queued", "credentials-rejected")
    voipit.answer = None
    assert post("m3") == ("queued", "circuit-open")
    assert len(voipit.called) == 2
    assert "proven" not in cloud.circuit()


def test_a_password_that_is_changed_on_both_sides_opens_nothing(
    cloud: Cloud, voipit: FakeVoipit, post: Post
) -> None:
    """An instance that remembers the old one for minutes learns of it from its first 401."""
    cloud.change_password(WRONG_PASSWORD)
    voipit.password = WRONG_PASSWORD
    assert post("m1") == ("submitted", None)
    cloud.change_password(PASSWORD)
    voipit.password = PASSWORD
    assert post("m2") == ("queued", "credentials-rejected")
    assert "reason" not in cloud.circuit()
    assert post("m3") == ("submitted", None)
    assert len(voipit.called) == 3


def test_a_blocked_ip_is_pinged_after_a_minute_and_the_answer_closes_the_circuit(
    cloud: Cloud, voipit: FakeVoipit, post: Post, watch_after: WatchAfter, dispatch: Function
) -> None:
    voipit.answer = BLOCKED
    assert post("m1") == ("queued", "ip-blocked")
    assert post("m2") == ("queued", "circuit-open")
    voipit.answer = None
    watch_after(59)
    assert voipit.called == ["sms/send"]
    assert watch_after(2) == done(2, enqueued=2)
    assert voipit.called == ["sms/send", "ping/"]
    assert drained(cloud.calls, dispatch) == 2
    assert {row["status"] for row in cloud.rows()} == {"submitted"}


def test_pings_are_spaced_out_further_and_further(
    voipit: FakeVoipit, post: Post, watch_after: WatchAfter
) -> None:
    voipit.answer = BLOCKED
    post("m1")
    pinged_at = []
    for minute in range(1, 61):
        before = len(voipit.called)
        watch_after(60)
        if len(voipit.called) > before:
            pinged_at.append(minute)
    assert pinged_at == [1, 3, 7, 15, 30, 45, 60]
    assert voipit.called == ["sms/send", *["ping/"] * 7]


def test_of_two_runs_at_once_one_pings(
    voipit: FakeVoipit, post: Post, cold_start: ColdStart, clock: FakeClock
) -> None:
    voipit.answer = BLOCKED
    post("m1")
    clock.advance(60)
    for run in (cold_start("watch"), cold_start("watch")):
        run.invoke(TICK)
    assert voipit.called == ["sms/send", "ping/"]


def test_an_address_that_is_wrong_opens_the_circuit_and_a_mended_one_closes_it(
    voipit: FakeVoipit, post: Post, cold_start: ColdStart, status: Function, clock: FakeClock
) -> None:
    voipit.answer = an_error("404", "Not found")
    assert post("m1") == ("queued", "path-not-found")
    assert provider(status).body["reason"] == "configuration"
    voipit.answer = None
    clock.advance(61)
    # Nothing but the address's spelling differs here, and the account's version with it.
    mended = cold_start("watch", VOIPIT_BASE_URL="HTTPS://client.voipit.ro")
    assert mended.invoke(TICK)["enqueued"] == 1
    assert voipit.called == ["sms/send", "ping/"]


def test_a_stack_that_was_just_deployed_waits_for_its_account_and_says_so(
    cloud: Cloud, voipit: FakeVoipit, post: Post, watch_after: WatchAfter, status: Function
) -> None:
    cloud.empty_account()
    watch_after(0)
    shown = provider(status).body
    assert shown.pop("since")
    assert shown == {"available": False, "reason": "account-missing"}
    assert post("m1") == ("queued", "account-missing")
    assert voipit.called == []


def test_functions_leave_the_secret_alone_while_the_account_is_missing(
    cloud: Cloud, post: Post, watch_after: WatchAfter, dispatch: Function, calls: Calls
) -> None:
    cloud.empty_account()
    watch_after(0)
    calls.made.clear()
    for number in range(5):
        assert post(f"m{number}") == ("queued", "account-missing")
    dispatch.invoke(ONE_QUEUED)
    assert calls.of("secretsmanager") == []
    watch_after(60)
    assert calls.of("secretsmanager") == ["secretsmanager:GetSecretValue"]


def test_once_the_account_is_there_all_that_waited_is_sent(
    cloud: Cloud, voipit: FakeVoipit, post: Post, watch_after: WatchAfter, dispatch: Function
) -> None:
    cloud.empty_account()
    post("m1")
    cloud.change_password(PASSWORD)
    assert watch_after(61)["enqueued"] == 1
    for record in cloud.waiting(cloud.dispatch_queue):
        assert dispatch.invoke({"Records": [record]}) == NOTHING_FAILED
    assert voipit.called == ["sms/send"]


def test_a_message_refused_by_voipit_opens_nothing(
    voipit: FakeVoipit, post: Post, status: Function
) -> None:
    voipit.answer = an_error("400", "Bad request")
    assert post("m1") == ("failed", "refused")
    assert provider(status).body == {"available": True}


# --- an account that was never answered ------------------------------------------------------


def test_while_somebody_tries_the_account_for_the_first_time_others_wait_some_seconds(
    cloud: Cloud, voipit: FakeVoipit, post: Post, clock: FakeClock, calls: Calls
) -> None:
    until = int(clock.time() * 1000) + 60_000
    cloud.store({"guard": {"S": "circuit"}, "probeUntil": {"N": str(until)}}, GUARDS)
    assert post("m1") == ("queued", "account-unproven")
    [(body, delay)] = calls.enqueued
    assert (voipit.called, body) == ([], queue_body("m1"))
    assert delay in {3, 4, 5}, "chance takes away up to half of five seconds"
    clock.advance(60)
    assert post("m2") == ("submitted", None), "whoever held it is dead by now"


@pytest.mark.parametrize(
    ("trouble", "proven"),
    [
        pytest.param(None, True, id="taken"),
        pytest.param(an_error("400", "Bad request"), True, id="a definite no is an answer"),
        pytest.param(an_error("500", "Internal server error"), False, id="no clear answer"),
    ],
)
def test_an_account_is_proven_by_an_answer(
    cloud: Cloud, voipit: FakeVoipit, post: Post, trouble: Any, *, proven: bool
) -> None:
    voipit.answer = trouble
    post("m1")
    assert set(cloud.circuit()) == {"guard"} | ({"proven", "provenAt"} if proven else set())


@pytest.mark.parametrize("call", ["dynamodb:TransactWriteItems", "secretsmanager"])
def test_a_try_that_did_not_come_about_keeps_nobody_else_from_trying(
    cloud: Cloud, voipit: FakeVoipit, send: Function, calls: Calls, call: str
) -> None:
    calls.does_not_answer(call)
    send(sample("send-post-message"))
    assert voipit.called == []
    assert "probeUntil" not in cloud.circuit()


def test_a_replay_does_not_use_up_the_first_try(
    cloud: Cloud, voipit: FakeVoipit, send: Function, post: Post
) -> None:
    voipit.answer = an_error("500", "Internal server error")
    send(sample("send-post-message"))
    assert send(sample("send-post-message")).headers["idempotent-replayed"] == "true"
    voipit.answer = None
    assert post("m2") == ("submitted", None)
    assert "proven" in cloud.circuit()


# --- GET /provider ---------------------------------------------------------------------------


def test_a_provider_nobody_has_complained_about_is_available(
    status: Function, calls: Calls
) -> None:
    answer = provider(status)
    assert (answer.status, answer.body) == (200, {"available": True})
    assert calls.made == ["dynamodb:GetItem"]


def test_a_provider_that_is_closed_says_since_when_and_why_and_when_it_is_asked_again(
    voipit: FakeVoipit, post: Post, status: Function, watch_after: WatchAfter
) -> None:
    voipit.answer = BLOCKED
    post("m1")
    since = "2026-11-22T15:00:00.123Z"
    answer = provider(status)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.body == {
        "available": False,
        "reason": "ip-blocked",
        "since": since,
        "nextPingAt": "2026-11-22T15:01:00.123Z",
    }
    watch_after(61)
    assert provider(status).body["since"] == since
    assert provider(status).body["nextPingAt"] == "2026-11-22T15:03:01.123Z"
    voipit.answer = None
    watch_after(121)
    assert provider(status).body == {"available": True}
