"""The header `Idempotency-Key`: the caller's id of a message, or its name of a batch.

It may be bare, or a string of structured fields (RFC 9651 §3.3.3), as
draft-ietf-httpapi-idempotency-key-header has it: `"8e03978e"`. No character of an id needs a
backslash there. The draft has no parameters, and forbids to send the header twice.
"""

import re
from typing import Final

from sms_gateway.domain.errors import MalformedRequestError
from sms_gateway.entrypoints.api_event import ApiEvent
from sms_gateway.entrypoints.contract import header_schema

HEADER: Final = "Idempotency-Key"

_OF_A_MESSAGE: Final[str] = header_schema("IdempotencyKey")["pattern"]
_OF_A_BATCH: Final[str] = header_schema("BatchKey")["pattern"]


def given_key(event: ApiEvent) -> str | None:
    """The header as it was sent, if it was.

    Raises:
        MalformedRequestError: it was sent more than once; API Gateway would show the last one only.
    """
    if len(event.headers_of(HEADER)) > 1:
        raise MalformedRequestError(HEADER, f"{HEADER} is given more than once. Send it once.")
    return event.header(HEADER)


def message_id_in(header: str) -> str:
    """The message's id in the header. Raises `MalformedRequestError`."""
    return _read(header, _OF_A_MESSAGE)


def batch_id_in(header: str) -> str:
    """The batch's name in the header. Raises `MalformedRequestError`."""
    return _read(header, _OF_A_BATCH)


def _read(header: str, pattern: str) -> str:
    if not re.fullmatch(pattern, header):
        raise MalformedRequestError(HEADER, f"{HEADER} must match {pattern}.")
    return header.strip('"')
