"""The client against a gateway that has bad days, on a real socket."""

import json
import socket
import traceback
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from typing import Any
from unittest.mock import Mock
from uuid import UUID

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from requests.adapters import BaseAdapter

from sms_gateway_client import (
    AlreadyTriedError,
    Gateway,
    GatewayError,
    LimitReachedError,
    NotAllowedError,
    NotFoundError,
    NotSettledError,
    RefusedError,
    TryLaterError,
    UnavailableError,
    UnreadableMessagesError,
    a_message,
)
from sms_gateway_client.address import checked_address, checked_key
from sms_gateway_client.gateway import BATCH, TIMEOUT, in_batches
from sms_gateway_client.models import SendRequest
from sms_gateway_client.pauses import growing_pauses
from tests.support.gateway_server import (
    API_KEY,
    BAD_GATEWAY,
    CUT,
    CUT_AFTER_STORING,
    TOO_MANY,
    UNAVAILABLE,
    UNREADABLE,
    GatewayServer,
    Trouble,
)

MESSAGE: SendRequest = {
    "messageId": "csv-1",
    "phoneNumber": "0721234567",
    "message": "Bună ziua, „tu” 👍",
}


class Patience:
    """A clock that only pauses move, and what was said about them."""

    def __init__(self) -> None:
        self.time = 0.0
        self.paused: list[tuple[str, float]] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def note(self, why: str, seconds: float) -> None:
        self.paused.append((why, seconds))


@pytest.fixture
def patience() -> Patience:
    return Patience()


Connect = Callable[..., Gateway]


@pytest.fixture
def connect(gateway: GatewayServer, patience: Patience) -> Connect:
    def connected(url: str = gateway.url, **values: Any) -> Gateway:
        who = {} if "token" in values else {"key": API_KEY}
        clock = {"on_pause": patience.note, "sleep": patience.sleep, "now": patience.now}
        return Gateway(url, **{"patience": 300.0, **who, **clock, **values})

    return connected


def test_a_batch_is_sent_and_its_results_come_back_in_order(
    gateway: GatewayServer, connect: Connect, patience: Patience
) -> None:
    gateway.problems["112"] = deque([(422, "invalid-phone-number")])
    other: SendRequest = {"messageId": "csv-2", "phoneNumber": "112", "message": "x"}

    taken, refused = connect().send_batch([MESSAGE, other])

    assert taken == {"message": {"messageId": "csv-1", "status": "queued"}, "replayed": False}
    assert refused["problem"]["type"] == "urn:problem-type:sms-gateway:invalid-phone-number"
    assert gateway.batches == [[MESSAGE, other]]
    assert patience.paused == []


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        (CUT, "no answer (ConnectionError)"),
        (CUT_AFTER_STORING, "no answer (ConnectionError)"),
        (TOO_MANY, "429 Slow down."),
        (UNAVAILABLE, "503 Service Unavailable"),
        (BAD_GATEWAY, "502 Bad Gateway"),
        (UNREADABLE, "an answer that cannot be read"),
        (Trouble(202, body="[]"), "an answer that cannot be read"),
        (Trouble(202, body='{"results": []}'), "an answer that cannot be read"),
        (Trouble(202, body='{"results": 7}'), "an answer that cannot be read"),
        (Trouble(500, body='{"detail": "Oh."}'), "500 Oh."),
        (Trouble(504), "504 Gateway Timeout"),
    ],
)
def test_a_batch_is_repeated_until_it_is_answered_and_taken_once(
    gateway: GatewayServer, connect: Connect, patience: Patience, trouble: Trouble, why: str
) -> None:
    gateway.troubles.extend([trouble, trouble])

    (result,) = connect().send_batch([MESSAGE])

    assert result["message"]["messageId"] == "csv-1"
    assert [said for said, _ in patience.paused] == [why, why]
    assert set(gateway.accepted.values()) == {1}


