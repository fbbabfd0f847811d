import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.message_id import is_message_id
from tools.csv_columns import MESSAGE, NAMES, NUMBER, read_option
from tools.csv_file import DELIMITERS, CsvError
from tools.csv_rows import Row, Sheet, read_sheet


def sheet_of(tmp_path: Path, content: str | bytes, chosen: dict[str, str] | None = None) -> Sheet:
    path = tmp_path / "people.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_sheet(path, chosen)


def read(
    tmp_path: Path, content: str | bytes, chosen: dict[str, str] | None = None
) -> list[tuple[int, str, str]]:
    sheet = sheet_of(tmp_path, content, chosen)
    assert sheet.wrong == []
    return [(row.line, row.number, row.message) for row in sheet.rows]


def refused(tmp_path: Path, content: str | bytes, chosen: dict[str, str] | None = None) -> str:
    with pytest.raises(CsvError) as error:
        sheet_of(tmp_path, content, chosen)
    return str(error.value)


def wrong(tmp_path: Path, content: str | bytes) -> list[str]:
    """What is wrong with the rows: the line, the column if there is one, and why."""
    faults = sheet_of(tmp_path, content).wrong
    return [f"{each.line} {each.column}: {each.sentence}" for each in faults]


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


@pytest.mark.parametrize("name", NAMES[NUMBER])
def test_the_number_may_be_called_otherwise(tmp_path: Path, name: str) -> None:
    for written in (name, name.upper(), unicodedata.normalize("NFD", name).lower(), f" {name}: "):
        content = f"Nr. crt.;{written};Mesaj\n1;0721234567;a\n"
        assert read(tmp_path, content) == [(2, "0721234567", "a")]


@pytest.mark.parametrize("name", NAMES[MESSAGE])
def test_the_message_may_be_called_otherwise(tmp_path: Path, name: str) -> None:
    content = f"Număr de telefon;{name}\n0721234567;a\n"

    assert read(tmp_path, content) == [(2, "0721234567", "a")]


@pytest.mark.parametrize("header", ["Numar de telefon", "NUMĂR DE TELEFON", "Număr_de-telefon"])
def test_a_name_is_read_without_its_marks_and_punctuation(tmp_path: Path, header: str) -> None:
    assert read(tmp_path, f"{header};Mesaj\n1;a\n") == [(2, "1", "a")]


def test_a_column_that_counts_the_rows_is_not_taken_for_the_number(tmp_path: Path) -> None:
    assert 'there is no "number"' in refused(tmp_path, "Nr.;Nr. crt.;Mesaj\n1;1;a\n")


def test_what_a_column_is_properly_called_goes_before_other_names(tmp_path: Path) -> None:
    content = "Phone;Number;Text;Message\n1;2;a;b\n"

    assert read(tmp_path, content) == [(2, "2", "b")]


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("Telefon;Mobil;Mesaj", 'line 1: "Telefon" and "Mobil" could each be the number; name the'),
        ("Telefon;Mesaj;SMS", 'line 1: "Mesaj" and "SMS" could each be the message; name the'),
        ("Telefon;Telefon;Mesaj", 'line 1: there are two columns called "Telefon"; rename one'),
    ],
)
def test_which_of_two_columns_is_meant_is_not_guessed(
    tmp_path: Path, header: str, sentence: str
) -> None:
    assert sentence in refused(tmp_path, f"{header}\n1;2;a\n")


@pytest.mark.parametrize(
    ("chosen", "row"),
    [
        ("number=Mobil", ("2", "a")),
        ("number=mobil,message=Observații", ("2", "b")),
        ("message = observatii , number = TELEFON", ("1", "b")),
        ("message=Text, x=y,number=Mobil", ("2", "c")),
    ],
)
def test_the_person_may_say_which_columns_are_meant(
    tmp_path: Path, chosen: str, row: tuple[str, str]
) -> None:
    content = 'Telefon;Mobil;Mesaj;Observații;"Text, x=y"\n1;2;a;b;c\n'

    assert read(tmp_path, content, read_option(chosen)) == [(2, *row)]


