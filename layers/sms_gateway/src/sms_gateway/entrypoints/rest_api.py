"""What the API functions share: the resolver, CORS, the caller's identity, errors as problems."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.domain.client import Client, Role, digest_identity
from sms_gateway.domain.clock import from_milliseconds
from sms_gateway.domain.errors import (
    ClientLimitError,
    GatewayError,
    OperatorCannotSendError,
    OperatorOnlyError,
    RecipientLimitError,
    StoreUnavailableError,
    TokenExpiredError,
    TokenInvalidError,
    TokenNotAllowedError,
    TokenUsedUpError,
)
from sms_gateway.domain.origin import EVERY_ORIGIN
from sms_gateway.entrypoints.api_event import ApiEvent, Response, Routes
from sms_gateway.entrypoints.call_line import tell
from sms_gateway.entrypoints.logs import audit, logger
from sms_gateway.entrypoints.metrics import Metric, count
from sms_gateway.entrypoints.problems import problem, problem_for
from sms_gateway.entrypoints.settings import ApiSettings
from sms_gateway.use_cases.ports import Clients

_EXPOSED_HEADERS = ["Idempotent-Replayed", "Retry-After"]
_ALLOWED_HEADERS = [
    *("Authorization", "Content-Type", "Idempotency-Key"),
    *("X-Amz-Date", "X-Amz-Security-Token", "X-Api-Key"),
]
_PREFLIGHT_KEPT_SECONDS: Final = 7200
"""Chromium keeps an answer to a preflight request no longer, whatever it is told."""
_FOR_PAGES: Final = "/page/"
_KEPT_OUT: Final = {
    RecipientLimitError.code: Metric.MESSAGE_REFUSED_BY_LIMIT,
    ClientLimitError.code: Metric.MESSAGE_REFUSED_BY_LIMIT,
    "suppressed": Metric.MESSAGE_REFUSED_BY_SUPPRESSION,
    TokenInvalidError.code: Metric.TOKEN_INVALID,
    TokenExpiredError.code: Metric.TOKEN_EXPIRED,
    TokenNotAllowedError.code: Metric.TOKEN_NOT_ALLOWED,
    TokenUsedUpError.code: Metric.TOKEN_USED_UP,
}


@dataclass(frozen=True, slots=True)
class Cors:
    """Which pages of other origins can read an answer, and what they can send."""

    origins: tuple[str, ...]

    def headers_for(self, origin: str | None) -> dict[str, str]:
        """What an answer to a page of this origin says; nothing if it must not read it."""
        if not origin or not {origin, EVERY_ORIGIN}.intersection(self.origins):
            return {}
        return {
            "Access-Control-Allow-Origin": origin if origin in self.origins else EVERY_ORIGIN,
            "Access-Control-Allow-Headers": ",".join(_ALLOWED_HEADERS),
            "Access-Control-Expose-Headers": ",".join(_EXPOSED_HEADERS),
            "Access-Control-Max-Age": str(_PREFLIGHT_KEPT_SECONDS),
        }


@dataclass(frozen=True, slots=True)
class RestApi:
    """Answers requests by the routes, and every error with a problem document.

    Each answer says on which headers of the request it depends: a cache would hand the answer for
    one origin to the pages of another otherwise (Fetch standard, "CORS protocol and HTTP caches").
    API Gateway compresses long answers, and leaves `Accept-Encoding` out.

    Under `/page` every origin can read the answer, where any origin is allowed at all: a page that
    is not allowed to send has to read that (`token-not-allowed`, `Origin`). What an answer holds,
    the access token decides, which knows its origins itself.

    `base_path` is what a custom domain puts before a route.
    """

    routes: Routes
    cors: Cors | None = None
    base_path: str = ""

    def resolve(self, raw: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        """The answer, as API Gateway takes it from a Lambda proxy integration."""
        event = ApiEvent(raw, context)
        response = self._response(event)
        headers = {**response.headers}
        if response.content_type:
            headers.setdefault("Content-Type", response.content_type)
        headers |= self._cors_headers(event)
        headers["Vary"] = "Origin, Accept-Encoding"
        return {
            "statusCode": int(response.status),
            "body": response.body,
            "isBase64Encoded": False,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
        }

    def _response(self, event: ApiEvent) -> Response:
        try:
            answer = self.routes.find(event.method, self._route_path(event.path))
            if answer is not None:
                return answer(event)
        except GatewayError as error:
            return _on_gateway_error(error)
        except Exception as error:  # noqa: BLE001  the caller gets an answer, whatever it is
            return _on_surprise(error)
        if event.method == "OPTIONS" and self.cors:
            methods = ",".join(sorted({*self.routes.methods, "OPTIONS"}))
            return Response(
                HTTPStatus.NO_CONTENT, body="", headers={"Access-Control-Allow-Methods": methods}
            )
        return _on_unknown_route()

    def _cors_headers(self, event: ApiEvent) -> dict[str, str]:
        if self.cors is None:
            return {}
        origin = next(iter(event.headers_of("Origin")), None) or event.header("Origin")
        headers = self.cors.headers_for(origin)
        if event.resource.startswith(_FOR_PAGES):
            return _READABLE_BY_ALL.headers_for(EVERY_ORIGIN) | headers
        return headers

    def _route_path(self, path: str) -> str:
        if self.base_path and f"{path}/".startswith(f"{self.base_path}/"):
            return path.removeprefix(self.base_path)
        return path


_READABLE_BY_ALL: Final = Cors((EVERY_ORIGIN,))


def rest_api(settings: ApiSettings, routes: Routes) -> RestApi:
    """The API of these routes."""
    cors = Cors(settings.origins) if settings.origins else None
    return RestApi(routes, cors, settings.base_path)


def api_address(event: ApiEvent) -> str:
    """The address of the API that the caller used: all but the route, without a `/` at the end."""
    before_the_route = str(event.told.get("path") or "").removesuffix(event.resource)
    return f"https://{event.told.get('domainName')}{before_the_route}"


def key_identity(event: ApiEvent) -> str:
    """The API key's id; where the platform does not tell it, `digest_identity`.

    Raises:
        ForbiddenError: there is no key at all; API Gateway should not have let this through.
    """
    key_id: str | None = event.told["identity"].get("apiKeyId")
    if key_id:
        return key_id
    key = event.header("x-api-key")
    if not key:
        raise ForbiddenError(
            "The request has no API key of this API. Send one in the header x-api-key."
        )
    return digest_identity(key)


def caller(event: ApiEvent, clients: Clients) -> Client:
    """The client that calls. From here on the request's log lines name it, and the id of its key.

    Raises:
        ForbiddenError: there is no key at all.
        StoreUnavailableError: the table does not tell which client the key belongs to.
    """
    key_id = key_identity(event)
    logger.append_keys(key_id=key_id)
    client = clients.of_key(key_id)
    logger.append_keys(client=client.name)
    return client


def message_owner(event: ApiEvent, clients: Clients) -> str:
    """The name of the client that sends, reads or cancels messages with this request.

    Raises:
        ForbiddenError: there is no key at all.
        OperatorCannotSendError: it is an operator's, which never acts as a client.
        StoreUnavailableError: the table does not tell which client the key belongs to.
    """
    client = caller(event, clients)
    if client.role is Role.OPERATOR:
        raise OperatorCannotSendError(
            "This API key belongs to an operator, who neither sends nor cancels messages. Use the"
            " key of a client."
        )
    return client.name


def operator(event: ApiEvent, clients: Clients) -> Client:
    """The operator that looks with this request.

    Raises:
        ForbiddenError: there is no key at all.
        OperatorOnlyError: it is a client's.
        StoreUnavailableError: the table does not tell which client the key belongs to.
    """
    client = caller(event, clients)
    if client.role is not Role.OPERATOR:
        raise operator_only()
    return client


def operator_only() -> OperatorOnlyError:
    """What is wrong with a client's request for what only an operator is allowed to see."""
    return OperatorOnlyError(
        "This API key belongs to a client, which sees its own messages only. Use the key of an"
        " operator."
    )