def test_a_batch_is_asked_for_again_if_nothing_of_it_could_be_stored(
    gateway: GatewayServer, connect: Connect, patience: Patience
) -> None:
    gateway.problems["0721234567"] = deque([(503, "store-unavailable")])

    (result,) = connect().send_batch([MESSAGE])

    assert result["replayed"] is False
    assert [why for why, _ in patience.paused] == ["nothing could be stored"]


def test_what_was_stored_of_a_batch_is_an_answer_even_if_the_rest_was_not(
    gateway: GatewayServer, connect: Connect, patience: Patience
) -> None:
    gateway.problems["112"] = deque([(503, "store-unavailable")])
    other: SendRequest = {"messageId": "csv-2", "phoneNumber": "112", "message": "x"}

    results = connect().send_batch([MESSAGE, other])

    assert ["problem" in result for result in results] == [False, True]
    assert patience.paused == []


@pytest.mark.parametrize(
    ("header", "least"),
    [("7", 7.0), ("0", 0.0), (None, 0.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0.0), ("-5", 0.0)],
)
def test_a_pause_is_as_long_as_the_gateway_asks_and_never_none(
    gateway: GatewayServer,
    connect: Connect,
    patience: Patience,
    header: str | None,
    least: float,
) -> None:
    gateway.troubles.append(Trouble(429, retry_after=header))

    connect().send_batch([MESSAGE])

    ((_, seconds),) = patience.paused
    assert max(least, 0.5) <= seconds <= max(least, 1.0)


def test_a_gateway_that_goes_on_failing_is_given_up_after_a_while(
    gateway: GatewayServer, connect: Connect, patience: Patience
) -> None:
    gateway.troubles.extend([BAD_GATEWAY] * 1000)

    with pytest.raises(UnavailableError, match=r"^502 Bad Gateway$"):
        connect(patience=300.0).send_batch([MESSAGE])

    assert 270 <= patience.time <= 300
    assert 10 <= len(gateway.batches) <= 30


def test_a_gateway_that_asks_for_more_time_than_there_is_is_given_up_at_once(
    gateway: GatewayServer, connect: Connect, patience: Patience
) -> None:
    gateway.troubles.append(Trouble(429, retry_after="3600"))

    with pytest.raises(LimitReachedError, match=r"^429 "):
        connect(patience=300.0).send_batch([MESSAGE])

    assert patience.time == 0.0


def test_nobody_listening_is_no_answer(connect: Connect) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"

        with pytest.raises(UnavailableError, match="no answer"):
            connect(url=url, patience=5.0).send_batch([MESSAGE])


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 413, 415])
def test_what_would_be_refused_again_is_not_repeated(
    gateway: GatewayServer, connect: Connect, patience: Patience, status: int
) -> None:
    gateway.troubles.append(Trouble(status, body='{"detail": "No."}'))

    with pytest.raises(RefusedError, match=f"{status} No."):
        connect().send_batch([MESSAGE])

    assert patience.paused == []


def test_a_wrong_key_is_not_accepted(connect: Connect) -> None:
    with pytest.raises(NotAllowedError, match=r"^403 An API key is required\.$"):
        connect(key="another").send_batch([MESSAGE])


@pytest.mark.parametrize("trouble", [CUT, CUT_AFTER_STORING, UNAVAILABLE, BAD_GATEWAY])
def test_one_message_is_repeated_until_it_is_answered_and_taken_once(
    gateway: GatewayServer, connect: Connect, trouble: Trouble
) -> None:
    gateway.troubles.append(trouble)

    message = connect().send("0721234567", "Da", message_id="order-1")

    assert message["messageId"] == "order-1"
    assert gateway.accepted.total() == 1


def test_what_is_asked_once_is_answered_once_whatever_the_answer(gateway: GatewayServer) -> None:
    gateway.troubles.append(UNAVAILABLE)

    with Gateway(gateway.url, key=API_KEY) as client:
        answers = [
            client.raw("POST", "/messages", MESSAGE),
            client.raw("POST", "/messages", MESSAGE),
            client.raw("GET", "/messages/csv-1"),
        ]

    assert [answer.status_code for answer in answers] == [503, 202, 200]
    assert gateway.accepted.total() == 1


