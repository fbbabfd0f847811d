"""`send`: what API Gateway hands over, to what the caller gets and the table holds."""

import base64
import hashlib
import json
from datetime import datetime
from typing import Any

import pytest

from sms_gateway.domain.callback_url import CallbackKey, mint_callback_url
from sms_gateway.entrypoints.settings import SettingsError
from tests.fakes.clock import FakeClock
from tests.handlers.cloud import Calls, Cloud
from tests.handlers.lambdas import ColdStart, Function
from tests.handlers.output import Output
from tests.handlers.voipit import PASSWORD, Answer, FakeVoipit, an_answer, an_error
from tests.support.samples import (
    API_KEY,
    API_KEY_ID,
    KEY,
    MESSAGE_ID,
    NUMBER,
    ONE_QUEUED,
    SIGNING_KEY,
    sample,
    with_body,
    with_headers,
)

SHOWN_TEXT = "Buna ziua, comanda dvs. a sosit."


def a_post(**body: Any) -> dict[str, Any]:
    """The sample request with other values in its body."""
    return with_body(sample("send-post-message"), **body)


def test_a_message_that_voipit_takes_is_answered_202_with_the_message(send: Function) -> None:
    answer = send(sample("send-post-message"))
    assert answer.status == 202
    assert answer.headers["content-type"] == "application/json"
    assert "idempotent-replayed" not in answer.headers
    created, updated = answer.body.pop("createdAt"), answer.body.pop("updatedAt")
    assert datetime.fromisoformat(created) <= datetime.fromisoformat(updated)
    assert answer.body == {
        "messageId": MESSAGE_ID,
        "status": "submitted",
        "phoneNumber": NUMBER,
        "message": SHOWN_TEXT,
        "attempt": 1,
        "sequence": 2,
        "metadata": {"orderId": "1042"},
        "onUnconfirmed": "hold",
        "history": [
            {"sequence": 1, "status": "sending", "at": created, "attempt": 1},
            {"sequence": 2, "status": "submitted", "at": updated, "attempt": 1},
        ],
    }


def test_a_message_that_was_taken_is_stored_under_the_id_of_its_api_key(
    send: Function, cloud: Cloud
) -> None:
    send(sample("send-post-message"))
    row = cloud.row(MESSAGE_ID)
    created = datetime.fromisoformat(row["createdAt"])
    assert (row["status"], row["version"], row["client"]) == ("submitted", 2, API_KEY_ID)
    assert (row["phoneNumber"], row["message"]) == (NUMBER, SHOWN_TEXT)
    assert row["expiresAt"] == int(created.timestamp()) + 90 * 24 * 3600


def test_voipit_gets_its_documented_form_with_a_signed_url_for_the_report(
    send: Function, voipit: FakeVoipit
) -> None:
    send(sample("send-post-message"))
    assert voipit.taken == [
        {
            "password": PASSWORD,
            "phoneNumber": NUMBER,
            "message": SHOWN_TEXT,
            "sendResultTo": mint_callback_url(
                "https://callback.example", KEY, 1, CallbackKey(SIGNING_KEY)
            ),
            "messageId": MESSAGE_ID,
        }
    ]


def test_a_platform_that_does_not_tell_the_keys_id_makes_the_client_a_digest_of_the_key(
    send: Function, cloud: Cloud
) -> None:
    assert send(sample("send-post-message-without-key-id")).status == 202
    digest = hashlib.sha256(API_KEY.encode()).hexdigest()
    assert cloud.row(MESSAGE_ID)["client"] == f"key-{digest[:24]}"


