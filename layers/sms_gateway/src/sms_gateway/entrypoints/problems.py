"""Errors as callers see them: `application/problem+json` (RFC 9457) with a stable type."""

import json
from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from sms_gateway.domain.errors import FieldError, GatewayError

CONTENT_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:problem-type:sms-gateway:"
RETRY_AFTER_SECONDS: Final = 5

_STATUS: Final = {
    "malformed-request": HTTPStatus.BAD_REQUEST,
    "forbidden": HTTPStatus.FORBIDDEN,
    "route-not-found": HTTPStatus.NOT_FOUND,
    "message-not-found": HTTPStatus.NOT_FOUND,
    "blank-text": HTTPStatus.UNPROCESSABLE_ENTITY,
    "text-too-long": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unsupported-characters": HTTPStatus.UNPROCESSABLE_ENTITY,
    "invalid-phone-number": HTTPStatus.UNPROCESSABLE_ENTITY,
    "country-not-allowed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "number-type-not-allowed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "already-tried": HTTPStatus.CONFLICT,
    "already-too-late": HTTPStatus.UNPROCESSABLE_ENTITY,
    "time-too-far-ahead": HTTPStatus.UNPROCESSABLE_ENTITY,
    "message-id-reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "store-unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "internal-error": HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Every problem there is. A code that is not here is a mistake of ours, and answered 500."""


def problem(code: str, detail: str, **members: Any) -> Response[str]:
    """The answer for one problem; `members` are added to the body."""
    status = _STATUS.get(code, HTTPStatus.INTERNAL_SERVER_ERROR)
    body = {
        "type": f"{TYPE_PREFIX}{code}",
        "title": code.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
        **members,
    }
    unavailable = status is HTTPStatus.SERVICE_UNAVAILABLE
    return Response(
        status_code=status,
        content_type=CONTENT_TYPE,
        body=json.dumps(body),
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)} if unavailable else {},
    )


def problem_for(error: GatewayError) -> Response[str]:
    """The answer for an error the gateway raised on purpose."""
    if isinstance(error, FieldError):
        return problem(error.code, str(error), field=error.field, **error.details)
    return problem(error.code, str(error))
