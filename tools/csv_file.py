"""A CSV file as spreadsheet programs write it: its text, and the records in that text.

UTF-8 with or without a byte order mark is understood, and UTF-16 with one (Excel's "Unicode text").
Everything else is refused with what to do about it: a file in a Windows code page does not say in
which, and a wrong guess would change names. No sentence here shows a number or a text.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final

DELIMITERS: Final = (",", ";", "\t")

_SAVE_AS: Final = 'open it in the spreadsheet program and save it as "CSV UTF-8"'
_NOT_CSV: Final = {
    b"PK\x03\x04": f"it is a spreadsheet (.xlsx, .ods), not a CSV file; {_SAVE_AS}",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": f"it is a spreadsheet (.xls), not a CSV file; {_SAVE_AS}",
    b"%PDF-": "it is a PDF, not a CSV file; send the file that it was printed from, as CSV",
}
"""What such files begin with."""
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_INVISIBLE: Final = frozenset({"Cc", "Cf"})
"""Unicode categories: control characters, and marks such as the zero-width space, the soft hyphen
and the byte order mark."""


class CsvError(Exception):
    """The file cannot be read as it is; the message says where, why, and what to do."""


class QuotingError(CsvError):
    """Where a cell ends cannot be told from here on. `line` is where its row begins."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.sentence = (
            "a quoted cell does not end here; within quotation marks another one has to be doubled"
        )
        super().__init__(f"line {line}: {self.sentence}")


def read_text(path: Path) -> str:
    """The text of the file, without byte order marks. Raises `CsvError`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CsvError(f"it cannot be read: {error.strerror}") from error
    for signature, sentence in _NOT_CSV.items():
        if content.startswith(signature):
            raise CsvError(sentence)
    text = _decoded(content)
    if "\0" in text:
        raise CsvError(f"it is no text; {_SAVE_AS}")
    return text.lstrip("\ufeff")


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins in, counted from 1. Raises `QuotingError`."""
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
            raise QuotingError(line) from error
        yield line, cells


def visible(text: str) -> str:
    """What can be seen of a cell: no invisible characters, one space between two words."""
    words = ("".join(filter(_is_visible, word)) for word in text.split())
    return " ".join(filter(None, words))


def is_blank(cells: list[str]) -> bool:
    """Whether nothing but separators can be seen (also separators that were not split by)."""
    return not visible("".join(cells)).strip("".join(DELIMITERS) + " ")


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in _INVISIBLE


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF_16):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise CsvError(f"it is UTF-16, and broken; {_SAVE_AS}") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CsvError(f"line {line} is not UTF-8; {_SAVE_AS}") from error