@pytest.mark.parametrize(
    ("event", "status", "code", "field"),
    [
        pytest.param(
            sample("send-not-json"), 400, "malformed-request", "body", id="a form instead of JSON"
        ),
        pytest.param(
            sample("send-post-message") | {"body": None},
            400,
            "malformed-request",
            "body",
            id="no body",
        ),
        pytest.param(
            sample("send-post-message") | {"isBase64Encoded": True},
            400,
            "malformed-request",
            "body",
            id="not the base64 it claims to be",
        ),
        pytest.param(
            sample("send-unknown-field"),
            400,
            "malformed-request",
            "sendat",
            id="an unknown field",
        ),
        pytest.param(
            a_post(messageId="order 1042"),
            400,
            "malformed-request",
            "messageId",
            id="an id that is none",
        ),
        pytest.param(
            with_headers(sample("send-post-message"), {"Idempotency-Key": "order-1"}),
            400,
            "malformed-request",
            "Idempotency-Key",
            id="two ids that differ",
        ),
        pytest.param(
            sample("send-impossible-number"),
            422,
            "invalid-phone-number",
            "phoneNumber",
            id="a number that no phone has",
        ),
        pytest.param(
            a_post(phoneNumber="+33612345678"),
            422,
            "country-not-allowed",
            "phoneNumber",
            id="another country",
        ),
        pytest.param(
            a_post(phoneNumber="+40213111111"),
            422,
            "number-type-not-allowed",
            "phoneNumber",
            id="a fixed line",
        ),
        pytest.param(a_post(message="  "), 422, "blank-text", "message", id="a blank text"),
        pytest.param(
            a_post(message="a" * 161), 422, "text-too-long", "message", id="a text too long"
        ),
        pytest.param(
            a_post(message="Da \N{THUMBS UP SIGN}"),
            422,
            "unsupported-characters",
            "message",
            id="a character no SMS shows",
        ),
    ],
)
def test_a_request_that_cannot_be_served_is_a_problem_that_names_the_field_and_stores_nothing(  # noqa: PLR0913, PLR0917  what pytest hands in, all by name
    send: Function,
    cloud: Cloud,
    voipit: FakeVoipit,
    event: dict[str, Any],
    status: int,
    code: str,
    field: str,
) -> None:
    answer = send(event)
    assert (answer.status, answer.is_problem(code, field)) == (status, True)
    assert (cloud.rows(), voipit.taken) == ([], [])


def test_a_problem_of_the_text_helps_to_mend_it(send: Function) -> None:
    answer = send(a_post(message="Da \N{THUMBS UP SIGN}"))
    assert answer.body["unsupportedCharacters"] == [
        {"character": "\N{THUMBS UP SIGN} (THUMBS UP SIGN)", "position": 4}
    ]


def test_the_same_request_again_is_answered_as_a_replay_and_sends_nothing(
    send: Function, voipit: FakeVoipit, output: Output
) -> None:
    first, second = send(sample("send-post-message")), send(sample("send-post-message"))
    assert second.is_replay_of(first)
    assert len(voipit.taken) == 1
    assert output.counted() == {
        "MessageTaken": 1,
        "MessageReplayed": 1,
        "ProviderAccepted": 1,
    }


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"message": "Altceva."}, id="another text"),
        pytest.param({"phoneNumber": "+40799000001"}, id="another number"),
        pytest.param({"metadata": {}}, id="other metadata"),
    ],
)
def test_an_id_used_for_other_content_is_refused_and_nothing_is_sent(
    send: Function, voipit: FakeVoipit, change: dict[str, Any]
) -> None:
    send(sample("send-post-message"))
    answer = send(a_post(**change))
    assert (answer.status, answer.is_problem("message-id-reused")) == (422, True)
    assert len(voipit.taken) == 1


def test_an_id_that_another_client_uses_is_free(send: Function) -> None:
    send(sample("send-post-message"))
    answer = send(sample("send-post-message-without-key-id"))
    assert (answer.status, answer.body["messageId"]) == (202, MESSAGE_ID)
    assert "idempotent-replayed" not in answer.headers


@pytest.mark.parametrize("header", ["Idempotency-Key", "idempotency-key", "IDEMPOTENCY-KEY"])
def test_the_id_may_come_as_idempotency_key_in_any_case(
    send: Function, cloud: Cloud, header: str
) -> None:
    event = sample("send-with-idempotency-key")
    for headers in (event["headers"], event["multiValueHeaders"]):
        headers[header] = headers.pop("Idempotency-Key")
    assert send(event).body["messageId"] == "order-1043"
    assert send(event).headers["idempotent-replayed"] == "true"
    assert [row["messageId"] for row in cloud.rows()] == ["order-1043"]


