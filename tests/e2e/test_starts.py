"""The programs of docs/start on the deployed stack, as a developer runs them."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
import requests

from local.gateway import wait_until
from local.stack import LocalStack
from sms_gateway_client import Gateway
from tests.e2e.unused_numbers import a_number
from tests.support import raw
from tests.support.starts import (
    PAGE,
    PAGE_SERVER,
    RECEIVER,
    SENDERS,
    Start,
    finished,
    sent_by_a_page,
    told,
)


@pytest.mark.parametrize("start", SENDERS)
def test_a_start_sends_and_says_sent_and_a_wrong_number_is_refused(
    start: Start, stack: LocalStack, tmp_path: Path
) -> None:
    number, run = a_number(), start.ready(tmp_path)

    def send(message_id: str, to: str) -> "subprocess.CompletedProcess[str]":
        return finished([*run, message_id, to, "Bună ziua"], stack.api_url, stack.api_key)

    sent = send(f"order-{number[-6:]}", number)
    again = send(f"order-{number[-6:]}", number)
    refused = send(f"reminder-{number[-6:]}", "0721 234")

    # On a busy machine the report can be there before the answer.
    assert sent.stdout.split() in (["submitted", "sent"], ["sent", "sent"]), sent.stderr
    assert sent.returncode == 0
    assert (again.returncode, again.stdout.split()) == (0, ["sent", "sent"])
    assert refused.returncode == 1
    assert "invalid-phone-number: No phone has this number." in refused.stderr


def test_the_receiver_shows_the_life_of_a_message(
    stack: LocalStack, api: Gateway, tmp_path: Path
) -> None:
    number = a_number()
    message_id = f"parcel-{number[-6:]}"
    command = [*RECEIVER.ready(tmp_path), stack.topic_arn, f"a-developers-own-{number[-6:]}"]

    with subprocess.Popen(  # noqa: S603  a program of our own page
        command,
        env=os.environ
        | {
            "AWS_ENDPOINT_URL": stack.aws_endpoint_url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        },
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            assert program.stdout
            assert program.stdout.readline() == "waiting\n"
            raw.post(api, {"messageId": message_id, "phoneNumber": number, "message": "Bună ziua"})
            shown = []
            for line in program.stdout:
                if message_id in line:
                    shown.append(line.split()[1])
                if shown[-1:] == ["sent"]:
                    break
        finally:
            program.terminate()

    assert shown in (
        ["sending", "submitted", "sent"],
        ["submitted", "sent"],
        ["sending", "sent"],
        ["sent"],
    )


@pytest.mark.skipif(
    shutil.which("node") is None and "CI" not in os.environ, reason="There is no node."
)
def test_a_page_sends_through_a_server_that_keeps_the_key(
    stack: LocalStack, tmp_path: Path
) -> None:
    number, command = a_number(), PAGE_SERVER.ready(tmp_path)
    PAGE.ready(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    origin = f"http://localhost:{port}"
    settings = told(stack.api_url, stack.api_key) | {"PORT": str(port)}

    with subprocess.Popen(command, env=os.environ | settings) as server:  # noqa: S603  our own page's
        try:
            wait_until(lambda: _is_served(origin), lambda: "no page was served", timeout=60)
            sent = sent_by_a_page(tmp_path, origin, number, "Bună ziua")
            refused = sent_by_a_page(tmp_path, origin, "0721 234", "Bună ziua")
            script = requests.get(f"{origin}/sms.js", timeout=10)
        finally:
            server.terminate()

    assert sent["shown"][-1] == "sent"
    assert set(sent["shown"]) <= {"submitted", "sent"}
    assert refused["shown"] == ["No phone has this number. Check its digits and its country code."]
    assert script.text == (tmp_path / "sms.js").read_text(encoding="utf-8")
    assert stack.api_key not in script.text


def _is_served(origin: str) -> bool:
    try:
        return "sms.js" in requests.get(origin, timeout=10).text
    except requests.RequestException:
        return False
