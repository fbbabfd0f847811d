"""The rows of a CSV file with a number and a message each, read with nothing guessed.

What is wrong with a row is told row by row, before the first message is sent. No sentence here
shows a number or a text.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tools.csv_columns import Columns, find_columns
from tools.csv_file import CsvError, QuotingError, is_blank, read_text, records, visible

LONGEST_NUMBER: Final = 64
LONGEST_MESSAGE: Final = 2000
"""What the gateway's contract takes (openapi.yaml, SendRequest). Whether a text fits into one SMS,
and a number may be texted, is for the gateway to say."""

_SEPARATORS: Final = re.compile(r"[^\w+]")
_SCIENTIFIC: Final = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+")
_DECIMALS: Final = re.compile(r"\+?[0-9]+[.,][0-9]{1,2}|.*[.,]0")
"""`491601234567.0`: read without its dot, it would be another person's number."""
_FORMULA: Final = re.compile(r"[=@\-\uff1d\uff20\uff0d].*|[+\uff0b].*[^\W\d_].*", re.DOTALL)
"""What a spreadsheet program would run when it opens the results, where the number stands again
(also with the full-width signs of East Asian keyboards). A number can begin with +."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `line` is the line of the file where it begins, counted from 1."""

    line: int
    number: str = field(repr=False)
    message: str = field(repr=False)

    @property
    def spelling(self) -> str:
        """The number without what people put between its digits."""
        return _SEPARATORS.sub("", self.number)

    def message_id(self, send: str) -> str:
        """The same for the same number and text within one send, wherever the row stands.

        It does not matter how the number is spaced or how an accent is encoded.
        """
        content = json.dumps([send, self.spelling, unicodedata.normalize("NFC", self.message)])
        return f"csv-{hashlib.sha256(content.encode()).hexdigest()[:40]}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row. `column` is its name in the header; empty: it is all of them."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file that can be read, and what is `wrong` with the others, both in order.

    `sheet_rows` maps the line a row begins in to the number that a spreadsheet program shows beside
    it: a text of several lines is several lines of the file, and one row.
    """

    delimiter: str
    number_column: str
    message_column: str
    rows: Sequence[Row]
    wrong: Sequence[Fault]
    sheet_rows: Mapping[int, int]

    def place(self, line: int) -> str:
        """Where to look for the row: `row 3`, or `row 3 (line 5 of the file)`."""
        row = self.sheet_rows[line]
        return f"row {row}" if row == line else f"row {row} (line {line} of the file)"


def read_sheet(path: Path, chosen: Mapping[str, str] | None = None) -> Sheet:
    """Every row of the file. `chosen` names the columns, if the file does not do it in our words.

    Raises `CsvError`: the file as a whole cannot be read, or has no rows.
    """
    text = read_text(path)
    columns = find_columns(text, chosen or {})
    rows: list[Row] = []
    wrong: list[Fault] = []
    sheet_rows: dict[int, int] = {}
    sheet_row = -columns.hint_lines
    try:
        for line, cells in records(text, columns.delimiter):
            sheet_row += 1
            if line <= columns.line or is_blank(cells):
                continue
            sheet_rows[line] = sheet_row
            fault = _trouble_with(line, cells, columns)
            if fault:
                wrong.append(fault)
            else:
                rows.append(_row(line, cells, columns))
    except QuotingError as error:
        sheet_rows[error.line] = sheet_row + 1
        wrong.append(
            Fault(error.line, "", f"{error.sentence}. The rows behind it could not be read")
        )
    if not rows and not wrong:
        raise CsvError("there are no rows below the header")
    return Sheet(
        columns.delimiter,
        columns.names[columns.number],
        columns.names[columns.message],
        rows,
        wrong,
        sheet_rows,
    )


def _trouble_with(line: int, cells: Sequence[str], columns: Columns) -> Fault | None:
    """What is wrong with the shape of a row. Cells that are missing at its end are empty ones."""
    if any(visible(cell) for cell in cells[len(columns.names) :]):
        sentence = (
            f"there are {len(cells)} cells, and {len(columns.names)} in the header; put a text that"
            " holds a separator into quotation marks"
        )
        return Fault(line, "", sentence)
    number, message = (_cell(cells, place) for place in (columns.number, columns.message))
    sentence = _trouble_with_number(visible(number))
    if sentence:
        return Fault(line, columns.names[columns.number], sentence)
    sentence = _trouble_with_message(message)
    return Fault(line, columns.names[columns.message], sentence) if sentence else None


def _trouble_with_number(number: str) -> str:
    again = "format the column as text, enter the number again and save the file once more"
    rules = (
        (not number, "the number is empty"),
        (
            _SCIENTIFIC.fullmatch(number),
            f"the spreadsheet has rounded the number (…E+…); {again}",
        ),
        (
            _DECIMALS.fullmatch(number),
            f"the spreadsheet has given the number decimals (….0); {again}",
        ),
        (
            _FORMULA.fullmatch(number),
            "a number that begins with = @ or -, or has letters behind a +, is a formula",
        ),
        (
            len(number) > LONGEST_NUMBER,
            f"the number is longer than {LONGEST_NUMBER} characters",
        ),
    )
    return next((sentence for is_wrong, sentence in rules if is_wrong), "")


def _trouble_with_message(message: str) -> str:
    if not message.strip():
        return "the message is empty"
    if len(message) > LONGEST_MESSAGE:
        return f"the message is longer than {LONGEST_MESSAGE} characters"
    return ""


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _row(line: int, cells: Sequence[str], columns: Columns) -> Row:
    message = cells[columns.message].replace("\r\n", "\n").replace("\r", "\n")
    return Row(line, " ".join(cells[columns.number].split()), message)
