"""Postman's own library reads the collection as the requests that the contract describes."""

import json
import os
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from pages.collection import FILE
from tests.support.contract import CONTRACT, OPERATIONS, Operation, faults, operation_at
from tests.support.generators import FOLDER, MISSING, NODE, run

pytestmark = pytest.mark.skipif(MISSING is not None and "CI" not in os.environ, reason=str(MISSING))

BASE = "/v1"


def as_read() -> list[dict[str, Any]]:
    program = str(FOLDER / "read_collection.js")
    variables = json.dumps({"url": f"https://api.example{BASE}"})
    printed = run(["node", program, str(FILE), variables], NODE_PATH=str(NODE.parent))
    requests: list[dict[str, Any]] = json.loads(printed)
    return requests


def credential(operation: Operation) -> dict[str, str]:
    """How Postman is to send what the operation asks of its caller."""
    ways = operation.definition.get("security", CONTRACT["security"])
    if not ways:
        return {"type": "noauth"}
    ((name, _),) = ways[0].items()
    scheme = CONTRACT["components"]["securitySchemes"][name]
    if scheme["type"] == "http":
        return {"type": "bearer", "token": "{{token}}"}
    return {"type": "apikey", "in": scheme["in"], "key": scheme["name"], "value": "{{key}}"}


def test_every_request_of_the_collection_is_one_that_the_contract_describes() -> None:
    seen = set()
    for request in as_read():
        address = urlsplit(request["url"])
        operation = operation_at(request["method"], address.path.removeprefix(BASE))
        seen.add(operation.id)
        schemas = {each["name"]: each["schema"] for each in operation.parameters}
        query = {
            name: int(value) if schemas[name].get("type") == "integer" else value
            for name, value in parse_qsl(address.query)
        }

        assert address.netloc == "api.example"
        assert request["auth"] == credential(operation), operation.id
        assert [name for name in query if faults(schemas[name], query[name])] == []
        if operation.request_schema:
            assert request["headers"]["content-type"] == "application/json"
            assert faults(operation.request_schema, json.loads(request["body"])) == []
        else:
            assert "body" not in request

    assert seen == {operation.id for operation in OPERATIONS.values()}
