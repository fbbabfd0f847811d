"""Voipit's own words, made fit to be kept."""

import re
from typing import Final

from sms_gateway.domain.report import MAX_ERROR_MESSAGE

_PLANES: Final = range(0x1FFFF, 0x110000, 0x10000)
_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(last - 1)}{chr(last)}" for last in _PLANES)
    + "]+"
)
"""Control characters, lone surrogates, and the 66 non-characters (Unicode, chapter 23.7)."""


def clean_provider_text(text: str) -> str | None:
    """A provider's words as they may be stored, logged and published, or `None` if none is left.

    Without control characters, lone surrogates and non-characters, `MAX_ERROR_MESSAGE` at most.
    """
    return _UNPRINTABLE.sub(" ", text).strip()[:MAX_ERROR_MESSAGE] or None
