"""The contract is valid, agrees with itself, and says what the code says."""

import copy
import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from pages.contract import COPY, as_json, contract
from sms_gateway.domain import access_token, origin
from sms_gateway.domain.circuit import OpenReason
from sms_gateway.domain.message import OnUnconfirmed
from sms_gateway.domain.message_id import PATTERN, is_message_id
from sms_gateway.domain.phone_number import NumberType, PhoneNumber
from sms_gateway.domain.report import MAX_ERROR_MESSAGE, ReportStatus
from sms_gateway.domain.status import Reason, Status
from sms_gateway.domain.text import MAX_LISTED, MAX_SEPTETS
from sms_gateway.entrypoints import problems
from sms_gateway.entrypoints.bodies import MAX_REQUEST_BYTES
from sms_gateway.use_cases.prepare_message import MAX_AHEAD
from tests.support import strict_contract
from tests.support.contract import (
    CONTRACT,
    EXAMPLES,
    OPERATIONS,
    PUBLISHED,
    SCHEMAS,
    Operation,
    faults,
    nodes,
    resolved,
)
from tests.support.strict_contract import PROBLEM_TYPE
from tools.repository import ROOT

PROBLEMS = {
    example["value"]["type"].removeprefix(PROBLEM_TYPE): example
    for example in EXAMPLES.values()
    if "x-answered-by" in example
}
OF_AWS_ALONE = {
    "too-many-requests",
    "quota-exceeded",
    "service-unavailable",
    "gateway-timeout",
    "unsupported-media-type",
}
"""Problems that API Gateway answers and no function ever does."""
OF_BOTH = {"malformed-request", "forbidden", "route-not-found", "body-too-large", "internal-error"}
NEEDS_NO_TABLE = {"getContract"}
OF_ALL = {"getContract"}
"""Operations for callers without a key."""

each_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda o: o.id)


def property_of(schema: str, name: str) -> Any:
    return SCHEMAS[schema]["properties"][name]


def types_of(response: Any) -> list[str]:
    """The codes of the problems that a response promises."""
    schema = response["content"]["application/problem+json"]["schema"]
    (_, narrowed) = schema["allOf"]
    types = narrowed["properties"]["type"]["enum"]
    return [each.removeprefix(PROBLEM_TYPE) for each in types]


def problem_responses() -> Iterator[tuple[str, str, Any]]:
    """(operation, status, response) of everything that is not a success."""
    for operation in OPERATIONS.values():
        for status, response in operation.responses.items():
            if int(status) >= 400:
                yield operation.id, status, response


def values_at(pointer: str, value: Any) -> Iterator[Any]:
    """What the JSON pointer leads to, if it leads anywhere."""
    for step in pointer.split("/")[1:]:
        try:
            value = value[int(step) if isinstance(value, list) else step]
        except LookupError:
            return
    yield value


# --- valid -----------------------------------------------------------------------------------


@pytest.mark.parametrize("document", [PUBLISHED, CONTRACT], ids=["published", "strict"])
def test_the_contract_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


@pytest.mark.parametrize(
    "break_it",
    [
        lambda document: document["info"].pop("title"),
        lambda document: document["paths"]["/messages"]["post"].update(operation="send"),
        lambda document: document["components"]["schemas"]["Status"].update(type="text"),
        lambda document: document["paths"]["/messages/{messageId}"].pop("parameters"),
    ],
    ids=["no title", "unknown field", "unknown type", "undeclared parameter"],
)
def test_a_contract_that_is_not_valid_would_be_noticed(break_it: Any) -> None:
    broken = copy.deepcopy(CONTRACT)
    break_it(broken)

    assert list(OpenAPIV31SpecValidator(broken).iter_errors()) != []


def test_the_layer_carries_the_contract_as_it_is() -> None:
    assert COPY.read_text(encoding="utf-8") == as_json(contract()), "run `make docs`"


def test_the_contract_has_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert CONTRACT["info"]["version"] == project["version"]


