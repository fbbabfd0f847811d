"""The URL a report comes back to: minted by us for one attempt of one message, and checked first.

`<callback URL>/<messageId>/<attempt>/<key id>.<signature>`. Voipit does not sign its reports
(voipit-api.md §3), so knowing this URL is the proof. The secret is in the path because nobody
promises that a query string survives.
"""

import hmac
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from sms_gateway.domain.message_id import is_message_id
from sms_gateway.domain.signing import SigningKey, to_base64url

_PATH_PARTS: Final = 3
_MAX_ATTEMPT_DIGITS: Final = 6


class CallbackKey(SigningKey):
    """Signs callback URLs."""

    __slots__ = ()
    purpose = b"voipit-sms-gateway/callback/v1"

    def signature(self, message_id: str, attempt: int) -> str:
        """The signature over message id and attempt, in base64url."""
        return to_base64url(self.sign(message_id.encode(), str(attempt).encode()))


@dataclass(frozen=True, slots=True)
class CallbackReference:
    """What a callback path claims to be about. Not to be believed before `is_signed_by`."""

    message_id: str
    attempt: int
    key_id: str
    signature: str

    def is_signed_by(self, key: CallbackKey) -> bool:
        """Whether this very key minted the path; compared in constant time."""
        expected = key.signature(self.message_id, self.attempt)
        return hmac.compare_digest(expected.encode(), self.signature.encode())


def mint_callback_url(base_url: str, message_id: str, attempt: int, key: CallbackKey) -> str:
    """The `sendResultTo` of one attempt."""
    signature = key.signature(message_id, attempt)
    return f"{base_url.rstrip('/')}/{message_id}/{attempt}/{key.key_id}.{signature}"


def read_callback_path(path: str) -> CallbackReference | None:
    """The reference in a path, or `None` if it does not even have the shape of ours.

    Percent-encoding is undone (some senders write `~` as `%7E`); nothing else is forgiven.
    """
    parts = [unquote(part) for part in path.strip("/").split("/")]
    if len(parts) != _PATH_PARTS:
        return None
    message_id, attempt, token = parts
    key_id, dot, signature = token.partition(".")
    readable = (
        is_message_id(message_id)
        and attempt.isascii()
        and attempt.isdigit()
        and not attempt.startswith("0")
        and len(attempt) <= _MAX_ATTEMPT_DIGITS
        and dot
        and token.isascii()
    )
    return CallbackReference(message_id, int(attempt), key_id, signature) if readable else None
