"""The errors a caller can act on. Each carries a stable code; the sentence is for people.

GatewayError
├── FieldError                 something in the request is wrong, and `field` says what
│   ├── MalformedRequestError  the request cannot be read
│   └── InvalidValueError      readable, but a rule refuses it
├── MessageIdReusedError       the id belongs to another message
├── MessageNotFoundError       no such message for this caller
├── AlreadyTriedError          too late to cancel it
├── StoreUnavailableError      our own table did not answer
└── SecretUnavailableError     Secrets Manager did not answer
"""

from typing import Any


class GatewayError(Exception):
    """Base of all errors the gateway raises on purpose.

    `code` is part of the public contract. The message never holds a text, a whole phone number,
    a password or a token, so it may be logged and shown.
    """

    code = "internal-error"


class FieldError(GatewayError):
    """A value in the request is wrong; `field` names it, `details` helps to mend it."""

    def __init__(self, field: str, sentence: str, code: str, **details: Any) -> None:
        super().__init__(sentence)
        self.field = field
        self.code = code
        self.details = details


class MalformedRequestError(FieldError):
    """The request cannot be read: not JSON, an unknown field, a wrong type."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(field, sentence, "malformed-request")


class InvalidValueError(FieldError):
    """The request was read and a rule refuses a value in it. Nothing was stored."""


class MessageIdReusedError(GatewayError):
    """The `messageId` is taken by a message with other content, or by another client."""

    code = "message-id-reused"


class MessageNotFoundError(GatewayError):
    """There is no message with this id that belongs to the caller."""

    code = "message-not-found"


class AlreadyTriedError(GatewayError):
    """The message was tried, or settled, and cannot be cancelled any more."""

    code = "already-tried"


class StoreUnavailableError(GatewayError):
    """The table did not answer; what was to be written may or may not be there."""

    code = "store-unavailable"


class SecretUnavailableError(GatewayError):
    """A secret could not be read and none is remembered."""

    code = "secret-unavailable"