def test_every_example_is_valid_under_its_own_schema() -> None:
    checked = 0
    for pointer, node in nodes(CONTRACT):
        if not isinstance(node, dict):
            continue
        examples: list[Any] = []
        schema = node.get("schema", node)
        if "schema" in node:
            examples += [resolved(each)["value"] for each in node.get("examples", {}).values()]
            examples += [node["example"]] if "example" in node else []
        elif isinstance(node.get("examples"), list):
            examples += node["examples"]
        for value in examples:
            checked += 1
            assert faults(schema, value) == [], pointer
    assert checked > 70


def test_every_example_is_shown_somewhere() -> None:
    shown = {
        node["$ref"].rpartition("/")[2]
        for _, node in nodes(CONTRACT)
        if isinstance(node, dict) and node.get("$ref", "").startswith("#/components/examples/")
    }

    assert shown == EXAMPLES.keys()


# --- strict ----------------------------------------------------------------------------------


REQUESTS = {"SendRequest", "BatchRequest", "PageSendRequest", "TokenRequest"}


def test_requests_are_closed_and_answers_are_open_to_fields_that_come_later() -> None:
    closed = {
        name
        for name, schema in PUBLISHED["components"]["schemas"].items()
        for _, node in nodes(schema)
        if isinstance(node, dict) and node.get("additionalProperties") is False
    }

    assert closed == REQUESTS


# --- friendly to programs that make clients of it ---------------------------------------------


def published(keyword: str) -> list[tuple[str, Any]]:
    """Every place of the published contract with this keyword of JSON Schema, and its value."""
    return [
        (pointer, node[keyword])
        for pointer, node in nodes(PUBLISHED)
        if isinstance(node, dict) and keyword in node and "/examples/" not in pointer
        if not pointer.endswith("/properties")
    ]


def test_no_schema_narrows_another() -> None:
    assert [pointer for pointer, parts in published("allOf") if len(parts) != 1] == []


@pytest.mark.parametrize("keyword", ["const", "oneOf", "if", "not", "discriminator"])
def test_no_schema_has_a_keyword_that_generators_read_differently(keyword: str) -> None:
    assert published(keyword) == []


def test_a_choice_of_schemas_is_between_a_value_and_none() -> None:
    assert [
        pointer for pointer, parts in published("anyOf") if parts[1:] != [{"type": "null"}]
    ] == []


def test_every_object_and_every_choice_of_words_has_a_name() -> None:
    unnamed = [
        pointer
        for pointer, node in nodes(PUBLISHED)
        if isinstance(node, dict) and ("properties" in node or len(node.get("enum", ())) > 1)
        if re.fullmatch(r"/components/schemas/[A-Za-z]+", pointer) is None
    ]

    assert unnamed == []


def test_every_schema_is_used() -> None:
    used = {
        node["$ref"] for _, node in nodes(PUBLISHED) if isinstance(node, dict) and "$ref" in node
    }

    assert {f"#/components/schemas/{name}" for name in SCHEMAS} <= used


def test_every_schema_and_field_is_described() -> None:
    bare = [
        f"{name}/{field}" if field else name
        for name, schema in PUBLISHED["components"]["schemas"].items()
        for field, definition in [
            ("", schema),
            *schema.get("properties", {}).items(),
        ]
        if "description" not in resolved(definition)
    ]

    assert bare == []


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        (SCHEMAS["Status"], Status),
        (SCHEMAS["Reason"], Reason),
        (SCHEMAS["OnUnconfirmed"], OnUnconfirmed),
        (SCHEMAS["NumberType"], NumberType),
        (SCHEMAS["ReportStatus"], ReportStatus),
        (SCHEMAS["ProviderReason"], OpenReason),
    ],
    ids=["Status", "Reason", "OnUnconfirmed", "NumberType", "ReportStatus", "OpenReason"],
)
def test_a_choice_is_the_domains_own(schema: dict[str, Any], values: Any) -> None:
    assert schema["enum"] == [str(value) for value in values]


