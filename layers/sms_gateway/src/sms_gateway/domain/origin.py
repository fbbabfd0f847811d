"""Web origins: from where a page calls, as browsers write it into the header `Origin`."""

import re
from collections.abc import Collection
from typing import Final

PATTERN: Final = r"https?://[a-z0-9.-]+(:[0-9]{1,5})?"
"""As browsers write one: in small letters, a host of another alphabet in Punycode, no path."""
EVERY_ORIGIN: Final = "*"

_COMPILED: Final = re.compile(PATTERN)


def is_origin(text: str) -> bool:
    """Whether it names one origin. `null` names none: every sandboxed page sends it."""
    return _COMPILED.fullmatch(text) is not None


def is_allowed(origin: str, allowed: Collection[str]) -> bool:
    """Whether pages of this origin are allowed to call; `*` among the allowed ones means all."""
    return is_origin(origin) and (EVERY_ORIGIN in allowed or origin in allowed)
