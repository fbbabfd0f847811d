"""The readable side of the contract: docs/api.md, made from openapi.yaml (`make docs`).

A test fails when the page says something else than the contract.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from pages.contract import contract
from pages.markdown import anchor, head, row
from tools.repository import ROOT

PAGE: Final = ROOT / "docs" / "api.md"

_METHODS: Final = ("get", "put", "post", "delete")
_LINE: Final = 96
_INTRODUCTION: Final = """\
Made from [openapi.yaml](../openapi.yaml) by `make docs`; do not edit. The gateway serves the same
contract at `GET /openapi.json`, without a key, for programs that make clients of it.

In the examples `$API` is the output `ApiUrl` of the stack, `$KEY` an API key, `$TOKEN` an access
token, and `$ORIGIN` the origin of its page.
"""
_ANSWERED_BY: Final = {
    "gateway": "the gateway",
    "api-gateway": "API Gateway, and the gateway is not called",
    "both": "either",
}

Json = Mapping[str, Any]


def page(document: Json) -> str:
    """The whole page, in Markdown."""
    reference = _Reference(document)
    lines = [
        f"# {document['info']['title']}: API",
        "",
        _INTRODUCTION,
        document["info"]["description"],
        *reference.routes(),
        *(line for tag in document["tags"] for line in reference.chapter(tag)),
        "## Objects",
        "",
        *(line for name in reference.schemas for line in reference.object(name)),
        *reference.problems(),
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def pretty(value: Any, indent: int = 0) -> str:
    """JSON for people: what fits on a line stays on one."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or len(line) + indent <= _LINE:
        return line
    inner = indent + 2
    if isinstance(value, dict):
        entries = [f"{json.dumps(name)}: {pretty(each, inner)}" for name, each in value.items()]
    else:
        entries = [pretty(each, inner) for each in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    body = ",\n".join(" " * inner + entry for entry in entries)
    return f"{opening}\n{body}\n{' ' * indent}{closing}"


class _Reference:
    """The parts of the page."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self.schemas: Json = document["components"]["schemas"]

    # --- operations ---------------------------------------------------------------------------

    def routes(self) -> Iterator[str]:
        yield from ("", "## Routes", "", *head("route", "does"))
        for method, path, operation in self._operations():
            summary = operation["summary"]
            yield row(f"`{method} {path}`", f"[{summary}](#{anchor(summary)})")

    def chapter(self, tag: Json) -> Iterator[str]:
        yield from ("", f"## {tag['name']}", "", f"{tag['description'].rstrip('.')}.", "")
        for method, path, operation in self._operations():
            if tag["name"] in operation["tags"]:
                yield from self._operation(method, path, operation)

    def _operations(self) -> Iterator[tuple[str, str, Json]]:
        for path, item in self._document["paths"].items():
            for method in (name for name in item if name in _METHODS):
                parameters = [*item.get("parameters", []), *item[method].get("parameters", [])]
                yield method.upper(), path, {**item[method], "parameters": parameters}

    def _operation(self, method: str, path: str, operation: Json) -> Iterator[str]:
        yield from (f"### {operation['summary']}", "")
        yield from (f"`{method} {path}` (operation `{operation['operationId']}`)", "")
        yield from (operation["description"], "")
        parameters = [self._resolved(each) for each in operation["parameters"]]
        if parameters:
            yield from head("parameter", "in", "type", "")
            for each in parameters:
                yield row(
                    _name(each["name"], required=each.get("required", False)),
                    each["in"],
                    self._type(each["schema"]),
                    each["description"],
                )
            yield ""
        operation = {**operation, "parameters": parameters}
        requests: list[Json | None] = [None]
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]["application/json"]
            yield from (f"Body: {self._type(content['schema'])}.", "")
            requests = [self._resolved(each) for each in content["examples"].values()]
        for request in requests:
            if request and len(requests) > 1:
                yield from (f"{request['summary']}:", "")
            yield from ("```sh", _curl(method, path, operation, request), "```", "")
        yield from self._answers(operation)

    def _answers(self, operation: Json) -> Iterator[str]:
        responses = {
            status: self._resolved(each) for status, each in operation["responses"].items()
        }
        yield from head("status", "", "body")
        for status, response in responses.items():
            headers = ", ".join(f"`{name}`" for name in response.get("headers", {}))
            what = response["description"] + (f" (header {headers})" if headers else "")
            yield row(status, what, self._body(response))
        yield ""
        for status, response in responses.items():
            if status.startswith("2") and "content" in response:
                for example in response["content"]["application/json"].get("examples", {}).values():
                    shown = self._resolved(example)
                    yield from (f"{shown['summary']}:", "")
                    yield from ("```json", pretty(shown["value"]), "```", "")

    def _body(self, response: Json) -> str:
        if "content" not in response:
            return "none"
        ((media_type, content),) = response["content"].items()
        if media_type == "application/json":
            return self._type(content["schema"])
        return ", ".join(f"`{code}`" for code in content["examples"])

    # --- objects ------------------------------------------------------------------------------

    def object(self, name: str) -> Iterator[str]:
        schema = self.schemas[name]
        yield from ("", f"### {name}", "", _sentence(schema["description"]), "")
        if "properties" not in schema:
            if not all(f"`{value}`" in schema["description"] for value in schema.get("enum", [0])):
                yield from (f"Type: {self._type(schema)}.", "")
            return
        yield from head("field", "type", "")
        for field, definition in schema["properties"].items():
            yield row(
                _name(field, required=field in schema.get("required", [])),
                self._type(definition),
                definition.get("description", self._described(definition)),
            )
        yield ""

    def _described(self, definition: Json) -> str:
        """What the schema that the field refers to says, if it fits into a row."""
        description: str = self._resolved(definition).get("description", "")
        return description.partition("\n\n")[0].strip()

    def problems(self) -> Iterator[str]:
        yield from ("", "## Problems", "")
        prefix = _common_prefix(self.schemas["ProblemType"]["enum"])
        yield from (f"`type` is `{prefix}` and one of these codes.", "")
        yield from head("code", "status", "means", "answered by")
        for example in self._problem_examples():
            yield row(
                f"`{example['value']['type'].removeprefix(prefix)}`",
                example["value"]["status"],
                example["summary"],
                _ANSWERED_BY[example["x-answered-by"]],
            )
        fullest = max(self._problem_examples(), key=lambda example: len(example["value"]))
        yield from ("", "A whole one:", "", "```json", pretty(fullest["value"]), "```")

    def _problem_examples(self) -> list[Json]:
        examples = self._document["components"]["examples"].values()
        return [each for each in examples if "x-answered-by" in each]

    def _type(self, schema: Json) -> str:
        """The type in a few words, with links."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return f"[{name}](#{anchor(name)})"
        for several in ("allOf", "anyOf"):
            if several in schema and "type" not in schema:
                or_null = " or `null`" if {"type": "null"} in schema[several] else ""
                return self._type(schema[several][0]) + or_null
        return self._own_type(schema)

    def _own_type(self, schema: Json) -> str:
        if schema["type"] == "array":
            return f"list of {self._type(schema['items'])}{_bounds(schema, 'Items')}"
        if isinstance(schema.get("additionalProperties"), dict):
            inner = self._type({**schema["additionalProperties"], "pattern": None})
            names = _bounds(schema["propertyNames"], "Length", " of")
            return f"object{_bounds(schema, 'Properties')}; names{names} characters, values {inner}"
        if "enum" in schema and schema["type"] == "string":
            if schema["enum"][0].startswith("urn:"):
                return "one of the [problems](#problems)"
            return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
        return _plain_type(schema)

    def _resolved(self, node: Json) -> Json:
        while "$ref" in node:
            target: Any = self._document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node


def _plain_type(schema: Json) -> str:
    words = "time (RFC 3339)" if schema.get("format") == "date-time" else str(schema["type"])
    if length := _bounds(schema, "Length"):
        words += f"{length} characters" if "maxLength" in schema else ", not empty"
    words += _bounds(schema, "imum")
    if schema.get("pattern"):
        words += f", `{schema['pattern']}`"
    if "default" in schema:
        words += f", default {json.dumps(schema['default'])}"
    return words


def _bounds(schema: Json, what: str, between: str = ",") -> str:
    """`, 1 to 64` of `minLength` and `maxLength`, as far as they are there."""
    least, most = schema.get(f"min{what}"), schema.get(f"max{what}")
    if least is None and most is None:
        return ""
    if most is None:
        return f"{between} at least {least}"
    if least is None:
        return f"{between} at most {most}"
    return f"{between} {least} to {most}" if least != most else f"{between} always {most}"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "|")) else f"{text}."