def test_the_connections_of_a_client_are_closed_at_the_end_of_its_block() -> None:
    session = Mock(requests.Session)

    with Gateway("https://a.test/v1", key=API_KEY, session=session):
        session.close.assert_not_called()

    session.close.assert_called_once_with()


def test_a_message_is_asked_for(gateway: GatewayServer, connect: Connect) -> None:
    connect().send_batch([MESSAGE])
    gateway.statuses["0721234567"] = "sent"

    message = connect().message("csv-1")

    assert message["status"] == "sent"


def test_a_message_that_is_not_there_is_not_found(connect: Connect) -> None:
    with pytest.raises(NotFoundError) as error:
        connect().message("csv-7")

    assert (error.value.status, error.value.code) == (404, "message-not-found")


def test_a_question_is_repeated_too(
    gateway: GatewayServer, connect: Connect, patience: Patience
) -> None:
    connect().send_batch([MESSAGE])
    gateway.troubles.extend([CUT, TOO_MANY, BAD_GATEWAY])

    assert connect().message("csv-1")["status"] == "queued"
    assert len(patience.paused) == 3


@given(st.floats(0, 1))
def test_pauses_grow_from_about_a_second_to_about_half_a_minute(chance: float) -> None:
    pauses = list(islice(growing_pauses(lambda: chance), 9))

    assert pauses == sorted(pauses)
    assert 0.5 <= pauses[0] <= 1
    assert 15 <= pauses[-1] == pauses[-2] <= 30


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://api.example.com/v1", "https://api.example.com/v1"),
        ("https://api.example.com/v1/", "https://api.example.com/v1"),
        ("http://127.0.0.1:4566/restapis/a/v1", "http://127.0.0.1:4566/restapis/a/v1"),
        ("http://localhost/", "http://localhost"),
        ("HTTPS://API.Example.com/Prod/", "https://api.example.com/Prod"),
        ("http://[::1]:80/v1", "http://[::1]:80/v1"),
    ],
)
def test_an_address_is_spelled_in_one_way(url: str, address: str) -> None:
    assert checked_address(url) == address


@pytest.mark.parametrize(
    "url", ["", "api.example.com", "ftp://a/b", "https://", "http://api.example.com/v1", "file:/x"]
)
def test_a_key_is_not_sent_to_just_any_address(url: str) -> None:
    with pytest.raises(ValueError, match="https://"):
        checked_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://me:secret@a.test/v1",
        "https://me@a.test",
        "https://a.test/v1?k=secret",
        "https://a#k",
    ],
)
def test_an_address_holds_no_secret(url: str) -> None:
    """It is written into the results."""
    with pytest.raises(ValueError, match="is a host and a path") as error:
        checked_address(url)

    assert "secret" not in str(error.value)


@pytest.mark.parametrize("key", ["ă", "a\nb", "a\x00"])
def test_a_key_that_no_header_can_hold_is_none(key: str) -> None:
    with pytest.raises(ValueError, match="the API key has characters that no key has"):
        checked_key(key)


def test_a_key_may_have_been_read_with_its_line_end() -> None:
    assert checked_key(" abc\n") == "abc"


PREVIEWED: SendRequest = {"phoneNumber": "0721234567", "message": "Bună ziua, „tu” 👍"}


def test_a_batch_is_looked_at_and_nothing_is_taken(
    gateway: GatewayServer, connect: Connect
) -> None:
    first, second = connect().preview_batch([PREVIEWED, {"phoneNumber": "112", "message": "x"}])

    assert (first["preview"]["accepted"], second["preview"]["accepted"]) == (True, False)
    assert first["preview"]["phoneNumber"] == "+40721234567"
    assert (gateway.previews[0][0], gateway.batches) == (PREVIEWED, [])


@pytest.mark.parametrize("trouble", [CUT, TOO_MANY, UNAVAILABLE, BAD_GATEWAY, Trouble(200)])
def test_a_look_is_repeated_until_it_is_answered(
    gateway: GatewayServer, connect: Connect, patience: Patience, trouble: Trouble
) -> None:
    gateway.preview_troubles.append(trouble)

    assert len(connect().preview_batch([PREVIEWED])) == 1
    assert len(patience.paused) == 1


