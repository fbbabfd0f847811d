import json
import re
import shlex
from itertools import pairwise

import pytest

from pages.api_reference import PAGE, page, pretty
from pages.markdown import anchor
from tests.support.contract import (
    OPERATIONS,
    PUBLISHED,
    SCHEMAS,
    faults,
    operation_at,
)
from tests.support.strict_contract import PROBLEM_TYPE

WRITTEN = PAGE.read_text(encoding="utf-8")
HEADINGS = re.findall(r"^#+ (.+)$", WRITTEN, re.MULTILINE)
CALLS = re.findall(r"^```sh\n(curl .*?)\n```$", WRITTEN, re.MULTILINE | re.DOTALL)


def test_the_page_is_what_the_contract_says() -> None:
    assert page(PUBLISHED) == WRITTEN, "run `make docs`"


def test_every_operation_object_and_problem_is_on_the_page() -> None:
    for operation in OPERATIONS.values():
        assert f"`{operation.method} {operation.path}` (operation `{operation.id}`)" in WRITTEN
    for name in SCHEMAS:
        assert f"\n### {name}\n" in WRITTEN
    for problem_type in SCHEMAS["ProblemType"]["enum"]:
        assert f"\n| `{problem_type.removeprefix(PROBLEM_TYPE)}` | " in WRITTEN


def test_every_field_is_on_the_page_with_a_type() -> None:
    for schema in SCHEMAS.values():
        for field in schema.get("properties", {}):
            assert re.search(rf"^\| `{field}`(?: \(required\))? \| [^|]+ \|", WRITTEN, re.MULTILINE)


def test_every_link_leads_to_a_heading_of_its_own() -> None:
    anchors = [anchor(heading) for heading in HEADINGS]
    links = re.findall(r"\]\(#([^)]*)\)", WRITTEN)

    assert len(set(anchors)) == len(anchors)
    assert len(links) > 60
    assert set(links) <= set(anchors)


@pytest.mark.parametrize("call", CALLS)
def test_a_call_can_be_pasted_into_a_shell_and_is_what_the_contract_describes(call: str) -> None:
    values = {
        "$API": "https://api.example/v1",
        "$KEY": "key",
        "$TOKEN": "token",
        "$ORIGIN": "https://crm.example",
    }
    for name, value in values.items():
        call = call.replace(name, value)
    words = shlex.split(call)
    options = dict(pairwise(words))
    url = next(word for word in words if word.startswith("https://"))
    path = url.removeprefix("https://api.example/v1").partition("?")[0]
    method = options.get("-X", "POST" if "-d" in options else "GET")
    operation = operation_at(method, path)

    headers = {
        "x-api-key": {"x-api-key: key"},
        "authorization": {"Authorization: Bearer token", "Origin: https://crm.example"},
        None: set(),
    }
    assert set(words) & set().union(*headers.values()) == headers[operation.credential]
    if operation.request_schema:
        assert "content-type: application/json" in words
        assert faults(operation.request_schema, json.loads(options["-d"])) == []


def test_there_is_a_call_of_every_operation() -> None:
    assert len(CALLS) >= len(OPERATIONS)


@pytest.mark.parametrize(
    "value", [1, "ș", [], {}, [[1, 2], {"a": "b" * 100, "c": []}], {"a": ["x" * 60, "y" * 60]}]
)
def test_json_for_people_is_the_same_json(value: object) -> None:
    assert json.loads(pretty(value)) == value