def log_for(client: Client) -> Callable[..., None]:
    """What writes a line, with fields by name, about a thing that this client did.

    That of an operator is written whatever `LogLevel` is.
    """
    return audit if client.role is Role.OPERATOR else tell


def received_at(event: ApiEvent) -> datetime | None:
    """When API Gateway got the request, which can be seconds before a function starts on it."""
    milliseconds = event.told.get("requestTimeEpoch")
    return from_milliseconds(milliseconds) if milliseconds else None


def path_value(text: str) -> str:
    """A value from the path as the caller meant it.

    API Gateway's REST APIs hand the path over as it was sent, `%2B40…` say, and so it is routed.
    (A `+` in a path is a plus, unlike in a query.)
    """
    return unquote(text)


def count_refusal(error: GatewayError) -> None:
    """What the guards keep out is counted: a stolen key shows there first."""
    if name := _KEPT_OUT.get(error.code):
        count(name)


class ForbiddenError(GatewayError):
    """The request carries no API key."""

    code = "forbidden"


def _on_gateway_error(error: GatewayError) -> Response:
    if isinstance(error, StoreUnavailableError):
        logger.warning("the gateway's storage did not answer", exc_info=error)
        count(Metric.STORE_UNAVAILABLE)
    else:
        tell("request refused", code=error.code)
        count_refusal(error)
    return problem_for(error)


def _on_unknown_route() -> Response:
    return problem("route-not-found", "There is no such route. GET /openapi.json lists the routes.")


def _on_surprise(error: Exception) -> Response:
    logger.exception("unexpected error", exc_info=error)
    count(Metric.UNEXPECTED_ERROR)
    return problem(
        "internal-error",
        "The gateway failed and might have stored the message. Repeat the request with the same"
        " messageId.",
    )
