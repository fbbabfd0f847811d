"""The gateway checks requests with fastjsonschema, which knows JSON Schema draft 7 only. What it is
given means the same in OpenAPI 3.1 (draft 2020-12)."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sms_gateway.domain.errors import MalformedRequestError
from sms_gateway.entrypoints import contract
from tests.support.contract import CONTRACT, EXAMPLES, OPERATIONS, SCHEMAS, faults, nodes

ANNOTATIONS = {"description", "examples", "default", "title"}
SAME_IN_BOTH = {
    "type", "enum", "const", "pattern", "format", "minLength", "maxLength", "minimum", "maximum",
    "items", "minItems", "maxItems", "properties", "required", "additionalProperties",
    "propertyNames", "maxProperties", "minProperties", "anyOf", "oneOf", "allOf",
}  # fmt: skip

REQUEST_SCHEMAS = [
    contract.schema("SendRequest"),
    contract.schema("BatchRequest"),
    contract.query_schema("/messages"),
    contract.query_schema("/messages/{messageId}"),
    contract.query_schema("/suppressions"),
    contract.schema("TokenRequest"),
    contract.schema("PageSendRequest"),
]


@pytest.mark.parametrize(
    "schema", REQUEST_SCHEMAS, ids=["request", "batch", "query", "one", "list", "token", "page"]
)
def test_requests_are_described_in_words_that_mean_the_same_to_both(schema: Any) -> None:
    keywords = {
        name
        for pointer, node in nodes(schema)
        if isinstance(node, dict) and not pointer.endswith("/properties")
        if "/examples" not in pointer
        for name in node
    }

    assert keywords <= ANNOTATIONS | SAME_IN_BOTH


def test_no_reference_has_anything_beside_it_that_would_be_overlooked() -> None:
    beside = [
        pointer
        for pointer, node in nodes(CONTRACT)
        if isinstance(node, dict) and "$ref" in node and len(node) > 1
    ]

    assert beside == []


def test_every_body_that_is_taken_has_a_check() -> None:
    taken = {
        operation.request_schema["$ref"]
        for operation in OPERATIONS.values()
        if operation.request_schema
    }

    assert {each.rpartition("/")[2] for each in taken} == {
        "SendRequest",
        "BatchRequest",
        "TokenRequest",
        "PageSendRequest",
    }


check = contract.Check(contract.schema("SendRequest"))

TEXTS = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=70)
TIMES = st.sampled_from([
    "2026-12-24T18:00:00Z", "2026-12-24T18:00:00.123+02:00", "2026-12-24t18:00:00z",
    "2026-12-24", "2026-12-24T18:00:00", "2026-12-24 18:00:00Z", "2026-13-24T18:00:00Z", "", "now",
])  # fmt: skip
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS | TIMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
LENGTHS = st.sampled_from([0, 1, 40, 41, 64, 65, 200, 201, 2000, 2001])
FIELD_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "phoneNumber": TEXTS | LENGTHS.map("1".__mul__) | JSON_VALUES,
    "message": TEXTS | LENGTHS.map("x".__mul__) | JSON_VALUES,
    "messageId": st.from_regex(r"\A[A-Za-z0-9._~-]{1,64}\Z")
    | LENGTHS.map("x".__mul__)
    | JSON_VALUES,
    "sendAt": TIMES | JSON_VALUES,
    "validUntil": TIMES | JSON_VALUES,
    "onUnconfirmed": st.sampled_from(["hold", "resend", "HOLD"]) | JSON_VALUES,
    "metadata": st.dictionaries(
        TEXTS | LENGTHS.map("n".__mul__), TEXTS | LENGTHS.map("v".__mul__), max_size=12
    )
    | JSON_VALUES,
    "sendat": JSON_VALUES,
}
REQUESTS = st.fixed_dictionaries({}, optional=FIELD_VALUES)
MINIMAL = {"phoneNumber": "0721 234 567", "message": "x"}


@given(REQUESTS | REQUESTS.map(lambda values: MINIMAL | values))
@example({"phoneNumber": "1", "message": "x", "messageId": ".."})
@example({"phoneNumber": "1", "message": "x", "sendAt": 1.0})
@example({"phoneNumber": True, "message": "x"})
def test_the_gateway_refuses_what_the_contract_does_not_describe_and_nothing_else(
    request: dict[str, Any],
) -> None:
    try:
        check(request)
    except MalformedRequestError:
        assert faults(SCHEMAS["SendRequest"], request) != []
    else:
        assert faults(SCHEMAS["SendRequest"], request) == []


@pytest.mark.parametrize("name", ["SendNow", "SendLater"])
def test_a_request_of_the_contracts_examples_is_taken(name: str) -> None:
    value = EXAMPLES[name]["value"]

    assert check(json.loads(json.dumps(value))) == value
