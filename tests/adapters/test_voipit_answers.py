import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.adapters.voipit.answers import judge_answer
from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken, refused, unclear
from sms_gateway.domain.status import Reason, Trigger

UNREADABLE = unclear(Reason.UNREADABLE_ANSWER)
SERVER_ERROR = unclear(Reason.SERVER_ERROR)
REJECTED = not_taken(Reason.CREDENTIALS_REJECTED)
FORBIDDEN = not_taken(Reason.FORBIDDEN)
BLOCKED = not_taken(Reason.IP_BLOCKED)
NO_WORDS = refused("Voipit answered with an error.")


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
        pytest.param(200, b'{"type":"Error"}', NO_WORDS, id="error without words inside a 200"),
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
        pytest.param(403, error_body("403", "Forbidden"), FORBIDDEN, id="another 403"),
        pytest.param(403, b'{"code":403.6}', BLOCKED, id="403.6 as a number"),
        pytest.param(403, b'{"code":" 403.6 "}', BLOCKED, id="403.6 among white space"),
        pytest.param(403, b"<html>", FORBIDDEN, id="403 in HTML"),
        pytest.param(403, b"", FORBIDDEN, id="403 without a body"),
        pytest.param(403, IP_REJECTED[:-1], FORBIDDEN, id="403.6 that is cut off"),
        pytest.param(403, error_body("401", "?"), FORBIDDEN, id="403 that names a 401"),
        pytest.param(401, IP_REJECTED, REJECTED, id="401 that names a 403.6"),
        pytest.param(500, IP_REJECTED, SERVER_ERROR, id="500 that names a 403.6"),
        pytest.param(200, IP_REJECTED, BLOCKED, id="403.6 inside a 200"),
        pytest.param(200, b'{"type":"error","code":403.6}', BLOCKED, id="the same as a number"),
        pytest.param(200, error_body("403", "Forbidden"), FORBIDDEN, id="403 inside a 200"),
        pytest.param(200, error_body("401", "Unauthorized"), REJECTED, id="401 inside a 200"),
        pytest.param(200, b'{"type":"ERROR","code":401}', REJECTED, id="401 inside, as a number"),
        pytest.param(200, b'{"type":"Error","code":401.0}', REJECTED, id="as another number"),
        pytest.param(
            200, error_body("429", "Slow down"), not_taken(Reason.THROTTLED), id="429 inside a 200"
        ),
        pytest.param(
            200, error_body("404", "No such number"), refused("No such number"), id="404 inside"
        ),
        pytest.param(200, error_body("500", "Oops"), SERVER_ERROR, id="500 inside a 200"),
        pytest.param(200, error_body("5000", "no"), refused("no"), id="a code that is no status"),
        pytest.param(200, b'{"type":"Error","code":true}', NO_WORDS, id="a code that is a truth"),
        pytest.param(200, b'{"type":"Error","code":[401]}', NO_WORDS, id="a code that is a list"),
        pytest.param(200, b'{"type":"Error","code":1e999}', NO_WORDS, id="an endless code"),
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
        pytest.param(200, b'{"type":"OK"}', ACCEPTED, id="OK in capitals"),
        pytest.param(200, b'{"type":" Ok "}', ACCEPTED, id="ok among white space"),
        pytest.param(200, b'{"type":"error"}', NO_WORDS, id="error in small letters"),
        pytest.param(200, b'\xef\xbb\xbf{"type":"ok"}', ACCEPTED, id="behind a byte order mark"),
        pytest.param(200, b' \n\xef\xbb\xbf {"type":"ok"}', ACCEPTED, id="behind white space too"),
        pytest.param(200, b'\x0b{"type":"ok"}\xc2\xa0\x0c', ACCEPTED, id="among odd white space"),
        pytest.param(200, '{"type":"ok"}'.encode("utf-16"), ACCEPTED, id="ok in UTF-16"),
        pytest.param(200, b'{"type":"ok","x":"\xe9"}', ACCEPTED, id="ok beside a wrong byte"),
        pytest.param(200, b'{"type":"ok"}{"type":"ok"}', UNREADABLE, id="ok twice"),
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


@pytest.mark.parametrize("why", [Reason.CONNECTION_CUT, Reason.NO_ANSWER_IN_TIME])
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, refused("Voipit answered 400.")),
        (401, REJECTED),
        (403, FORBIDDEN),
        (404, not_taken(Reason.PATH_NOT_FOUND)),
        (413, refused("Voipit answered 413.")),
        (429, not_taken(Reason.THROTTLED)),
        (500, SERVER_ERROR),
        (302, UNREADABLE),
        (402, UNREADABLE),
    ],
)
def test_the_status_decides_although_the_body_cannot_be_read(
    status: int, outcome: Outcome, why: Reason
) -> None:
    assert judge_answer(status, why) == outcome


@pytest.mark.parametrize("good", ["ok", "pong"])
@pytest.mark.parametrize("why", [Reason.CONNECTION_CUT, Reason.NO_ANSWER_IN_TIME])
def test_a_200_that_cannot_be_read_is_unclear_for_the_reason_it_cannot(
    why: Reason, good: str
) -> None:
    assert judge_answer(200, why, good) == unclear(why)


BODIES = st.binary() | st.dictionaries(
    st.sampled_from(["type", "message", "code"]),
    st.sampled_from(["ok", "Error", "403.6", "403", "401", "500", 403.6, 401, ""])
    | st.none()
    | st.integers()
    | st.floats()
    | st.text(),
).map(lambda values: json.dumps(values).encode())


@given(st.integers(100, 999) | st.sampled_from([200, 400, 401, 403, 404, 413, 429, 500]), BODIES)
def test_nothing_undocumented_is_ever_taken_for_a_yes_or_a_no(status: int, body: bytes) -> None:
    outcome = judge_answer(status, body)

    allowed = {
        200: set(Trigger) if b'"type"' in body else {Trigger.UNCLEAR},
        400: {Trigger.REFUSED},
        413: {Trigger.REFUSED},
        401: {Trigger.NOT_TAKEN},
        404: {Trigger.NOT_TAKEN},
        429: {Trigger.NOT_TAKEN},
        403: {Trigger.NOT_TAKEN},
    }
    assert outcome.trigger in allowed.get(status, {Trigger.UNCLEAR})
    assert (outcome.error_message is None) is (outcome.trigger is not Trigger.REFUSED)


def test_of_all_statuses_that_are_not_documented_none_is_clear() -> None:
    documented = {200, 400, 401, 403, 404, 413, 429}
    others = set(range(100, 1000)) - documented
    bodies = [b"", b'{"type":"ok"}', error_body("400", "Bad request")]

    assert {judge_answer(other, body).trigger for other in others for body in bodies} == {
        Trigger.UNCLEAR
    }
