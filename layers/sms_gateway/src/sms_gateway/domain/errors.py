"""The errors a caller can act on. Each carries a stable code; the sentence is for people.

GatewayError
├── FieldError                 something in the request is wrong, and `field` says what
│   ├── MalformedRequestError  the request cannot be read
│   ├── InvalidValueError      readable, but a rule refuses it
│   └── TokenNotAllowedError   the access token does not allow it
├── TokenInvalidError          the gateway has not made the access token, or no longer knows it
├── TokenExpiredError          it is over
├── TokenUsedUpError           it has sent as many messages as it allows
├── OperatorCannotSendError    an operator's key where a client's is needed
├── OperatorOnlyError          a client's key where an operator's is needed
├── MessageIdReusedError       the id belongs to another message
├── MessageNotFoundError       no such message for this caller
├── SuppressionNotFoundError   the number is not on the do-not-contact list
├── AlreadyTriedError          too late to cancel it
├── BodyTooLargeError          the request is longer than any that could be answered
├── LimitReachedError          not now, but later: `retry_after` says when
│   ├── RecipientLimitError    this number has been texted often enough
│   └── ClientLimitError       this client has sent enough for a day
├── StoreUnavailableError      one of our own stores did not answer
│   └── UnreadableRowError     it did, with a row that another release has written
└── SecretUnavailableError     Secrets Manager did not answer
    ├── AccountMissingError    it did, and the secret holds no account at Voipit
    └── KeyNotLookedUpError    or was not asked, since unknown key ids have made it busy enough
"""

from datetime import timedelta
from typing import Any


class GatewayError(Exception):
    """Base of all errors the gateway raises on purpose.

    `code` is part of the public contract. The message never holds a text, a whole phone number,
    a password or a token, so it may be logged and shown.
    """

    code = "internal-error"


class FieldError(GatewayError):
    """A value in the request is wrong; `field` names it, `details` helps to correct it."""

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


class TokenNotAllowedError(FieldError):
    """The access token is good and does not allow this; `field` names what it does not cover."""

    code = "token-not-allowed"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(field, sentence, self.code)


class TokenInvalidError(GatewayError):
    """There is no access token, or one that this gateway has not made or no longer knows."""

    code = "token-invalid"


class TokenExpiredError(GatewayError):
    """The access token was good until a moment ago."""

    code = "token-expired"


class TokenUsedUpError(GatewayError):
    """The access token has sent as many messages as it allows; nothing was stored."""

    code = "token-used-up"


class OperatorCannotSendError(GatewayError):
    """The key is an operator's, which never acts as a client."""

    code = "operator-cannot-send"


class OperatorOnlyError(GatewayError):
    """The key is a client's, and this is for operators."""

    code = "operator-only"


class MessageIdReusedError(GatewayError):
    """The client has used this `messageId` for a message with other content."""

    code = "message-id-reused"


class MessageNotFoundError(GatewayError):
    """There is no message with this id that belongs to the caller."""

    code = "message-not-found"


class SuppressionNotFoundError(GatewayError):
    """The number is not on the do-not-contact list."""

    code = "suppression-not-found"


class AlreadyTriedError(GatewayError):
    """The message was tried, or settled, and cannot be cancelled any more."""

    code = "already-tried"


class BodyTooLargeError(GatewayError):
    """The body is longer than any request that could be answered."""

    code = "body-too-large"


class LimitReachedError(GatewayError):
    """A limit refuses the message for now; nothing was stored."""

    def __init__(self, sentence: str, retry_after: timedelta) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class RecipientLimitError(LimitReachedError):
    """The recipient has got as many messages as the limits allow."""

    code = "recipient-limit-reached"


class ClientLimitError(LimitReachedError):
    """The client has sent as many messages as it may in one day."""

    code = "client-limit-reached"


class StoreUnavailableError(GatewayError):
    """The table did not answer; it is unknown whether it has written anything.

    Also what callers are told if it is Secrets Manager that does not answer.
    """

    code = "store-unavailable"


class LeftToQueueError(StoreUnavailableError):
    """The table did not answer, and the queue holds a new message that says what is to be done.

    `put_off`: how many times this message could not be claimed, as far as its row tells.
    """

    def __init__(self, detail: str, put_off: int = 0) -> None:
        super().__init__(detail)
        self.put_off = put_off


class UnreadableRowError(StoreUnavailableError):
    """A message's row cannot be read: a later release wrote it, before a rollback."""


class SecretUnavailableError(GatewayError):
    """A secret could not be read and none is remembered."""

    code = "secret-unavailable"


class AccountMissingError(SecretUnavailableError):
    """The secret holds no account at Voipit: it was never filled, or what is in it is none."""


class KeyNotLookedUpError(SecretUnavailableError):
    """Whether there is a key with this id cannot be told now: look-ups are limited."""
