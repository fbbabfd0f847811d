"""The programs of docs/start, as they stand on their pages, with a gateway that has bad moments."""

import json
import os
import shutil
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import starts
from tests.support.gateway_server import (
    API_KEY,
    CUT_AFTER_STORING,
    TOO_MANY,
    UNAVAILABLE,
    GatewayServer,
    Trouble,
)
from tests.support.starts import SENDERS, SHELL, Start

NUMBER = "+40721234567"
ARGUMENTS = ["order-4711-shipped", NUMBER, "Comanda 4711 a fost expediată."]
IN_HALF_AN_HOUR = Trouble(
    429,
    retry_after="1740",
    body=json.dumps(
        {
            "type": "urn:problem-type:sms-gateway:recipient-limit-reached",
            "detail": "This number has reached its limit.",
            "retryAfter": 1740,
        }
    ),
)

SHELL_IS_MISSING = "CI" not in os.environ and not all(map(shutil.which, SHELL.needs))


@pytest.fixture
def gateway() -> Iterator[GatewayServer]:
    fake = GatewayServer()
    with fake.listening():
        yield fake


@pytest.fixture(params=SENDERS, scope="module")
def start(request: pytest.FixtureRequest) -> Start:
    found: Start = request.param
    return found


@pytest.fixture(scope="module")
def command(start: Start, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return [*start.ready(tmp_path_factory.mktemp(start.language)), *ARGUMENTS]


def test_a_start_sends_one_sms_through_a_bad_minute_and_waits_until_it_is_settled(
    start: Start, command: list[str], gateway: GatewayServer
) -> None:
    """Then it is run again, and nothing is sent."""
    gateway.troubles.extend([TOO_MANY, UNAVAILABLE if start is SHELL else CUT_AFTER_STORING])
    gateway.before_answer = lambda: gateway.statuses.update({NUMBER: "sent"})

    first = starts.finished(command, gateway.url, API_KEY)
    again = starts.finished(command, gateway.url, API_KEY)

    assert first.returncode == 0, first.stderr
    assert first.stdout.split() == ["queued", "sent"]
    assert (again.returncode, again.stdout.split()) == (0, ["sent", "sent"])
    assert gateway.accepted == {(NUMBER, ARGUMENTS[-1]): 1}


def test_a_start_shows_a_refusal_and_does_not_repeat_it(
    command: list[str], gateway: GatewayServer
) -> None:
    gateway.problems = {NUMBER: deque([(422, "suppressed")])}

    ended = starts.finished(command, gateway.url, API_KEY)

    assert ended.returncode == 1
    assert "suppressed: It is suppressed." in ended.stderr
    assert len(gateway.batches) == 1


def test_a_start_leaves_what_has_to_wait_for_long_to_another_run(
    command: list[str], gateway: GatewayServer
) -> None:
    gateway.troubles.append(IN_HALF_AN_HOUR)

    ended = starts.finished(command, gateway.url, API_KEY)

    assert ended.returncode == 1
    assert "Run this again in 1740 s, with the same id." in ended.stderr
    assert not gateway.troubles
    assert not gateway.batches


def test_a_start_takes_its_key_to_no_other_address(
    command: list[str], gateway: GatewayServer
) -> None:
    elsewhere = GatewayServer()
    with elsewhere.listening():
        gateway.troubles.append(Trouble(307, location=f"{elsewhere.url}/messages"))
        gateway.statuses[NUMBER] = "sent"
        ended = starts.finished(command, gateway.url, API_KEY)

    assert not gateway.troubles, ended.stderr
    assert elsewhere.batches == []


@pytest.mark.skipif(SHELL_IS_MISSING, reason="There is no curl or no jq.")
def test_the_start_in_a_shell_shows_its_key_to_no_list_of_processes(
    gateway: GatewayServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, real = tmp_path / "arguments", shutil.which("curl")
    curl = tmp_path / "curl"
    curl.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >>"{seen}"\nexec "{real}" "$@"\n')
    curl.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    gateway.statuses[NUMBER] = "sent"

    ended = starts.finished([*SHELL.ready(tmp_path), *ARGUMENTS], gateway.url, API_KEY)

    assert ended.returncode == 0, ended.stderr
    assert ARGUMENTS[0] in seen.read_text(encoding="utf-8")
    assert API_KEY not in seen.read_text(encoding="utf-8")