@pytest.mark.parametrize("name", ["Status", "Reason"])
def test_every_status_and_every_reason_is_explained(name: str) -> None:
    explained = re.findall(r"^\| `([a-z_-]+)` \|", SCHEMAS[name]["description"], re.MULTILINE)

    assert explained[1 if explained[0] == name.lower() else 0 :] == SCHEMAS[name]["enum"]


def test_the_bounds_are_the_codes_own() -> None:
    assert SCHEMAS["MessageId"]["pattern"] == PATTERN
    headers = CONTRACT["components"]["parameters"]
    of_a_message = headers["IdempotencyKey"]["schema"]["pattern"]
    assert headers["BatchKey"]["schema"]["pattern"] == of_a_message.replace("{1,64}", "{1,60}")
    assert len("." + str(property_of("BatchRequest", "messages")["maxItems"])) + 60 == 64
    assert property_of("Message", "message")["maxLength"] == MAX_SEPTETS
    for name in ("Preview", "Problem"):
        length = property_of(name, "maxSeptets")
        assert (length["minimum"], length["maximum"]) == (MAX_SEPTETS, MAX_SEPTETS)
    assert strict_contract.MAX_LISTED == MAX_LISTED
    assert property_of("Problem", "unsupportedCharacters")["maxItems"] == MAX_LISTED
    assert property_of("Problem", "septets")["minimum"] == MAX_SEPTETS + 1
    assert property_of("Message", "cutFrom")["minimum"] == MAX_SEPTETS + 1
    assert SCHEMAS["ErrorMessage"]["maxLength"] == MAX_ERROR_MESSAGE
    assert f"{MAX_AHEAD.days} days" in property_of("SendRequest", "sendAt")["description"]
    assert SCHEMAS["Origin"]["pattern"] == f"^{origin.PATTERN}$"
    token = SCHEMAS["TokenRequest"]["properties"]
    assert token["maxMessages"]["anyOf"][0]["maximum"] == access_token.MAX_MESSAGES
    longest = access_token.LONGEST_LIFE.total_seconds()
    assert token["expiresInSeconds"]["anyOf"][0]["maximum"] == longest
    assert property_of("AccessToken", "token")["maxLength"] == access_token.MAX_CHARACTERS
    assert SCHEMAS["Metadata"]["maxProperties"] == access_token.MAX_METADATA
    assert MAX_REQUEST_BYTES == 2**20
    assert "1 MiB" in CONTRACT["components"]["responses"]["BodyTooLarge"]["description"]


@given(st.from_regex(PATTERN) | st.text(max_size=3) | st.text("a.~-_batchpreview\n", max_size=70))
@example(".")
@example("..")
@example("batch")
@example("preview")
@example("x" * 64)
@example("x" * 65)
def test_the_header_is_an_id_of_a_message_bare_or_in_quotation_marks(text: str) -> None:
    pattern = CONTRACT["components"]["parameters"]["IdempotencyKey"]["schema"]["pattern"]
    is_id = is_message_id(text)

    assert bool(re.fullmatch(pattern, text)) is is_id
    assert bool(re.fullmatch(pattern, f'"{text}"')) is is_id
    for broken in (f'"{text}', f'{text}"', f'""{text}""', f'"{text}";a=1', f'"{text}", "{text}"'):
        assert not re.fullmatch(pattern, broken)


@pytest.mark.parametrize(
    "text", ["+40721234567", "+1234567", "+0721234567", "40721", "+4072123456x"]
)
def test_a_phone_number_of_the_contract_is_one_of_the_domain(text: str) -> None:
    try:
        PhoneNumber(text)
    except ValueError:
        assert faults(SCHEMAS["PhoneNumber"], text) != []
    else:
        assert faults(SCHEMAS["PhoneNumber"], text) == []


# --- problems --------------------------------------------------------------------------------