@pytest.mark.parametrize("body", ["{}", '{"results": []}', '{"results": {"a": 1}}'])
def test_a_look_with_other_results_than_messages_is_none(
    gateway: GatewayServer, connect: Connect, patience: Patience, body: str
) -> None:
    gateway.preview_troubles.append(Trouble(200, body=body))

    assert len(connect().preview_batch([PREVIEWED])) == 1
    assert [why for why, _ in patience.paused] == ["an answer that cannot be read"]


def test_a_gateway_that_is_too_old_for_a_look_says_that_there_is_no_such_route(
    gateway: GatewayServer, connect: Connect, patience: Patience
) -> None:
    gateway.preview_troubles.append(Trouble(404))

    with pytest.raises(NotFoundError):
        connect().preview_batch([PREVIEWED])

    assert patience.paused == []


def test_a_message_without_an_id_gets_one_for_all_tries_of_the_call(
    gateway: GatewayServer, connect: Connect
) -> None:
    gateway.troubles.extend([CUT_AFTER_STORING, BAD_GATEWAY])
    client = connect()

    first, second = client.send("0721234567", "Da"), client.send("0721234567", "Da")

    ids = [message["messageId"] for (message,) in gateway.batches]
    assert ids[:3] == [first["messageId"]] * 3
    assert ids[3:] == [second["messageId"]] != ids[:1]
    assert all(UUID(each).version == 4 for each in ids)


def test_a_message_that_was_given_up_can_be_sent_again_with_its_id(
    gateway: GatewayServer, connect: Connect
) -> None:
    gateway.troubles.append(CUT_AFTER_STORING)
    client = connect(patience=0)

    with pytest.raises(UnavailableError) as error:
        client.send("0721234567", "Da")
    (result,) = client.send_batch(error.value.unanswered)

    assert result["replayed"]
    assert gateway.accepted.total() == 1


def test_all_that_a_message_can_have_is_sent_as_the_gateway_reads_it(
    gateway: GatewayServer, connect: Connect
) -> None:
    at = datetime(2026, 11, 27, 9, tzinfo=UTC)

    connect().send(
        "0721234567",
        "Da",
        message_id="order-1",
        send_at=at,
        valid_until="2026-11-27T10:00:00+02:00",
        on_unconfirmed="resend",
        metadata={"order": "1"},
    )

    assert gateway.stored["order-1"] == {
        "messageId": "order-1",
        "phoneNumber": "0721234567",
        "message": "Da",
        "sendAt": "2026-11-27T09:00:00+00:00",
        "validUntil": "2026-11-27T10:00:00+02:00",
        "onUnconfirmed": "resend",
        "metadata": {"order": "1"},
    }


def test_a_time_without_a_zone_is_refused_before_anything_is_sent(
    gateway: GatewayServer, connect: Connect
) -> None:
    with pytest.raises(ValueError, match="has no zone"):
        connect().send("0721234567", "Da", send_at=datetime(2026, 11, 27, 9))  # noqa: DTZ001

    assert gateway.batches == []


@given(st.lists(st.integers(), max_size=350))
def test_batches_hold_everything_in_order_and_never_more_than_a_hundred(items: list[int]) -> None:
    batches = list(in_batches(items))

    assert [each for batch in batches for each in batch] == items
    assert all(0 < len(batch) <= BATCH for batch in batches)


def test_many_messages_go_out_a_hundred_at_a_time_and_each_has_an_id_of_its_own(
    gateway: GatewayServer, connect: Connect
) -> None:
    people: list[SendRequest] = [
        {"phoneNumber": f"0721{number:06}", "message": "Da"} for number in range(230)
    ]

    results = connect().send_batch(iter(people))

    assert [len(batch) for batch in gateway.batches] == [100, 100, 30]
    assert len({result["message"]["messageId"] for result in results}) == 230
    assert [message["phoneNumber"] for message in gateway.stored.values()] == [
        person["phoneNumber"] for person in people
    ]


