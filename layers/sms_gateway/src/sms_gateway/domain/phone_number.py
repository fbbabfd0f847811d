"""A phone number that does not show itself by accident, and all that is known about one."""

import re
from dataclasses import dataclass
from enum import StrEnum, unique

from sms_gateway.domain.errors import InvalidValueError
from sms_gateway.domain.verdict import Verdict

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


@unique
class NumberType(StrEnum):
    """What kind of number it is, in the words of the contract."""

    MOBILE = "mobile"
    FIXED_LINE = "fixed-line"
    FIXED_LINE_OR_MOBILE = "fixed-line-or-mobile"
    """Where the two cannot be told apart, as in North America."""
    VOIP = "voip"
    PERSONAL = "personal-number"
    PAGER = "pager"
    TOLL_FREE = "toll-free"
    PREMIUM_RATE = "premium-rate"
    SHARED_COST = "shared-cost"
    UAN = "uan"
    """A company's number that leads to one of its offices (universal access number)."""
    VOICEMAIL = "voicemail"
    SHORT = "short"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class ExaminedNumber:
    """What could be told of a number, whether it may be texted or not.

    `number` is `None` where there is nothing one could dial from anywhere: no phone number, or a
    short one. `country` is an ISO 3166 code. `verdicts` are those of all rules for numbers, always
    in the same order; `problem` is what is wrong with the number, if one has to be named.
    """

    verdicts: tuple[Verdict, ...]
    problem: InvalidValueError | None = None
    number: PhoneNumber | None = None
    country: str | None = None
    number_type: NumberType | None = None
