"""What the fuzzer has to know beyond the contract. (Loaded by Schemathesis, see test_fuzz.py.)"""

import json
from typing import Any, Final
from zlib import crc32

import schemathesis

from tests.support.template import properties, transformed

PREFIX: Final = "+40732"
LONGEST: Final = 64
"""A phone number in the contract; what is longer has to stay wrong."""
LONGEST_TEXT: Final = 2000
"""The same for a text."""


def _gateway_responses() -> dict[int, dict[str, Any]]:
    """What the template has API Gateway answer by itself, by status."""
    (api,) = properties(transformed(), "AWS::ApiGateway::RestApi").values()
    answers = api["Body"]["x-amazon-apigateway-gateway-responses"]
    return {
        403: answers["INVALID_API_KEY"],
        404: answers["MISSING_AUTHENTICATION_TOKEN"],
    }


_ANSWERS: Final = _gateway_responses()


@schemathesis.hook
def after_call(_: Any, __: Any, response: schemathesis.Response) -> None:
    """The local AWS drops gateway responses: put in what AWS would answer by the template."""
    if set(_json(response.content)) != {"message"} or response.status_code not in _ANSWERS:
        return
    answer = _ANSWERS[response.status_code]
    (template,) = answer["responseTemplates"].values()
    response.content = template.encode()
    response.headers["content-type"] = ["application/problem+json"]


@schemathesis.hook
def map_body(_: Any, body: Any) -> Any:
    """Make about half of the made-up messages such that they can be sent."""
    if isinstance(body, dict):
        items = body.get("messages")
        if isinstance(items, list):  # an item may be anything, so it may be something good
            body["messages"] = [_sendable(item) if _heads(item) else item for item in items]
        elif _is_made_up(body) and _heads(body):
            body |= _sendable(body)
    return body


@schemathesis.hook
def map_path_parameters(_: Any, values: Any) -> Any:
    """Half of the numbers in a path are numbers; one that comes from a link stays as it is."""
    number = values.get("phoneNumber") if isinstance(values, dict) else None
    if number is not None and not str(number).startswith(PREFIX) and _heads(values):
        values["phoneNumber"] = _sendable(values)["phoneNumber"]
    return values


def _heads(value: Any) -> bool:
    """One half of all values, always the same one."""
    return crc32(repr(value).encode()) % 2 == 0


def _sendable(value: Any) -> dict[str, Any]:
    return {
        "phoneNumber": f"{PREFIX}{crc32(repr(value).encode()) % 1_000_000:06}",
        "message": "Fuzzed",
    }


def _is_made_up(message: dict[str, Any]) -> bool:
    """Whether number and text are what the contract allows: what is wrong has to stay wrong."""
    number, text = message.get("phoneNumber"), message.get("message")
    if not (isinstance(number, str) and isinstance(text, str)):
        return False
    return 0 < len(number) <= LONGEST and len(text) <= LONGEST_TEXT


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return ()