def test_a_batch_that_is_cut_short_tells_what_is_known_and_the_rest_can_be_sent(
    gateway: GatewayServer, connect: Connect
) -> None:
    gateway.troubles.extend([None, CUT_AFTER_STORING])
    client = connect(patience=0)

    with pytest.raises(TryLaterError) as error:
        client.send_batch(a_message(f"0721{number:06}", "Da") for number in range(230))
    rest = client.send_batch(error.value.unanswered)

    assert len(error.value.results) == 100
    assert [result["replayed"] for result in rest] == [True] * 100 + [False] * 30
    assert set(gateway.accepted.values()) == {1}
    assert gateway.accepted.total() == 230


def problem(status: int, code: str, **more: Any) -> Trouble:
    document = {"type": f"urn:problem-type:sms-gateway:{code}", "title": code, "status": status}
    retry_after = str(more["retryAfter"]) if "retryAfter" in more else None
    body = json.dumps(document | {"detail": "It says why."} | more)
    return Trouble(status, retry_after=retry_after, body=body)


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (problem(422, "suppressed", field="phoneNumber"), RefusedError),
        (problem(400, "malformed-request", field="message"), RefusedError),
        (problem(409, "already-tried"), AlreadyTriedError),
        (problem(403, "forbidden"), NotAllowedError),
        (problem(401, "token-expired"), NotAllowedError),
        (problem(404, "route-not-found"), NotFoundError),
        (problem(429, "recipient-limit-reached", retryAfter=1740), LimitReachedError),
        (problem(503, "store-unavailable", retryAfter=400), UnavailableError),
    ],
)
def test_an_error_is_of_the_kind_that_its_callers_handle_and_has_the_problem(
    gateway: GatewayServer, connect: Connect, trouble: Trouble, kind: type[GatewayError]
) -> None:
    said = json.loads(trouble.body)
    gateway.troubles.append(trouble)

    with pytest.raises(kind) as caught:
        connect().send("0721234567", "Da")

    error = caught.value
    assert type(error) is kind
    assert (error.problem, error.status, error.type) == (said, trouble.status, said["type"])
    assert (error.code, error.detail) == (said["title"], "It says why.")
    assert (error.field, error.retry_after) == (said.get("field"), said.get("retryAfter"))
    assert str(error) == f"{trouble.status} It says why."


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"type": 7, "detail": "x"}', "<html>"])
def test_an_answer_without_a_problem_document_has_no_problem(
    gateway: GatewayServer, connect: Connect, body: str
) -> None:
    gateway.troubles.append(Trouble(400, body=body))

    with pytest.raises(RefusedError) as caught:
        connect().send("0721234567", "Da")

    error = caught.value
    assert (error.problem, error.type, error.code, error.detail, error.field) == (
        None,
        "",
        "",
        "",
        None,
    )


def test_no_error_and_no_traceback_shows_key_number_or_text(gateway: GatewayServer) -> None:
    gateway.troubles.extend([CUT, CUT, problem(422, "suppressed")])
    client = Gateway(gateway.url, key=API_KEY, patience=0)
    shown = [repr(client), str(client)]

    for ask in (
        lambda: client.send("0721234567", "Confidential"),
        lambda: client.message("0721234567"),
        lambda: client.send("0721234567", "Confidential"),
        lambda: Gateway("https://a.test", key=f"{API_KEY}ă"),
    ):
        with pytest.raises((TryLaterError, RefusedError, ValueError)) as error:
            ask()
        shown.append("".join(traceback.format_exception(error.value)).replace(__file__, ""))
        assert error.value.__context__ is None

    sources = ("client.send(", "client.message(")
    lines = [line for each in shown for line in each.splitlines()]
    said = "\n".join(line for line in lines if not any(source in line for source in sources))
    assert not any(secret in said for secret in (API_KEY, "0721234567", "Confidential"))


