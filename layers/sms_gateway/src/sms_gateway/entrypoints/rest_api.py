"""What the API functions share: the resolver, CORS, the caller's identity, errors as problems."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, CORSConfig, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.domain.client import Client, Role, digest_identity
from sms_gateway.domain.clock import from_milliseconds
from sms_gateway.domain.errors import (
    ClientLimitError,
    GatewayError,
    OperatorCannotSendError,
    RecipientLimitError,
    StoreUnavailableError,
    TokenExpiredError,
    TokenInvalidError,
    TokenNotAllowedError,
    TokenUsedUpError,
)
from sms_gateway.entrypoints.list_query import operator_only
from sms_gateway.entrypoints.logs import audit, logger
from sms_gateway.entrypoints.metrics import Metric, count
from sms_gateway.entrypoints.problems import problem, problem_for
from sms_gateway.entrypoints.settings import ApiSettings
from sms_gateway.use_cases.ports import Clients

_EXPOSED_HEADERS = ["Idempotent-Replayed", "Retry-After"]
_ALLOWED_HEADERS = ["Idempotency-Key"]
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


class RestApi(APIGatewayRestResolver):
    """A resolver whose every answer says on which headers of the request it depends.

    Powertools leaves `Origin` out: a cache would hand the answer for one origin to the pages of
    another (Fetch standard, "CORS protocol and HTTP caches"). API Gateway compresses long answers,
    and leaves `Accept-Encoding` out.

    Under `/page` every origin can read the answer, where any origin is allowed at all: a page that
    is not allowed to send has to read that (`token-not-allowed`, `Origin`). What an answer holds,
    the access token decides, which knows its origins itself.
    """

    _readable_by_all: Final = CORSConfig(
        "*",
        allow_headers=_ALLOWED_HEADERS,
        expose_headers=_EXPOSED_HEADERS,
        max_age=_PREFLIGHT_KEPT_SECONDS,
    )

    def resolve(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        """The answer, as API Gateway takes it from a Lambda proxy integration."""
        answer = super().resolve(event, context)
        answer["multiValueHeaders"]["Vary"] = ["Origin, Accept-Encoding"]
        if self._cors and str(event.get("resource", "")).startswith(_FOR_PAGES):
            for name, value in self._readable_by_all.to_dict("*").items():
                answer["multiValueHeaders"].setdefault(name, [value])
        return answer


class Routes(APIGatewayRouter):
    """The routes of a function, before there is an API that serves them."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Powertools leaves its type out


def rest_api(settings: ApiSettings, routes: Routes) -> RestApi:
    """A resolver of these routes that answers every error with a problem document."""
    api = RestApi(
        cors=_cors(settings.origins),
        # A custom domain's base path stands in the event's path, before the route.
        strip_prefixes=[settings.base_path] if settings.base_path else None,
    )
    api.exception_handler(GatewayError)(_on_gateway_error)
    api.exception_handler(NotFoundError)(_on_unknown_route)
    api.exception_handler(Exception)(_on_surprise)
    api.include_router(routes)
    return api


def _cors(origins: tuple[str, ...]) -> CORSConfig | None:
    if not origins:
        return None
    return CORSConfig(
        origins[0],
        extra_origins=list(origins[1:]),
        allow_headers=_ALLOWED_HEADERS,
        expose_headers=_EXPOSED_HEADERS,
        max_age=_PREFLIGHT_KEPT_SECONDS,
    )


def api_address(event: APIGatewayProxyEvent) -> str:
    """The address of the API that the caller used: all but the route, without a `/` at the end."""
    context = event.request_context
    before_the_route = (context.path or "").removesuffix(event.resource)
    return f"https://{context.domain_name}{before_the_route}"


def key_identity(event: APIGatewayProxyEvent) -> str:
    """The API key's id; where the platform does not tell it, `digest_identity`.

    Raises:
        ForbiddenError: there is no key at all; API Gateway should not have let this through.
    """
    key_id = event.request_context.identity.api_key_id
    if key_id:
        return key_id
    key = event.headers.get("x-api-key")
    if not key:
        raise ForbiddenError(
            "The request has no API key of this API. Send one in the header x-api-key."
        )
    return digest_identity(key)


def caller(event: APIGatewayProxyEvent, clients: Clients) -> Client:
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


def message_owner(event: APIGatewayProxyEvent, clients: Clients) -> str:
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


def operator(event: APIGatewayProxyEvent, clients: Clients) -> Client:
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


def log_for(client: Client) -> Callable[..., None]:
    """What writes a line, with fields by name, about a thing that this client did.

    That of an operator is written whatever `LogLevel` is.
    """
    return audit if client.role is Role.OPERATOR else logger.info


def received_at(event: APIGatewayProxyEvent) -> datetime | None:
    """When API Gateway got the request, which can be seconds before a function starts on it."""
    milliseconds = event.request_context.request_time_epoch
    return from_milliseconds(milliseconds) if milliseconds else None


def path_value(text: str) -> str:
    """A value from the path as the caller meant it.

    API Gateway's REST APIs hand the path over as it was sent, `%2B40…` say, and Powertools routes
    it without a change. (A `+` in a path is a plus, unlike in a query.)
    """
    return unquote(text)


def count_refusal(error: GatewayError) -> None:
    """What the guards keep out is counted: a stolen key shows there first."""
    if name := _KEPT_OUT.get(error.code):
        count(name)


class ForbiddenError(GatewayError):
    """The request carries no API key."""

    code = "forbidden"


def _on_gateway_error(error: GatewayError) -> Response[Any]:
    if isinstance(error, StoreUnavailableError):
        logger.warning("the gateway's storage did not answer", exc_info=error)
        count(Metric.STORE_UNAVAILABLE)
    else:
        logger.info("request refused", extra={"code": error.code})
        count_refusal(error)
    return problem_for(error)


def _on_unknown_route(_: NotFoundError) -> Response[Any]:
    return problem("route-not-found", "There is no such route. GET /openapi.json lists the routes.")


def _on_surprise(error: Exception) -> Response[Any]:
    logger.exception("unexpected error", exc_info=error)
    count(Metric.UNEXPECTED_ERROR)
    return problem(
        "internal-error",
        "The gateway failed and might have stored the message. Repeat the request with the same"
        " messageId.",
    )
