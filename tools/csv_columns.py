"""Which two columns of a CSV file hold the number and the text, by the names in its header.

Before the header there can be empty lines, and the line `sep=;` with which Excel is told what
stands between the cells.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tools.csv_file import DELIMITERS, CsvError, QuotingError, is_blank, records, visible

NUMBER: Final = "number"
MESSAGE: Final = "message"
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    NUMBER: (
        "Phone", "Phone number", "Telephone", "Telephone number", "Mobile", "Mobile number",
        "Mobile phone", "Cell phone", "Tel", "Telefon", "Telefon mobil", "Mobil", "Număr",
        "Număr telefon", "Număr de telefon", "Număr mobil", "Număr de mobil", "Nr. telefon",
        "Nr. de telefon", "Nr. mobil", "Nr. tel.",
    ),
    MESSAGE: (
        "Text", "SMS", "Message text", "SMS text", "Mesaj", "Mesajul", "Text mesaj",
        "Textul mesajului", "Text SMS", "Mesaj SMS",
    ),
}  # fmt: skip
"""What else the two columns may be called, in any case, with or without diacritics, spaces and
punctuation. ("Nr." alone is not among them: it mostly counts the rows.)"""

_HINT: Final = re.compile(r'"?sep=(.)"?[,;\t ]*(?=[\r\n]|$)', re.IGNORECASE)
_OPTION: Final = re.compile(rf"(?:^|,)\s*({NUMBER}|{MESSAGE})\s*=", re.IGNORECASE)
_HOW: Final = f'or name your columns: --columns "{NUMBER}=<name>,{MESSAGE}=<name>"'


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the two columns are, of how many, and what they are called. The header is in `line`.

    `hint_lines` is how many lines before it no spreadsheet program shows: one (`sep=;`) or none.
    """

    delimiter: str
    line: int
    number: int
    message: int
    names: Sequence[str]
    hint_lines: int = 0


@dataclass(frozen=True, slots=True)
class Header:
    """A header, and the `places` of the columns that it names."""

    delimiter: str
    line: int
    places: Mapping[str, int]
    names: Sequence[str]
    hint_lines: int


def read_option(text: str) -> dict[str, str]:
    """The value of `--columns`: `number=Telefon,message=Mesaj`, or one of the two.

    A name can hold commas and equals signs. Raises `ValueError`.
    """
    _, *parts = _OPTION.split(text)
    names = {what.lower(): name.strip() for what, name in zip(parts[::2], parts[1::2], strict=True)}
    begins_well = _OPTION.match(text) is not None
    if not begins_well or len(names) * 2 != len(parts) or not all(map(_folded, names.values())):
        raise ValueError(text)
    return names


def find_columns(text: str, chosen: Mapping[str, str]) -> Columns:
    """The delimiter is the one under which the header names both columns.

    `chosen` are the names that the person has given (`read_option`). Raises `CsvError`.
    """
    header, found = _find_header(text, chosen, (NUMBER, MESSAGE))
    if len(header.places) == len(NAMES):
        number, message = header.places[NUMBER], header.places[MESSAGE]
        names = header.names
        return Columns(header.delimiter, header.line, number, message, names, header.hint_lines)
    missing = [f'"{chosen.get(what, what)}"' for what in (NUMBER, MESSAGE) if what not in found]
    raise CsvError(
        f"line {header.line} has to be a header that names the columns: there is no"
        f' {" and no ".join(missing)}. Write the names "{NUMBER}" and "{MESSAGE}" (or "Telefon" and'
        f' "Mesaj") into the first row, {_HOW}'
        if missing
        else f"line {header.line}: put a comma, a semicolon or a tab between the columns"
    )


def find_numbers(text: str) -> Header:
    """The header of a file that has a column of numbers and needs no other. Raises `CsvError`."""
    header, _ = _find_header(text, {}, (NUMBER,))
    if not header.places:
        raise CsvError(
            f"line {header.line} has to be a header that names the column of the numbers:"
            f' "{NUMBER}", "Phone number" or "Telefon"'
        )
    return header


def _find_header(
    text: str, chosen: Mapping[str, str], wanted: Sequence[str]
) -> tuple[Header, set[str]]:
    """The header under the delimiter with which it names all wanted columns, and which it names.

    If none does: the header under the last delimiter, and what any of them has found.
    """
    hint = _HINT.match(text)
    if hint and hint[1] not in DELIMITERS:
        raise CsvError("line 1 names a separator that is none; use a comma, a semicolon or a tab")
    unreadable: list[QuotingError] = []
    found: set[str] = set()
    header: Header | None = None
    for delimiter in (hint[1],) if hint else DELIMITERS:
        try:
            line, cells = _header(text, delimiter, after=1 if hint else 0)
        except QuotingError as error:  # "number";"message" is no row with commas
            unreadable.append(error)
            continue
        names = [visible(cell) for cell in cells]
        looked_up = {what: _place(names, what, chosen.get(what), line) for what in wanted}
        places = {what: place for what, place in looked_up.items() if place is not None}
        header = Header(delimiter, line, places, names, 1 if hint else 0)
        found |= places.keys()
        if len(places) == len(wanted):
            return header, found
    if header is None:
        raise unreadable[0]
    return header, found


def _header(text: str, delimiter: str, *, after: int) -> tuple[int, list[str]]:
    """The first record in which something can be seen, after so many lines."""
    for line, cells in records(text, delimiter):
        if line > after and not is_blank(cells):
            return line, cells
    raise CsvError("it is empty")


def _place(names: Sequence[str], what: str, chosen: str | None, line: int) -> int | None:
    """Where the column is, if it is there. What it is properly called goes before other names."""
    folded = [_folded(name) for name in names]
    for candidates in ([chosen],) if chosen else ([what], NAMES[what]):
        wanted = {_folded(each) for each in candidates}
        places = [place for place, name in enumerate(folded) if name in wanted]
        if len({folded[place] for place in places}) > 1:
            several = " and ".join(f'"{names[place]}"' for place in places)
            raise CsvError(
                f"line {line}: {several} could each be the {what}; name the right one: "
                f'--columns "{what}={names[places[0]]}"'
            )
        if len(places) > 1:
            raise CsvError(
                f'line {line}: there are two columns called "{names[places[0]]}"; rename one'
            )
        if places:
            return places[0]
    return None


def _folded(name: str) -> str:
    """The letters and digits of a name, without their marks and in one case."""
    apart = unicodedata.normalize("NFKD", name)
    return "".join(filter(str.isalnum, apart)).casefold()
