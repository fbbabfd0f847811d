"""The collection for Postman is the contract's, and holds no key."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pages.collection import FILE, as_json, collection
from tests.support.contract import OPERATIONS, PUBLISHED, resolved

WRITTEN = FILE.read_text(encoding="utf-8")


def requests() -> Iterator[dict[str, Any]]:
    for folder in json.loads(WRITTEN)["item"]:
        yield from (each["request"] for each in folder["item"])


def test_the_collection_is_what_the_contract_says() -> None:
    assert as_json(collection(PUBLISHED)) == WRITTEN, "run `make docs`"


def test_every_operation_has_a_request_for_each_example_of_its_body() -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for (method, path), operation in OPERATIONS.items():
        body = operation.definition.get("requestBody", {"content": {}})["content"]
        examples = body.get("application/json", {"examples": [None]})["examples"]
        expected[method, re.sub(r"\{(\w+)\}", r":\1", path)] = len(examples)

    assert Counter(
        (each["method"], "/" + "/".join(each["url"]["path"])) for each in requests()
    ) == (expected)


def test_every_value_of_the_reader_is_a_variable_of_the_collection_and_is_empty_if_secret() -> None:
    variables = {each["key"]: each["value"] for each in json.loads(WRITTEN)["variable"]}

    assert set(re.findall(r"\{\{(\w+)\}\}", WRITTEN)) == set(variables)
    assert variables.pop("url").startswith("https://")
    assert set(variables.values()) == {""}


def test_headers_and_what_has_no_example_are_switched_off() -> None:
    in_queries = {
        (operation.method, parameter["name"]): "example" in parameter
        for operation in OPERATIONS.values()
        for parameter in map(resolved, operation.parameters)
        if parameter["in"] == "query"
    }
    headers = [
        header
        for each in requests()
        for header in each["header"]
        if header["key"] not in {"content-type", "Origin"}
    ]
    found = [(each["method"], item) for each in requests() for item in each["url"].get("query", [])]

    assert headers
    assert all(header["disabled"] for header in headers)
    assert set(in_queries.values()) == {True, False}
    for method, item in found:
        assert in_queries[method, item["key"]] != item.get("disabled", False)
