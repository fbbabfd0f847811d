"""The body of an HTTP event as bytes."""

import base64

from sms_gateway.domain.errors import MalformedRequestError


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
        raise MalformedRequestError("body", "The body is not valid base64.") from error
