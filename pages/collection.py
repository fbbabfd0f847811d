"""The contract's requests for Postman and what reads its format: docs/collection (`make docs`).

A test fails when the file says something else than the contract. Keys and tokens are variables,
so the file holds none.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from pages.api_reference import pretty
from pages.contract import contract
from tools.repository import ROOT

FILE: Final = ROOT / "docs" / "collection" / "sms-gateway.postman_collection.json"
FORMAT: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

_METHODS: Final = ("get", "put", "post", "delete")
_DESCRIPTION: Final = """\
Made from openapi.yaml; do not edit. Set the variables `url` (the output `ApiUrl` of the stack)
and `key` (an API key), in an environment that you do not share.

"""

Json = Mapping[str, Any]


def collection(document: Json) -> dict[str, Any]:
    """The collection of format 2.1: a folder for each tag, and a request for each operation.

    An operation that has several examples of its body has a request for each of them.
    """
    return _Collection(document).whole()


class _Collection:
    def __init__(self, document: Json) -> None:
        self._document = document
        self._schemes: Json = document["components"]["securitySchemes"]

    def whole(self) -> dict[str, Any]:
        info = self._document["info"]
        (default,) = self._document["security"]
        server = self._document["servers"][0]
        url = server["url"]
        for name, variable in server.get("variables", {}).items():
            url = url.replace(f"{{{name}}}", variable["default"])
        return {
            "info": {
                "name": info["title"],
                "description": _DESCRIPTION + info["description"],
                "version": info["version"],
                "schema": FORMAT,
            },
            "auth": self._auth(default),
            "variable": [
                {"key": "url", "value": url, "type": "string"},
                *(
                    {"key": variable, "value": "", "type": "string"}
                    for variable in [*map(_variable, self._schemes.values()), "origin"]
                ),
            ],
            "item": [
                {
                    "name": tag["name"],
                    "description": tag["description"],
                    "item": list(self._items(tag["name"])),
                }
                for tag in self._document["tags"]
            ],
        }

    def _items(self, tag: str) -> Iterator[dict[str, Any]]:
        for path, item in self._document["paths"].items():
            for method in (name for name in item if name in _METHODS):
                operation = item[method]
                if tag not in operation["tags"]:
                    continue
                parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
                found = [self._resolved(each) for each in parameters]
                bodies = self._bodies(operation)
                for body in bodies:
                    name = operation["summary"]
                    if body and len(bodies) > 1:
                        name += f": {body['summary']}"
                    request = self._request(method, path, operation, found, body)
                    yield {"name": name, "request": request, "response": []}

    def _bodies(self, operation: Json) -> list[Json] | list[None]:
        """The examples of its body, or `None` as the only one if it has no body."""
        if "requestBody" not in operation:
            return [None]
        examples = operation["requestBody"]["content"]["application/json"]["examples"]
        return [self._resolved(each) for each in examples.values()]

    def _request(
        self, method: str, path: str, operation: Json, parameters: list[Json], body: Json | None
    ) -> dict[str, Any]:
        request: dict[str, Any] = {
            "method": method.upper(),
            "header": [_header(each) for each in parameters if each["in"] == "header"],
            "url": _url(path, parameters),
            "description": operation["description"],
        }
        if "security" in operation:
            ways = operation["security"]
            request["auth"] = self._auth(ways[0]) if ways else {"type": "noauth"}
            if ways:  # a token is for a page, and a page has an origin
                request["header"].append({"key": "Origin", "value": "{{origin}}"})
        if body:
            request["header"].append({"key": "content-type", "value": "application/json"})
            request["body"] = {
                "mode": "raw",
                "raw": pretty(body["value"]),
                "options": {"raw": {"language": "json"}},
            }
        return request

    def _auth(self, way: Json) -> dict[str, Any]:
        (name,) = way
        scheme = self._schemes[name]
        value = f"{{{{{_variable(scheme)}}}}}"
        if scheme["type"] == "http":
            return {"type": "bearer", "bearer": [_text("token", value)]}
        fields = {"key": scheme["name"], "value": value, "in": scheme["in"]}
        return {"type": "apikey", "apikey": [_text(key, each) for key, each in fields.items()]}

    def _resolved(self, node: Json) -> Json:
        while "$ref" in node:
            target: Any = self._document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node


def _variable(scheme: Json) -> str:
    """What a reader fills in."""
    return "token" if scheme["type"] == "http" else "key"


def _text(key: str, value: str) -> dict[str, str]:
    return {"key": key, "value": value, "type": "string"}


def _header(parameter: Json) -> dict[str, Any]:
    """Switched off: no request needs it, and an id here has to be that of the body."""
    return {**_filled_in(parameter), "disabled": True}


def _url(path: str, parameters: list[Json]) -> dict[str, Any]:
    steps = [
        f":{step[1:-1]}" if step.startswith("{") else step for step in path.strip("/").split("/")
    ]
    url: dict[str, Any] = {"host": ["{{url}}"], "path": steps}
    query = [
        {**_filled_in(each), **({} if "example" in each else {"disabled": True})}
        for each in parameters
        if each["in"] == "query"
    ]
    for each in query:
        each["value"] = quote(each["value"], safe="")
    if query:
        url["query"] = query
    if variables := [_filled_in(each) for each in parameters if each["in"] == "path"]:
        url["variable"] = variables
    asked = "&".join(f"{each['key']}={each['value']}" for each in query if "disabled" not in each)
    return {"raw": f"{{{{url}}}}/{'/'.join(steps)}" + (f"?{asked}" if asked else ""), **url}


def _filled_in(parameter: Json) -> dict[str, Any]:
    return {
        "key": parameter["name"],
        "value": str(parameter.get("example", "")),
        "description": parameter["description"],
    }


def as_json(made: Json) -> str:
    """The file's content, which a person can compare with another version of it."""
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def write() -> None:
    """Make the file anew."""
    FILE.write_text(as_json(collection(contract())), encoding="utf-8")


if __name__ == "__main__":
    write()
