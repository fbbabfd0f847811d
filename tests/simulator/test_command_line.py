import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from tests.simulator.both_ends import ACCOUNT, NUMBER, PASSWORD, Client, Receiver
from tools.repository import ROOT

pytestmark = pytest.mark.enable_socket

# Development mode shows every task, socket and session that is left behind.
COMMAND = [sys.executable, "-X", "dev", "-m", "local.simulator"]


def environment(**variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "VOIPIT_PASSWORD"}
    return kept | variables


@contextmanager
def started(*arguments: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with subprocess.Popen(  # noqa: S603 # our own program, fixed arguments
        [*COMMAND, "--account", ACCOUNT, *arguments],
        cwd=ROOT,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())["url"]
        finally:
            process.kill()


def refused(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 # our own program, fixed arguments
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_announces_its_url_serves_and_stops_cleanly_in_the_middle_of_work(
    receiver: Receiver, number: signal.Signals
) -> None:
    with started("--carrier-delay", "60", VOIPIT_PASSWORD=PASSWORD) as (process, url):
        assert url.startswith("http://127.0.0.1:")
        client = Client(url, receiver.url)
        assert client.send().status_code == 200
        with pytest.raises(requests.ReadTimeout):
            client.send("+40799000015", timeout=0.2)
        with pytest.raises(requests.ConnectionError):
            client.send("+40799000007")
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=10)
    assert (process.returncode, stdout, stderr) == (0, "", "")


def test_options_are_put_in_force_and_numbers_and_texts_stay_out_of_the_logs() -> None:
    with started("--password", PASSWORD, "--invalid-request-limit", "0") as (process, url):
        client = Client(url, "http://127.0.0.1:1/")
        client.send(message="hush")
        assert client.get("/_simulator/settings").json()["invalidRequestLimit"] == 0
        process.terminate()
        logged = "".join(process.communicate(timeout=10))
    assert NUMBER not in logged
    assert "hush" not in logged


def test_without_a_password_it_does_not_start() -> None:
    result = refused("--account", ACCOUNT)
    assert result.returncode == 2
    assert "VOIPIT_PASSWORD" in result.stderr


def test_with_a_setting_that_makes_no_sense_it_does_not_start() -> None:
    result = refused("--account", ACCOUNT, "--password", PASSWORD, "--carrier-delay", "-1")
    assert result.returncode == 2
    assert "carrierDelay" in result.stderr
    assert PASSWORD not in result.stderr


def test_on_a_port_that_is_taken_it_does_not_start(receiver: Receiver) -> None:
    port = receiver.url.rsplit(":", 1)[1]
    result = refused("--account", ACCOUNT, "--password", PASSWORD, "--port", port)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("cannot listen on 127.0.0.1:")
    assert "Traceback" not in result.stderr
