"""What a function asks of AWS and of Voipit before its first event, and what the first call saves.

Which modules it loads before then: test_cold_starts.py.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from threading import Barrier, Event
from typing import Final

import pytest

from sms_gateway.adapters.guard_items import CIRCUIT
from sms_gateway.entrypoints.wiring import init_phase
from sms_gateway.entrypoints.wiring.init_phase import do_ahead, in_turn
from tests.handlers.cloud import GUARDS, Calls, Cloud
from tests.handlers.lambdas import ColdStart, Function
from tests.handlers.output import Output
from tests.handlers.voipit import FakeVoipit
from tests.support.samples import sample, with_body

READ: Final = {"dynamodb:GetItem": 1}
SECRET: Final = "secretsmanager:GetSecretValue"
AHEAD: Final[dict[str, tuple[dict[str, int], int]]] = {
    "send": (READ | {SECRET: 2}, 1),
    "status": (READ | {SECRET: 1}, 0),
    "callback": ({SECRET: 1, "dynamodb:UpdateItem": 1}, 0),
    "dispatch": (READ | {SECRET: 2}, 1),
    "watch": (READ | {SECRET: 1}, 0),
    "publish": ({}, 0),
}
"""What each function asks of AWS in its init phase, and how many connections to Voipit it opens."""

StartLambda = Callable[..., Function]


@pytest.fixture
def start_lambda(cold_start: ColdStart, calls: Calls) -> Iterator[StartLambda]:
    """Starts a function as Lambda does; what its init phase has asked for is in `calls`.

    What is late ends before the next test begins, which would take its calls for its own.
    """

    def start(name: str, **environment: str) -> Function:
        calls.made.clear()
        return cold_start(name, knows=(), AWS_LAMBDA_FUNCTION_NAME=name, **environment)

    yield start
    for thread in threading.enumerate():
        if thread.name == init_phase.THREAD:
            thread.join(10)
            assert not thread.is_alive()


def comes_true(condition: Callable[[], bool]) -> bool:
    """Within ten seconds: what a thread does, it does when it is its turn."""
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


@pytest.mark.parametrize("name", AHEAD)
def test_init_asks_for_what_the_first_call_needs_and_changes_nothing(
    name: str, start_lambda: StartLambda, calls: Calls, voipit: FakeVoipit, cloud: Cloud
) -> None:
    start_lambda(name)
    asked, connections = AHEAD[name]
    assert Counter(calls.made) == asked
    assert (voipit.opened, voipit.called) == (connections, [])
    assert cloud.rows() == cloud.rows(GUARDS) == []


@pytest.mark.parametrize("name", ["send", "status"])
def test_the_key_of_access_tokens_is_read_ahead_where_there_can_be_pages(
    name: str, start_lambda: StartLambda, calls: Calls
) -> None:
    start_lambda(name, ALLOWED_ORIGINS="https://crm.example")
    assert Counter(calls.made)[SECRET] == AHEAD[name][0][SECRET] + 1


@pytest.mark.parametrize("name", AHEAD)
def test_outside_lambda_nothing_is_asked_ahead(
    name: str, cold_start: ColdStart, calls: Calls, voipit: FakeVoipit
) -> None:
    cold_start(name)
    assert (calls.made, voipit.opened) == ([], 0)


def test_while_the_circuit_is_open_no_connection_to_voipit_is_opened(
    start_lambda: StartLambda, cloud: Cloud, voipit: FakeVoipit
) -> None:
    circuit = {"guard": {"S": CIRCUIT}, "reason": {"S": "ip-blocked"}, "since": {"N": "1"}}
    cloud.store(circuit, GUARDS)
    start_lambda("send")
    assert voipit.opened == 0


def test_the_first_call_reads_the_circuit_again_and_no_secret(
    send: Function, start_lambda: StartLambda, calls: Calls
) -> None:
    """Promise 6 asks for the circuit before every call of Voipit."""
    send(sample("send-post-message"))  # another process, whose answer has proven the account
    new = start_lambda("send")
    calls.made.clear()
    assert new(with_body(sample("send-post-message"), messageId="m2")).status == 202
    assert calls.made == [
        "dynamodb:GetItem",  # which client the key belongs to
        "dynamodb:BatchGetItem",
        "dynamodb:TransactWriteItems",
        "dynamodb:UpdateItem",
    ]


@pytest.mark.parametrize("service", ["dynamodb", "secretsmanager"])
def test_what_fails_in_init_is_done_by_the_first_call_and_told_by_no_line(
    service: str, start_lambda: StartLambda, calls: Calls, output: Output
) -> None:
    calls.does_not_answer(service)
    send = start_lambda("send")
    assert calls.of(service)
    assert output.everything().strip() == ""

    calls.trouble.clear()
    answer = send(sample("send-post-message"))
    assert (answer.status, answer.body["status"]) == (202, "submitted")


def test_a_voipit_that_cannot_be_reached_in_init_is_tried_again_by_the_first_call(
    start_lambda: StartLambda, voipit: FakeVoipit, output: Output
) -> None:
    voipit.reachable = False
    send = start_lambda("send")
    assert output.everything().strip() == ""
    voipit.reachable = True
    assert send(sample("send-post-message")).body["status"] == "submitted"


@pytest.mark.parametrize("service", ["dynamodb", "secretsmanager"])
def test_init_does_not_wait_for_an_aws_that_hangs_nor_does_the_first_call(
    service: str, start_lambda: StartLambda, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(init_phase, "SECONDS", 0.1)
    answered = calls.held[service] = Event()
    send = start_lambda("send")

    assert comes_true(lambda: not calls.held)  # it hangs there still
    assert send(sample("send-post-message")).body["status"] == "submitted"
    answered.set()


def test_what_is_done_ahead_is_done_side_by_side_within_the_time() -> None:
    both, never = Barrier(2, timeout=5), Event()
    done: list[str] = []
    meeting = [lambda: done.append(f"{both.wait()}")] * 2

    started = time.monotonic()
    do_ahead((never.wait, *meeting), 0.2)
    assert time.monotonic() - started >= 0.2
    assert comes_true(lambda: sorted(done) == ["0", "1"])
    never.set()


def test_of_what_shares_a_connection_one_failure_does_not_keep_the_next_back() -> None:
    done: list[str] = []

    def fails() -> None:
        done.append("failed")
        raise OSError

    in_turn(fails, lambda: done.append("read"))()
    assert done == ["failed", "read"]