def test_the_problems_of_the_contract_are_those_of_the_code_and_of_api_gateway() -> None:
    answered_by = {code: example["x-answered-by"] for code, example in PROBLEMS.items()}

    assert {code for code, by in answered_by.items() if by == "api-gateway"} == OF_AWS_ALONE
    assert {code for code, by in answered_by.items() if by == "both"} == OF_BOTH
    ours = {code: by for code, by in answered_by.items() if by in {"gateway", "both"}}
    assert ours.keys() == problems.PROBLEMS.keys()
    types = SCHEMAS["ProblemType"]["enum"]
    assert sorted(types) == sorted(PROBLEM_TYPE + code for code in PROBLEMS)


@pytest.mark.parametrize("code", sorted(PROBLEMS.keys() - OF_AWS_ALONE))
def test_a_problem_looks_as_the_code_makes_it(code: str) -> None:
    value = PROBLEMS[code]["value"]
    members = {name: value[name] for name in value.keys() - {"type", "title", "status"}}
    detail = members.pop("detail")

    assert problems.problem_document(code, detail, **members) == value


def test_every_problem_is_promised_where_it_can_occur_and_nowhere_with_another_status() -> None:
    promised: dict[str, set[str]] = {}
    for _, status, response in problem_responses():
        for code in types_of(response):
            promised.setdefault(code, set()).add(status)

    assert promised == {code: {str(each["value"]["status"])} for code, each in PROBLEMS.items()}


@pytest.mark.parametrize(
    ("status", "response"),
    [
        pytest.param(status, response, id=f"{operation} {status}")
        for operation, status, response in problem_responses()
    ],
)
def test_an_error_has_one_example_of_every_problem_it_can_be(status: str, response: Any) -> None:
    content = response["content"]["application/problem+json"]
    (_, narrowed) = content["schema"]["allOf"]
    examples = {name: resolved(each)["value"] for name, each in content["examples"].items()}

    assert list(examples) == types_of(response)
    assert {name: PROBLEM_TYPE + name for name in examples} == {
        name: value["type"] for name, value in examples.items()
    }
    assert str(narrowed["properties"]["status"]["const"]) == status


@each_operation
def test_every_operation_promises_what_any_of_them_can_answer(operation: Operation) -> None:
    always = {"429", "500", "504"} | (set() if operation.id in OF_ALL else {"403"})
    with_a_table = set() if operation.id in NEEDS_NO_TABLE else {"503"}
    with_a_body = {"400", "413", "415"} if operation.request_schema else set()
    in_a_path = {"404"} if "{" in operation.path else set()

    assert always | with_a_table | with_a_body | in_a_path <= operation.responses.keys()


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(response, id=f"{operation} {status}")
        for operation, status, response in problem_responses()
        if status in {"429", "503"}
    ],
)
def test_what_will_pass_says_when_to_try_again(response: Any) -> None:
    assert resolved(response["headers"]["Retry-After"])["required"] is True


def test_a_problem_carries_what_helps_to_mend_it_and_no_other_does() -> None:
    too_long = PROBLEMS["text-too-long"]["value"]
    blank = PROBLEMS["blank-text"]["value"]
    without = {name: value for name, value in too_long.items() if name != "septets"}

    assert faults(SCHEMAS["Problem"], without) != []
    assert faults(SCHEMAS["Problem"], blank | {"septets": 161}) != []
    assert faults(SCHEMAS["Problem"], {k: v for k, v in blank.items() if k != "field"}) != []


# --- operations and links --------------------------------------------------------------------


