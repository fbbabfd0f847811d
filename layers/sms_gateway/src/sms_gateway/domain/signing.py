"""Signatures that prove that something was made by us, for one purpose and no other.

Each purpose has a class of its own: the same secret gives another key id and other signatures for
another purpose, and a type checker does not take one kind of key for the other.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import ClassVar, Final

SIGNATURE_BYTES: Final = 16
KEY_ID_DIGITS: Final = 8
SIGNATURE_DIGITS: Final = 22
"""Of a signature in base64url."""


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """A secret that signs for a purpose. Its id is derived from it, so the two cannot part."""

    secret: str
    purpose: ClassVar[bytes]

    @property
    def key_id(self) -> str:
        """Eight hexadecimal digits that tell keys apart and give nothing away."""
        digest = hmac.digest(self.secret.encode(), self.purpose + b"/key-id", "sha256")
        return digest.hex()[:KEY_ID_DIGITS]

    def sign(self, *parts: bytes) -> bytes:
        """HMAC-SHA-256 over the purpose and the parts; 128 bits.

        Zero bytes keep the parts apart, so none but the last may hold one.
        """
        signed = b"\x00".join((self.purpose, *parts))
        return hmac.digest(self.secret.encode(), signed, "sha256")[:SIGNATURE_BYTES]


def to_base64url(content: bytes) -> str:
    """The content in characters that survive any URL, without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()
