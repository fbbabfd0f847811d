"""The console reads a file, names its rows and writes its results exactly as the tools do.

A person can begin a send with one and go on with the other, so a difference would be a second SMS.
"""

import base64
import json
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sms_gateway.adapters.phone_numbers import PhoneNumberRules
from sms_gateway.domain.clock import from_iso, to_iso
from sms_gateway.domain.guards import Suppression
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway_client.models import BatchResult, Message, PreviewResult, Problem, SendRequest
from tests.support.node import needs_node
from tools.bulk import Bulk, Plan
from tools.bulk_check import check
from tools.csv_columns import NAMES
from tools.csv_file import CsvError
from tools.csv_results import ResultFile
from tools.csv_rows import read_sheet
from tools.operators.parts.suppression_file import read_file, write_file

pytestmark = needs_node

ANSWERS: Final = Path(__file__).with_name("sheets_answers.mjs")
GATEWAY: Final = "https://gateway.test/v1"
NOW: Final = from_iso("2026-11-27T10:00:00.000Z")
SENTENCES: Final = {
    "xlsx": "it is a spreadsheet (.xlsx, .ods)",
    "xls": "it is a spreadsheet (.xls)",
    "pdf": "it is a PDF",
    "broken-utf-16": "it is UTF-16, and broken",
    "not-utf-8": "is not UTF-8",
    "no-text": "it is no text",
    "empty": "it is empty",
    "no-rows": "there are no rows below the header",
    "bad-separator": "line 1 names a separator that is none",
    "quoting": "line {line}: a quoted cell does not end here",
    "no-columns": "line {line} has to be a header that names the columns: there is no {missing}.",
    "no-number": "line {line} has to be a header that names the columns: there is no {missing}.",
    "no-message": "line {line} has to be a header that names the columns: there is no {missing}.",
    "no-numbers": "line {line} has to be a header that names the column of the numbers",
    "columns-apart": "line {line}: put a comma, a semicolon or a tab between the columns",
    "several-numbers": "could each be the number; name the right one",
    "several-messages": "could each be the message; name the right one",
    "column-twice": 'line {line}: there are two columns called "{first}"',
}
"""What the tool says where the console has a code."""


