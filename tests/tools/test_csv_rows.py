import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.message_id import is_message_id
from tools.csv_rows import DELIMITERS, MOST_SENTENCES, CsvError, Row, read_sheet


def read(tmp_path: Path, content: str | bytes) -> list[tuple[int, str, str]]:
    path = tmp_path / "people.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [(row.line, row.number, row.message) for row in read_sheet(path).rows]


def refused(tmp_path: Path, content: str | bytes) -> str:
    with pytest.raises(CsvError) as error:
        read(tmp_path, content)
    return str(error.value)


def test_a_row_is_a_number_and_a_message(tmp_path: Path) -> None:
    content = "number,message\n0721 234 567,Bună ziua\n+40799000001,La revedere\n"

    assert read(tmp_path, content) == [
        (2, "0721 234 567", "Bună ziua"),
        (3, "+40799000001", "La revedere"),
    ]


@pytest.mark.parametrize("delimiter", DELIMITERS, ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_what_spreadsheets_write_is_read(
    tmp_path: Path, delimiter: str, mark: str, end: str
) -> None:
    lines = ["number;message", '0721234567;"Ora 10; sala 2, et. 1"', "0721234568;Da", ""]
    content = mark + end.join(line.replace(";", delimiter, 1) for line in lines)

    assert read(tmp_path, content) == [
        (2, "0721234567", "Ora 10; sala 2, et. 1"),
        (3, "0721234568", "Da"),
    ]
    assert read_sheet(tmp_path / "people.csv").delimiter == delimiter


@pytest.mark.parametrize("delimiter", DELIMITERS, ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize(
    "header",
    ['"number";"message"', '"number";message', 'number;"message"', '"a,b";"number";message'],
)
def test_a_header_may_stand_in_quotation_marks(
    tmp_path: Path, delimiter: str, mark: str, header: str
) -> None:
    row = '"x";' * header.count('"a') + '"0721234567";"Da; nu, poate"'
    content = f"{mark}{header.replace(';', delimiter)}\r\n{row.replace(';', delimiter)}\r\n"

    assert read(tmp_path, content) == [(2, "0721234567", f"Da{delimiter} nu, poate")]
    assert read_sheet(tmp_path / "people.csv").delimiter == delimiter


@pytest.mark.parametrize(
    "number",
    ["0721.234.567", "07.22.12.34.00", "+40 721-234-567", "(0721) 234567", "\t0721234567", "+407"],
)
def test_a_number_as_people_write_it_is_read(tmp_path: Path, number: str) -> None:
    assert read(tmp_path, f'number;message\n"{number}";a\n') == [(2, number.strip(), "a")]


def test_columns_are_found_by_name_among_others_in_any_case_and_order(tmp_path: Path) -> None:
    content = "Nume; MESSAGE ;Number\nAna;Bună, Ana;0721234567\n"

    assert read(tmp_path, content) == [(2, "0721234567", "Bună, Ana")]


def test_a_message_of_several_lines_is_one_row_and_the_next_knows_its_line(
    tmp_path: Path,
) -> None:
    content = 'number,message\r\n1,"a\r\nb ""c""\r\nd"\r\n2,e\r\n'

    assert read(tmp_path, content) == [(2, "1", 'a\nb "c"\nd'), (5, "2", "e")]


def test_spaces_around_a_number_go_and_a_message_stays_as_it_is(tmp_path: Path) -> None:
    assert read(tmp_path, 'number,message\n" 0721\t234 ", x \n') == [(2, "0721 234", " x ")]


def test_empty_rows_are_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, "number;message;note\n\n;;\n1;a;\n ; ;\n;\n\n") == [(4, "1", "a")]


def test_empty_cells_behind_the_last_column_do_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, "number;message\n1;a;;\n") == [(2, "1", "a")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "it is empty"),
        ("\ufeff\n \n", "it is empty"),
        ("number,message\n", "there are no rows below the header"),
        ("number,message\n,\n\n", "there are no rows below the header"),
        ("number,text\n1,a\n", 'line 1 has to be a header that names the columns: there is no "me'),
        ("message\na\n", 'there is no "number"'),
        ("0721234567,Bună\n", 'there is no "number" and no "message"'),
        ("number|message\n1|a\n", 'there is no "number" and no "message"'),
        ("number,number,message\n1,2,a\n", 'line 1: there are two columns called "number"'),
        ("number,message\n1,a\n,b\n", "line 3: the number is empty"),
        ("number,message\n1,a\n2, \n", "line 3: the message is empty"),
        ("number,message\n1\n", "line 2: there are 1 cells, and 2 in the header"),
        ("number,message\n1,Da, vin\n", "line 2: there are 3 cells, and 2 in the header"),
        ("number,message\n4.07213E+10,a\n", "line 2: the spreadsheet has rounded the number"),
        ("number;message\n4,07213E+10;a\n", "line 2: the spreadsheet has rounded the number"),
        (f"number,message\n{'1' * 65},a\n", "line 2: the number is longer than 64 characters"),
        (f"number,message\n1,{'a' * 2001}\n", "line 2: the message is longer than 2000 char"),
        ("number,message\n1,a\n=1+1,a\n", "line 3: a number that begins with = @ or -, or"),
        ('number;message\n"=HYPERLINK(""http://x"")";a\n', "line 2: a number that begins with ="),
        ("number,message\n@SUM(1+1),a\n", "line 2: a number that begins with = @ or -"),
        ('number,message\n"\t\r=1",a\n', "line 2: a number that begins with = @ or -"),
        ("number,message\n-1,a\n", "line 2: a number that begins with = @ or -"),
        ("number,message\n\uff1d1,a\n", "line 2: a number that begins with = @ or -"),
        ("number,message\n+HYPERLINK(A1),a\n", "or has letters behind a +, is a formula"),
        ("number,message\n491601234567.0,a\n", "line 2: the spreadsheet has given the number de"),
        ("number,message\n+491601234567.00,a\n", "decimals (….0); format the column as text"),
        ("number;message\n491601234567,0;a\n", "line 2: the spreadsheet has given the number de"),
        ("number;message\n491 601 234 567.0;a\n", "line 2: the spreadsheet has given the number"),
        (f"number,message\n1,{'a' * 200_000}\n", "line 2: the message is longer than 2000"),
        (f'number,message\n1,"{"a" * 200_000}"\n', "line 2: the message is longer than 2000"),
        (f"number,message\n{'1' * 200_000},a\n", "line 2: the number is longer than 64"),
        (f'number,message\n1,a\n2,"{"a" * 200_000}\n', "line 3: a quoted cell does not end"),
        ('"number";"text"\n1;a\n', 'there is no "message"'),
        ('number,message\n1,a\n2,"b" c\n', "line 3: a quoted cell does not end here"),
        ('number,message\n1,a\n2,"b\n3,c\n', "line 3: a quoted cell does not end here"),
        ('"number,message\n1,a\n', "line 1: a quoted cell does not end here"),
    ],
)
def test_a_file_that_is_wrong_is_refused_saying_where_and_why(
    tmp_path: Path, content: str, sentence: str
) -> None:
    assert sentence in refused(tmp_path, content)


