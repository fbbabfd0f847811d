"""A request as API Gateway's REST API hands it over, the answer as it takes one, and the routes.

Powertools' event handler does the same and more, and loads it all: 100 ms of each cold start.
docs/decisions/2026-11-27-what-a-cold-start-loads.md
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aws_lambda_powertools.utilities.typing import LambdaContext

Handler: TypeAlias = Callable[..., "Response"]
"""Takes the request, and by name what stands in the path."""
_Declared: TypeAlias = Callable[[Handler], Handler]


def header_in(headers: Mapping[str, str] | None, name: str) -> str | None:
    """The header's value; the case of its name makes no difference."""
    wanted = name.lower()
    return next((value for key, value in (headers or {}).items() if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class ApiEvent:
    """A request to the API. `raw` is the event, as API Gateway documents it."""

    raw: Mapping[str, Any]
    context: LambdaContext

    @property
    def method(self) -> str:
        """In capital letters."""
        method: str = self.raw["httpMethod"]
        return method.upper()

    @property
    def path(self) -> str:
        """As it was sent: a custom domain's base path is a part of it, and `%2B` is no `+`."""
        path: str = self.raw["path"]
        return path

    @property
    def resource(self) -> str:
        """The path in the template's words: `/messages/{messageId}`."""
        return str(self.raw.get("resource", ""))

    @property
    def body(self) -> str | None:
        """As it was sent, or in base64."""
        body: str | None = self.raw.get("body")
        return body

    @property
    def is_base64_encoded(self) -> bool:
        """Whether `body` is in base64."""
        return bool(self.raw.get("isBase64Encoded"))

    @property
    def parameters(self) -> Mapping[str, Sequence[str]]:
        """All values of every parameter of the query."""
        return self.raw.get("multiValueQueryStringParameters") or {}

    @property
    def told(self) -> Mapping[str, Any]:
        """What API Gateway itself tells of the request: `requestContext`."""
        told: Mapping[str, Any] = self.raw["requestContext"]
        return told

    def header(self, name: str) -> str | None:
        """The header's value; the last one if it was sent more than once."""
        return header_in(self.raw.get("headers"), name)

    def headers_of(self, name: str) -> Sequence[str]:
        """The values of a header that can have been sent more than once."""
        wanted = name.lower()
        headers = (self.raw.get("multiValueHeaders") or {}).items()
        return [value for key, values in headers if key.lower() == wanted for value in values]

    def seconds_left(self) -> float:
        """How long the function may still run."""
        return self.context.get_remaining_time_in_millis() / 1000


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. The content type is a header as well; there is none where there is no body."""

    status: int
    content_type: str | None = None
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Route:
    method: str
    segments: tuple[str, ...]
    handler: Handler

    def values(self, segments: Sequence[str]) -> dict[str, str] | None:
        """What stands in the path where the route has names; `None` if it is not its path."""
        if len(segments) != len(self.segments):
            return None
        values = {}
        for own, given in zip(self.segments, segments, strict=True):
            if own.startswith("<") and given:
                values[own.strip("<>")] = given
            elif own != given:
                return None
        return values


class Routes:
    """The routes of a function: `@routes.get("/messages/<message_id>")`."""

    def __init__(self) -> None:
        self._routes: list[_Route] = []

    def get(self, path: str) -> _Declared:
        """Declare what answers a GET."""
        return self._declare("GET", path)

    def post(self, path: str) -> _Declared:
        """Declare what answers a POST."""
        return self._declare("POST", path)

    def put(self, path: str) -> _Declared:
        """Declare what answers a PUT."""
        return self._declare("PUT", path)

    def delete(self, path: str) -> _Declared:
        """Declare what answers a DELETE."""
        return self._declare("DELETE", path)

    def _declare(self, method: str, path: str) -> _Declared:
        def declare(handler: Handler) -> Handler:
            self._routes.append(_Route(method, _segments(path), handler))
            # A name takes any text, so what is written out goes before it.
            self._routes.sort(key=lambda route: [each.startswith("<") for each in route.segments])
            return handler

        return declare

    @property
    def methods(self) -> frozenset[str]:
        """Those of all routes."""
        return frozenset(route.method for route in self._routes)

    def find(self, method: str, path: str) -> Callable[[ApiEvent], Response] | None:
        """What answers this method on this path. A `/` at its end makes no difference."""
        segments = _segments(path)
        for route in self._routes:
            if route.method == method and (values := route.values(segments)) is not None:
                return _bound(route.handler, values)
        return None


def _bound(handler: Handler, values: Mapping[str, str]) -> Callable[[ApiEvent], Response]:
    return lambda event: handler(event, **values)


def _segments(path: str) -> tuple[str, ...]:
    return tuple(path.rstrip("/").split("/"))
