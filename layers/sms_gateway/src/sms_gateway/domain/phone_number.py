"""A phone number that does not show itself by accident."""

import re
from dataclasses import dataclass

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SHOWN_HEAD = 4
_SHOWN_TAIL = 3


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """An E.164 number (`+40721234567`). Raises `ValueError` for anything else.

    `str()` and `repr()` are masked, so a log line or an exception cannot give the number away by
    accident; the whole number is `.e164`, asked for on purpose.
    """

    e164: str

    def __post_init__(self) -> None:
        if not _E164.fullmatch(self.e164):
            raise ValueError("not an E.164 number")

    @property
    def masked(self) -> str:
        """The number as logs may show it: `+407•••••567`."""
        hidden = len(self.e164) - _SHOWN_HEAD - _SHOWN_TAIL
        return f"{self.e164[:_SHOWN_HEAD]}{'•' * hidden}{self.e164[-_SHOWN_TAIL:]}"

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"PhoneNumber({self.masked})"