def _curl(method: str, path: str, operation: Json, request: Json | None) -> str:
    examples = {each["name"]: each for each in operation["parameters"] if "example" in each}
    for name, each in examples.items():
        path = path.replace(f"{{{name}}}", quote(str(each["example"]), safe="+"))
    query = {name: each["example"] for name, each in examples.items() if each["in"] == "query"}
    url = path + (f"?{urlencode(query)}" if query else "")
    verb = "" if method == "GET" or (method == "POST" and request) else f" -X {method}"
    who = {None: ' -H "x-api-key: $KEY"', "[]": ""}.get(
        None if "security" not in operation else str(operation["security"]),
        ' -H "Authorization: Bearer $TOKEN" -H "Origin: $ORIGIN"',
    )
    command = f'curl -s{verb} "$API{url}"{who}'
    if request is None:
        return command
    body = pretty(request["value"]).replace("'", "'\\''")
    return f"{command} -H 'content-type: application/json' \\\n  -d '{body}'"


def _common_prefix(types: Iterable[str]) -> str:
    (prefix,) = {each.rpartition(":")[0] + ":" for each in types}
    return prefix


def _name(name: str, *, required: bool) -> str:
    return f"`{name}` (required)" if required else f"`{name}`"


def write() -> None:
    """Make the page anew."""
    PAGE.write_text(page(contract()), encoding="utf-8")


if __name__ == "__main__":
    write()
