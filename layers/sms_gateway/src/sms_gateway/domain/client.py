"""A client: a name that owns messages, ids and limits. It has one API key, or several.

So a leaked key can be replaced, and nothing that was sent with it is lost to its client.
"""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DIGEST_DIGITS: Final = 24


class Role(StrEnum):
    """What a client's keys are for."""

    CLIENT = "client"
    """Sends messages, and sees and cancels its own."""
    OPERATOR = "operator"
    """Looks after the gateway, and never acts as a client."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client. A key that was never entered belongs to one that is named after the key's id."""

    name: str
    role: Role = Role.CLIENT


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key as the directory of clients names it, with the client that it belongs to."""

    key_id: str
    client: Client


@dataclass(frozen=True, slots=True)
class Directory:
    """What is written down of clients: their names, with a key today or not, and the keys.

    `keys` is `None` where the list of keys was never made: an earlier release made the keys.
    """

    names: frozenset[str]
    keys: frozenset[ListedKey] | None


def is_client_name(text: str) -> bool:
    """Whether a client may be called this: 1 to 64 letters, digits, `.`, `_` and `-`.

    The name goes into URLs, index keys (which `#` divides) and the sources of events.
    """
    return _NAME.fullmatch(text) is not None


def digest_identity(api_key: str) -> str:
    """What a key is known by where the platform does not tell its id: `key-` and 24 digits.

    96 bits of SHA-256 of a random key give nothing of it away.
    """
    return f"key-{hashlib.sha256(api_key.encode()).hexdigest()[:_DIGEST_DIGITS]}"
