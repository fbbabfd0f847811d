import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.adapters.voipit.answers import judge_answer
from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken, refused, unclear
from sms_gateway.domain.status import Reason, Trigger

UNREADABLE = unclear(Reason.UNREADABLE_ANSWER)
SERVER_ERROR = unclear(Reason.SERVER_ERROR)


def error_body(code: str, message: str) -> bytes:
    return json.dumps({"type": "Error", "message": message, "code": code}).encode()


IP_REJECTED = error_body("403.6", "IP address rejected")


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        pytest.param(200, b'{"type":"ok"}', ACCEPTED, id="ok"),
        pytest.param(200, b'{ "type" : "ok" }\r\n', ACCEPTED, id="ok as documented"),
        pytest.param(200, b'{"type":"ok","id":17}', ACCEPTED, id="ok with more in it"),
        pytest.param(
            200, error_body("400", "No credit"), refused("No credit"), id="error inside a 200"
        ),
        pytest.param(
            200,
            b'{"type":"Error"}',
            refused("Voipit answered with an error."),
            id="error without words inside a 200",
        ),
        pytest.param(
            400, error_body("400", "Bad request"), refused("Bad request"), id="bad request"
        ),
        pytest.param(400, b"", refused("Voipit answered 400."), id="bad request without words"),
        pytest.param(
            400, b'{"message":17}', refused("Voipit answered 400."), id="words that are no words"
        ),
        pytest.param(
            400, error_body("400", "a\x00\nb" + "x" * 600), refused("a b" + "x" * 497), id="long"
        ),
        pytest.param(
            413,
            error_body("413", "Payload Too Large"),
            refused("Payload Too Large"),
            id="payload too large",
        ),
        pytest.param(
            401,
            error_body("401", "Unauthorized"),
            not_taken(Reason.CREDENTIALS_REJECTED),
            id="unauthorized",
        ),
        pytest.param(401, b"<html>", not_taken(Reason.CREDENTIALS_REJECTED), id="401 in HTML"),
        pytest.param(403, IP_REJECTED, not_taken(Reason.IP_BLOCKED), id="ip rejected"),
        pytest.param(403, error_body("403", "Forbidden"), UNREADABLE, id="another 403"),
        pytest.param(403, b'{"code":403.6}', UNREADABLE, id="403.6 as a number"),
        pytest.param(403, b"<html>", UNREADABLE, id="403 in HTML"),
        pytest.param(200, IP_REJECTED, refused("IP address rejected"), id="403.6 inside a 200"),
        pytest.param(
            404, error_body("404", "Not found"), not_taken(Reason.PATH_NOT_FOUND), id="not found"
        ),
        pytest.param(429, b"", not_taken(Reason.THROTTLED), id="too many requests"),
        pytest.param(
            500, error_body("500", "Internal server error"), SERVER_ERROR, id="server error"
        ),
        pytest.param(502, b"<html>", SERVER_ERROR, id="bad gateway"),
        pytest.param(503, b'{"type":"ok"}', SERVER_ERROR, id="503 that says ok"),
        pytest.param(599, b"", SERVER_ERROR, id="599"),
        pytest.param(200, b"", UNREADABLE, id="200 without a body"),
        pytest.param(200, b"ok", UNREADABLE, id="200 in plain text"),
        pytest.param(200, b'"ok"', UNREADABLE, id="a string"),
        pytest.param(200, b"[]", UNREADABLE, id="a list"),
        pytest.param(200, b"null", UNREADABLE, id="null"),
        pytest.param(200, b'{"type":"ok"', UNREADABLE, id="cut off"),
        pytest.param(200, b'{"type":"OK"}', UNREADABLE, id="OK in capitals"),
        pytest.param(200, b'{"type":"error"}', UNREADABLE, id="error in small letters"),
        pytest.param(200, b'{"type":true}', UNREADABLE, id="type as a truth"),
        pytest.param(200, b'{"type":["ok"]}', UNREADABLE, id="type as a list"),
        pytest.param(200, b'{"type":"pong"}', UNREADABLE, id="the answer to a ping"),
        pytest.param(200, b"\xff\xfe{", UNREADABLE, id="not unicode"),
        pytest.param(200, b"[" * 60_000, UNREADABLE, id="deep"),
        pytest.param(200, b"1" * 5000, UNREADABLE, id="a huge number"),
        pytest.param(201, b'{"type":"ok"}', UNREADABLE, id="201"),
        pytest.param(204, b"", UNREADABLE, id="204"),
        pytest.param(302, b'{"type":"ok"}', UNREADABLE, id="redirect"),
        pytest.param(402, error_body("402", "Pay"), UNREADABLE, id="402"),
        pytest.param(408, b"", UNREADABLE, id="408"),
        pytest.param(409, b"", UNREADABLE, id="409"),
        pytest.param(422, b"", UNREADABLE, id="422"),
    ],
)
def test_an_answer_means_what_is_documented_and_is_unclear_otherwise(
    status: int, body: bytes, outcome: Outcome
) -> None:
    assert judge_answer(status, body) == outcome


BODIES = st.binary() | st.dictionaries(
    st.sampled_from(["type", "message", "code"]),
    st.sampled_from(["ok", "Error", "403.6", "403", ""]) | st.none() | st.integers() | st.text(),
).map(lambda values: json.dumps(values).encode())


@given(st.integers(100, 999) | st.sampled_from([200, 400, 401, 403, 404, 413, 429, 500]), BODIES)
def test_nothing_undocumented_is_ever_taken_for_a_yes_or_a_no(status: int, body: bytes) -> None:
    outcome = judge_answer(status, body)

    allowed = {
        200: {Trigger.ACCEPTED, Trigger.REFUSED, Trigger.UNCLEAR},
        400: {Trigger.REFUSED},
        413: {Trigger.REFUSED},
        401: {Trigger.NOT_TAKEN},
        404: {Trigger.NOT_TAKEN},
        429: {Trigger.NOT_TAKEN},
        403: {Trigger.NOT_TAKEN if b'"403.6"' in body else Trigger.UNCLEAR, Trigger.UNCLEAR},
    }
    assert outcome.trigger in allowed.get(status, {Trigger.UNCLEAR})
    assert (outcome.error_message is None) is (outcome.trigger is not Trigger.REFUSED)
