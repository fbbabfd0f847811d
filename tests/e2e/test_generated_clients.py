"""Programs of the gateway's users at work on the deployed stack.

With clients that generators have made of the contract, with the recipe for TypeScript, and with the
Python client.
"""

import json
import os
import sys
from pathlib import Path

import pytest

from local.stack import LocalStack
from tests.e2e.unused_numbers import a_number
from tests.support.generators import MISSING, programs, run
from tests.support.pages import code_blocks
from tests.support.strict_contract import PROBLEM_TYPE
from tools.repository import CLIENT, CLIENT_SOURCE

with_generators = pytest.mark.skipif(
    MISSING is not None and "CI" not in os.environ, reason=str(MISSING)
)

ANSWERED = {
    "available": True,
    "preview": "Buna ziua",
    "sent": [True, True],
    "listed": ["two", "one"],
    "batch": [False, f"{PROBLEM_TYPE}unsupported-characters"],
    "cancelled": "cancelled",
    "refused": [422, f"{PROBLEM_TYPE}suppressed", "phoneNumber"],
    "limited": [429, f"{PROBLEM_TYPE}recipient-limit-reached", True],
}
"""The answers to each of the programs in tests/generators/uses."""


@with_generators
def test_generated_clients_preview_send_list_cancel_suppress_and_read_problems(
    stack: LocalStack,
) -> None:
    answered = {}
    for name, command, variables in programs():
        arguments = [stack.api_url, stack.api_key, a_number(), a_number()]
        answered[name] = json.loads(run([*command, *arguments], **variables))

    assert len(answered) == 5
    assert answered == dict.fromkeys(answered, ANSWERED)


def where(stack: LocalStack) -> dict[str, str]:
    return {"SMS_GATEWAY_URL": stack.api_url, "SMS_GATEWAY_API_KEY": stack.api_key}


@pytest.mark.usefixtures("api")  # Voipit is known to know the account
def test_ten_lines_of_python_outside_the_repository_send_and_print_sent(
    stack: LocalStack, tmp_path: Path
) -> None:
    """They are the first example of the client's README."""
    program, *_ = code_blocks((CLIENT / "README.md").read_text(encoding="utf-8"), "python")
    script = tmp_path / "program.py"
    script.write_text(program.replace("0721 234 567", a_number()), encoding="utf-8")

    printed = run([sys.executable, str(script)], PYTHONPATH=str(CLIENT_SOURCE), **where(stack))

    assert printed == "sent\n"
    assert len(program.splitlines()) <= 10
