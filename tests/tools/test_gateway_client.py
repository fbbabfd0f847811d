import socket
from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Any
from unittest.mock import Mock

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

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
from tools.gateway_client import (
    GatewayClient,
    GaveUpError,
    NotAcceptedError,
    PatientGateway,
    checked_address,
    checked_key,
    growing_pauses,
)

MESSAGE = {"messageId": "csv-1", "phoneNumber": "0721234567", "message": "Bună ziua, „tu” 👍"}


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


Connect = Callable[..., PatientGateway]


@pytest.fixture
def connect(gateway: GatewayServer, patience: Patience) -> Connect:
    def connected(url: str = gateway.url, api_key: str = API_KEY, **values: Any) -> PatientGateway:
        return PatientGateway(
            **{
                "client": GatewayClient(url, api_key),
                "patience": 300.0,
                "on_pause": patience.note,
                "sleep": patience.sleep,
                "now": patience.now,
                **values,
            }
        )

    return connected


def test_a_batch_is_sent_and_its_results_come_back_in_order(
    gateway: GatewayServer, connect: Connect, patience: Patience
) -> None:
    gateway.problems["112"] = deque([(422, "invalid-phone-number")])
    other = {"messageId": "csv-2", "phoneNumber": "112", "message": "x"}

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
    other = {"messageId": "csv-2", "phoneNumber": "112", "message": "x"}

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

    with pytest.raises(GaveUpError, match=r"^502 Bad Gateway$"):
        connect(patience=300.0).send_batch([MESSAGE])

    assert 270 <= patience.time <= 300
    assert 10 <= len(gateway.batches) <= 30


def test_a_gateway_that_asks_for_more_time_than_there_is_is_given_up_at_once(
    gateway: GatewayServer, connect: Connect, patience: Patience
) -> None:
    gateway.troubles.append(Trouble(429, retry_after="3600"))

    with pytest.raises(GaveUpError, match=r"^429 .*, and it asks to wait 3600 s"):
        connect(patience=300.0).send_batch([MESSAGE])

    assert patience.time == 0.0


def test_nobody_listening_is_no_answer(connect: Connect) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"

        with pytest.raises(GaveUpError, match="no answer"):
            connect(url=url, patience=5.0).send_batch([MESSAGE])


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 413, 415])
def test_what_would_be_refused_again_is_not_repeated(
    gateway: GatewayServer, connect: Connect, patience: Patience, status: int
) -> None:
    gateway.troubles.append(Trouble(status, body='{"detail": "No."}'))

    with pytest.raises(NotAcceptedError, match=f"{status} No."):
        connect().send_batch([MESSAGE])

    assert patience.paused == []


def test_a_wrong_key_is_not_accepted(connect: Connect) -> None:
    with pytest.raises(NotAcceptedError, match=r"^403 An API key is required\.$"):
        connect(api_key="another").send_batch([MESSAGE])


@pytest.mark.parametrize("trouble", [CUT, CUT_AFTER_STORING, UNAVAILABLE, BAD_GATEWAY])
def test_one_message_is_repeated_until_it_is_answered_and_taken_once(
    gateway: GatewayServer, connect: Connect, trouble: Trouble
) -> None:
    gateway.troubles.append(trouble)

    assert connect().send(MESSAGE) == {"messageId": "csv-1", "status": "queued"}
    assert gateway.accepted.total() == 1


def test_what_is_asked_once_is_answered_once_whatever_the_answer(gateway: GatewayServer) -> None:
    gateway.troubles.append(UNAVAILABLE)

    with GatewayClient(gateway.url, API_KEY) as client:
        answers = [client.post(MESSAGE), client.post(MESSAGE), client.get("csv-1")]

    assert [answer.status_code for answer in answers] == [503, 202, 200]
    assert gateway.accepted.total() == 1


def test_the_connections_of_a_client_are_closed_at_the_end_of_its_block() -> None:
    session = Mock(requests.Session)

    with GatewayClient("https://a.test/v1", API_KEY, session):
        session.close.assert_not_called()

    session.close.assert_called_once_with()


def test_a_client_does_not_show_its_key() -> None:
    assert API_KEY not in repr(GatewayClient("https://a.test/v1", API_KEY))


def test_a_message_is_asked_for(gateway: GatewayServer, connect: Connect) -> None:
    connect().send_batch([MESSAGE])
    gateway.statuses["0721234567"] = "sent"

    message = connect().message("csv-1")

    assert message is not None
    assert message["status"] == "sent"


def test_a_message_nobody_knows_is_none(connect: Connect) -> None:
    assert connect().message("csv-7") is None


def test_a_question_is_repeated_too(
    gateway: GatewayServer, connect: Connect, patience: Patience
) -> None:
    connect().send_batch([MESSAGE])
    gateway.troubles.extend([CUT, TOO_MANY, BAD_GATEWAY])

    assert connect().message("csv-1") is not None
    assert len(patience.paused) == 3


def test_the_key_is_not_shown(connect: Connect) -> None:
    assert API_KEY not in repr(connect())


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


PREVIEWED = {"phoneNumber": "0721234567", "message": "Bună ziua, „tu” 👍"}


def test_a_batch_is_looked_at_and_nothing_is_taken(
    gateway: GatewayServer, connect: Connect
) -> None:
    first, second = connect().preview_batch([PREVIEWED, PREVIEWED | {"phoneNumber": "112"}])

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


def test_a_gateway_that_is_too_old_for_a_look_is_told(
    gateway: GatewayServer, connect: Connect, patience: Patience
) -> None:
    gateway.preview_troubles.append(Trouble(404))

    with pytest.raises(NotAcceptedError, match="as new as this program"):
        connect().preview_batch([PREVIEWED])

    assert patience.paused == []
