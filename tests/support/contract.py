"""The contract, and what its schemas say of values: by the official rules of JSON Schema 2020-12.

The gateway itself checks requests with another validator, so that each watches the other.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from openapi_schema_validator import OAS31Validator, oas31_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from pages.contract import contract
from tests.support.strict_contract import strict

PUBLISHED: Final = contract()
"""The contract as callers get it."""
CONTRACT: Final = strict(PUBLISHED)
"""The contract as the gateway keeps it, which allows less."""
SCHEMAS: Final[dict[str, Any]] = CONTRACT["components"]["schemas"]
EXAMPLES: Final[dict[str, Any]] = CONTRACT["components"]["examples"]

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_URI: Final = "urn:contract"
_REGISTRY: Final[Registry[Any]] = Registry().with_resource(
    _URI, DRAFT202012.create_resource(CONTRACT)
)


@dataclass(frozen=True)
class Operation:
    """One method of one path. `parameters` are those of the path as well."""

    method: str
    path: str
    definition: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]

    @property
    def id(self) -> str:
        name: str = self.definition["operationId"]
        return name

    @property
    def credential(self) -> str | None:
        """The header in which the caller shows a key or a token; `None` if it needs neither."""
        match self.definition.get("security"):
            case None:
                return "x-api-key"
            case []:
                return None
            case _:
                return "authorization"

    @property
    def responses(self) -> dict[str, Mapping[str, Any]]:
        """By status, as text."""
        found = self.definition["responses"].items()
        return {status: resolved(response) for status, response in found}

    @property
    def request_schema(self) -> Mapping[str, Any] | None:
        """The schema of its JSON body, if it has one."""
        body = self.definition.get("requestBody")
        schema: Mapping[str, Any] | None = body and body["content"]["application/json"]["schema"]
        return schema


def resolved(node: Any) -> Any:
    """What the node refers to, if it is a reference; itself otherwise."""
    while "$ref" in node:
        target: Any = CONTRACT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def _operations() -> Iterator[Operation]:
    for path, item in CONTRACT["paths"].items():
        for method in [name for name in item if name in _METHODS]:
            definition = item[method]
            references = [*item.get("parameters", []), *definition.get("parameters", [])]
            yield Operation(method.upper(), path, definition, tuple(map(resolved, references)))


OPERATIONS: Final = {(each.method, each.path): each for each in _operations()}


def operation_at(method: str, path: str) -> Operation:
    """The operation that this path leads to. Raises `KeyError`."""
    if (method, path) in OPERATIONS:
        return OPERATIONS[method, path]
    folder, _, _ = path.rpartition("/")
    (template,) = {each for _, each in OPERATIONS if each.startswith(f"{folder}/{{")}
    return OPERATIONS[method, template]


def nodes(node: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every object and list in it, with its JSON pointer."""
    yield pointer, node
    named = node.items() if isinstance(node, dict) else enumerate(node)
    for name, value in named:
        if isinstance(value, dict | list):
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from nodes(value, f"{pointer}/{step}")


def faults(schema: Mapping[str, Any], value: Any) -> list[str]:
    """What is wrong with the value, if anything is. References are those of the contract."""
    found = _validator(json.dumps(schema)).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in found]


@cache
def _validator(schema: str) -> Any:
    with_whole_references = schema.replace('"$ref": "#', f'"$ref": "{_URI}#')
    return OAS31Validator(
        json.loads(with_whole_references), registry=_REGISTRY, format_checker=oas31_format_checker
    )