def test_the_operations_are_these() -> None:
    assert {operation.id: key for key, operation in OPERATIONS.items()} == {
        "sendMessage": ("POST", "/messages"),
        "listMessages": ("GET", "/messages"),
        "previewMessage": ("POST", "/messages/preview"),
        "previewBatch": ("POST", "/messages/preview/batch"),
        "sendBatch": ("POST", "/messages/batch"),
        "getMessage": ("GET", "/messages/{messageId}"),
        "cancelMessage": ("DELETE", "/messages/{messageId}"),
        "listSuppressions": ("GET", "/suppressions"),
        "suppressNumber": ("PUT", "/suppressions/{phoneNumber}"),
        "getSuppression": ("GET", "/suppressions/{phoneNumber}"),
        "unsuppressNumber": ("DELETE", "/suppressions/{phoneNumber}"),
        "getProvider": ("GET", "/provider"),
        "getStatistics": ("GET", "/statistics"),
        "listClients": ("GET", "/clients"),
        "getContract": ("GET", "/openapi.json"),
        "mintToken": ("POST", "/tokens"),
        "sendPageMessage": ("POST", "/page/messages"),
        "previewPageMessage": ("POST", "/page/messages/preview"),
        "getPageMessage": ("GET", "/page/messages/{messageId}"),
    }


@each_operation
def test_every_operation_needs_the_key_or_an_access_token_but_for_the_contract(
    operation: Operation,
) -> None:
    assert CONTRACT["security"] == [{"ApiKey": []}]
    asked: Any = [] if operation.id in OF_ALL else None
    if operation.path.startswith("/page/"):
        asked = [{"PageToken": []}]
    assert operation.definition.get("security") == asked
    assert ("401" in operation.responses) == (asked == [{"PageToken": []}])
    token = CONTRACT["components"]["securitySchemes"]["PageToken"]
    assert (token["type"], token["scheme"]) == ("http", "bearer")
    scheme = CONTRACT["components"]["securitySchemes"]["ApiKey"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "x-api-key")


LINKS = [
    (operation, response, link)
    for operation in OPERATIONS.values()
    for response in operation.responses.values()
    for link in response.get("links", {}).values()
]


@pytest.mark.parametrize(
    ("operation", "response", "link"),
    LINKS,
    ids=[f"{operation.id} → {link['operationId']}" for operation, _, link in LINKS],
)
def test_a_link_can_be_followed(operation: Operation, response: Any, link: Any) -> None:
    (target,) = [each for each in OPERATIONS.values() if each.id == link["operationId"]]
    names = {parameter["name"] for parameter in target.parameters}
    needed = {each["name"] for each in target.parameters if each.get("required")}
    given = link.get("parameters", {})

    assert needed <= given.keys() <= names
    if "requestBody" in link:
        assert (link["requestBody"], target.request_schema) == (
            "$request.body",
            operation.request_schema,
        )
    for name, expression in given.items():
        source, _, place = expression.partition("#")
        if source == "$response.body":
            examples = response["content"]["application/json"]["examples"].values()
            values = [resolved(each)["value"] for each in examples]
            found = [each for value in values for each in values_at(place, value)]
            (parameter,) = [each for each in target.parameters if each["name"] == name]
            assert found
            assert [fault for each in found for fault in faults(parameter["schema"], each)] == []
        else:
            own = {f"$request.{each['in']}.{each['name']}" for each in operation.parameters}
            assert expression in own


def test_the_life_of_a_message_and_of_a_suppression_can_be_followed_by_links() -> None:
    followed = {(operation.id, link["operationId"]) for operation, _, link in LINKS}

    assert followed >= {
        ("previewMessage", "sendMessage"),
        ("previewBatch", "sendBatch"),
        ("sendMessage", "getMessage"),
        ("sendMessage", "cancelMessage"),
        ("sendMessage", "listMessages"),
        ("sendBatch", "getMessage"),
        ("sendBatch", "cancelMessage"),
        ("listMessages", "listMessages"),
        ("listMessages", "getMessage"),
        ("cancelMessage", "getMessage"),
        ("suppressNumber", "getSuppression"),
        ("suppressNumber", "unsuppressNumber"),
        ("getSuppression", "unsuppressNumber"),
        ("unsuppressNumber", "getSuppression"),
        ("previewPageMessage", "sendPageMessage"),
        ("sendPageMessage", "getPageMessage"),
    }


def test_the_contract_is_plain_json() -> None:
    assert json.loads(json.dumps(CONTRACT)) == CONTRACT, (
        "YAML reads dates and more out of plain words"
    )
