"""The body of an HTTP event as bytes."""

import base64
from typing import Final

from sms_gateway.domain.errors import BodyTooLargeError, MalformedRequestError
from sms_gateway.entrypoints.api_event import ApiEvent

MAX_REQUEST_BYTES: Final = 1024 * 1024
"""The longest request: a hundred messages of the greatest length, and some to spare."""


def body_bytes(body: str | None, *, is_base64: bool) -> bytes:
    """What was sent. Function URLs hand form bodies over base64-encoded.

    Raises:
        MalformedRequestError: the platform's encoding does not hold (hand-made events only).
    """
    if not is_base64:
        return (body or "").encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body or "", validate=True)
    except ValueError as error:
        raise MalformedRequestError(
            "body", "The body is not valid base64. Encode it anew."
        ) from error


def request_body(event: ApiEvent) -> bytes:
    """The body of an API request.

    Raises:
        BodyTooLargeError: it is longer than `MAX_REQUEST_BYTES`.
        MalformedRequestError: as `body_bytes`.
    """
    body = body_bytes(event.body, is_base64=event.is_base64_encoded)
    if len(body) > MAX_REQUEST_BYTES:
        raise BodyTooLargeError(
            "The body is longer than the gateway accepts (1 MiB). Send fewer messages in one"
            " request."
        )
    return body
