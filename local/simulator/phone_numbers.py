"""Recognising a Romanian number in whichever form it was written."""

import re
from typing import Final

_ROMANIAN: Final = re.compile(r"(?:\+40|0040|40|0)([1-9][0-9]{8})", re.ASCII)


def international(phone_number: str) -> str:
    """The `+40…` form of a number given as `+40…`, `0040…`, `40…` or `0…`; others unchanged.

    The form that Voipit expects is not documented (`voipit-api.md §3`), so all are understood.
    """
    match = _ROMANIAN.fullmatch(phone_number.strip())
    return f"+40{match[1]}" if match else phone_number