def test_a_file_that_is_not_utf_8_is_refused_naming_the_line(tmp_path: Path) -> None:
    content = "number,message\n1,abc\n2,Bună\n".encode("cp1250")

    assert refused(tmp_path, content) == 'line 3 is not UTF-8; save the file as "CSV UTF-8"'


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_that_is_utf_16_is_refused_by_name(tmp_path: Path, encoding: str) -> None:
    content = "\ufeffnumber\tmessage\n".encode(encoding)

    assert "it is UTF-16" in refused(tmp_path, content)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CsvError, match="it cannot be read: No such file"):
        read_sheet(tmp_path / "people.csv")


def test_all_wrong_lines_are_named_up_to_a_bound(tmp_path: Path) -> None:
    rows = "".join(f"{n},\n" for n in range(MOST_SENTENCES + 5))

    sentences = refused(tmp_path, f"number,message\n{rows}").splitlines()

    assert sentences[0] == "line 2: the message is empty"
    assert sentences[-2:] == ["line 11: the message is empty", "… and 5 more"]


@pytest.mark.parametrize(
    "content", ["0721234567,Secret\n", "number,message\n0721234567,Secret,Secret\n"]
)
def test_what_is_wrong_is_told_without_numbers_and_texts(tmp_path: Path, content: str) -> None:
    sentence = refused(tmp_path, content)

    assert "0721" not in sentence
    assert "Secret" not in sentence


def test_a_row_does_not_show_itself() -> None:
    assert repr(Row(2, "0721234567", "Secret")) == "Row(line=2)"


ROW = Row(2, "0721 234 567", "Bună ziua")


@pytest.mark.parametrize(
    "same",
    [
        Row(99, "0721 234 567", "Bună ziua"),
        Row(2, "0721.234-567", "Bună ziua"),
        Row(2, "(0721)\N{NO-BREAK SPACE}234567", "Bună ziua"),
        Row(2, "0721 234 567", unicodedata.normalize("NFD", "Bună ziua")),
    ],
)
def test_a_row_keeps_its_id_wherever_it_stands_and_however_it_is_spaced(same: Row) -> None:
    assert same.message_id("people.csv") == ROW.message_id("people.csv")


def test_a_row_has_another_id_in_another_send_with_another_number_and_with_another_text() -> None:
    ids = {
        ROW.message_id("people.csv"),
        ROW.message_id("autumn"),
        Row(2, "0721 234 568", "Bună ziua").message_id("people.csv"),
        Row(2, "+0721 234 567", "Bună ziua").message_id("people.csv"),
        Row(2, "0721 234 567", "Buna ziua").message_id("people.csv"),
        Row(2, "0721 234 567", "Bună ziua ").message_id("people.csv"),
    }

    assert len(ids) == 6


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_whatever_a_row_holds_its_id_is_one(send: str, number: str, message: str) -> None:
    assert is_message_id(Row(2, number, message).message_id(send))


def test_the_id_of_a_row_is_the_same_in_every_version_of_this_program() -> None:
    """If it changed, everybody in a file that was half sent would get a second SMS."""
    assert ROW.message_id("people.csv") == "csv-2961a36cf992b15832134ec2107c8e9096680705"