def test_a_column_that_the_person_has_named_has_to_be_there(tmp_path: Path) -> None:
    answer = refused(tmp_path, "Telefon;Mesaj\n1;a\n", {"number": "Contact"})

    assert 'there is no "Contact"' in answer


@pytest.mark.parametrize(
    "text", ["", "Telefon", "phone=Telefon", "number", "number=", "number=,message=a",
             "number=a,number=b", "x,number=a", "number=.,message=a"],
)  # fmt: skip
def test_a_choice_of_columns_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_option(text)


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
        ("number,note\n1,a\n", 'line 1 has to be a header that names the columns: there is no "me'),
        ("message\na\n", 'there is no "number"'),
        ("0721234567,Bună\n", 'there is no "number" and no "message"'),
        ("number|message\n1|a\n", 'there is no "number" and no "message"'),
        ("number,number,message\n1,2,a\n", 'line 1: there are two columns called "number"'),
        ('"number";"note"\n1;a\n', 'there is no "message"'),
        ('"number,message\n1,a\n', "line 1: a quoted cell does not end here"),
    ],
)
def test_a_file_that_is_wrong_is_refused_saying_where_and_why(
    tmp_path: Path, content: str, sentence: str
) -> None:
    assert sentence in refused(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("number,message\n1,a\n,b\n", "3 number: the number is empty"),
        ("number,message\n1,a\n2, \n", "3 message: the message is empty"),
        ("number,message\n1\n", "2 message: the message is empty"),
        ("number,message\n1,Da, vin\n", "2 : there are 3 cells, and 2 in the header"),
        ("number,message\n4.07213E+10,a\n", "2 number: the spreadsheet has rounded the number"),
        ("number;message\n4,07213E+10;a\n", "2 number: the spreadsheet has rounded the number"),
        (f"number,message\n{'1' * 65},a\n", "2 number: the number is longer than 64 characters"),
        (f"number,message\n1,{'a' * 2001}\n", "2 message: the message is longer than 2000 char"),
        ("number,message\n1,a\n=1+1,a\n", "3 number: a number that begins with = @ or -, or"),
        ('number;message\n"=HYPERLINK(""http://x"")";a\n', "2 number: a number that begins with ="),
        ("number,message\n@SUM(1+1),a\n", "2 number: a number that begins with = @ or -"),
        ('number,message\n"\t\r=1",a\n', "2 number: a number that begins with = @ or -"),
        ("number,message\n-1,a\n", "2 number: a number that begins with = @ or -"),
        ("number,message\n\uff1d1,a\n", "2 number: a number that begins with = @ or -"),
        ("number,message\n+HYPERLINK(A1),a\n", "or has letters behind a +, is a formula"),
        ("number,message\n491601234567.0,a\n", "2 number: the spreadsheet has given the number de"),
        ("number,message\n+491601234567.00,a\n", "decimals (….0); format the column as text"),
        ("number;message\n491601234567,0;a\n", "2 number: the spreadsheet has given the number de"),
        ("number;message\n491 601 234 567.0;a\n", "2 number: the spreadsheet has given the number"),
        (f"number,message\n1,{'a' * 200_000}\n", "2 message: the message is longer than 2000"),
        (f'number,message\n1,"{"a" * 200_000}"\n', "2 message: the message is longer than 2000"),
        (f"number,message\n{'1' * 200_000},a\n", "2 number: the number is longer than 64"),
        (f'number,message\n1,a\n2,"{"a" * 200_000}\n', "3 : a quoted cell does not end"),
        ('number,message\n1,a\n2,"b" c\n', "3 : a quoted cell does not end here"),
        ('number,message\n1,a\n2,"b\n3,c\n', "3 : a quoted cell does not end here"),
    ],
)
def test_a_row_that_is_wrong_is_told_by_line_and_column(
    tmp_path: Path, content: str, sentence: str
) -> None:
    assert sentence in wrong(tmp_path, content)[0]


