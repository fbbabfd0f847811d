"""What is deployed is what the contract describes."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.contract import EXAMPLES, OPERATIONS, SCHEMAS, faults
from tests.support.strict_contract import PROBLEM_TYPE
from tests.support.template import TEMPLATE, of_type
from tools.repository import ROOT

RESOURCES = TEMPLATE["Resources"]
GATEWAY_RESPONSES = RESOURCES["Api"]["Properties"]["GatewayResponses"]
OF_AWS = {
    each["value"]["type"].removeprefix(PROBLEM_TYPE)
    for each in EXAMPLES.values()
    if each.get("x-answered-by") in {"api-gateway", "both"}
}


def api_events() -> Iterator[tuple[str, str, str]]:
    """(folder of the function, method, path) of every event of the REST API."""
    for function in of_type(TEMPLATE, "AWS::Serverless::Function").values():
        for event in function["Properties"].get("Events", {}).values():
            if event["Type"] == "Api":
                folder = function["Properties"]["CodeUri"].removeprefix("functions/")
                yield folder, event["Properties"]["Method"].upper(), event["Properties"]["Path"]


def routes(folder: str) -> Iterator[tuple[str, str, str]]:
    """The same, as the function's code declares them."""
    code = (ROOT / "functions" / folder / f"{folder}.py").read_text(encoding="utf-8")
    for function in ast.parse(code).body:
        for decorator in getattr(function, "decorator_list", []):
            match decorator:
                case ast.Call(
                    ast.Attribute(ast.Name("routes"), method), [ast.Constant(str() as rule)]
                ):
                    yield folder, method.upper(), re.sub("<(.*?)>", _in_braces, rule)


def _in_braces(variable: re.Match[str]) -> str:
    first, *rest = variable[1].split("_")
    return "{" + first + "".join(map(str.capitalize, rest)) + "}"


def body_of(gateway_response: Any) -> dict[str, Any]:
    """The problem document."""
    (template,) = gateway_response["ResponseTemplates"].values()
    body: dict[str, Any] = json.loads(template)
    return body


def test_what_is_deployed_are_the_operations_of_the_contract() -> None:
    """The console's page and the component's file, which `web` serves, are no operations."""
    deployed = {(method, path) for folder, method, path in api_events() if folder != "web"}

    assert {key for key in deployed if key[0] != "OPTIONS"} == OPERATIONS.keys()
    assert {path for method, path in deployed if method == "OPTIONS"} == {
        path for _, path in OPERATIONS
    }


@pytest.mark.parametrize("folder", ["send", "status"])
def test_a_function_has_the_routes_that_lead_to_it(folder: str) -> None:
    leading = {event for event in api_events() if event[0] == folder and event[1] != "OPTIONS"}

    assert set(routes(folder)) == leading


@pytest.mark.parametrize("name", GATEWAY_RESPONSES)
def test_what_api_gateway_refuses_is_a_problem_of_the_contract(name: str) -> None:
    response = GATEWAY_RESPONSES[name]
    body = body_of(response)

    assert faults(SCHEMAS["Problem"], body) == []
    assert body["status"] == int(response["StatusCode"])
    assert body["type"].removeprefix(PROBLEM_TYPE) in OF_AWS
    headers = response["ResponseParameters"]["Headers"]
    assert headers["Content-Type"] == "'application/problem+json'"
    assert ("Retry-After" in headers) == (body["status"] in {429, 503})


def test_api_gateway_gives_every_problem_that_the_contract_says_it_does() -> None:
    given = {body_of(response)["type"] for response in GATEWAY_RESPONSES.values()}

    assert given == {PROBLEM_TYPE + code for code in OF_AWS}
