"""Errors as callers see them: `application/problem+json` (RFC 9457) with a stable type."""

import json
import math
from http import HTTPStatus
from typing import Any, Final

from sms_gateway.domain.errors import (
    FieldError,
    GatewayError,
    LimitReachedError,
    StoreUnavailableError,
    UnreadableRowError,
)
from sms_gateway.entrypoints.api_event import Response

CONTENT_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:problem-type:sms-gateway:"
RETRY_AFTER_SECONDS: Final = 5

_INTERNAL_ERROR: Final = (HTTPStatus.INTERNAL_SERVER_ERROR, "Internal error")
PROBLEMS: Final = {
    "malformed-request": (HTTPStatus.BAD_REQUEST, "Request cannot be read"),
    "forbidden": (HTTPStatus.FORBIDDEN, "API key missing or not allowed to do this"),
    "operator-cannot-send": (HTTPStatus.FORBIDDEN, "Operators neither send nor cancel messages"),
    "operator-only": (HTTPStatus.FORBIDDEN, "For operators only"),
    "token-invalid": (HTTPStatus.UNAUTHORIZED, "Access token missing or not valid"),
    "token-expired": (HTTPStatus.UNAUTHORIZED, "Access token expired"),
    "token-not-allowed": (HTTPStatus.FORBIDDEN, "Not allowed by the access token"),
    "token-used-up": (HTTPStatus.FORBIDDEN, "Access token used up"),
    "token-too-long": (HTTPStatus.UNPROCESSABLE_ENTITY, "Access token would be too long"),
    "origin-not-allowed": (HTTPStatus.UNPROCESSABLE_ENTITY, "Origin not allowed"),
    "too-much-metadata": (HTTPStatus.UNPROCESSABLE_ENTITY, "Too many entries of metadata"),
    "route-not-found": (HTTPStatus.NOT_FOUND, "No such route"),
    "message-not-found": (HTTPStatus.NOT_FOUND, "Message not found"),
    "suppression-not-found": (HTTPStatus.NOT_FOUND, "Number not on the do-not-contact list"),
    "body-too-large": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request body too large"),
    "suppressed": (HTTPStatus.UNPROCESSABLE_ENTITY, "Number on the do-not-contact list"),
    "recipient-limit-reached": (HTTPStatus.TOO_MANY_REQUESTS, "Limit for this number reached"),
    "client-limit-reached": (HTTPStatus.TOO_MANY_REQUESTS, "Daily limit of this client reached"),
    "blank-text": (HTTPStatus.UNPROCESSABLE_ENTITY, "Message text is blank"),
    "mis-decoded-text": (HTTPStatus.UNPROCESSABLE_ENTITY, "Text decoded with the wrong code page"),
    "text-too-long": (HTTPStatus.UNPROCESSABLE_ENTITY, "Text too long for one SMS"),
    "unsupported-characters": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Characters that an SMS cannot show",
    ),
    "invalid-phone-number": (HTTPStatus.UNPROCESSABLE_ENTITY, "Invalid phone number"),
    "country-not-allowed": (HTTPStatus.UNPROCESSABLE_ENTITY, "Country not allowed"),
    "number-type-not-allowed": (HTTPStatus.UNPROCESSABLE_ENTITY, "Type of number not allowed"),
    "prefix-not-allowed": (HTTPStatus.UNPROCESSABLE_ENTITY, "Beginning of the number not allowed"),
    "already-tried": (HTTPStatus.CONFLICT, "Too late to cancel the message"),
    "already-too-late": (HTTPStatus.UNPROCESSABLE_ENTITY, "Message expires before it can be sent"),
    "time-too-far-ahead": (HTTPStatus.UNPROCESSABLE_ENTITY, "Time too far ahead"),
    "message-id-reused": (HTTPStatus.UNPROCESSABLE_ENTITY, "messageId used for another message"),
    "store-unavailable": (HTTPStatus.SERVICE_UNAVAILABLE, "Storage does not answer"),
    "internal-error": _INTERNAL_ERROR,
}
"""The status and the title of every problem. Any other code is answered as an internal error."""


def problem_document(code: str, detail: str, **members: Any) -> dict[str, Any]:
    """The problem as a JSON object; `members` are added to it."""
    status, title = PROBLEMS.get(code, _INTERNAL_ERROR)
    return {
        "type": f"{TYPE_PREFIX}{code}",
        "title": title,
        "status": status,
        "detail": detail,
        **members,
    }


def document_for(error: GatewayError) -> dict[str, Any]:
    """The problem document for an error the gateway raised on purpose."""
    members: dict[str, Any] = {}
    detail = str(error)
    if isinstance(error, FieldError):
        members = {"field": error.field, **error.details}
    elif isinstance(error, LimitReachedError):
        members = {"retryAfter": math.ceil(error.retry_after.total_seconds())}
    elif isinstance(error, StoreUnavailableError):
        members = {"retryAfter": RETRY_AFTER_SECONDS}
        if not isinstance(error, UnreadableRowError):  # it says what to do, which is something else
            detail = f"{error} Repeat the request unchanged."
    return problem_document(error.code, detail, **members)


def problem(code: str, detail: str, **members: Any) -> Response:
    """The answer for one problem; `members` are added to the body."""
    return _answer(problem_document(code, detail, **members), {})


def problem_for(error: GatewayError) -> Response:
    """The answer for an error the gateway raised on purpose."""
    document = document_for(error)
    headers: dict[str, str] = {}
    if seconds := document.get("retryAfter"):
        headers["Retry-After"] = str(seconds)
    if document["status"] == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"  # RFC 9110 §15.5.2 asks for it
    return _answer(document, headers)


def _answer(document: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(
        status=document["status"],
        content_type=CONTENT_TYPE,
        body=json.dumps(document),
        headers=headers,
    )
