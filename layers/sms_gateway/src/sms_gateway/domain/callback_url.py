"""The URL a report comes back to: minted by us for one attempt of one message, and checked first.

`<callback URL>/<client>/<messageId>/<attempt>/<key id>.<signature>`. Voipit does not sign its
reports (voipit-api.md §3), so knowing this URL is the proof. The secret is in the path because no
document promises that a query string survives.
"""

import hmac
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from sms_gateway.domain.client import is_client_name
from sms_gateway.domain.message_id import MessageKey, is_message_id
from sms_gateway.domain.signing import (
    KEY_ID_DIGITS,
    SIGNATURE_DIGITS,
    SigningKey,
    to_base64url,
)

_PATH_PARTS: Final = 4
_MAX_ATTEMPT_DIGITS: Final = 6
_TOKEN: Final = re.compile(
    rf"(?P<key_id>[0-9a-f]{{{KEY_ID_DIGITS}}})\.(?P<signature>[A-Za-z0-9_-]{{{SIGNATURE_DIGITS}}})"
)


class CallbackKey(SigningKey):
    """Signs callback URLs."""

    __slots__ = ()
    purpose = b"voipit-sms-gateway/callback/v1"

    def signature(self, key: MessageKey, attempt: int) -> str:
        """The signature over client, message id and attempt, in base64url."""
        parts = (key.client, key.message_id, str(attempt))
        return to_base64url(self.sign(*(part.encode() for part in parts)))


@dataclass(frozen=True, slots=True)
class CallbackReference:
    """What a callback path claims to be about. Not to be believed before `is_signed_by`."""

    key: MessageKey
    attempt: int
    key_id: str
    signature: str

    def is_signed_by(self, key: CallbackKey) -> bool:
        """Whether this very key minted the path; compared in constant time."""
        expected = key.signature(self.key, self.attempt)
        return hmac.compare_digest(expected.encode(), self.signature.encode())


def mint_callback_url(base_url: str, of: MessageKey, attempt: int, key: CallbackKey) -> str:
    """The `sendResultTo` of one attempt."""
    path = f"{quote(of.client, safe='')}/{of.message_id}/{attempt}"
    return f"{base_url.rstrip('/')}/{path}/{key.key_id}.{key.signature(of, attempt)}"


def read_callback_path(path: str) -> CallbackReference | None:
    """The reference in a path, or `None` if it does not even have the shape of ours.

    Percent-encoding is undone (some senders write `~` as `%7E`); nothing else is forgiven, so that
    a scanner's path costs no look-up of a key.
    """
    parts = path.strip("/").split(
        "/", _PATH_PARTS
    )  # no more than needed: a stranger's has thousands
    if len(parts) != _PATH_PARTS:
        return None
    client, message_id, attempt, token = map(unquote, parts)
    signed = _TOKEN.fullmatch(token)
    readable = (
        is_client_name(client)
        and is_message_id(message_id)
        and attempt.isascii()
        and attempt.isdigit()
        and not attempt.startswith("0")
        and len(attempt) <= _MAX_ATTEMPT_DIGITS
    )
    if not readable or signed is None:
        return None
    key = MessageKey(client, message_id)
    return CallbackReference(key, int(attempt), signed["key_id"], signed["signature"])