SAVE_AS = 'open it in the spreadsheet program and save it as "CSV UTF-8"'


@pytest.mark.parametrize("encoding", ["cp1250", "cp1252", "iso8859-2"])
def test_a_file_in_a_code_page_is_refused_naming_the_line_and_what_to_do(
    tmp_path: Path, encoding: str
) -> None:
    content = "number,message\n1,abc\n2,Bună dimineața, François\n".encode(encoding, "replace")

    assert refused(tmp_path, content) == f"line 3 is not UTF-8; {SAVE_AS}"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_what_excel_calls_unicode_text_is_read(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding == "utf-16" else "\ufeff"
    text = f'{mark}Telefon\tMesaj\r\n0721234567\t"Bună, ziua"\r\n'

    assert read(tmp_path, text.encode(encoding)) == [(2, "0721234567", "Bună, ziua")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml", "it is a spreadsheet (.xlsx, .ods)"),
        (
            b"PK\x03\x04\x14\0\0\x08mimetypeapplication/vnd.oasis",
            "it is a spreadsheet (.xlsx, .ods)",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504, "it is a spreadsheet (.xls)"),
        (b"%PDF-1.7\n", "it is a PDF, not a CSV file"),
        ("number,message\n1,a\n".encode("utf-16-le"), "it is no text"),
        ("\ufeffnumber,message\n1,a\n".encode("utf-32-le"), "it is no text"),
        (b"\xff\xfen\0u\0", "there is no"),
        (b"\xff\xfen\0u\0m", "it is UTF-16, and broken"),
    ],
    ids=["xlsx", "ods", "xls", "pdf", "utf-16 without mark", "utf-32", "not ours", "cut off"],
)
def test_what_is_no_csv_is_recognised_and_answered_with_what_to_do(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    answer = refused(tmp_path, content)

    assert sentence in answer
    assert "CSV" in answer or "first row" in answer


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CsvError, match="it cannot be read: No such file"):
        read_sheet(tmp_path / "people.csv")


def test_every_wrong_row_is_named_and_the_good_ones_are_read(tmp_path: Path) -> None:
    rows = "".join(f"{n},{'' if n % 2 else 'a'}\n" for n in range(1000))

    sheet = sheet_of(tmp_path, f"number,message\n{rows}")

    assert [fault.line for fault in sheet.wrong] == list(range(3, 1002, 2))
    assert [row.line for row in sheet.rows] == list(range(2, 1002, 2))


def test_what_stands_before_a_quote_that_does_not_end_is_read(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, 'number,message\n1,a\n2,"b\n3,c\n')

    assert [row.line for row in sheet.rows] == [2]
    (fault,) = sheet.wrong
    assert (fault.line, fault.column) == (3, "")
    assert fault.sentence.endswith("The rows behind it could not be read")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("number,message\n1,\n", "row 2"),
        ('number,message\n1,"a\r\nb"\n2,\n', "row 3 (line 4 of the file)"),
        ("sep=,\nnumber,message\n1,\n", "row 2 (line 3 of the file)"),
        ("\n,\nnumber,message\n\n1,\n", "row 5"),
        ('number,message\n1,"a\nb"\n2,"c', "row 3 (line 4 of the file)"),
    ],
)
def test_a_wrong_row_is_where_the_spreadsheet_program_shows_it(
    tmp_path: Path, content: str, place: str
) -> None:
    sheet = sheet_of(tmp_path, content)

    assert [sheet.place(fault.line) for fault in sheet.wrong] == [place]


@pytest.mark.parametrize(
    "content",
    [
        "number;message;note;city\n1;a\n",
        "number;message;note;city\n1;a;b\n",
        "note;number;message;city\n;1;a\n",
    ],
)
def test_cells_that_are_missing_at_the_end_of_a_row_are_empty_ones(
    tmp_path: Path, content: str
) -> None:
    """Excel writes no separators where a block of sixteen rows has nothing in its last columns."""
    assert read(tmp_path, content) == [(2, "1", "a")]


