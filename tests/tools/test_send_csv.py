"""The program as a whole: its own process, a real socket, and a file that it leaves behind."""

import csv
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections import Counter, deque
from pathlib import Path
from threading import Event
from typing import Final

import pytest

from local.stack import LocalStack, stack_file
from tests.support.gateway_server import (
    API_KEY,
    BAD_GATEWAY,
    CUT_AFTER_STORING,
    TOO_MANY,
    UNAVAILABLE,
    GatewayServer,
)
from tools.repository import CLIENT_SOURCE, ROOT
from tools.send_csv import (
    CANNOT_BEGIN,
    GAVE_UP,
    INTERRUPTED,
    KEY_VARIABLE,
    SOME_REFUSED,
    URL_VARIABLE,
    WELL,
    Where,
    find_gateway,
    main,
)

ROWS: Final = 1000


def a_file(folder: Path, count: int = ROWS) -> Path:
    """So many rows, each to a number of its own, with a text that no output may show."""
    path = folder / "people.csv"
    lines = [f'0722{number:06};"Confidential; {number}"' for number in range(count)]
    path.write_text("\n".join(["number;message", *lines, ""]), encoding="utf-8-sig")
    return path


def started(path: Path, gateway: GatewayServer, *options: str) -> subprocess.Popen[str]:
    """The program, as its users start it."""
    where = {URL_VARIABLE: gateway.url, KEY_VARIABLE: API_KEY, "PYTHONPATH": str(CLIENT_SOURCE)}
    return subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", "tools.send_csv", str(path), *options],
        cwd=ROOT,
        env=os.environ | where,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit status and output, which never holds what it must not."""
    with process:
        output, _ = process.communicate(timeout=120)
    assert API_KEY not in output
    assert "Confidential" not in output
    assert "0722" not in output
    return process.returncode, output


def run(path: Path, gateway: GatewayServer, *options: str) -> tuple[int, str]:
    return ended(started(path, gateway, *options))


def results(path: Path) -> list[dict[str, str]]:
    with path.with_name(f"{path.name}.results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def assert_complete(path: Path, gateway: GatewayServer, status: str = "queued") -> None:
    """Every row was accepted once, and the results say so in order."""
    assert len(gateway.accepted) == ROWS
    assert gateway.accepted.total() == ROWS, "no double"
    found = results(path)
    assert [int(result["line"]) for result in found] == list(range(2, ROWS + 2))
    assert {result["status"] for result in found} == {status}
    assert {result["messageId"] for result in found} == set(gateway.stored)
    assert "Confidential" not in path.with_name(f"{path.name}.results.csv").read_text()


def test_a_thousand_rows_interrupted_half_way_by_a_kill_are_a_thousand_acceptances(
    tmp_path: Path, gateway: GatewayServer
) -> None:
    path = a_file(tmp_path)
    half_way, killed = Event(), Event()

    def hold_the_sixth_answer() -> None:
        if len(gateway.batches) == 6:
            half_way.set()
            killed.wait(60)

    gateway.before_answer = hold_the_sixth_answer
    process = started(path, gateway)
    assert half_way.wait(60)
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    killed.set()
    status, _ = ended(process)

    assert status == -signal.SIGKILL
    assert gateway.accepted.total() == 600
    assert len(results(path)) == 500, "what was answered is on the disk"

    status, output = run(path, gateway)

    assert status == WELL, output
    assert_complete(path, gateway)
    assert sum(map(len, gateway.batches)) == 1100, "only the batch in flight was sent again"


def test_a_kill_in_the_middle_of_a_line_is_survived(tmp_path: Path, gateway: GatewayServer) -> None:
    path = a_file(tmp_path)
    run(path, gateway)
    written = path.with_name("people.csv.results.csv")
    content = written.read_bytes()
    written.write_bytes(content[: len(content) // 2])

    status, _ = run(path, gateway)

    assert status == WELL
    assert_complete(path, gateway)


def test_a_bad_day_of_the_gateway_is_survived(tmp_path: Path, gateway: GatewayServer) -> None:
    path = a_file(tmp_path)
    for trouble in (TOO_MANY, CUT_AFTER_STORING, UNAVAILABLE, BAD_GATEWAY):
        gateway.troubles.extend([trouble, None])
    gateway.problems = {
        "0722000723": deque([(429, "recipient-limit-reached")]),
        "0722000856": deque([(503, "store-unavailable")]),
    }

    status, output = run(path, gateway)

    assert status == WELL, output
    assert_complete(path, gateway)
    assert "429 Slow down.; again in 1 s" in output
    assert "2 of the rows cannot be taken just now" in output


def test_ctrl_c_leaves_the_results_in_order_and_the_next_run_goes_on(
    tmp_path: Path, gateway: GatewayServer
) -> None:
    path = a_file(tmp_path)
    half_way, stopped = Event(), Event()

    def hold_the_third_answer() -> None:
        if len(gateway.batches) == 3:
            half_way.set()
            stopped.wait(60)

    gateway.before_answer = hold_the_third_answer
    process = started(path, gateway)
    assert half_way.wait(60)
    process.send_signal(signal.SIGINT)
    status, output = ended(process)
    stopped.set()

    assert status == INTERRUPTED
    assert "Interrupted. Run the same command again to go on." in output
    assert "no answer yet" in output
    assert len(results(path)) == 200
    assert run(path, gateway)[0] == WELL
    assert_complete(path, gateway)


def test_nobody_sends_a_file_that_is_being_sent(tmp_path: Path, gateway: GatewayServer) -> None:
    path = a_file(tmp_path)
    first_is_at_work, second_has_ended = Event(), Event()

    def hold() -> None:
        first_is_at_work.set()
        second_has_ended.wait(60)

    gateway.before_answer = hold
    first = started(path, gateway)
    assert first_is_at_work.wait(60)
    status, output = run(path, gateway)
    second_has_ended.set()

    assert status == CANNOT_BEGIN
    assert "another run is sending it right now" in output
    assert ended(first)[0] == WELL


# in this process, which is quicker


@pytest.fixture
def _where(gateway: GatewayServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL_VARIABLE, gateway.url)
    monkeypatch.setenv(KEY_VARIABLE, API_KEY)


@pytest.mark.usefixtures("_where")
def test_what_became_of_each_row_is_summed_up(
    tmp_path: Path, gateway: GatewayServer, capsys: pytest.CaptureFixture[str]
) -> None:
    path = a_file(tmp_path, 6)
    with path.open("a") as file:
        file.write("0722 000 000;Confidential\n")
        file.write('0722 000 001;"Confidential; 1"\n')
    gateway.statuses = {"0722000002": "no_report", "0722000003": "failed"}
    gateway.statuses |= {f"072200000{n}": "sent" for n in (0, 1)} | {"0722 000 000": "sent"}
    gateway.problems["0722000004"] = deque([(422, "invalid-phone-number")])
    gateway.statuses["0722000005"] = "cancelled"

    assert main([str(path), "--follow"]) == SOME_REFUSED

    assert Counter(result["status"] for result in results(path)) == {
        "sent": 3,
        "no_report": 1,
        "failed": 1,
        "cancelled": 1,
        "refused": 1,
        "duplicate": 1,
    }
    output = capsys.readouterr().out
    for outcome in ("sent", "no_report", "failed", "refused: invalid-phone-number", "duplicate"):
        assert outcome in output
    assert "people.csv.results.csv" in output.replace("\n", "")
    assert "Confidential" not in output


@pytest.mark.usefixtures("_where")
def test_following_can_be_done_later(tmp_path: Path, gateway: GatewayServer) -> None:
    path = a_file(tmp_path, 3)
    assert main([str(path)]) == WELL
    gateway.statuses = {f"072200000{number}": "sent" for number in range(3)}

    assert main([str(path), "--follow"]) == WELL

    assert len(gateway.batches) == 1
    assert {result["status"] for result in results(path)} == {"sent"}


@pytest.mark.usefixtures("_where")
def test_a_failed_message_is_no_success_if_it_was_followed(
    tmp_path: Path, gateway: GatewayServer
) -> None:
    path = a_file(tmp_path, 2)
    gateway.statuses = {"0722000000": "failed", "0722000001": "sent"}

    assert main([str(path)]) == WELL
    assert main([str(path), "--follow"]) == SOME_REFUSED
    assert results(path)[0]["detail"] == "transmission-error"


@pytest.mark.usefixtures("_where")
def test_a_message_the_gateway_does_not_know_is_no_success(
    tmp_path: Path, gateway: GatewayServer
) -> None:
    path = a_file(tmp_path, 2)
    gateway.statuses = {"0722000000": None, "0722000001": "sent"}

    assert main([str(path), "--follow"]) == SOME_REFUSED

    assert [result["status"] for result in results(path)] == ["unknown", "sent"]


@pytest.mark.usefixtures("_where")
def test_a_file_another_gateway_has_taken_is_sent_to_this_one(
    tmp_path: Path, gateway: GatewayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, there = a_file(tmp_path, 2), GatewayServer()
    there.statuses = {"0722000000": "sent", "0722000001": "sent"}
    assert main([str(path)]) == WELL

    with there.listening():
        monkeypatch.setenv(URL_VARIABLE, there.url)
        assert main([str(path), "--follow"]) == WELL

    assert gateway.accepted.total() == there.accepted.total() == 2
    assert Counter(result["gateway"] for result in results(path)) == {gateway.url: 2, there.url: 2}


@pytest.mark.usefixtures("_where")
def test_another_name_sends_the_rows_once_more(tmp_path: Path, gateway: GatewayServer) -> None:
    path = a_file(tmp_path, 3)

    assert main([str(path)]) == main([str(path), "--name", "autumn"]) == WELL

    assert set(gateway.accepted.values()) == {2}


@pytest.mark.usefixtures("_where")
def test_a_file_that_is_wrong_is_not_sent_at_all(
    tmp_path: Path, gateway: GatewayServer, capsys: pytest.CaptureFixture[str]
) -> None:
    path = a_file(tmp_path, 500)
    with path.open("a") as file:
        file.write("0722000999;\n")

    assert main([str(path)]) == CANNOT_BEGIN

    assert "row 502, message: the message is empty" in capsys.readouterr().out
    assert (gateway.batches, list(tmp_path.iterdir())) == ([], [path])


WRONG: Final = """\
Telefon;Nume;Mesaj
0722000001;Ana;Da
0722000002;Ion
4,07212E+10;Dan;Da
07220;Eva;Da
+40722000001;Ana;Nu
0722000003;Ada;Da
"""
FOUND: Final = [
    "row 3, Mesaj: the message is empty",
    (
        "row 4, Telefon: the spreadsheet has rounded the number (…E+…); format the column as text,"
        " enter the number again and save the file once more"
    ),
    "row 5, Telefon: No phone has this number",
    "rows 2 and 6 have one number in different spellings: one phone would get several SMS",
]


def written(folder: Path, text: str, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    return path


@pytest.mark.usefixtures("_where")
@pytest.mark.parametrize("options", [[], ["--check"], ["--check", "--anyway"]])
def test_everything_that_is_found_is_one_list_and_nothing_is_sent(
    tmp_path: Path, gateway: GatewayServer, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    path = written(tmp_path, WRONG)

    assert main([str(path), *options]) == CANNOT_BEGIN

    lines = [line for line in capsys.readouterr().out.splitlines() if "━" not in line]
    assert lines[: len(FOUND)] == FOUND
    assert lines[len(FOUND) :] == [
        (
            "3 of 6 rows are wrong. Nothing was sent. Correct the file and run the same command"
            " again, or add --anyway to send the others."
        )
    ]
    assert (gateway.batches, list(tmp_path.iterdir())) == ([], [path])


@pytest.mark.usefixtures("_where")
def test_what_is_right_is_sent_if_the_person_says_so(
    tmp_path: Path, gateway: GatewayServer, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, WRONG)
    gateway.problems["07220"] = deque([(422, "invalid-phone-number")] * 2)

    assert main([str(path), "--anyway"]) == SOME_REFUSED

    assert list(gateway.accepted) == [
        ("0722000001", "Da"),
        ("+40722000001", "Nu"),
        ("0722000003", "Da"),
    ]
    assert [(r["line"], r["status"], r["problem"]) for r in results(path)] == [
        ("2", "queued", ""),
        ("3", "refused", "row-not-read"),
        ("4", "refused", "row-not-read"),
        ("5", "refused", "urn:problem-type:sms-gateway:invalid-phone-number"),
        ("6", "queued", ""),
        ("7", "queued", ""),
    ]
    assert results(path)[2]["number"] == "", "a formula would run when the results are opened"
    output = capsys.readouterr().out
    assert [line for line in FOUND if line not in output] == []
    assert "refused: row-not-read" in output

    assert main([str(path), "--anyway"]) == SOME_REFUSED
    assert (gateway.accepted.total(), len(results(path))) == (3, 6)


@pytest.mark.usefixtures("_where")
def test_a_check_of_a_good_file_sends_nothing_and_leaves_nothing_behind(
    tmp_path: Path, gateway: GatewayServer, capsys: pytest.CaptureFixture[str]
) -> None:
    path = a_file(tmp_path, 250)

    assert main([str(path), "--check"]) == WELL

    output = capsys.readouterr().out
    assert "Nothing is wrong with the rows, 250 of them. Nothing was sent." in output
    assert "checking" in output
    assert "250/250" in output
    assert [len(batch) for batch in gateway.previews] == [100, 100, 50]
    assert (gateway.batches, list(tmp_path.iterdir())) == ([], [path])


@pytest.mark.usefixtures("_where")
def test_a_check_says_the_same_of_a_file_that_was_sent(
    tmp_path: Path, gateway: GatewayServer
) -> None:
    path = written(tmp_path, WRONG)
    main([str(path), "--anyway"])

    assert main([str(path), "--check"]) == CANNOT_BEGIN
    assert [len(batch) for batch in gateway.previews] == [4, 4]


@pytest.mark.usefixtures("_where")
def test_rows_that_were_taken_are_not_judged_again_but_a_second_spelling_of_them_is_told(
    tmp_path: Path, gateway: GatewayServer, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "number;message\n0722000001;a\n07220;b\n")
    assert main([str(path), "--anyway"]) == WELL
    written(tmp_path, "number;message\n0722000001;a\n07220;b\n+40722000001;c\n")

    assert main([str(path)]) == CANNOT_BEGIN

    assert "rows 2 and 4 have one number" in capsys.readouterr().out
    assert gateway.accepted.total() == 2


@pytest.mark.usefixtures("_where")
def test_when_all_is_sent_nothing_is_checked(tmp_path: Path, gateway: GatewayServer) -> None:
    path = a_file(tmp_path, 3)

    assert main([str(path)]) == main([str(path)]) == WELL

    assert len(gateway.previews) == 1


@pytest.mark.usefixtures("_where")
def test_numbers_that_look_rounded_stop_a_file(
    tmp_path: Path, gateway: GatewayServer, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"4072{n}00000;a\n" for n in range(10, 35))
    path = written(tmp_path, f"number;message\n0722123456;a\n{rows}")

    assert main([str(path)]) == CANNOT_BEGIN

    output = capsys.readouterr().out
    assert "rows 3, 4, 5," in output
    assert "22 and 5 more have numbers that end in 0000" in output
    assert "Nothing was sent, so that you can look at these rows first." in output
    assert gateway.batches == []


@pytest.mark.usefixtures("_where")
def test_a_gateway_that_cannot_be_asked_sends_nothing_and_what_the_file_shows_is_told(
    tmp_path: Path, gateway: GatewayServer, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, WRONG)
    gateway.preview_troubles.extend([BAD_GATEWAY])

    assert main([str(path), "--patience", "0", "--anyway"]) == GAVE_UP

    output = capsys.readouterr().out
    assert "Given up: 502 Bad Gateway" in output
    assert FOUND[0] in output
    assert (gateway.batches, list(tmp_path.iterdir())) == ([], [path])


@pytest.mark.usefixtures("_where")
def test_a_bad_moment_of_the_check_is_survived(tmp_path: Path, gateway: GatewayServer) -> None:
    gateway.preview_troubles.extend([UNAVAILABLE, None])

    assert main([str(a_file(tmp_path, 150)), "--check"]) == WELL
    assert [len(batch) for batch in gateway.previews] == [100, 100, 50]


@pytest.mark.usefixtures("_where")
def test_columns_may_be_named_on_the_command_line(tmp_path: Path, gateway: GatewayServer) -> None:
    path = written(tmp_path, "Client;Anunț\n0722000001;Da\n")

    assert main([str(path)]) == CANNOT_BEGIN
    assert main([str(path), "--columns", "number=client,message=Anunt"]) == WELL
    assert list(gateway.accepted) == [("0722000001", "Da")]


SPREADSHEETS: Final = {
    "Excel in Romania": b'\xef\xbb\xbfTelefon;Nume;Mesaj\r\n0722000001;Ana;"Ora 10; sala 2"\r\n'
    b'0722000002;Ion;"""Da"", zice"\r\n;;\r\n',
    "Excel, Unicode text": b"\xff\xfe"
    + "Telefon\tNume\tMesaj\r\n0722000001\tAna\tOra 10; sala 2\r\n"
    '0722000002\tIon\t"""Da"", zice"\r\n'.encode("utf-16-le"),
    "Excel with a hint": b'sep=;\r\nTelefon;Nume;Mesaj\r\n0722000001;Ana;"Ora 10; sala 2"\r\n'
    b'0722000002;Ion;"""Da"", zice"\r\n',
    "Google Sheets": b"Telefon,Nume,Mesaj\r\n0722000001,Ana,Ora 10; sala 2\r\n"
    b'0722000002,Ion,"""Da"", zice"',
    "LibreOffice, quoted": b'"Telefon","Nume","Mesaj"\n"0722000001","Ana","Ora 10; sala 2"\n'
    b'"0722000002","Ion","""Da"", zice"\n',
    "empty rows first": b"\xef\xbb\xbf;;\r\n;;\r\nTelefon;Nume;Mesaj\r\n"
    b'0722000001;Ana;"Ora 10; sala 2"\r\n0722000002;Ion;"""Da"", zice"\r\n',
}
"""The same table, byte by byte as these programs write it."""


