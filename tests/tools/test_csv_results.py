from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sms_gateway.domain import status
from tools.csv_results import (
    DUPLICATE,
    REFUSED,
    SETTLED,
    UNKNOWN,
    Result,
    ResultFile,
    ResultsError,
)

HERE = "https://here.test/v1"
FIRST = Result(2, "0721 234 567", "csv-1", "queued", gateway=HERE)
SECOND = Result(3, "112", "csv-2", REFUSED, "urn:x:invalid-phone-number", "No, such; number.", HERE)
ELSEWHERE = replace(FIRST, gateway="https://elsewhere.test/v1")


@pytest.fixture
def file(tmp_path: Path) -> ResultFile:
    return ResultFile(tmp_path / "people.csv.results.csv", ",")


def begun(file: ResultFile, *results: Result) -> ResultFile:
    file.rewrite(results)
    return file


def read(file: ResultFile) -> Mapping[str, Result]:
    """What is known of this gateway."""
    return file.read(HERE)[0]


def test_a_status_that_is_waited_for_no_more_is_one_that_the_gateway_calls_settled() -> None:
    assert status.SETTLED | {REFUSED, DUPLICATE, UNKNOWN} == SETTLED


def test_a_file_that_is_not_there_holds_nothing(file: ResultFile) -> None:
    assert file.read(HERE) == ({}, [])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_was_written_and_added_is_read_back(tmp_path: Path, delimiter: str) -> None:
    file = begun(ResultFile(tmp_path / "r.csv", delimiter), FIRST)

    file.append([SECOND])

    assert read(file) == {"csv-1": FIRST, "csv-2": SECOND}


def test_it_is_a_table_for_people(file: ResultFile) -> None:
    begun(file, FIRST, SECOND)

    assert file.path.read_text().splitlines() == [
        "line,number,messageId,status,problem,detail,gateway",
        "2,0721 234 567,csv-1,queued,,,https://here.test/v1",
        '3,112,csv-2,refused,urn:x:invalid-phone-number,"No, such; number.",https://here.test/v1',
    ]


def test_the_last_result_of_a_row_counts(file: ResultFile) -> None:
    later = replace(SECOND, status="queued", problem="", detail="")
    begun(file, SECOND).append([FIRST, later])

    assert read(file) == {"csv-1": FIRST, "csv-2": later}


def test_the_same_row_at_two_gateways_is_two_results(file: ResultFile) -> None:
    begun(file, ELSEWHERE).append([FIRST])

    assert file.read(HERE) == ({"csv-1": FIRST}, [ELSEWHERE])
    assert file.read(ELSEWHERE.gateway) == ({"csv-1": ELSEWHERE}, [FIRST])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_results_from_before_gateways_were_told_apart_are_of_none(
    file: ResultFile, delimiter: str
) -> None:
    lines = ["line,number,messageId,status,problem,detail", "2,0721 234 567,csv-1,queued,,", ""]
    file.path.write_text("\n".join(lines).replace(",", delimiter))

    assert file.read(HERE) == ({}, [replace(FIRST, gateway="")])


def test_a_duplicate_says_nothing_about_its_message(file: ResultFile) -> None:
    begun(file, FIRST, replace(FIRST, line=9, status=DUPLICATE))

    assert read(file) == {"csv-1": FIRST}


def test_every_result_is_one_line_whatever_is_in_it(file: ResultFile) -> None:
    begun(file).append([replace(SECOND, detail='two\r\nlines, "quoted"\u2028end')])

    assert len(file.path.read_bytes().split(b"\n")) == 3
    assert read(file)["csv-2"].detail == 'two lines, "quoted" end'


def test_a_file_cut_off_anywhere_is_read_up_to_its_last_whole_line(file: ResultFile) -> None:
    begun(file, FIRST)
    whole = len(file.path.read_bytes())
    file.append([SECOND])
    content = file.path.read_bytes()

    for length in range(whole, len(content)):
        file.path.write_bytes(content[:length])
        assert read(file) == {"csv-1": FIRST}


def test_rewriting_puts_a_whole_file_in_the_place_of_another(file: ResultFile) -> None:
    begun(file, FIRST)

    file.rewrite([SECOND])

    assert read(file) == {"csv-2": SECOND}
    assert list(file.path.parent.iterdir()) == [file.path]


def test_a_file_that_was_saved_by_a_spreadsheet_is_read(file: ResultFile) -> None:
    begun(file, FIRST)
    content = file.path.read_text().replace(",", ";").replace("\n", "\r\n")
    file.path.write_text("\ufeff" + content, encoding="utf-8", newline="")

    assert read(file) == {"csv-1": FIRST}


@pytest.mark.parametrize(
    "content", ["", "number,message\n1,a\n", "line,number\n", "some notes", "a\nb\n"]
)
def test_a_file_of_somebody_elses_is_left_alone(file: ResultFile, content: str) -> None:
    file.path.write_text(content)

    with pytest.raises(ResultsError, match=r"is not a file of results\. Move it away"):
        read(file)

    assert file.path.read_text() == content


@pytest.mark.parametrize(
    "line", ["1,2,3\n", "x,1,csv-1,queued,,,\n", "2,1,csv-1,queued,,\n", ",,,,,,\n", "\n"]
)
def test_a_line_that_is_no_result_is_named(file: ResultFile, line: str) -> None:
    begun(file, FIRST)
    with file.path.open("a") as notes:
        notes.write(line)

    with pytest.raises(ResultsError, match="line 3: this line is not a result"):
        read(file)


def test_a_result_does_not_show_the_number() -> None:
    assert "0721" not in repr(FIRST)
