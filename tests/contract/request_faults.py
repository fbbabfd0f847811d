"""Whether a request, as API Gateway hands it over, is one that the contract describes."""

import json
from collections.abc import Mapping
from typing import Any

from tests.support.contract import OPERATIONS, Operation, faults


def faults_of_request(event: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is wrong with an event of a REST API, by the part it is wrong with. Nothing: empty.

    The parts are `route`, `key`, `path`, `query`, `header` and `body`.
    """
    operation = OPERATIONS.get((event["httpMethod"], event["resource"]))
    if operation is None:
        return {"route": ["no such operation"]}
    given = {
        "path": event["pathParameters"] or {},
        "query": event["queryStringParameters"] or {},
        "header": {name.lower(): value for name, value in event["headers"].items()},
    }
    found = {place: _of_values(operation, place, values) for place, values in given.items()}
    needed = operation.credential
    found["key"] = [] if needed is None or needed in given["header"] else [f"no {needed}"]
    found["body"] = faults_of_body(operation, event["body"])
    return {part: wrong for part, wrong in found.items() if wrong}


def faults_of_body(operation: Operation, body: str | None) -> list[str]:
    """What is wrong with the body of a request to this operation."""
    schema = operation.request_schema
    if schema is None or body is None:
        return [] if (schema is None) == (body is None) else ["a body, or none"]
    try:
        value = json.loads(body)
    except ValueError:
        return ["not JSON"]
    return faults(schema, value)


def _of_values(operation: Operation, place: str, values: Mapping[str, str]) -> list[str]:
    parameters = {each["name"]: each for each in operation.parameters if each["in"] == place}
    if place == "header":  # whose names mean the same in any case, and of which there are others
        parameters = {name.lower(): each for name, each in parameters.items()}
        values = {name: value for name, value in values.items() if name in parameters}
    wrong = [f"unknown: {name}" for name in values.keys() - parameters.keys()]
    for name, parameter in parameters.items():
        if name in values:
            is_number = parameter["schema"].get("type") == "integer"
            wrong += faults(parameter["schema"], int(values[name]) if is_number else values[name])
        elif parameter.get("required"):
            wrong.append(f"missing: {name}")
    return wrong