@pytest.mark.usefixtures("_where")
@pytest.mark.parametrize("content", SPREADSHEETS.values(), ids=SPREADSHEETS)
def test_a_table_is_sent_as_spreadsheet_programs_save_it(
    tmp_path: Path, gateway: GatewayServer, content: bytes
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)

    assert main([str(path)]) == WELL

    assert list(gateway.accepted) == [
        ("0722000001", "Ora 10; sala 2"),
        ("0722000002", '"Da", zice'),
    ]


@pytest.mark.usefixtures("_where")
def test_a_workbook_is_answered_with_what_to_do(
    tmp_path: Path, gateway: GatewayServer, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "people.xlsx"
    with zipfile.ZipFile(path, "w") as workbook:
        workbook.writestr("[Content_Types].xml", "<Types/>")

    assert main([str(path)]) == CANNOT_BEGIN

    assert 'save it as "CSV UTF-8"' in capsys.readouterr().out
    assert gateway.previews == []


@pytest.mark.usefixtures("_where")
def test_a_file_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "x.csv")]) == CANNOT_BEGIN
    assert "No such file" in capsys.readouterr().out


@pytest.mark.usefixtures("_where")
def test_a_file_of_results_that_is_none_is_left_alone(
    tmp_path: Path, gateway: GatewayServer, capsys: pytest.CaptureFixture[str]
) -> None:
    path = a_file(tmp_path, 1)
    path.with_name("people.csv.results.csv").write_text("my notes")

    assert main([str(path)]) == CANNOT_BEGIN

    assert "is not a file of results" in capsys.readouterr().out.replace("\n", " ")
    assert gateway.batches == []


