"""The rows of a CSV file with the columns `number` and `message`, read with nothing guessed.

What spreadsheet programs write is understood: commas, semicolons (Excel in Romania) or tabs, UTF-8
with or without a byte order mark, and quoted line breaks. Everything else is refused by line before
the first message is sent. No sentence here shows a number or a text.
"""

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

NUMBER: Final = "number"
MESSAGE: Final = "message"
DELIMITERS: Final = (",", ";", "\t")
LONGEST_NUMBER: Final = 64
LONGEST_MESSAGE: Final = 2000
"""What the gateway's contract takes (openapi.yaml, SendRequest). Whether a text fits into one SMS,
and a number may be texted, is for the gateway to say."""
MOST_SENTENCES: Final = 10

_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS: Final = re.compile(r"[^\w+]")
_SCIENTIFIC: Final = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+")
_DECIMALS: Final = re.compile(r"\+?[0-9]+[.,][0-9]{1,2}|.*[.,]0")
"""`491601234567.0`: read without its dot, it would be somebody else's number."""
_FORMULA: Final = re.compile(r"[=@\-\uff1d\uff20\uff0d].*|[+\uff0b].*[^\W\d_].*", re.DOTALL)
"""What a spreadsheet program would run when it opens the results, where the number stands again
(also with the full-width signs of East Asian keyboards). A number may begin with +."""


class CsvError(Exception):
    """The file cannot be sent as it is; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `line` is the line of the file where it begins; the header is line 1."""

    line: int
    number: str = field(repr=False)
    message: str = field(repr=False)

    def message_id(self, send: str) -> str:
        """The same for the same number and text within one send, wherever the row stands.

        It does not matter how the number is spaced or how an accent is encoded.
        """
        number = _SEPARATORS.sub("", self.number)
        content = json.dumps([send, number, unicodedata.normalize("NFC", self.message)])
        return f"csv-{hashlib.sha256(content.encode()).hexdigest()[:40]}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file, and what stands between its cells."""

    delimiter: str
    rows: Sequence[Row]


def read_sheet(path: Path) -> Sheet:
    """Every row of the file. Raises `CsvError` naming each line that is wrong, up to a bound."""
    text = _text(path)
    delimiter, columns = _header(text)
    rows: list[Row] = []
    wrong: list[str] = []
    try:
        for line, cells in _records(text, delimiter):
            if line == 1 or not any(cell.strip() for cell in cells):
                continue
            sentence = _trouble_with(cells, columns)
            if sentence:
                wrong.append(f"line {line}: {sentence}")
            else:
                rows.append(_row(line, cells, columns))
    except _QuotingError as error:
        wrong.append(str(error))
    if wrong:
        more = len(wrong) - MOST_SENTENCES
        rest = [f"… and {more} more"] if more > 0 else []
        raise CsvError("\n".join([*wrong[:MOST_SENTENCES], *rest]))
    if not rows:
        raise CsvError("there are no rows below the header")
    return Sheet(delimiter, rows)


class _QuotingError(CsvError):
    """Where a cell ends cannot be told from here on."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the two columns are, of how many."""

    number: int
    message: int
    count: int


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CsvError(f"it cannot be read: {error.strerror}") from error
    if content.startswith(_UTF_16):
        raise CsvError('it is UTF-16; save it as "CSV UTF-8"')
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CsvError(f'line {line} is not UTF-8; save the file as "CSV UTF-8"') from error


def _header(text: str) -> tuple[str, _Columns]:
    """The delimiter is the one under which the header names both columns."""
    if not text.strip():
        raise CsvError("it is empty")
    found: set[str] = set()
    unreadable: list[_QuotingError] = []
    for delimiter in DELIMITERS:
        try:
            _, cells = next(_records(text, delimiter))
        except _QuotingError as error:  # "number";"message" is no row with commas
            unreadable.append(error)
            continue
        names = [cell.strip().casefold() for cell in cells]
        twice = [name for name in (NUMBER, MESSAGE) if names.count(name) > 1]
        if twice:
            raise CsvError(f'line 1: there are two columns called "{twice[0]}"')
        if NUMBER in names and MESSAGE in names:
            return delimiter, _Columns(names.index(NUMBER), names.index(MESSAGE), len(names))
        found |= set(names)
    if len(unreadable) == len(DELIMITERS):
        raise unreadable[0]
    missing = [f'"{name}"' for name in (NUMBER, MESSAGE) if name not in found]
    raise CsvError(
        f"line 1 has to be a header that names the columns: there is no {' and no '.join(missing)}"
        if missing
        else "line 1: put a comma, a semicolon or a tab between the columns"
    )


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins in."""
    # A cell longer than Python's own bound is too long, not badly quoted: others tell that better.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _QuotingError(
                f"line {line}: a quoted cell does not end here; within quotation marks another"
                " one has to be doubled"
            ) from error
        yield line, cells


def _trouble_with(cells: Sequence[str], columns: _Columns) -> str | None:
    """What is wrong with the shape of a row."""
    if len(cells) < columns.count or any(cell.strip() for cell in cells[columns.count :]):
        return (
            f"there are {len(cells)} cells, and {columns.count} in the header; a text that holds"
            " a separator has to stand in quotation marks"
        )
    number, message = cells[columns.number].strip(), cells[columns.message]
    rules = (
        (not number, "the number is empty"),
        (not message.strip(), "the message is empty"),
        (
            _SCIENTIFIC.fullmatch(number),
            "the spreadsheet has rounded the number (…E+…); format the column as text",
        ),
        (
            _DECIMALS.fullmatch(number),
            "the spreadsheet has given the number decimals (….0); format the column as text",
        ),
        (
            _FORMULA.fullmatch(number),
            "a number that begins with = @ or -, or has letters behind a +, is a formula",
        ),
        (
            len(number) > LONGEST_NUMBER,
            f"the number is longer than {LONGEST_NUMBER} characters",
        ),
        (
            len(message) > LONGEST_MESSAGE,
            f"the message is longer than {LONGEST_MESSAGE} characters",
        ),
    )
    return next((sentence for is_wrong, sentence in rules if is_wrong), None)


def _row(line: int, cells: Sequence[str], columns: _Columns) -> Row:
    message = cells[columns.message].replace("\r\n", "\n").replace("\r", "\n")
    return Row(line, " ".join(cells[columns.number].split()), message)