class Node:
    """The console's modules, in one process for all questions."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, about: str, **question: object) -> Any:
        """The answer to one question."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"about": about, **question}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"node has ended while it was asked about {about}"
        return json.loads(answer)


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with subprocess.Popen(  # noqa: S603  a fixed program with a fixed argument
        ["node", str(ANSWERS)],  # noqa: S607  `needs_node` has found it
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        yield Node(process)
        assert process.stdin
        process.stdin.close()
        assert process.wait(timeout=10) == 0


class Told:
    """A gateway that answers what it was told to, over and over, in the order of the messages."""

    url = GATEWAY

    def __init__(self, results: list[BatchResult], previews: list[PreviewResult]) -> None:
        self.results, self.previews = results, previews

    def send_batch(self, messages: Iterable[SendRequest]) -> list[BatchResult]:
        """The results that it was told."""
        return [self.results[at % len(self.results)] for at, _ in enumerate(messages)]

    def preview_batch(self, messages: Iterable[SendRequest]) -> list[PreviewResult]:
        """The previews that it was told."""
        return [self.previews[at % len(self.previews)] for at, _ in enumerate(messages)]

    def message(self, message_id: str) -> Message:
        """Not asked for."""
        raise AssertionError(message_id)


class Unwatched:
    """No person looks on."""

    def done(self, rows: int) -> None:
        """Not shown."""

    def pausing(self, why: str, seconds: float) -> None:
        """Not shown."""


def answer_of_the_tool(
    content: bytes, chosen: dict[str, str], name: str, gateway: Told
) -> dict[str, Any]:
    """What the tool makes of a file, in the words of the console's answer."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        path.write_bytes(content)
        try:
            sheet = read_sheet(path, chosen)
        except CsvError as error:
            return {"refused": str(error)}
        plan = Plan.of(sheet.rows, name, sheet.wrong)
        file = ResultFile(path.with_name("results.csv"), sheet.delimiter)
        bulk = Bulk(plan, {}, [], file, gateway, Unwatched(), wait=0)
        bulk.send()
        bulk.rewrite()
        found = check(plan, sheet, frozenset(plan.rows), gateway, Unwatched())
        return {
            "delimiter": sheet.delimiter,
            "columns": [sheet.number_column, sheet.message_column],
            "rows": [[row.line, row.number, row.message, i] for i, row in plan.rows.items()],
            "duplicates": [[row.line, i] for i, row in plan.duplicates],
            "wrong": [[each.line, each.column, each.sentence] for each in sheet.wrong],
            "size": plan.size,
            "sheetRows": [[line, row] for line, row in sheet.sheet_rows.items()],
            "results": file.path.read_bytes().decode(),
            "findings": {
                "wrong": [[each.line, each.column, each.sentence] for each in found.wrong],
                "onePerson": [list(lines) for lines in found.one_person],
                "rounded": list(found.rounded),
            },
        }


def assert_alike(
    node: Node,
    content: bytes,
    *,
    chosen: dict[str, str] | None = None,
    name: str = "people.csv",
    gateway: Told | None = None,
) -> dict[str, Any]:
    """Both make the same of a file; returns what."""
    told = gateway or TOLD
    expected = answer_of_the_tool(content, chosen or {}, name, told)
    answer = node.ask(
        "sheet",
        content=base64.b64encode(content).decode(),
        chosen=chosen or {},
        name=name,
        gateway=GATEWAY,
        results=told.results,
        previews=told.previews,
    )
    if "refused" in expected:
        assert "refused" in answer, (expected, answer)
        values = answer["values"]
        missing = [f'"{name}"' for name in values.get("missing", "").split(", ")]
        sentence = SENTENCES[answer["refused"]].format(
            **values | {"missing": " and no ".join(missing)}
        )
        assert sentence in expected["refused"]
    else:
        assert answer == expected
    return cast("dict[str, Any]", answer)


def a_problem(detail: str, field: str | None) -> Problem:
    problem: Problem = {
        "type": "urn:problem-type:sms-gateway:invalid-phone-number",
        "title": "Invalid phone number",
        "status": 422,
        "detail": detail,
    }
    if field:
        problem["field"] = field
    return problem


def a_result(answer: dict[str, Any]) -> BatchResult:
    return cast("BatchResult", answer)


def a_preview(number: str | None, *problems: Problem) -> PreviewResult:
    preview: dict[str, Any] = {"rules": [{"rule": "x", "problem": each} for each in problems]}
    preview["rules"].append({"rule": "passed"})
    return cast("PreviewResult", {"preview": preview | ({"phoneNumber": number} if number else {})})


DETAILS: Final = ("No, such; number.", 'two\r\nlines,\t"quoted"\u2028end', "x;y", " \x1c ")
PROBLEMS: Final = st.builds(
    a_problem, st.sampled_from(DETAILS), st.sampled_from(["phoneNumber", "message", None])
)
RESULT: Final = st.one_of(
    PROBLEMS.map(lambda problem: a_result({"problem": problem})),
    st.fixed_dictionaries(
        {"status": st.sampled_from(["queued", "failed", "sent"])},
        optional={"reason": st.just("refused"), "errorMessage": st.sampled_from(DETAILS)},
    ).map(lambda message: a_result({"message": message, "replayed": False})),
)
PREVIEW: Final = st.one_of(
    PROBLEMS.map(lambda problem: cast("PreviewResult", {"problem": problem})),
    st.builds(
        a_preview,
        st.sampled_from(["+40721230000", "+40721240000", "+40721234567", None]),
        *[PROBLEMS] * 2,
    ),
    st.builds(a_preview, st.sampled_from(["+40721230000", "+40721240000", "+40721234567"])),
)
RESULTS: Final = [a_result({"message": {"status": "queued"}, "replayed": False})]
PREVIEWS: Final = [a_preview("+40721234567")]
TOLD: Final = Told(RESULTS, PREVIEWS)

ASSIGNED: Final = st.characters(exclude_categories=["Cs", "Cn"])
"""Characters of which Python's and the browser's tables, of different years, think alike."""
SEPARATORS: Final = "\t\n\x0b\r\x1c\x1f\x85\xa0\u2003\u2028\u202f\u3000 ,;."
ODD: Final = "\ufeff\u200b\u00ad\u2060\0\x7f\"'=@-+_%"
LETTERS: Final = "aAșşțİ\u0131ßςΣ\u017f\ufb01²Ⅷ①٣漢😀\u0301\u0327e\u212b"
TEXT: Final = st.text(st.sampled_from(SEPARATORS + ODD + LETTERS + "0123456789E") | ASSIGNED)
DIGITS: Final = st.text("0123456789 .-()+/", max_size=16)
NUMBER: Final = st.one_of(
    st.sampled_from(["0721234567", "0721 234 567", "+40 721.234.567", "1", "+4071", ""]),
    st.sampled_from(
        ["4,07213E+10", "4.07E10", "1e5", "491601234567.0", "+4916.00", "4916.000", "a.0"]
    ),
    st.sampled_from(["=1+1", "+A1", "\uff0b4a", "+\uff11", "-1", "\t\r=1", "\u200b"]),
    st.sampled_from(["1" * 64, "1" * 65, "😀" * 40]),
    DIGITS,
    TEXT,
)
MESSAGE: Final = st.one_of(
    st.sampled_from(["Bună ziua", unicodedata.normalize("NFD", "Bună"), "a\r\nb\rc", " x ", ""]),
    st.sampled_from(["a" * 2000, "a" * 2001, "😀" * 2000, "\x1c\x1d"]),
    TEXT,
)
KNOWN_NAMES: Final = st.sampled_from(
    ["number", "message", *NAMES["number"], *NAMES["message"], "Nume", "Nr.", "Observații", ""]
)
NAME: Final = st.one_of(
    KNOWN_NAMES,
    KNOWN_NAMES.map(str.upper),
    KNOWN_NAMES.map(lambda name: f" {unicodedata.normalize('NFD', name)}\u200b:\u00a0"),
)
NAME_OF_MESSAGE: Final = st.sampled_from(["message", "Mesaj", " MESAJUL:"])
CHOSEN: Final = st.dictionaries(st.sampled_from(["number", "message"]), NAME.filter(str.strip))


GOOD_ROW: Final = st.tuples(
    DIGITS.filter(str.strip)
    | st.sampled_from(["0721 234 567", "+40721234567", "0721.234-567", "40721230000"]),
    st.sampled_from(["Bună ziua", unicodedata.normalize("NFD", "Bună ziua"), "a\r\nb", "Da, vin;"])
    | TEXT.filter(str.strip),
)


@dataclass(frozen=True)
class Made:
    """A file, and what the person calls its columns."""

    content: bytes
    chosen: dict[str, str]


@st.composite
def files(draw: st.DrawFn) -> Made:
    """A file as spreadsheet programs and people make it: some are good, some have every mistake."""
    delimiter = draw(st.sampled_from([",", ";", "\t"]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    encoding = draw(st.sampled_from(["utf-8"] * 6 + ["utf-8-sig", "utf-16", "cp1250"]))
    if draw(st.booleans()):
        table = draw(good_tables())
        lines = [delimiter.join(draw(cells(row, delimiter))) for row in table]
        return Made((end.join(lines) + end).encode(encoding, "ignore"), {})
    header = draw(st.lists(NAME, min_size=1, max_size=4) | st.just(["Nume", "Mesaj", "Telefon"]))
    rows = draw(st.lists(st.lists(NUMBER | MESSAGE, max_size=5), max_size=3))
    if draw(st.integers(0, 9)):
        lines = [delimiter.join(draw(cells(row, delimiter))) for row in [header, *rows]]
    else:
        lines = [delimiter.join(row) for row in [header, *rows]]
    hint = draw(st.sampled_from([None, None, f"sep={delimiter}", '"sep=;"', "SEP=,;;", "sep=|"]))
    lines = [hint, *lines] if hint else lines
    for _ in range(draw(st.integers(0, 2))):
        odd = draw(st.sampled_from(["", ";;", " , ", '""', "\u200b", '"a', "sep=;", 'b";']))
        lines.insert(draw(st.integers(0, len(lines))), odd)
    content = end.join(lines).encode(encoding, "replace")
    return Made(draw(st.sampled_from([content] * 9 + [content[:-1]])), draw(CHOSEN))


@st.composite
def good_tables(draw: st.DrawFn) -> list[list[str]]:
    """Rows below a header that names both columns; most can be sent, and some are there twice."""
    number, message = draw(st.sampled_from(["number", "Telefon"])), draw(NAME_OF_MESSAGE)
    rows = draw(st.lists(GOOD_ROW | st.tuples(NUMBER, MESSAGE), min_size=1, max_size=6))
    rows += draw(st.lists(st.sampled_from(rows), max_size=2))
    others = draw(st.sampled_from([[], ["Nume"], ["Nume", ""]]))
    return [[number, *others, message], *([each, *others, text] for each, text in rows)]


@st.composite
def cells(draw: st.DrawFn, row: list[str], delimiter: str) -> list[str]:
    """The cells of a row as CSV, in quotation marks where they have to be, and elsewhere too."""
    doubtful = f'{delimiter}"\r\n'
    return [
        f'"{text.replace(chr(34), chr(34) * 2)}"'
        if draw(st.booleans()) or any(character in text for character in doubtful)
        else text
        for text in row
    ]


@given(
    files(),
    st.sampled_from(["people.csv", "toamnă"]) | TEXT,
    st.lists(RESULT, min_size=1, max_size=4),
    st.lists(PREVIEW, min_size=1, max_size=4),
)
@settings(max_examples=300)
def test_console_and_tool_make_the_same_of_any_file(
    node: Node, made: Made, name: str, results: list[BatchResult], previews: list[PreviewResult]
) -> None:
    told = Told(results, previews)

    assert_alike(node, made.content, chosen=made.chosen, name=name, gateway=told)


@given(st.binary(max_size=60))
def test_console_and_tool_refuse_the_same_files(node: Node, content: bytes) -> None:
    for text in (content, b"number;message\n" + content, b"\xff\xfe" + content):
        assert_alike(node, text)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04\x14\0",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"%PDF-1.7",
        b"",
        b"\xef\xbb\xbf\xef\xbb\xbfnumber,message\n1,a\n",
        b"\xff\xfen\0u\0m",
        "number,message\n1,a\n".encode("utf-16-le"),
        "\ufeffnumber,message\n1,a\n".encode("utf-32-le"),
        "\ufeffTelefon\tMesaj\n1\ta\n".encode("utf-16-be"),
    ],
    ids=["xlsx", "xls", "pdf", "empty", "two marks", "cut", "no mark", "utf-32", "big end first"],
)
def test_console_and_tool_know_the_same_kinds_of_files(node: Node, content: bytes) -> None:
    assert_alike(node, content)


def test_the_columns_may_be_called_the_same(node: Node) -> None:
    assert node.ask("names") == {what: list(names) for what, names in NAMES.items()}


def test_an_id_that_was_given_once_stays(node: Node) -> None:
    answer = assert_alike(node, "number,message\n0721 234 567,Bună ziua\n".encode())

    assert answer["rows"][0][3] == "csv-2961a36cf992b15832134ec2107c8e9096680705"


def test_every_character_is_a_space_a_letter_or_invisible_for_both(node: Node) -> None:
    """As part of a number each tells itself by what is left of it, and by the row's id."""
    characters = [chr(point) for point in range(1, 0x110000) if is_looked_at(point)]
    written = ['""' if character == '"' else character for character in characters]
    rows = "".join(f'"1{each}2 {at}";"a{each}"\n' for at, each in enumerate(written))

    answer = assert_alike(node, f"number;message\n{rows}".encode())

    assert answer["size"] == len(characters)


def is_looked_at(point: int) -> bool:
    """All characters but letters without case (ideographs and the like), of which some will do."""
    category = unicodedata.category(chr(point))
    return category not in {"Cs", "Cn", "Co"} and (category != "Lo" or point % 64 == 0)


def test_a_file_in_windows_1250_is_read_as_if_it_had_been_saved_as_utf_8(node: Node) -> None:
    """So that a person who later saves it anew goes on with the same send."""
    text = "Telefon;Mesaj\r\n0721234567;Bunã ziua, ªtefan \u2013 þãri\r\n0721234568;Şedinţă\r\n"
    named = text.encode("cp1250", "ignore")

    answer = node.ask(
        "sheet",
        content=base64.b64encode(named).decode(),
        encoding="windows-1250",
        chosen={},
        name="people.csv",
        gateway=GATEWAY,
    )

    utf_8 = named.decode("cp1250").encode()
    assert answer["rows"] == answer_of_the_tool(utf_8, {}, "people.csv", TOLD)["rows"]


def test_a_cell_that_a_spreadsheet_would_run_becomes_a_text(node: Node) -> None:
    problem = a_problem('=HYPERLINK("http://x")', "phoneNumber")

    answer = node.ask(
        "sheet",
        content=base64.b64encode(b"number,message\n0721234567,a\n").decode(),
        chosen={},
        name="people.csv",
        gateway=GATEWAY,
        results=[{"problem": problem}],
    )

    assert ""","'=HYPERLINK(""http://x"")",""" in answer["results"]


NUMBERS: Final = st.sampled_from(["+40721234567", "+40721234568", "+40799000001", "+4916012345678"])


@given(
    st.lists(NUMBERS, max_size=5),
    st.sampled_from(["phoneNumber,since,client", "Telefon", "Nume;Telefon", "sep=;\nNr.;Number"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_console_and_tool_read_the_same_numbers_from_a_list(
    node: Node, numbers: list[str], header: str, end: str
) -> None:
    before = ";" if ";" in header else ""
    lines = [*header.split("\n"), *(f"{before}{number}" for number in numbers), "", ";;"]
    content = end.join(lines).encode()

    answer = node.ask("suppressions", content=base64.b64encode(content).decode())

    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_bytes(content)
        sheet = read_file(path, PhoneNumberRules("RO", frozenset({"RO"})), "import", NOW)
    assert [each["number"] for each in answer["entries"]] == [
        entry.phone_number.e164 for entry in sheet.entries
    ]
    assert answer["repeated"] == sheet.repeated
    assert answer["wrong"] == list(sheet.wrong) == []


def test_an_exported_list_is_the_file_that_the_tool_writes(node: Node, tmp_path: Path) -> None:
    entries = [
        Suppression(PhoneNumber("+40721234567"), NOW, "crm"),
        Suppression(PhoneNumber("+40799000001"), NOW, "import"),
    ]
    write_file(tmp_path / "list.csv", entries)

    answer = node.ask(
        "exported",
        entries=[
            {"phoneNumber": e.phone_number.e164, "since": to_iso(e.since), "client": e.client}
            for e in entries
        ],
    )

    assert answer.encode() == (tmp_path / "list.csv").read_bytes()
