"""A function that does nothing, in the place of `send`: what the local AWS itself costs.

It is no part of the template. `POST /messages` of the deployed API leads to it for the length of a
block, so key, usage plan, throttles, route and event are those that `send` gets.
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from local.stack import LocalStack

_NAME: Final = "load-empty"
_METHOD: Final = "POST"
_PATH: Final = "/messages"
# The line is not for show: MiniStack waits 50 ms for one before it hands an answer on, and `send`
# writes one.
_CODE: Final = """\
def handler(event, context):
    print("{}")
    return {"statusCode": 202, "body": ""}
"""


@dataclass(frozen=True, slots=True)
class EmptyFunction:
    """The function, and the route that can lead to it."""

    api_gateway: Any
    integration: dict[str, str]
    uri_of_send: str
    uri: str

    @contextmanager
    def in_place_of_send(self) -> Iterator[None]:
        """The route leads to the empty function. The local AWS needs no deployment for that."""
        self._lead_to(self.uri)
        try:
            yield
        finally:
            self._lead_to(self.uri_of_send)

    def _lead_to(self, uri: str) -> None:
        change = {"op": "replace", "path": "/uri", "value": uri}
        self.api_gateway.update_integration(**self.integration, patchOperations=[change])


@contextmanager
def empty_function(stack: LocalStack) -> Iterator[EmptyFunction]:
    """Create it with the runtime, memory and time-out of `send`; take it away at the end."""
    api_gateway, functions = stack.aws("apigateway"), stack.aws("lambda")
    api = stack.stack_outputs["ApiId"]
    pages = api_gateway.get_paginator("get_resources").paginate(restApiId=api)
    (route,) = (each for page in pages for each in page["items"] if each["path"] == _PATH)
    integration = {"restApiId": api, "resourceId": route["id"], "httpMethod": _METHOD}
    uri: str = api_gateway.get_integration(**integration)["uri"]
    arn = uri.partition("/functions/")[2].removesuffix("/invocations")
    send = functions.get_function_configuration(FunctionName=arn)
    created = functions.create_function(
        FunctionName=_NAME,
        Handler="empty.handler",
        Code={"ZipFile": _zipped()},
        **{name: send[name] for name in ("Role", "Runtime", "MemorySize", "Timeout")},
    )
    try:
        replaced = uri.replace(arn, created["FunctionArn"])
        yield EmptyFunction(api_gateway, integration, uri, replaced)
    finally:
        functions.delete_function(FunctionName=_NAME)


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("empty.py", _CODE)
    return packed.getvalue()