def test_a_message_without_an_id_gets_one_that_is_ordered_by_time(send: Function) -> None:
    ids = [
        send(a_post(messageId=None, message=text)).body["messageId"] for text in ("Una.", "Alta.")
    ]
    assert [message_id[14] for message_id in ids] == ["7", "7"]
    assert len(set(ids)) == 2


def test_a_body_in_base64_is_understood(send: Function, voipit: FakeVoipit) -> None:
    event = sample("send-post-message")
    body = base64.b64encode(event["body"].encode()).decode()
    assert send(event | {"body": body, "isBase64Encoded": True}).status == 202
    assert voipit.taken[0]["message"] == SHOWN_TEXT


def test_a_request_without_any_header_is_served(send: Function) -> None:
    """The test button of API Gateway's console sends none, and the id of a key of its own."""
    event = sample("send-post-message") | {"headers": None, "multiValueHeaders": None}
    assert send(event).status == 202


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        pytest.param(an_error("400", "Bad request"), "failed", "refused", id="400: a definite no"),
        pytest.param(
            an_answer(200, {"type": "Error", "message": "No credit", "code": "402"}),
            "failed",
            "refused",
            id="an error inside a 200",
        ),
        pytest.param(an_error("401", "Unauthorized"), "queued", "credentials-rejected", id="401"),
        pytest.param(an_error("403.6", "IP address rejected"), "queued", "ip-blocked", id="403.6"),
        pytest.param(an_answer(403, "<html>"), "queued", "forbidden", id="another 403"),
        pytest.param(an_answer(401, "<html>"), "queued", "credentials-rejected", id="401 in HTML"),
        pytest.param(
            an_error("500", "Internal server error"), "unconfirmed", "server-error", id="500"
        ),
        pytest.param(
            an_answer(200, "<html>"), "unconfirmed", "unreadable-answer", id="not JSON at all"
        ),
    ],
)
def test_whatever_voipit_answers_the_caller_gets_202_and_the_status(
    send: Function, voipit: FakeVoipit, answer: Answer, status: str, reason: str
) -> None:
    voipit.answer = answer
    assert send(sample("send-post-message")).outcome == (202, status, reason)


def test_nobody_listening_at_voipit_is_a_message_that_waits(
    send: Function, voipit: FakeVoipit
) -> None:
    voipit.reachable = False
    assert send(sample("send-post-message")).outcome == (202, "queued", "no-connection")


def test_a_connection_cut_after_the_request_is_unconfirmed_and_no_error(
    send: Function, voipit: FakeVoipit
) -> None:
    voipit.cuts_off = True
    assert send(sample("send-post-message")).outcome == (202, "unconfirmed", "connection-cut")
    assert len(voipit.taken) == 1


def test_a_call_that_the_function_might_not_live_to_see_answered_is_not_made(
    send: Function, voipit: FakeVoipit
) -> None:
    answer = send(sample("send-post-message"), milliseconds_left=15_000)
    assert answer.outcome == (202, "queued", "no-time-left")
    assert voipit.taken == []


def test_without_its_secrets_the_message_is_kept_for_later(
    send: Function, calls: Calls, voipit: FakeVoipit
) -> None:
    calls.does_not_answer("secretsmanager")
    assert send(sample("send-post-message")).outcome == (202, "queued", "secret-unavailable")
    assert voipit.taken == []


def test_a_table_that_fails_after_the_call_is_still_202_since_voipit_has_the_message(
    send: Function, calls: Calls, voipit: FakeVoipit, cloud: Cloud
) -> None:
    send(a_post(messageId="order-1041"))  # an account that was never answered is proven first
    calls.does_not_answer("dynamodb:UpdateItem")
    answer = send(sample("send-post-message"))
    assert (answer.status, answer.body["status"]) == (202, "sending")
    assert cloud.row(MESSAGE_ID)["status"] == "sending"
    assert [form["messageId"] for form in voipit.taken] == ["order-1041", MESSAGE_ID]


