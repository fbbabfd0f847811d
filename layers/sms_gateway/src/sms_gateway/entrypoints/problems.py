"""Errors as callers see them: `application/problem+json` (RFC 9457) with a stable type."""

import json
import math
from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from sms_gateway.domain.errors import (
    FieldError,
    GatewayError,
    LimitReachedError,
    StoreUnavailableError,
)

CONTENT_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:problem-type:sms-gateway:"
RETRY_AFTER_SECONDS: Final = 5

_STATUS: Final = {
    "malformed-request": HTTPStatus.BAD_REQUEST,
    "forbidden": HTTPStatus.FORBIDDEN,
    "route-not-found": HTTPStatus.NOT_FOUND,
    "message-not-found": HTTPStatus.NOT_FOUND,
    "suppression-not-found": HTTPStatus.NOT_FOUND,
    "body-too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "suppressed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "recipient-limit-reached": HTTPStatus.TOO_MANY_REQUESTS,
    "client-limit-reached": HTTPStatus.TOO_MANY_REQUESTS,
    "blank-text": HTTPStatus.UNPROCESSABLE_ENTITY,
    "mis-decoded-text": HTTPStatus.UNPROCESSABLE_ENTITY,
    "text-too-long": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unsupported-characters": HTTPStatus.UNPROCESSABLE_ENTITY,
    "invalid-phone-number": HTTPStatus.UNPROCESSABLE_ENTITY,
    "country-not-allowed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "number-type-not-allowed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "prefix-not-allowed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "already-tried": HTTPStatus.CONFLICT,
    "already-too-late": HTTPStatus.UNPROCESSABLE_ENTITY,
    "time-too-far-ahead": HTTPStatus.UNPROCESSABLE_ENTITY,
    "message-id-reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "store-unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "internal-error": HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Every problem there is. A code that is not here is a mistake of ours, and answered 500."""


def problem_document(code: str, detail: str, **members: Any) -> dict[str, Any]:
    """The problem as a JSON object; `members` are added to it."""
    return {
        "type": f"{TYPE_PREFIX}{code}",
        "title": code.replace("-", " ").capitalize(),
        "status": _STATUS.get(code, HTTPStatus.INTERNAL_SERVER_ERROR),
        "detail": detail,
        **members,
    }


def document_for(error: GatewayError) -> dict[str, Any]:
    """The problem document for an error the gateway raised on purpose."""
    members: dict[str, Any] = {}
    if isinstance(error, FieldError):
        members = {"field": error.field, **error.details}
    elif isinstance(error, LimitReachedError):
        members = {"retryAfter": math.ceil(error.retry_after.total_seconds())}
    elif isinstance(error, StoreUnavailableError):
        members = {"retryAfter": RETRY_AFTER_SECONDS}
    return problem_document(error.code, str(error), **members)


def problem(code: str, detail: str, **members: Any) -> Response[str]:
    """The answer for one problem; `members` are added to the body."""
    return _answer(problem_document(code, detail, **members), {})


def problem_for(error: GatewayError) -> Response[str]:
    """The answer for an error the gateway raised on purpose."""
    document = document_for(error)
    seconds = document.get("retryAfter")
    return _answer(document, {"Retry-After": str(seconds)} if seconds else {})


def _answer(document: dict[str, Any], headers: dict[str, str]) -> Response[str]:
    return Response(
        status_code=document["status"],
        content_type=CONTENT_TYPE,
        body=json.dumps(document),
        headers=headers,
    )
