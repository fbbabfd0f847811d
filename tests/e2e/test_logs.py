"""Runs last: no log of a function holds a secret, a text or a whole number."""

import json
import re
from collections import defaultdict
from typing import Any

from local.emulator import RUN_FAILED
from local.log_lines import LogLines
from local.stack import LocalStack
from tests.e2e.circumstances import PASSWORD

WHOLE_NUMBER = re.compile(r"(?<![0-9a-f])(\+?40|0040|0)7[0-9]{8}(?![0-9a-f])")
TEXTS = (
    "Buna ziua",
    "Bună ziua",
    "Try ",
    "Waiting for you",
    "Altceva",
    "Are you there?",
    "Delivered",
    "Batch ",
    "Fuzzed",
)
FUNCTIONS = {"send", "status", "callback", "dispatch", "watch"}
WITHOUT_LINES = {"publish", "web"}
"""Of ordinary calls the one tells by metrics alone, and the other nothing."""


def _log_lines(stack: LocalStack) -> dict[str, list[str]]:
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for line in LogLines(stack.aws("logs")).new():
        lines[line.function].append(line.text)
    return lines


def _secret_strings(stack: LocalStack) -> list[str]:
    secrets = stack.aws("secretsmanager")
    values: list[Any] = [
        secrets.get_secret_value(SecretId=secret["ARN"])["SecretString"]
        for secret in secrets.list_secrets()["SecretList"]
    ]
    assert any(PASSWORD in value for value in values)
    return [
        value if not value.startswith("{") else json.loads(value)["password"] for value in values
    ]


def test_no_password_text_token_or_whole_number_is_in_any_log_line(stack: LocalStack) -> None:
    lines = _log_lines(stack)
    forbidden = [*TEXTS, *_secret_strings(stack), stack.api_key]

    assert FUNCTIONS <= lines.keys() <= FUNCTIONS | WITHOUT_LINES
    for name, written in lines.items():
        logs = any('"level":"INFO"' in line for line in written)
        assert logs == (name in FUNCTIONS), f"{name} has logged nothing, or for once something"
        for line in written:
            assert not [word for word in forbidden if word in line], line
            assert not WHOLE_NUMBER.search(line), line
            assert not re.search(r"/1/[0-9a-f]{8}\.[A-Za-z0-9_-]{22}", line), line


def test_a_message_can_be_followed_through_the_logs_by_its_id(stack: LocalStack) -> None:
    lines = _log_lines(stack)
    taken = [json.loads(line) for line in lines["send"] if '"message taken"' in line]

    assert taken
    assert all(line["message_id"] for line in taken)
    assert {line["phone_number"] for line in taken} >= {"+407•••••567", "+407•••••002"}


def test_no_function_has_failed_but_those_that_a_test_has_killed(stack: LocalStack) -> None:
    runs: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for line in LogLines(stack.aws("logs")).new():
        runs[line.function, line.run].append(line.text)

    for (function, _), written in runs.items():
        assert not [line for line in written if "Traceback" in line], function
        assert RUN_FAILED not in written or "Worker process died" in written, (function, written)
