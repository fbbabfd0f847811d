"""The contract as the gateway keeps it today: narrower than it is published.

Published schemas leave room, so that a client made of them goes on when a field is added, and so
that generators understand them (docs/decisions/2026-11-27-a-contract-for-generators.md). Answers of
this release have nothing beside what is described, and hold together in the ways written here.
"""

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

PROBLEM_TYPE: Final = "urn:problem-type:sms-gateway:"
OPEN: Final = {"Contract", "Metadata"}
"""Objects that have fields of other people's making."""
REQUIRED_WITH: Final = {
    "field": {
        "invalid-phone-number",
        "country-not-allowed",
        "number-type-not-allowed",
        "prefix-not-allowed",
        "suppressed",
        "blank-text",
        "mis-decoded-text",
        "unsupported-characters",
        "text-too-long",
        "time-too-far-ahead",
        "already-too-late",
        "token-not-allowed",
        "token-too-long",
        "origin-not-allowed",
        "too-much-metadata",
    },
    "septets": {"text-too-long"},
    "maxSeptets": {"text-too-long"},
    "unsupportedCharacters": {"unsupported-characters"},
    "misDecodedCharacters": {"mis-decoded-text"},
    "retryAfter": {"recipient-limit-reached", "client-limit-reached", "store-unavailable"},
    "numberType": {"number-type-not-allowed"},
}
"""Members of a problem, and the problems that always have them."""
ALLOWED_WITH: Final = {"country": {"country-not-allowed"}}
"""Members that these problems have if the gateway knows them."""
ALSO_OTHERS: Final = {"field"}
"""Members that other problems have as well, now and then."""
EITHER: Final = {
    "BatchResult": [["message", "replayed"], ["problem"]],
    "PreviewResult": [["preview"], ["problem"]],
}
"""Objects with the fields of one of the lists, and none of the others'."""
IN_A_BATCH: Final = {
    "BatchResult": [
        "malformed-request",
        "invalid-phone-number",
        "country-not-allowed",
        "number-type-not-allowed",
        "prefix-not-allowed",
        "suppressed",
        "blank-text",
        "mis-decoded-text",
        "unsupported-characters",
        "text-too-long",
        "time-too-far-ahead",
        "already-too-late",
        "message-id-reused",
        "recipient-limit-reached",
        "client-limit-reached",
        "store-unavailable",
    ],
    "PreviewResult": ["malformed-request"],
}
"""The problems that one message of a batch can have."""
MAX_LISTED: Final = 20
"""Characters that a preview in a batch lists at most."""


def strict(published: Mapping[str, Any]) -> dict[str, Any]:
    """The same contract, with schemas of answers that allow no more than the gateway answers."""
    document = copy.deepcopy(dict(published))
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        if schema.get("type") == "object" and name not in OPEN:
            schema["additionalProperties"] = False
    schemas["Problem"]["allOf"] = list(_conditions())
    for name, choices in EITHER.items():
        schemas[name]["oneOf"] = [
            {
                "required": of,
                "properties": dict.fromkeys(schemas[name]["properties"].keys() - of, False),
            }
            for of in choices
        ]
        schemas[name]["properties"]["problem"] = _problem(IN_A_BATCH[name])
    _narrow_the_rest(schemas)
    for response in _problem_responses(document):
        content = response["content"]["application/problem+json"]
        codes = list(content["examples"])
        status = document["components"]["examples"]
        first = content["examples"][codes[0]]["$ref"].rpartition("/")[2]
        content["schema"] = _problem(codes, status[first]["value"]["status"])
    return document


def _narrow_the_rest(schemas: dict[str, Any]) -> None:
    schemas["PreviewResult"]["properties"]["preview"] = {
        "allOf": [
            {"$ref": "#/components/schemas/Preview"},
            {
                "properties": {
                    name: {"maxItems": MAX_LISTED}
                    for name in ("changedCharacters", "unsupportedCharacters")
                }
            },
        ]
    }
    rules = len(schemas["Rule"]["enum"])
    schemas["Preview"]["properties"]["rules"] |= {"minItems": rules, "maxItems": rules}
    schemas["Verdict"] |= {
        "if": {"properties": {"verdict": {"const": "failed"}}},
        "then": {"required": ["problem"]},
        "else": {"properties": {"problem": False}},
    }
    schemas["Verdict"]["properties"]["problem"] = {
        "allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"properties": {"status": {"const": 422}}},
        ]
    }
    schemas["Provider"] |= {
        "if": {"properties": {"available": {"const": True}}},
        "then": {"properties": {"reason": False, "since": False, "nextPingAt": False}},
        "else": {"required": ["reason", "since"]},
    }
    schemas["Statistics"] |= {
        "if": {"properties": {"statuses": {"const": None}}},
        "then": {"properties": {"statusesReason": {"type": "string"}}},
        "else": {"properties": {"statusesReason": {"const": None}}},
    }
    # An item that cannot be read gets a problem of its own and is no reason to refuse the request.
    schemas["BatchRequest"]["properties"]["messages"]["items"] = {
        "anyOf": [{"$ref": "#/components/schemas/SendRequest"}, {}]
    }


def _conditions() -> Iterator[dict[str, Any]]:
    for member, codes in REQUIRED_WITH.items():
        condition: dict[str, Any] = {"if": _of(codes), "then": {"required": [member]}}
        if member not in ALSO_OTHERS:
            condition["else"] = {"properties": {member: False}}
        yield condition
    for member, codes in ALLOWED_WITH.items():
        yield {"if": _of(codes), "else": {"properties": {member: False}}}


def _of(codes: set[str]) -> dict[str, Any]:
    return {"properties": {"type": {"enum": sorted(PROBLEM_TYPE + code for code in codes)}}}


def _problem(codes: list[str], status: int | None = None) -> dict[str, Any]:
    narrowed: dict[str, Any] = {"type": {"enum": [PROBLEM_TYPE + code for code in codes]}}
    if status is not None:
        narrowed["status"] = {"const": status}
    return {"allOf": [{"$ref": "#/components/schemas/Problem"}, {"properties": narrowed}]}


def _problem_responses(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    operations = [
        operation
        for path in document["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict)
    ]
    responses = [each for operation in operations for each in operation["responses"].values()]
    for response in [*responses, *document["components"]["responses"].values()]:
        if "application/problem+json" in response.get("content", {}):
            yield response
