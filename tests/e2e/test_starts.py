"""The programs of docs/start on the deployed stack, as a developer runs them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local.stack import LocalStack
from tests.e2e.unused_numbers import a_number
from tests.support.generators import MISSING
from tests.support.starts import PHP, PYTHON, RECEIVER, SHELL, TYPESCRIPT, Start, finished
from tools.gateway_client import GatewayClient

IS_THERE = {
    PYTHON: True,
    TYPESCRIPT: MISSING is None,
    PHP: shutil.which("php") is not None,
    SHELL: True,
}


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(
            start,
            marks=pytest.mark.skipif(not there and "CI" not in os.environ, reason="not installed"),
            id=start.language,
        )
        for start, there in IS_THERE.items()
    ],
)
def test_a_start_sends_and_says_sent_and_a_wrong_number_is_refused(
    start: Start, stack: LocalStack, tmp_path: Path
) -> None:
    number, run = a_number(), start.ready(tmp_path)

    def send(message_id: str, to: str) -> "subprocess.CompletedProcess[str]":
        return finished([*run, message_id, to, "Bună ziua"], stack.api_url, stack.api_key)

    sent = send(f"order-{number[1:]}", number)
    again = send(f"order-{number[1:]}", number)
    refused = send(f"reminder-{number[1:]}", "0721 234")

    assert (sent.returncode, sent.stdout.split()) == (0, ["submitted", "sent"]), sent.stderr
    assert (again.returncode, again.stdout.split()) == (0, ["sent", "sent"])
    assert refused.returncode == 1
    assert "invalid-phone-number: No phone has this number." in refused.stderr


def test_the_receiver_shows_the_life_of_a_message(
    stack: LocalStack, api: GatewayClient, tmp_path: Path
) -> None:
    number = a_number()
    message_id = f"parcel-{number[1:]}"
    command = [*RECEIVER.ready(tmp_path), stack.topic_arn, f"a-developers-own-{number[1:]}"]

    with subprocess.Popen(  # noqa: S603  a program of our own page
        command,
        env=os.environ
        | {
            "AWS_ENDPOINT_URL": stack.aws_endpoint_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        },
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            assert program.stdout
            assert program.stdout.readline() == "waiting\n"
            api.post({"messageId": message_id, "phoneNumber": number, "message": "Bună ziua"})
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
