"""What the README and the page about events show is what the contract describes."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contract.request_faults import faults_of_body
from tests.support.contract import Operation, faults, operation_at
from tests.support.event_schema import all_faults
from tools.repository import ROOT

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CALL = re.compile(
    r"curl\b(?:(?!curl\b).)*?<ApiUrl>(?P<path>/[\w./{}<>-]*)(?:(?!curl\b).)*", re.DOTALL
)
_METHOD = re.compile(r"-X ?([A-Z]+)")
_BODY = re.compile(r"-d '(.*?)'", re.DOTALL)


@dataclass(frozen=True)
class Call:
    """A curl line, and the JSON that the page shows as its answer, if it does."""

    operation: Operation
    body: str | None
    answer: Any = None


def read(page: str) -> tuple[list[Call], list[Any]]:
    """Every call of the API on the page, and every JSON that is no answer of it."""
    calls: list[Call] = []
    others: list[Any] = []
    is_answer = False
    for language, text in _BLOCK.findall(page):
        if language == "json":
            value = json.loads(text)
            if is_answer:
                calls[-1] = Call(calls[-1].operation, calls[-1].body, value)
            else:
                others.append(value)
            is_answer = False
        else:
            found = list(_calls(text))
            calls += found
            is_answer = len(found) == 1
    return calls, others


def _calls(text: str) -> Iterator[Call]:
    for call in _CALL.finditer(text):
        method = _METHOD.search(call[0])
        body = _BODY.search(call[0])
        # A shell joins 'it'\''s' again.
        yield Call(
            operation_at(method[1] if method else "POST" if body else "GET", call["path"]),
            body[1].replace("'\\''", "'") if body else None,
        )


PAGES = ("README.md", "docs/events.md")
CALLS, OTHERS = read("\n".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES))


def test_the_readme_shows_calls_and_an_answer() -> None:
    assert len([call for call in CALLS if call.body]) >= 2
    assert len([call for call in CALLS if call.answer]) >= 1


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation.id)
def test_a_call_of_the_readme_is_one_the_contract_describes(call: Call) -> None:
    assert faults_of_body(call.operation, call.body) == []


@pytest.mark.parametrize(
    "call", [call for call in CALLS if call.answer], ids=lambda call: call.operation.id
)
def test_an_answer_of_the_readme_is_one_the_contract_promises(call: Call) -> None:
    (success,) = [
        response for status, response in call.operation.responses.items() if status[0] == "2"
    ]

    assert faults(success["content"]["application/json"]["schema"], call.answer) == []


def test_all_other_json_of_the_pages_is_an_event() -> None:
    assert OTHERS
    assert all_faults(OTHERS) == []


def test_the_first_call_comes_before_the_first_diagram() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert readme.index("curl ") < readme.index("```mermaid")


def test_a_page_is_read_call_by_call() -> None:
    calls, others = read(
        "```\ncurl -s <ApiUrl>/messages -H 'x-api-key: <key>' \\\n -d '{}'\n```\n"
        '```json\n{"a": 1}\n```\n'
        '```json\n{"b": 1}\n```\n'
        "```sh\ncurl <ApiUrl>/messages/order-1\ncurl -X DELETE <ApiUrl>/messages/order-1\n```\n"
    )

    assert [(call.operation.id, call.body, call.answer) for call in calls] == [
        ("sendMessage", "{}", {"a": 1}),
        ("getMessage", None, None),
        ("cancelMessage", None, None),
    ]
    assert others == [{"b": 1}]
