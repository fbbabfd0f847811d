"""`make load` as it is called, and the requests that its senders make."""

from collections.abc import Iterator

import pytest

from benchmarks.load.__main__ import QUICK_SECONDS, QUICK_STEPS, SECONDS, STEPS, parsed
from benchmarks.load.senders import Route
from tests.support.gateway_server import API_KEY, CUT, UNAVAILABLE, GatewayServer


@pytest.fixture
def gateway() -> Iterator[GatewayServer]:
    server = GatewayServer()
    with server.listening():
        yield server


def route(gateway: GatewayServer) -> Route:
    return Route(f"{gateway.url}/messages", API_KEY)


def test_senders_that_begin_together_send_different_messages_to_different_numbers(
    gateway: GatewayServer,
) -> None:
    answers = route(gateway).at_once(5)

    assert [answer.status for answer in answers] == [202] * 5
    assert gateway.stored.keys() == {answer.message_id for answer in answers}
    assert len({number for number, _ in gateway.accepted}) == 5


def test_each_sender_goes_on_until_the_time_is_over(gateway: GatewayServer) -> None:
    answers = route(gateway).steadily(2, 2)

    assert len(answers) > 4
    assert len({answer.message_id for answer in answers}) == len(answers)
    assert all(answer.is_taken and answer.seconds > 0 for answer in answers)


def test_a_refused_or_broken_request_is_kept_as_it_is_and_not_repeated(
    gateway: GatewayServer,
) -> None:
    gateway.troubles.extend([UNAVAILABLE, CUT])

    answers = route(gateway).at_once(2)

    assert {answer.status for answer in answers} == {503, None}
    assert gateway.stored == {}


def test_steps_and_seconds_are_the_usual_ones_those_of_the_quick_form_or_the_given_ones() -> None:
    usual, quick = parsed([]), parsed(["--quick"])
    given = parsed(["--quick", "--steps", "1,3", "--seconds", "0.5"])

    assert (usual.steps, usual.seconds, usual.page) == (STEPS, SECONDS, False)
    assert (quick.steps, quick.seconds) == (QUICK_STEPS, QUICK_SECONDS)
    assert (given.steps, given.seconds) == ((1, 3), 0.5)


@pytest.mark.parametrize(
    "given",
    [
        ["--steps", "0"],
        ["--steps", "1,65"],
        ["--steps", "1,x"],
        ["--steps", ""],
        ["--seconds", "0"],
        ["--seconds", "61"],
        ["--seconds", "nan"],
    ],
    ids=" ".join,
)
def test_steps_and_seconds_are_bounded(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parsed(given)
    assert given[0] in capsys.readouterr().err
