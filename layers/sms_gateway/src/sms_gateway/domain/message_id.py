"""What a message is known by: a `messageId`, unique among those of one client.

Voipit gets the `messageId` alone, and its report brings it back; the gateway itself always says
which client's it is.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

PATTERN: Final = r"^(?!(\.{1,2}|batch|preview)$)[A-Za-z0-9._~-]{1,64}$"
"""Characters that survive a URL path unescaped. `.` and `..` alone are left out: HTTP clients
resolve them away, and the callback URL would point at another message. `batch` and `preview` are
paths of their own, so that no client could read a message called like that."""

_COMPILED: Final = re.compile(PATTERN)


@dataclass(frozen=True, slots=True, order=True)
class MessageKey:
    """Which message: two clients may both call one of theirs `order-1`."""

    client: str
    message_id: str


def is_message_id(text: str) -> bool:
    """Whether the text may be a `messageId`."""
    return _COMPILED.fullmatch(text) is not None


def new_message_id(at: datetime) -> str:
    """A time-ordered UUID (version 7, RFC 9562 §5.7) for the given moment.

    The standard library has `uuid7` only from Python 3.14 on, and the layer runs from 3.11 on.
    """
    milliseconds = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    random_a = secrets.randbits(12)
    random_b = secrets.randbits(62)
    value = milliseconds << 80 | 0x7 << 76 | random_a << 64 | 0b10 << 62 | random_b
    return str(UUID(int=value))
