"""The cursor of a list: where its next page begins, signed for this very list.

base64url of the key's id (4 bytes), the signature (16) and the place. In a client's list the place
is a position: `createdAt` as the table writes it, then the `messageId`. What list it is is signed
and not in it: the client's and the phone number, or what an operator looks for.
"""

import hmac
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sms_gateway.domain.clock import from_iso, to_iso
from sms_gateway.domain.message import Message
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.signing import KEY_ID_DIGITS, SIGNATURE_BYTES, SigningKey, to_base64url

_KEY_ID_BYTES: Final = KEY_ID_DIGITS // 2
_SIGNED_FROM: Final = _KEY_ID_BYTES + SIGNATURE_BYTES
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]+")
_MOMENT: Final = len("2026-11-22T14:35:00.123Z")


class CursorKey(SigningKey):
    """Signs cursors."""

    __slots__ = ()
    purpose = b"voipit-sms-gateway/cursor/v1"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """The place of a message in a list; of two positions the later one is greater.

    To the millisecond, as the table keeps it: among messages of the same one the id decides.
    """

    created_at: datetime
    message_id: str

    @classmethod
    def of(cls, message: Message) -> "Position":
        """Where this message stands."""
        return cls(from_iso(to_iso(message.created_at)), message.message_id)


@dataclass(frozen=True, slots=True)
class Cursor:
    """What a cursor claims to say. It is not trusted before `position` has checked it."""

    key_id: str
    signature: bytes
    signed: bytes

    def position(self, client: str, phone_number: PhoneNumber, key: CursorKey) -> Position | None:
        """Where to go on; `None` if this key did not sign it for this client and number.

        Compared in constant time.
        """
        text = self.place(key, client.encode(), phone_number.e164.encode())
        return Position(from_iso(text[:_MOMENT]), text[_MOMENT:]) if text is not None else None

    def place(self, key: CursorKey, *of: bytes) -> str | None:
        """Where to go on in this list; `None` if this key did not sign it for that."""
        if not hmac.compare_digest(key.sign(*of, self.signed), self.signature):
            return None
        return self.signed.decode()


def mint_cursor(position: Position, client: str, phone_number: PhoneNumber, key: CursorKey) -> str:
    """The cursor of the page that begins after this position."""
    place = f"{to_iso(position.created_at)}{position.message_id}"
    return mint_place(place, key, client.encode(), phone_number.e164.encode())


def mint_place(place: str, key: CursorKey, *of: bytes) -> str:
    """The cursor of the page of this list that begins after this place."""
    signed = place.encode()
    return to_base64url(bytes.fromhex(key.key_id) + key.sign(*of, signed) + signed)


def read_cursor(text: str) -> Cursor | None:
    """The cursor in a text, or `None` if it does not even have the shape of ours.

    A position has one spelling only: bits that base64 would ignore are not forgiven.
    """
    if not _BASE64URL.fullmatch(text):
        return None
    try:
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    if to_base64url(content) != text or len(content) <= _SIGNED_FROM:
        return None
    return Cursor(
        key_id=content[:_KEY_ID_BYTES].hex(),
        signature=content[_KEY_ID_BYTES:_SIGNED_FROM],
        signed=content[_SIGNED_FROM:],
    )
