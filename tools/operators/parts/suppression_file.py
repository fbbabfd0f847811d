"""The do-not-contact list as a file: CSV, or JSON if its name ends so.

It holds whole numbers, so it is made for its owner alone. A file is read as a whole, and what is
wrong with it is told line by line; no sentence here shows a number.
"""

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sms_gateway.adapters.phone_numbers import PhoneNumberRules
from sms_gateway.domain.client import is_client_name
from sms_gateway.domain.clock import from_iso, to_iso
from sms_gateway.domain.errors import InvalidValueError
from sms_gateway.domain.guards import Suppression
from tools.csv_columns import NUMBER, find_numbers
from tools.csv_file import CsvError, is_blank, read_text, records, visible
from tools.operators.parts.frame import RefusedError

if TYPE_CHECKING:
    from sms_gateway.domain.phone_number import PhoneNumber

COLUMNS: Final = ("phoneNumber", "since", "client")
_FOR_ITS_OWNER: Final = 0o600


@dataclass(frozen=True, slots=True)
class Sheet:
    """The entries of a file, each number once, and what is `wrong` with other lines of it.

    `repeated` is how many lines name a number that stands further up.
    """

    entries: Sequence[Suppression]
    wrong: Sequence[str]
    repeated: int


def view(entry: Suppression, *, show_number: bool) -> dict[str, str]:
    """An entry for people and programs."""
    number = entry.phone_number.e164 if show_number else entry.phone_number.masked
    return {"phoneNumber": number, "since": to_iso(entry.since), "client": entry.client}


def write_file(path: Path, entries: Iterable[Suppression]) -> None:
    """Make the file, with whole numbers, readable for its owner alone.

    Raises `RefusedError`, also if there is a file of this name.
    """
    rows = [view(entry, show_number=True) for entry in entries]
    if path.suffix.lower() == ".json":
        text = json.dumps({"suppressions": rows}, ensure_ascii=False, indent=1) + "\n"
    else:
        buffer = io.StringIO(newline="")
        table = csv.DictWriter(buffer, COLUMNS, lineterminator="\r\n")
        table.writeheader()
        table.writerows(rows)
        text = buffer.getvalue()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FOR_ITS_OWNER)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError as error:
        raise RefusedError(f"There is a file {path} already. Choose another name.") from error
    except OSError as error:
        raise RefusedError(f"{path} cannot be written: {error.strerror}.") from error


def read_file(path: Path, rules: PhoneNumberRules, client: str, now: datetime) -> Sheet:
    """What the file asks for. A row without `since` or `client` gets those given here.

    Raises `RefusedError` if it cannot be read at all.
    """
    try:
        text = read_text(path)
        rows = _json_rows(text) if path.suffix.lower() == ".json" else _csv_rows(text)
        return _checked(rows, rules, client, now)
    except CsvError as error:
        raise RefusedError(f"{path}: {error}.") from error


def _checked(
    rows: Iterable[tuple[int, Mapping[str, Any]]],
    rules: PhoneNumberRules,
    client: str,
    now: datetime,
) -> Sheet:
    entries: dict[PhoneNumber, Suppression] = {}
    wrong: list[str] = []
    repeated = 0
    for line, row in rows:
        try:
            number = rules.read(_text(row, "phoneNumber") or "")
            since = _moment(_text(row, "since")) or now
            name = _client(_text(row, "client") or client)
        except InvalidValueError as error:
            wrong.append(f"line {line}: {error}")
        except ValueError as error:
            wrong.append(f"line {line}: {error}.")
        else:
            repeated += number in entries
            entries.setdefault(number, Suppression(number, since, name))
    return Sheet(list(entries.values()), wrong, repeated)


def _text(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} is no text; put it between quotation marks")
    return value


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = from_iso(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        pass
    raise ValueError("since is no time with its zone, such as 2026-11-27T10:00:00Z")


def _client(name: str) -> str:
    if not is_client_name(name):
        raise ValueError("the name of a client has 1 to 64 letters, digits and . _ -")
    return name


def _csv_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    header = find_numbers(text)
    place = header.places[NUMBER]
    for line, cells in records(text, header.delimiter):
        if line <= header.line or is_blank(cells):
            continue
        row = dict(zip(header.names, map(visible, cells), strict=False))
        yield line, {**row, "phoneNumber": cells[place] if place < len(cells) else ""}


def _json_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The lines are counted as the elements of the list, from 1."""
    try:
        found = json.loads(text)
    except (RecursionError, ValueError) as error:
        raise CsvError("it is no JSON") from error
    rows = found.get("suppressions") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise CsvError('it has to be a list of objects, or {"suppressions": [...]}')
    return enumerate(rows, start=1)