def test_a_message_with_a_time_is_stored_and_sent_by_somebody_else_at_that_time(
    send: Function, clock: FakeClock, voipit: FakeVoipit, calls: Calls, cloud: Cloud
) -> None:
    answer = send(sample("send-scheduled-message"))
    assert (answer.status, answer.body["status"], answer.body["attempt"]) == (202, "queued", 0)
    assert "reason" not in answer.body
    assert answer.body["sendAt"] == "2026-11-22T16:00:00.000Z"
    assert answer.body["validUntil"] == "2026-11-22T18:00:00.000Z"
    assert answer.body["onUnconfirmed"] == "resend"
    assert (voipit.called, calls.enqueued) == ([], [])
    assert calls.made == ["dynamodb:TransactWriteItems"], (
        "nobody asks about a call that is not made now"
    )
    assert cloud.row(MESSAGE_ID)["dueAt"] == int(clock.time()) + 3600 - 60


def test_a_time_within_a_quarter_of_an_hour_is_left_to_the_queue(
    send: Function, clock: FakeClock, calls: Calls
) -> None:
    clock.advance(3600 - 900)
    assert send(sample("send-scheduled-message")).body["status"] == "queued"
    assert calls.enqueued == [(json.loads(ONE_QUEUED["Records"][0]["body"]), 900)]


def test_a_time_that_has_passed_is_now(send: Function, clock: FakeClock) -> None:
    clock.advance(3600)
    answer = send(sample("send-scheduled-message"))
    assert (answer.status, answer.body["status"]) == (202, "submitted")


def test_a_scheduled_message_again_is_a_replay_until_its_time_is_another(
    send: Function, clock: FakeClock, output: Output
) -> None:
    event = sample("send-scheduled-message")
    first = send(event)
    clock.advance(10)
    again = send(event)
    assert (again.headers["idempotent-replayed"], again.body) == ("true", first.body)
    answer = send(with_body(event, sendAt="2026-11-22T18:00:01+02:00"))
    assert (answer.status, answer.is_problem("message-id-reused")) == (422, True)
    assert output.counted() == {
        "MessageTaken": 1,
        "MessageReplayed": 1,
    }


@pytest.mark.parametrize(
    ("field", "value", "status", "code"),
    [
        ("sendAt", "2027-12-24T18:00:00Z", 422, "time-too-far-ahead"),
        ("validUntil", "2026-11-22T17:59:59+02:00", 422, "already-too-late"),
        ("sendAt", "2026-11-22T18:00:00", 400, "malformed-request"),
        ("sendAt", "tonight", 400, "malformed-request"),
        ("onUnconfirmed", "Resend", 400, "malformed-request"),
    ],
)
@pytest.mark.usefixtures("clock")
def test_a_schedule_that_cannot_be_kept_is_a_problem_that_names_the_field_and_stores_nothing(  # noqa: PLR0913, PLR0917  what pytest hands in, all by name
    send: Function, cloud: Cloud, field: str, value: str, status: int, code: str
) -> None:
    answer = send(with_body(sample("send-scheduled-message"), **{field: value}))
    assert (answer.status, answer.is_problem(code, field)) == (status, True)
    assert cloud.rows() == []


def test_an_unknown_route_is_a_problem(send: Function, calls: Calls) -> None:
    event = sample("send-post-message") | {"path": "/letters", "resource": "/letters"}
    answer = send(event)
    assert (answer.status, answer.is_problem("route-not-found")) == (404, True)
    assert calls.made == []


def test_a_message_that_was_taken_is_logged_with_its_number_masked(
    send: Function, output: Output
) -> None:
    send(sample("send-post-message"))
    line = output.line("message taken")
    assert (line["message_id"], line["status"]) == (MESSAGE_ID, "submitted")
    assert line["phone_number"] == "+407•••••567"


def test_a_function_deployed_without_its_settings_names_them(cold_start: ColdStart) -> None:
    send = cold_start("send", knows=(), VOIPIT_BASE_URL="", CALLBACK_URL=" ")
    with pytest.raises(SettingsError, match=r": \['VOIPIT_BASE_URL', 'CALLBACK_URL'\]$"):
        send(sample("send-post-message"))
