from dataclasses import replace
from pathlib import Path

import pytest

from tools.csv_results import DUPLICATE, REFUSED, Result, ResultFile, ResultsError

FIRST = Result(2, "0721 234 567", "csv-1", "queued")
SECOND = Result(3, "112", "csv-2", REFUSED, "urn:x:invalid-phone-number", "No, such; number.")


@pytest.fixture
def file(tmp_path: Path) -> ResultFile:
    return ResultFile(tmp_path / "people.csv.results.csv", ",")


def begun(file: ResultFile, *results: Result) -> ResultFile:
    file.rewrite(results)
    return file


def test_a_file_that_is_not_there_holds_nothing(file: ResultFile) -> None:
    assert file.read() == {}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_was_written_and_added_is_read_back(tmp_path: Path, delimiter: str) -> None:
    file = begun(ResultFile(tmp_path / "r.csv", delimiter), FIRST)

    file.append([SECOND])

    assert file.read() == {"csv-1": FIRST, "csv-2": SECOND}


def test_it_is_a_table_for_people(file: ResultFile) -> None:
    begun(file, FIRST, SECOND)

    assert file.path.read_text().splitlines() == [
        "line,number,messageId,status,problem,detail",
        "2,0721 234 567,csv-1,queued,,",
        '3,112,csv-2,refused,urn:x:invalid-phone-number,"No, such; number."',
    ]


def test_the_last_result_of_a_row_counts(file: ResultFile) -> None:
    later = replace(SECOND, status="queued", problem="", detail="")
    begun(file, SECOND).append([FIRST, later])

    assert file.read() == {"csv-1": FIRST, "csv-2": later}


def test_a_duplicate_says_nothing_about_its_message(file: ResultFile) -> None:
    begun(file, FIRST, replace(FIRST, line=9, status=DUPLICATE))

    assert file.read() == {"csv-1": FIRST}


def test_every_result_is_one_line_whatever_is_in_it(file: ResultFile) -> None:
    begun(file).append([replace(SECOND, detail='two\r\nlines, "quoted"\u2028end')])

    assert len(file.path.read_bytes().split(b"\n")) == 3
    assert file.read()["csv-2"].detail == 'two lines, "quoted" end'


def test_a_file_cut_off_anywhere_is_read_up_to_its_last_whole_line(file: ResultFile) -> None:
    begun(file, FIRST)
    whole = len(file.path.read_bytes())
    file.append([SECOND])
    content = file.path.read_bytes()

    for length in range(whole, len(content)):
        file.path.write_bytes(content[:length])
        assert file.read() == {"csv-1": FIRST}


def test_rewriting_puts_a_whole_file_in_the_place_of_another(file: ResultFile) -> None:
    begun(file, FIRST)

    file.rewrite([SECOND])

    assert file.read() == {"csv-2": SECOND}
    assert list(file.path.parent.iterdir()) == [file.path]


def test_a_file_that_was_saved_by_a_spreadsheet_is_read(file: ResultFile) -> None:
    begun(file, FIRST)
    content = file.path.read_text().replace(",", ";").replace("\n", "\r\n")
    file.path.write_text("\ufeff" + content, encoding="utf-8", newline="")

    assert file.read() == {"csv-1": FIRST}


@pytest.mark.parametrize(
    "content", ["", "number,message\n1,a\n", "line,number\n", "some notes", "a\nb\n"]
)
def test_a_file_of_somebody_elses_is_left_alone(file: ResultFile, content: str) -> None:
    file.path.write_text(content)

    with pytest.raises(ResultsError, match="is not a file of results: move it away"):
        file.read()

    assert file.path.read_text() == content


@pytest.mark.parametrize("line", ["1,2,3\n", "x,1,csv-1,queued,,\n", ",,,,,\n", "\n"])
def test_a_line_that_is_no_result_is_named(file: ResultFile, line: str) -> None:
    begun(file, FIRST)
    with file.path.open("a") as notes:
        notes.write(line)

    with pytest.raises(ResultsError, match="line 3: this is no result"):
        file.read()


def test_a_result_does_not_show_the_number() -> None:
    assert "0721" not in repr(FIRST)
