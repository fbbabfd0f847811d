"""The contract, and the checks of requests that are made of its own schemas.

`openapi.json` is the repository's openapi.yaml as JSON, because the layer is built from its own
folder alone. Only `make docs` writes it. A check is compiled when it is first needed; what that
costs and why not earlier: docs/decisions/2026-11-22-contract.md.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import fastjsonschema
from fastjsonschema import JsonSchemaValueException

from sms_gateway.domain.errors import MalformedRequestError

LONGEST_NAME: Final = 64
"""Characters that an answer repeats of a name that the caller has made up."""

_CONTRACT: Final[Mapping[str, Any]] = json.loads(
    Path(__file__).with_name("openapi.json").read_text(encoding="utf-8")
)
_ADDRESSES: Final = 8
"""Addresses of the API for which the document is kept: its own and those of custom domains."""


@dataclass(frozen=True, slots=True)
class Document:
    """The contract as `GET /openapi.json` answers it; `etag` changes with the text (RFC 9110).

    It is weak: the same text has other bytes when API Gateway has compressed it.
    """

    text: str
    etag: str


@lru_cache(maxsize=_ADDRESSES)
def document_at(address: str) -> Document:
    """The whole contract, with the address that it was asked at as its only server."""
    server = {"url": address, "description": "The address that this document was asked at"}
    text = json.dumps({**_CONTRACT, "servers": [server]}, ensure_ascii=False, separators=(",", ":"))
    return Document(text, f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"')


def schema(name: str) -> dict[str, Any]:
    """A schema of the contract's components, with everything it refers to put in its place."""
    resolved: dict[str, Any] = _resolved({"$ref": f"#/components/schemas/{name}"})
    return resolved


def envelope(name: str, field: str) -> dict[str, Any]:
    """The schema of an object whose list `field` holds anything: each item is read by itself."""
    of = schema(name)
    return of | {"properties": of["properties"] | {field: of["properties"][field] | {"items": {}}}}


def header_schema(name: str) -> dict[str, Any]:
    """The schema of one of the contract's header parameters."""
    resolved: dict[str, Any] = _resolved({"$ref": f"#/components/parameters/{name}"})["schema"]
    return resolved


def query_schema(path: str) -> dict[str, Any]:
    """The query of `GET` on this path, as the schema of one object."""
    parameters = _resolved(_CONTRACT["paths"][path]["get"]["parameters"])
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [each["name"] for each in parameters if each.get("required")],
        "properties": {each["name"]: each["schema"] for each in parameters},
    }


class Check:
    """A check of values against a schema.

    `what` is what a caller would call one of them. `use_default`: what is not given gets the
    schema's default, where it has one. A field that is `null`, and may be, is not given.
    """

    def __init__(
        self, of: Mapping[str, Any], *, what: str = "field", use_default: bool = False
    ) -> None:
        self._of = of
        self._what = what
        self._use_default = use_default
        self._nullable = nullable_fields(of)

    def load(self) -> None:
        """Compile it now. Otherwise the first values wait for that, some milliseconds."""
        _ = self._validate

    def __call__(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The same values. Raises `MalformedRequestError`, naming the field."""
        try:
            checked: dict[str, Any] = self._validate(without_nulls(values, self._nullable))
        except JsonSchemaValueException as error:
            raise _explained(error, self._what) from error
        return checked

    @cached_property
    def _validate(self) -> Callable[[Any], Any]:
        fields = self._of["properties"]
        fields = fields | {name: fields[name]["anyOf"][0] for name in self._nullable}
        validate: Callable[[Any], Any] = fastjsonschema.compile(
            {**self._of, "properties": fields}, use_default=self._use_default
        )
        return validate


def nullable_fields(of: Mapping[str, Any]) -> frozenset[str]:
    """The fields that a schema allows to be `null`, which means that they are not given."""
    fields = of["properties"].items()
    return frozenset(name for name, each in fields if {"type": "null"} in each.get("anyOf", ()))


def without_nulls(values: Mapping[str, Any], nullable: Collection[str]) -> dict[str, Any]:
    """The values, without those that are `null` and may be."""
    return {
        name: value for name, value in values.items() if value is not None or name not in nullable
    }


def _resolved(node: Any) -> Any:
    if isinstance(node, list):
        return [_resolved(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target: Any = _CONTRACT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return _resolved(target)
    return {name: _resolved(value) for name, value in node.items()}


def _explained(error: JsonSchemaValueException, what: str) -> MalformedRequestError:
    """The validator's finding as a sentence that names the field and shows no value."""
    field = ".".join(map(str, error.path[1:]))[:LONGEST_NAME]
    if error.rule == "required":
        missing = next(name for name in error.rule_definition if name not in error.value)
        return MalformedRequestError(missing, f"{missing} is required. Add it to the request.")
    if error.rule == "additionalProperties":
        names = error.definition["properties"]
        unknown = next(name for name in error.value if name not in names)[:LONGEST_NAME]
        return MalformedRequestError(
            unknown,
            f"Unknown {what}. Known are {', '.join(names)}. Correct its name, or leave it out.",
        )
    if error.rule == "propertyNames":
        return MalformedRequestError(
            field,
            f"{field}: a name is empty, too long, or holds control characters. Choose another"
            " name.",
        )
    not_null = ", not null" if error.value is None else ""
    rule = {
        "type": f"must be of type {error.rule_definition}{not_null}",
        "minLength": "must not be empty",
        "maxLength": f"must not be longer than {error.rule_definition} characters",
        "minimum": f"must not be less than {error.rule_definition}",
        "maximum": f"must not be more than {error.rule_definition}",
        "minItems": "must not be empty",
        "maxItems": f"must not have more than {error.rule_definition} entries",
        "maxProperties": f"must not have more than {error.rule_definition} entries",
        "pattern": _of_pattern(str(error.rule_definition)),
        "format": "must be a time with its zone, such as 2026-12-24T18:00:00+02:00",
        "enum": f"must be one of {error.rule_definition}",
    }[error.rule or "type"]
    return MalformedRequestError(field, f"{field} {rule}.")


def _of_pattern(pattern: str) -> str:
    """Most patterns say what has to be there; a negated class, which characters must not."""
    if pattern.startswith("^[^"):
        return "must not hold control characters, or code points that are no characters"
    return f"must match {pattern}"