@pytest.mark.parametrize(("content", "column"), [("1\n", "message"), (";a\n", "number")])
def test_a_needed_cell_that_is_missing_is_empty_too(
    tmp_path: Path, content: str, column: str
) -> None:
    assert wrong(tmp_path, f"number;message\n{content}") == [f"2 {column}: the {column} is empty"]


INVISIBLE = ["\ufeff", "\u00a0", "\u200b", "\u00ad", "\u200e", "\u2060"]


@pytest.mark.parametrize("mark", INVISIBLE, ids=ascii)
def test_what_cannot_be_seen_in_a_header_is_not_looked_at(tmp_path: Path, mark: str) -> None:
    header = f"{mark}num{mark}ber{mark};{mark}message"

    assert read(tmp_path, f"{header}\n1;a\n") == [(2, "1", "a")]


@pytest.mark.parametrize("mark", INVISIBLE, ids=ascii)
def test_a_number_is_not_taken_for_a_good_one_because_of_what_cannot_be_seen(
    tmp_path: Path, mark: str
) -> None:
    assert "rounded" in wrong(tmp_path, f"number;message\n{mark}4,07213E+10;a\n")[0]
    assert wrong(tmp_path, f"number;message\n{mark};a\n") == ["2 number: the number is empty"]


@pytest.mark.parametrize("mark", ["", "\ufeff", "\ufeff\ufeff"], ids=["plain", "one", "two"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
@pytest.mark.parametrize(
    "before", ["", "sep=;|", '"sep=;"|', "SEP=;|", "sep=;|;;|", "|", ";;| ;|", '""|', "\u200b|"]
)
def test_a_hint_and_empty_lines_may_stand_before_the_header(
    tmp_path: Path, mark: str, end: str, before: str
) -> None:
    lines = f'{before}"Telefon";"Mesaj"|0721234567;"a, b"|'.replace("|", end)

    ((_, number, message),) = read(tmp_path, f"{mark}{lines}")

    assert (number, message) == ("0721234567", "a, b")


def test_the_hint_goes_before_what_the_header_looks_like(tmp_path: Path) -> None:
    content = "sep=;\nnumber,message;number;message\n0,x;1;a\n"

    assert read(tmp_path, content) == [(3, "1", "a")]


def test_a_hint_at_a_separator_that_is_none_is_refused(tmp_path: Path) -> None:
    assert "use a comma, a semicolon or a tab" in refused(tmp_path, "sep=|\nnumber|message\n1|a\n")


@pytest.mark.parametrize(
    "content", ["0721234567,Secret\n", "number,message\n0721234567,Secret,Secret\n"]
)
def test_what_is_wrong_is_told_without_numbers_and_texts(tmp_path: Path, content: str) -> None:
    try:
        sentence = "".join(wrong(tmp_path, content))
    except CsvError as error:
        sentence = str(error)

    assert sentence
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


LINES = st.sampled_from(
    [
        "number;message",
        "sep=;",
        "Telefon,Mesaj",
        "",
        ";;",
        "1;a",
        '1;"a',
        'b";;',
        "1,a",
        "1;a;;x",
        "2",
    ]
)


@given(
    st.binary(max_size=60)
    | st.lists(LINES, max_size=8).map(lambda lines: "\r\n".join(lines).encode())
)
def test_any_file_is_read_or_refused_with_a_sentence(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        path.write_bytes(content)
        try:
            sheet = read_sheet(path)
        except CsvError:
            return
    lines = [row.line for row in sheet.rows] + [fault.line for fault in sheet.wrong]
    assert len(lines) == len(set(lines)) > 0
    assert all(sheet.place(line) for line in lines)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_whatever_a_row_holds_its_id_is_one(send: str, number: str, message: str) -> None:
    assert is_message_id(Row(2, number, message).message_id(send))


def test_the_id_of_a_row_is_the_same_in_every_version_of_this_program() -> None:
    """If it changed, everybody in a file that was half sent would get a second SMS."""
    assert ROW.message_id("people.csv") == "csv-2961a36cf992b15832134ec2107c8e9096680705"