def test_a_key_is_not_taken_to_another_address(gateway: GatewayServer, connect: Connect) -> None:
    gateway.troubles.append(Trouble(307, location="/v1/messages/elsewhere"))

    with pytest.raises(RefusedError) as error:
        connect().send("0721234567", "Da")

    assert error.value.status == 307
    assert gateway.asked_for.total() == 0


def test_a_password_in_netrc_does_not_take_the_place_of_the_token(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine a.test login me password other")
    monkeypatch.setenv("NETRC", str(netrc))
    page = Page([(200, MESSAGE_VIEW)])

    page.gateway(token="another").message("m-1")

    assert page.requests[0].headers["Authorization"] == "Bearer another"


@pytest.mark.parametrize("who", [{}, {"key": API_KEY, "token": API_KEY}])
def test_a_gateway_is_asked_with_a_key_or_with_a_token(who: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="either with a key or with a token"):
        Gateway("https://a.test", **who)


@pytest.mark.parametrize("who", [{"key": " "}, {"token": ""}])
def test_an_empty_key_or_token_is_none(who: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is empty"):
        Gateway("https://a.test", **who)


def test_a_message_is_waited_for_until_it_is_settled(
    gateway: GatewayServer, connect: Connect, patience: Patience
) -> None:
    client = connect()
    message_id = client.send("0721234567", "Da")["messageId"]
    gateway.statuses["0721234567"] = "submitted"
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        patience.sleep(seconds)
        if len(waited) == 8:
            gateway.statuses["0721234567"] = "sent"

    assert connect(sleep=sleep).wait_until_settled(message_id)["status"] == "sent"
    assert 0.5 <= waited[0] <= 1
    assert 5 <= waited[-1] <= 10
    assert len(waited) == 8


def test_a_message_that_does_not_settle_is_told_as_it_stands(
    gateway: GatewayServer, connect: Connect, patience: Patience
) -> None:
    client = connect()
    message_id = client.send("0721234567", "Da")["messageId"]
    gateway.statuses["0721234567"] = "unconfirmed"

    with pytest.raises(NotSettledError, match="is unconfirmed") as error:
        client.wait_until_settled(message_id, timeout=20)

    assert error.value.message["status"] == "unconfirmed"
    assert patience.time == 20


MESSAGE_VIEW = {"messageId": "m-1", "status": "submitted"}


class Page(BaseAdapter):
    """In place of the network: the answers to a page, in order, and what it has asked."""

    def __init__(self, answers: list[tuple[int, Any]]) -> None:
        super().__init__()
        self._answers = answers
        self.requests: list[requests.PreparedRequest] = []
        self.timeouts: list[Any] = []

    def gateway(self, **who: Any) -> Gateway:
        session = requests.Session()
        session.mount("https://a.test", self)
        return Gateway("https://a.test/v1", session=session, sleep=lambda _: None, **who)

    def send(self, request: requests.PreparedRequest, *_: Any, **given: Any) -> requests.Response:
        self.requests.append(request)
        self.timeouts.append(given["timeout"])
        response = requests.Response()
        response.status_code, body = self._answers[len(self.requests) - 1]
        response.raw = BytesIO(json.dumps(body).encode())
        return response

    def close(self) -> None:
        pass

    def asked(self) -> list[tuple[str | None, str]]:
        return [
            (each.method, str(each.url).removeprefix("https://a.test/v1")) for each in self.requests
        ]


def test_a_route_that_is_not_there_is_no_absence_from_the_list() -> None:
    missing = json.loads(problem(404, "route-not-found").body)

    with pytest.raises(NotFoundError):
        Page([(404, missing)]).gateway(key="k").suppression("0721234567")


def test_a_number_that_cannot_be_taken_off_the_list_is_told() -> None:
    refused = json.loads(problem(403, "forbidden").body)
    page = Page([(204, None), (403, refused)])
    gateway = page.gateway(key="k")

    gateway.unsuppress("+40721234567")
    with pytest.raises(NotAllowedError):
        gateway.unsuppress("+40721234567")

    assert page.asked() == [("DELETE", "/suppressions/%2B40721234567")] * 2


def test_messages_that_the_gateway_cannot_read_are_told_after_those_that_it_can() -> None:
    other = MESSAGE_VIEW | {"messageId": "m-3"}
    page = Page(
        [
            (200, {"messages": [MESSAGE_VIEW], "unreadableMessages": ["m-2"], "cursor": "next"}),
            (200, {"messages": [other]}),
        ]
    )
    read: list[str] = []

    with pytest.raises(UnreadableMessagesError, match="cannot read: m-2") as error:
        read.extend(each["messageId"] for each in page.gateway(key="k").messages("+40721234567"))

    assert (read, error.value.message_ids) == (["m-1", "m-3"], ["m-2"])


def test_every_request_has_a_time_out_to_connect_and_one_to_answer() -> None:
    page = Page([(200, MESSAGE_VIEW)] * 2)

    page.gateway(key="k").message("m-1")
    page.gateway(key="k", timeout=(1.0, 2.0)).message("m-1")

    assert page.timeouts == [TIMEOUT, (1.0, 2.0)]


EXPIRED = (401, json.loads(problem(401, "token-expired").body))


def test_a_token_opens_the_routes_of_pages() -> None:
    page = Page([(202, MESSAGE_VIEW), (200, {"accepted": True}), (200, MESSAGE_VIEW)])
    gateway = page.gateway(token="another", origin="https://crm.test")

    gateway.send("0721234567", "Da")
    gateway.preview("0721234567", "Da")
    gateway.message("m-1")

    assert page.asked() == [
        ("POST", "/page/messages"),
        ("POST", "/page/messages/preview"),
        ("GET", "/page/messages/m-1"),
    ]
    for each in page.requests:
        assert each.headers["Authorization"] == "Bearer another"
        assert each.headers["Origin"] == "https://crm.test"
        assert "x-api-key" not in each.headers


def test_a_token_that_is_over_is_renewed_and_the_message_keeps_its_id() -> None:
    page = Page([EXPIRED, (202, MESSAGE_VIEW), (200, MESSAGE_VIEW)])
    gateway = page.gateway(token="another", renew=lambda: "t-2")

    gateway.send("0721234567", "Da")
    gateway.message("m-1")

    tokens = [each.headers["Authorization"] for each in page.requests]
    assert tokens == ["Bearer another", "Bearer t-2", "Bearer t-2"]
    assert page.requests[0].body == page.requests[1].body


def test_a_token_is_renewed_once_for_a_request() -> None:
    page = Page([EXPIRED, EXPIRED])

    with pytest.raises(NotAllowedError) as error:
        page.gateway(token="another", renew=lambda: "t-2").send("0721234567", "Da")

    assert (error.value.code, len(page.requests)) == ("token-expired", 2)


@pytest.mark.parametrize(
    "ask",
    [
        lambda gateway: gateway.cancel("m-1"),
        lambda gateway: gateway.send_batch([MESSAGE]),
        lambda gateway: gateway.preview_batch([MESSAGE]),
        lambda gateway: next(gateway.messages("0721234567")),
        lambda gateway: gateway.suppress("0721234567"),
        lambda gateway: gateway.provider(),
        lambda gateway: gateway.mint_token(),
    ],
)
def test_what_a_token_does_not_open_is_not_even_asked(ask: Callable[[Gateway], object]) -> None:
    page = Page([])

    with pytest.raises(ValueError, match="this needs an API key"):
        ask(page.gateway(token="another"))

    assert page.requests == []


def test_a_token_is_minted_with_a_key() -> None:
    page = Page([(201, {"token": "another", "expiresAt": "…", "maxMessages": 2})])

    token = page.gateway(key="k").mint_token(
        phone_number="0721234567",
        max_messages=2,
        expires_in_seconds=60,
        origin="https://crm.test",
        metadata={"case": "4711"},
    )

    assert token["token"] == "another"
    assert page.asked() == [("POST", "/tokens")]
    assert json.loads(page.requests[0].body or b"") == {
        "phoneNumber": "0721234567",
        "maxMessages": 2,
        "expiresInSeconds": 60,
        "origin": "https://crm.test",
        "metadata": {"case": "4711"},
    }
