"""The file with the result of each row, which never says that an unsent row was sent.

Each line is whole before the next is begun, and is on the disk before the next batch leaves: what
a killed program leaves behind is read by the next one. The text of a message is not in it.
"""

import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Final

from tools.csv_file import DELIMITERS

REFUSED: Final = "refused"
DUPLICATE: Final = "duplicate"
UNKNOWN: Final = "unknown"
NOT_READ: Final = "row-not-read"
"""The problem of a row that was never offered to a gateway, and has no message id."""
SETTLED: Final = frozenset(
    {"sent", "failed", "cancelled", "no_report", REFUSED, DUPLICATE, UNKNOWN}
)
"""Statuses that are final for this program. The last three are this program's own."""


class ResultsError(Exception):
    """There is a file where the results go, and it is none of ours."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one row. `problem` is the type of the problem it was refused with.

    `gateway` is the address of the one that said so. It is empty where it is not known: in files
    that were written before gateways were told apart.
    """

    line: int
    number: str = field(repr=False)
    message_id: str
    status: str
    problem: str = ""
    detail: str = ""
    gateway: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether there is a message."""
        return self.status not in {REFUSED, DUPLICATE}


COLUMNS: Final = ("line", "number", "messageId", "status", "problem", "detail", "gateway")
_OLD_COLUMNS: Final = COLUMNS[:-1]


@dataclass(frozen=True, slots=True)
class ResultFile:
    """The results of one CSV file, in its own kind of CSV."""

    path: Path
    delimiter: str

    def read(self, gateway: str) -> tuple[dict[str, Result], list[Result]]:
        """The last result of each message of this gateway by its id, and of each of any other.

        Duplicates and rows that were not read are left out, and a last line that was not finished
        does not count. Raises `ResultsError`.
        """
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return {}, []
        here: dict[str, Result] = {}
        elsewhere: dict[tuple[str, str], Result] = {}
        for result in self._parsed(content):
            if result.status == DUPLICATE or result.problem == NOT_READ:
                continue
            if result.gateway == gateway:
                here[result.message_id] = result
            else:
                elsewhere[result.gateway, result.message_id] = result
        return here, list(elsewhere.values())

    def append(self, results: Iterable[Result]) -> None:
        """Add results to what `rewrite` has written; they are on the disk when this returns."""
        with self.path.open("ab") as file:
            file.write(self._lines(map(astuple, results)))
            file.flush()
            os.fsync(file.fileno())

    def rewrite(self, results: Iterable[Result]) -> None:
        """Put these results in the place of all that is there, at once or not at all."""
        new = self.path.with_name(f".{self.path.name}.new")
        with new.open("wb") as file:
            file.write(self._lines([COLUMNS, *map(astuple, results)]))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)

    def _lines(self, records: Iterable[Iterable[object]]) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator="\n")
        for record in records:
            writer.writerow([" ".join(str(cell).split()) for cell in record])
        return text.getvalue().encode()

    def _parsed(self, content: bytes) -> Iterator[Result]:
        whole = content[: content.rfind(b"\n") + 1].decode("utf-8-sig", "replace")
        header, _, records = whole.partition("\n")
        columns, delimiter = self._shape(header.strip())
        for number, cells in enumerate(csv.reader(io.StringIO(records), delimiter=delimiter), 2):
            if len(cells) != len(columns) or not cells[0].isdecimal():
                raise ResultsError(f"{self.path}, line {number}: this line is not a result")
            line, *others = cells
            yield Result(int(line), *others)

    def _shape(self, header: str) -> tuple[Sequence[str], str]:
        """The columns under this header, and what stands between them."""
        for columns in (COLUMNS, _OLD_COLUMNS):
            for delimiter in DELIMITERS:
                if header == delimiter.join(columns):
                    return columns, delimiter
        raise ResultsError(
            f"{self.path} is not a file of results. Move it away and run the same command again."
        )
