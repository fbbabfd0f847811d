"""How near a number comes to the ranges that libphonenumber knows.

It describes a range with a pattern and tells whether a whole number is in it, or not at all. Of a
number that is in none, what lies beside it tells more: 0902 is in no range, but 0900, 0901, 0903
and 0906 are premium. So this reads the patterns and tells how many digits agree.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from phonenumbers import PhoneMetadata

_PIECE: Final = re.compile(r"\(\?:|\||\)|\?|\{[0-9,]+\}|\[[0-9-]+\]|\\d|[0-9]", re.ASCII)
"""All there is in libphonenumber's patterns; a test reads every one of them."""
_ALL_DIGITS: Final = "0123456789"


@dataclass(frozen=True, slots=True)
class _Part:
    """One of some digits, or one of some sequences; so often."""

    of: "str | tuple[tuple[_Part, ...], ...]"
    least: int = 1
    most: int = 1


def digits_in_common(national: str, region: str, kinds: tuple[str, ...]) -> int:
    """How many digits at the beginning of the number are also the beginning of such a number.

    `national` is a national significant number; `kinds` are attributes of `PhoneMetadata`
    (`mobile`, `premium_rate`). Of several kinds the nearest counts.
    """
    metadata = PhoneMetadata.metadata_for_region(region, None)
    ranges = [getattr(metadata, kind, None) for kind in kinds]
    patterns = [each.national_number_pattern for each in ranges if each]
    return max((longest_beginning(each, national) for each in patterns if each), default=0)


def longest_beginning(pattern: str, digits: str) -> int:
    """How many of the digits could begin something that the pattern matches.

    The pattern is one of libphonenumber's. Raises `ValueError` for any other.
    """
    walk = _Walk(digits)
    walk.through(_read(pattern), {0})
    return walk.farthest


class _Walk:
    """Goes along the digits on all ways at once that the pattern leaves open."""

    def __init__(self, digits: str) -> None:
        self._digits = digits
        self.farthest = 0

    def through(self, part: _Part, starts: set[int]) -> set[int]:
        """Where the part can end."""
        ends = set(starts) if part.least == 0 else set()
        for count in range(1, part.most + 1):
            starts = self._once(part, starts)
            if count >= part.least:
                ends |= starts
        return ends

    def _once(self, part: _Part, starts: set[int]) -> set[int]:
        if isinstance(part.of, str):
            ends = {at + 1 for at in starts if self._digits[at : at + 1] in {*part.of}}
            self.farthest = max({self.farthest, *ends})
            return ends
        return set().union(*(self._along(sequence, starts) for sequence in part.of))

    def _along(self, sequence: tuple[_Part, ...], starts: set[int]) -> set[int]:
        for part in sequence:
            starts = self.through(part, starts)
        return starts


@cache
def _read(pattern: str) -> _Part:
    if _PIECE.sub("", pattern):
        raise ValueError("not a pattern of libphonenumber")
    open_groups: list[list[list[_Part]]] = [[[]]]
    for piece in _PIECE.findall(pattern):
        sequence = open_groups[-1][-1]
        if piece == "(?:":
            open_groups.append([[]])
        elif piece == "|":
            open_groups[-1].append([])
        elif piece == ")":
            group = _group(open_groups.pop())
            open_groups[-1][-1].append(group)
        elif piece == "?":
            sequence.append(replace(sequence.pop(), least=0))
        elif piece[0] == "{":
            least, _, most = piece[1:-1].partition(",")
            sequence.append(replace(sequence.pop(), least=int(least), most=int(most or least)))
        else:
            sequence.append(_Part("".join(re.findall(piece, _ALL_DIGITS))))
    return _group(open_groups.pop())


def _group(sequences: list[list[_Part]]) -> _Part:
    return _Part(tuple(map(tuple, sequences)))