@pytest.mark.usefixtures("_where")
def test_a_wrong_key_is_told_and_ends_the_run(
    tmp_path: Path, gateway: GatewayServer, capsys: pytest.CaptureFixture[str]
) -> None:
    path = a_file(tmp_path, 1)

    assert main([str(path), "--api-key", "another"]) == GAVE_UP

    output = capsys.readouterr().out
    assert "The gateway refuses these requests: 403 An API key is required." in output
    assert "another" not in output
    assert gateway.batches == []


@pytest.mark.usefixtures("_where")
def test_a_gateway_that_does_not_answer_is_given_up(
    tmp_path: Path, gateway: GatewayServer, capsys: pytest.CaptureFixture[str]
) -> None:
    path = a_file(tmp_path, 1)
    gateway.troubles.extend([BAD_GATEWAY] * 100)

    assert main([str(path), "--patience", "0"]) == GAVE_UP

    assert "Given up: 502 Bad Gateway. Run the same command again" in capsys.readouterr().out


def test_the_gateway_may_be_that_of_make_run(
    tmp_path: Path,
    gateway: GatewayServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, stack = a_file(tmp_path, 2), tmp_path / "stack.json"
    stack.write_text(json.dumps({"apiUrl": gateway.url, "apiKey": API_KEY}))
    for name in (URL_VARIABLE, KEY_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tools.send_csv.STACK_FILE", stack)

    assert main([str(path)]) == WELL

    output = capsys.readouterr().out
    assert f"Using the local stack of `make run`: {gateway.url}" in output
    assert API_KEY not in output


def test_what_make_run_writes_is_what_make_send_reads(tmp_path: Path) -> None:
    stack = LocalStack(
        api_url="http://127.0.0.1:4566/v1",
        api_key=API_KEY,
        console_url="",
        callback_url="",
        topic_arn="",
        messages_table="",
        aws_endpoint_url="",
        region="",
        voipit_url="",
        events_queue_url="",
        stack_outputs={},
    )

    with stack_file(stack, tmp_path / "stack.json") as path:
        found = find_gateway(None, None, {}, path)

    assert found == Where(stack.api_url, stack.api_key)


@pytest.mark.parametrize("given", [{}, {URL_VARIABLE: "https://a.test"}, {KEY_VARIABLE: "k"}])
def test_without_address_or_key_it_says_what_to_do(
    tmp_path: Path,
    given: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in (URL_VARIABLE, KEY_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("tools.send_csv.STACK_FILE", tmp_path / "stack.json")

    assert main([str(a_file(tmp_path, 1))]) == CANNOT_BEGIN

    assert f"Set {URL_VARIABLE} and {KEY_VARIABLE}" in capsys.readouterr().out.replace("\n", " ")


def test_a_key_does_not_travel_in_the_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--url", "http://api.example.com", "--api-key", "k"]

    assert main([str(a_file(tmp_path, 1)), *options]) == CANNOT_BEGIN

    assert "has to begin with https://" in capsys.readouterr().out.replace("\n", " ")


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["people.csv", "--wait", "-1"],
        ["people.csv", "--patience", "inf"],
        ["people.csv", "--columns", "Telefon"],
    ],
)
def test_options_that_make_no_sense_are_refused(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ending:
        main(options)

    assert ending.value.code == CANNOT_BEGIN
    assert "usage:" in capsys.readouterr().err


def test_its_help_says_how_to_go_on_and_what_its_ends_mean(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ending:
        main(["--help"])

    assert ending.value.code == 0
    told = capsys.readouterr().out
    words = (
        *(URL_VARIABLE, KEY_VARIABLE, "--name", "--follow", "exit status", "results.csv"),
        *("--check", "--anyway", "--columns"),
    )
    for word in words:
        assert word in told
