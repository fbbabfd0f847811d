"""An access token: what a page in a browser is allowed to do for a client, for minutes.

`v1.<payload>.<key id>.<signature>`. The payload is base64url of a JSON object. The person who has
the token can read it, and cannot change it: its very characters are signed.
"""

import hmac
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sms_gateway.domain.clock import from_milliseconds, to_milliseconds
from sms_gateway.domain.errors import (
    InvalidValueError,
    TokenExpiredError,
    TokenInvalidError,
    TokenNotAllowedError,
)
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.signing import (
    KEY_ID_DIGITS,
    SIGNATURE_DIGITS,
    SigningKey,
    to_base64url,
)

MAX_CHARACTERS: Final = 2048
"""The longest token. Servers along the way refuse headers of 8 KB; this leaves room for others."""
MAX_MESSAGES: Final = 20
LONGEST_LIFE: Final = timedelta(seconds=3600)
MAX_METADATA: Final = 10
"""Entries of a message's metadata, those of its token included."""
_CLOCKS_DIFFER_BY: Final = timedelta(minutes=1)

_SHAPE: Final = re.compile(
    r"v1\.(?P<payload>[A-Za-z0-9_-]+)"
    rf"\.(?P<key_id>[0-9a-f]{{{KEY_ID_DIGITS}}})"
    rf"\.(?P<signature>[A-Za-z0-9_-]{{{SIGNATURE_DIGITS}}})"
)


class TokenKey(SigningKey):
    """Signs access tokens."""

    __slots__ = ()
    purpose = b"voipit-sms-gateway/access-token/v1"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a token allows. `token_id` is no secret: it is what its use is counted under.

    Without `phone_number` any number that the rules allow, without `origin` any allowed one.
    """

    token_id: str
    client: str
    expires_at: datetime
    max_messages: int
    phone_number: PhoneNumber | None = None
    origin: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict, repr=False)

    def covers(self, phone_number: PhoneNumber) -> bool:
        """Whether it is about this number."""
        return self.phone_number in {None, phone_number}

    def check_covers(self, phone_number: PhoneNumber) -> None:
        """Raises `TokenNotAllowedError` if it is not about this number."""
        if not self.covers(phone_number):
            raise TokenNotAllowedError(
                "phoneNumber",
                "This access token is for another phone number. Ask the page's server for a token"
                " for this one.",
            )

    def added_to(self, metadata: Mapping[str, str]) -> dict[str, str]:
        """The metadata of a message: those of the page, and its own, which go before them.

        Raises `InvalidValueError` if they are too many.
        """
        together = {**metadata, **self.metadata}
        if len(together) > MAX_METADATA:
            raise InvalidValueError(
                "metadata",
                f"The metadata of the message and of its access token have more than {MAX_METADATA}"
                " entries together. Send fewer.",
                "too-much-metadata",
            )
        return together


@dataclass(frozen=True, slots=True, repr=False)
class ClaimedToken:
    """What a text claims to be. It is not trusted before `opened` has checked it."""

    payload: str
    key_id: str
    signature: str

    def opened(self, key: TokenKey, now: datetime) -> AccessToken:
        """What it allows, if this key has signed it and it is not over; compared in constant time.

        Raises:
            TokenInvalidError: another key or another program has made it.
            TokenExpiredError: it is over.
        """
        expected = _signature(key, self.payload)
        if not hmac.compare_digest(expected.encode(), self.signature.encode()):
            raise token_invalid()
        token = _read(self.payload)
        # A token that lives longer than any was made by a clock that was wrong.
        if token is None or token.expires_at > now + LONGEST_LIFE + _CLOCKS_DIFFER_BY:
            raise token_invalid()
        if now >= token.expires_at:
            raise TokenExpiredError(
                "The access token has expired. Ask the page's server for a new one, and repeat the"
                " request with the same messageId."
            )
        return token


def mint_token(token: AccessToken, key: TokenKey) -> str:
    """The token as a page sends it. Raises `InvalidValueError` if it would be too long."""
    content: dict[str, Any] = {
        "id": token.token_id,
        "client": token.client,
        "until": to_milliseconds(token.expires_at),
        "messages": token.max_messages,
        "number": token.phone_number and token.phone_number.e164,
        "origin": token.origin,
        "metadata": dict(token.metadata) or None,
    }
    given = {name: value for name, value in content.items() if value is not None}
    text = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
    payload = to_base64url(text.encode())
    minted = f"v1.{payload}.{key.key_id}.{_signature(key, payload)}"
    if len(minted) > MAX_CHARACTERS:
        raise InvalidValueError(
            "metadata",
            f"The access token would be longer than {MAX_CHARACTERS} characters. Give it less"
            " metadata.",
            "token-too-long",
        )
    return minted


def read_token(text: str) -> ClaimedToken | None:
    """The token in a text, or `None` if it does not even have the shape of ours.

    Nothing is forgiven, so that what a stranger makes up mostly costs no look-up of a key.
    """
    shape = _SHAPE.fullmatch(text) if len(text) <= MAX_CHARACTERS else None
    return ClaimedToken(**shape.groupdict()) if shape else None


def token_invalid() -> TokenInvalidError:
    """What is wrong with a request whose token the gateway has not made, or no longer knows."""
    return TokenInvalidError(
        "The request has no valid access token. Ask the page's server for a new one, and send it as"
        " Authorization: Bearer."
    )


def _signature(key: TokenKey, payload: str) -> str:
    return to_base64url(key.sign(payload.encode()))


def _read(payload: str) -> AccessToken | None:
    """What a payload of ours says; `None` if another release has made it."""
    try:
        content = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        number = content.get("number")
        return AccessToken(
            token_id=content["id"],
            client=content["client"],
            expires_at=from_milliseconds(content["until"]),
            max_messages=content["messages"],
            phone_number=None if number is None else PhoneNumber(number),
            origin=content.get("origin"),
            metadata=content.get("metadata", {}),
        )
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        return None
