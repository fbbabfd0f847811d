"""Clients that other people's programs have made of the contract, at work on the deployed stack."""

import json
import os

import pytest

from local.stack import LocalStack
from tests.e2e.unused_numbers import a_number
from tests.support.generators import MISSING, programs, run
from tests.support.strict_contract import PROBLEM_TYPE

pytestmark = pytest.mark.skipif(MISSING is not None and "CI" not in os.environ, reason=str(MISSING))

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


def test_generated_clients_preview_send_list_cancel_suppress_and_read_problems(
    stack: LocalStack,
) -> None:
    answered = {}
    for name, command, variables in programs():
        arguments = [stack.api_url, stack.api_key, a_number(), a_number()]
        answered[name] = json.loads(run([*command, *arguments], **variables))

    assert len(answered) == 5
    assert answered == dict.fromkeys(answered, ANSWERED)
