import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sms_gateway.adapters.voipit.notification import MAX_BODY_BYTES, read_values
from sms_gateway.adapters.voipit.report_words import Values
from sms_gateway.domain.errors import MalformedRequestError
from sms_gateway.entrypoints.bodies import body_bytes

FORM = "application/x-www-form-urlencoded"
VALUES = {
    "apiName": "sms",
    "type": "deliveryReport",
    "status": "error",
    "id": "a~1",
    "errorMessage": "Număr & rețea = 100 % +",
}
PAIRS = list(VALUES.items())
AS_FORM = urlencode(VALUES).encode()
AS_JSON = json.dumps(VALUES).encode()


MULTIPART = "multipart/form-data; boundary=b0undary"


def read(body: bytes, content_type: str | None = None, query: str = "") -> Values:
    return read_values(body, content_type, query)


def multipart(values: dict[str, str], boundary: str = "b0undary") -> bytes:
    parts = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in values.items()
    )
    return ("".join(parts) + f"--{boundary}--\r\n").encode()


AS_PARTS = multipart(VALUES)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(AS_FORM, FORM, id="form"),
        pytest.param(AS_FORM, f"{FORM}; charset=UTF-8", id="form with charset"),
        pytest.param(AS_FORM, FORM.upper(), id="form in capitals"),
        pytest.param(AS_FORM, None, id="form without content type"),
        pytest.param(AS_FORM, "", id="form with an empty content type"),
        pytest.param(AS_FORM, "text/plain", id="form as plain text"),
        pytest.param(AS_FORM, "application/json", id="form called JSON"),
        pytest.param(AS_FORM, MULTIPART, id="form called multipart"),
        pytest.param(AS_FORM, "multipart/form-data", id="form called multipart, no boundary"),
        pytest.param(b"\xef\xbb\xbf" + AS_FORM, FORM, id="form behind a byte order mark"),
        pytest.param(AS_FORM + b"\r\n", FORM, id="form before a line end"),
        pytest.param(AS_FORM + b"\0", FORM, id="form before a zero byte"),
        pytest.param(b"\r\n" + AS_FORM, FORM, id="form behind a line end"),
        pytest.param(AS_FORM.replace(b"&", b"\r\n"), "text/plain", id="form in lines"),
        pytest.param(AS_FORM.replace(b"&", b"&\n"), FORM, id="form with a line end at each &"),
        pytest.param(
            urlencode(VALUES, quote_via=quote).replace("~", "%7E").encode(), FORM, id="percent only"
        ),
        pytest.param(AS_PARTS, MULTIPART, id="multipart"),
        pytest.param(AS_PARTS, 'Multipart/Form-Data; boundary="b0undary"', id="multipart, quoted"),
        pytest.param(AS_PARTS, FORM, id="multipart called form"),
        pytest.param(AS_PARTS, "multipart/form-data", id="multipart without boundary"),
        pytest.param(AS_PARTS, None, id="multipart without content type"),
        pytest.param(
            b"words\r\n" + AS_PARTS + b"more\r\n" + AS_PARTS, MULTIPART, id="multipart among words"
        ),
        pytest.param(
            b"words with --b0undary\r\n" + AS_PARTS, MULTIPART, id="multipart, boundary in a word"
        ),
        pytest.param(
            AS_PARTS.replace(b"--b0undary", b"--=_(b0undary)+?."),
            'multipart/form-data; boundary="=_(b0undary)+?."',
            id="multipart, boundary of signs",
        ),
        pytest.param(b"\r\n" + AS_PARTS, None, id="multipart behind a line end, no content type"),
        pytest.param(AS_PARTS.replace(b"\r\n", b"\n"), MULTIPART, id="multipart, short line ends"),
        pytest.param(
            AS_PARTS.replace(b"\r\n", b"\n"), None, id="multipart, short, no content type"
        ),
        pytest.param(
            AS_PARTS.replace(b"Content-D", b"content-d"), None, id="multipart, small header names"
        ),
        pytest.param(AS_JSON, "application/json", id="JSON"),
        pytest.param(AS_JSON, "application/json; charset=utf-8", id="JSON with charset"),
        pytest.param(AS_JSON, "application/vnd.voipit+json", id="JSON of a kind"),
        pytest.param(AS_JSON, FORM, id="JSON called form"),
        pytest.param(AS_JSON, "text/plain", id="JSON called plain text"),
        pytest.param(AS_JSON, MULTIPART, id="JSON called multipart"),
        pytest.param(b" \n" + AS_JSON + b"\r\n\0", None, id="JSON among white space"),
        pytest.param(b"\xef\xbb\xbf" + AS_JSON, None, id="JSON behind a byte order mark"),
        pytest.param(b"[" + AS_JSON + b"]", None, id="JSON in a list"),
        pytest.param(b'{"report":' + AS_JSON + b"}", None, id="JSON in an object"),
    ],
)
def test_a_notification_means_the_same_however_it_is_sent(
    body: bytes, content_type: str | None
) -> None:
    assert read(body, content_type, "status=sent") == PAIRS


@pytest.mark.parametrize(
    "charset",
    ["iso-8859-2", "ISO-8859-16", "latin2", "windows-1250", "Windows-1250", '"cp1250"'],
)
def test_a_charset_that_is_declared_counts(charset: str) -> None:
    said = "eroare în rețea" if charset == "ISO-8859-16" else "eroare în reţea"
    declared = f"{FORM}; charset={charset}"
    encoding = charset.strip('"')
    escaped = urlencode({"status": "error", "errorMessage": said}, encoding=encoding).encode()
    pairs = [("status", "error"), ("errorMessage", said)]

    assert read(escaped, declared) == pairs
    assert read(f"status=error&errorMessage={said}".encode(encoding), declared) == pairs
    in_json = json.dumps(dict(pairs), ensure_ascii=False).encode(encoding)
    assert read(in_json, f"application/json; charset={charset}") == pairs


@pytest.mark.parametrize(
    "charset",
    [*(f"windows-125{n}" for n in range(9)), *(f"iso-8859-{n}" for n in range(1, 17) if n != 12)],
)
def test_every_charset_of_one_byte_is_read_as_declared(charset: str) -> None:
    said = b"\xe4\xe6".decode(charset)

    assert read(b"status=%E4\xe6", f"{FORM}; charset={charset}") == [("status", said)]
    assert said != "\ufffd\ufffd"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("declared", ["", "; charset=utf-16", "; charset=cp1250"])
def test_a_charset_of_several_bytes_shows_whatever_is_declared(
    encoding: str, declared: str
) -> None:
    assert read(AS_FORM.decode().encode(encoding), FORM + declared) == PAIRS
    assert read(AS_JSON.decode().encode(encoding), FORM + declared) == PAIRS
    raw = "status=error&errorMessage=rețea".encode(encoding)
    assert read(raw, FORM + declared)[1] == ("errorMessage", "rețea")


@pytest.mark.parametrize(
    "charset",
    ["utf-8", "utf-16", "us-ascii", "unheard-of", "", "x" * 41, "hex", "zlib", "punycode", "\0",
     "cp1259", "ă", "idna", "utf-7", "../cp1250", "mbcs", "undefined", "cp037"],
)  # fmt: skip
def test_a_charset_we_do_not_read_is_taken_for_utf_8(charset: str) -> None:
    assert read(AS_FORM, f"{FORM}; charset={charset}") == PAIRS
    assert read(AS_JSON, f"application/json; charset={charset}") == PAIRS
    assert read("status=rețea".encode(), f"{FORM}; charset={charset}") == [("status", "rețea")]


def test_a_part_may_declare_a_charset_of_its_own() -> None:
    part = (
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n'
        b"Content-Type: text/plain%s\r\n\r\n\xe3\r\n"
    )
    body = part % (b"own", b"; charset=iso-8859-1") + part % (b"common", b"") + b"--b--"

    values = read(body, "multipart/form-data; boundary=b; charset=iso-8859-2")

    assert values == [("own", "ã"), ("common", "ă")]


@pytest.mark.parametrize("body", [b"", b" \r\n", b"OK", b"{}", b"[]", b"null", b"received=1"])
@pytest.mark.parametrize("content_type", [None, FORM, "application/json", MULTIPART])
def test_the_query_string_speaks_if_the_body_has_no_status(
    body: bytes, content_type: str | None
) -> None:
    assert read(body, content_type, AS_FORM.decode()) == PAIRS


@pytest.mark.parametrize(
    ("body", "query", "expected"),
    [
        ("status=sent", "status=error", "sent"),
        ("status=delivered", "status=sent", "sent"),
        ("status=delivered", "status=read", "delivered"),
        ("status=delivered", "status=", "delivered"),
        ("status=delivered", "", "delivered"),
        ("status=", "status=read", "read"),
        ("status=sent", "status=read", "sent"),
    ],
)
def test_the_clearer_status_speaks_and_of_two_that_are_alike_the_bodys(
    body: str, query: str, expected: str
) -> None:
    assert read(body.encode(), FORM, query) == [("status", expected)]


def test_a_body_with_two_statuses_is_not_made_up_for_by_the_query_string() -> None:
    both = [("status", "sent"), ("status", "error")]

    assert read(b"status=sent&status=error", FORM, "status=sent") == both


def test_every_value_of_json_is_read_as_text_under_the_nearest_name_outermost_first() -> None:
    body = (
        b'{"deep": {"er": {"a": 1}}, "list": ["x", ["y", {"b": 2}]], "none": null, "half": 0.5,'
        b' "yes": true, "status": "sent", "status": "error", "empty": "", "no": {}, "nor": []}'
    )

    assert read(body, "application/json") == [
        ("half", "0.5"), ("yes", "True"), ("status", "sent"), ("status", "error"), ("empty", ""),
        ("list", "x"), ("a", "1"), ("list", "y"), ("b", "2"),
    ]  # fmt: skip


def test_a_name_that_comes_twice_comes_twice() -> None:
    pairs = [("status", "sent"), ("status", "error")]

    assert read(b"status=sent&status=error", FORM) == pairs
    assert read(b'{"status":"sent","status":"error"}') == pairs
    assert read(b"", FORM, "status=sent&status=error") == pairs
    first, second = multipart({"status": "sent"}), multipart({"status": "error"})
    assert read(first.removesuffix(b"--b0undary--\r\n") + second, MULTIPART) == pairs


def test_bytes_that_are_not_utf_8_do_not_lose_the_report() -> None:
    pairs = [("status", "error"), ("errorMessage", "N\ufffdo \ufffd"), ("id", "a")]

    assert read(b"status=error&errorMessage=N%E3o+\xff&id=a", FORM) == pairs
    assert read(b'{"status":"error","errorMessage":"N\xe3o \xff","id":"a"}') == pairs


def test_a_line_end_within_a_text_of_json_does_not_lose_the_report() -> None:
    assert read(b'{"status":"error","errorMessage":"two\r\nlines"}')[1][1] == "two\r\nlines"


def test_a_line_end_within_a_value_of_a_form_is_part_of_it() -> None:
    assert read(b"errorMessage=two\r\nlines&status=error\r\n") == [
        ("errorMessage", "two\r\nlines"),
        ("status", "error"),
    ]


def test_an_empty_value_is_a_value() -> None:
    assert read(b"id=a&errorMessage=", FORM) == [("id", "a"), ("errorMessage", "")]


def test_a_part_is_a_value_whatever_its_bytes_are() -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    body = part % (b"a\xff", b"b\xff") + part % (b"empty", b"") + b"--b--"

    assert read(body, "multipart/form-data; boundary=b") == [("a\ufffd", "b\ufffd"), ("empty", "")]


def test_a_form_that_is_cut_off_is_read_up_to_its_last_whole_part() -> None:
    cut_off = AS_PARTS[: AS_PARTS.index(b"id") + 2]

    assert read(cut_off, MULTIPART) == PAIRS[:3]


def test_an_uploaded_file_is_not_a_value() -> None:
    file = (
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nfile\r\n'
        b'--b\r\nContent-Disposition: form-data; name="id"\r\n\r\na\r\n--b--\r\n'
    )

    assert read(file, "multipart/form-data; boundary=b") == [("id", "a")]


def test_what_stands_in_an_uploaded_file_is_no_report() -> None:
    file = (
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n'
        b"&status=sent&\r\n--b--\r\n"
    )

    assert read(file, "multipart/form-data; boundary=b") == []


def test_what_stands_in_a_text_of_json_is_no_report() -> None:
    body = b'{"status":"delivered","errorMessage":"&status=sent&"}'

    assert read(body, FORM) == [("status", "delivered"), ("errorMessage", "&status=sent&")]


UNREADABLE = [
    pytest.param(b"x" * (MAX_BODY_BYTES + 1), FORM, id="large form"),
    pytest.param(b" " * MAX_BODY_BYTES + b"{}", "application/json", id="large JSON"),
    pytest.param(b"{", "application/json", id="broken JSON"),
    pytest.param(b"{status=sent}", FORM, id="JSON that is no JSON, called form"),
    pytest.param(b"{" * 60_000, "application/json", id="JSON that is no JSON"),
    pytest.param(b"[" * 60_000, "application/json", id="deep JSON"),
    pytest.param(b'{"id":' + b"1" * 5000 + b"}", "application/json", id="a huge number"),
    pytest.param(
        b"--b\r\nno header\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b", id="no header"
    ),
]


@pytest.mark.parametrize(("body", "content_type"), UNREADABLE)
@pytest.mark.parametrize("query", ["", "id=a", "status= "])
def test_a_body_that_cannot_be_read_is_refused(body: bytes, content_type: str, query: str) -> None:
    with pytest.raises(MalformedRequestError) as refused:
        read(body, content_type, query)

    assert refused.value.field == "body"


@pytest.mark.parametrize(("body", "content_type"), UNREADABLE)
@pytest.mark.parametrize("status", ["sent", "delivered"])
def test_a_body_that_cannot_be_read_does_not_hide_the_query_string(
    body: bytes, content_type: str, status: str
) -> None:
    assert read(body, content_type, f"status={status}") == [("status", status)]


def test_a_body_of_64_kib_is_read() -> None:
    assert MAX_BODY_BYTES == 64 * 1024
    assert read(b"status=sent&id=".ljust(MAX_BODY_BYTES, b"x"), FORM)[0] == ("status", "sent")


CONTENT_TYPES = st.sampled_from(
    [None, FORM, "application/json", "multipart/form-data; boundary=b", "multipart/form-data", "x"]
)
PARTS = st.sampled_from(
    [
        b"--b", b"--b--", b"\r\n", b"Content-Disposition: form-data", b'; name="id"', b"; name=",
        b'; filename="x"', b"Content-Transfer-Encoding: base64", b"quoted-printable", b"=", b"=ZZ",
        b"!", b"&", b"%", b"%u", b";", b"\x00", b"\xff", b"{", b'"', b"a", b":",
    ]
)  # fmt: skip
MULTIPART_PART = (
    b"--b\r\nContent-Disposition: form-data%s\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n--b--"
)


@given(
    st.binary() | st.lists(PARTS).map(b"".join),
    CONTENT_TYPES | st.text(),
    st.just("id=a") | st.text(),
)
@example(MULTIPART_PART % (b'; name="id"', b"base64", b"!"), "multipart/form-data; boundary=b", "")
@example(MULTIPART_PART % (b'; name="id"', b"base64", b"YQ"), "multipart/form-data; boundary=b", "")
@example(
    MULTIPART_PART % (b'; name="id"', b"unheard-of", b"a"), "multipart/form-data; boundary=b", ""
)
@example(
    MULTIPART_PART % (b'; name="i"; filename="x"', b"base64", b"!"),
    "multipart/form-data; boundary=b",
    "",
)
@example(MULTIPART_PART % (b"", b"8bit", b"a"), "multipart/form-data; boundary=b", "")
@example(b"a", "multipart/form-data; boundary=\udfff", "")
@example(b"a", "multipart/form-data; boundary=", "")
def test_no_body_is_too_strange_to_be_read_or_refused(
    body: bytes, content_type: str | None, query: str
) -> None:
    try:
        values = read(body, content_type, query)
    except MalformedRequestError as error:
        values = [("refused", error.field)]
    assert all(isinstance(text, str) for pair in values for text in pair)


@pytest.mark.parametrize(
    ("body", "is_base64", "expected"),
    [
        (None, False, b""),
        (None, True, b""),
        ("é", False, "é".encode()),
        ("aWQ9YQ==", True, b"id=a"),
        ("aWQ9YQ==", False, b"aWQ9YQ=="),
        ("\ud800", False, b"\xed\xa0\x80"),
    ],
    ids=["no body", "no body in base64", "text", "base64", "looks like base64", "surrogate"],
)
def test_the_body_is_what_was_sent(body: str | None, expected: bytes, *, is_base64: bool) -> None:
    assert body_bytes(body, is_base64=is_base64) == expected


@pytest.mark.parametrize("body", ["!", "a", "aWQ9YQ=", "é", "\ud800"], ids=ascii)
def test_a_body_that_is_not_base64_is_refused(body: str) -> None:
    with pytest.raises(MalformedRequestError) as refused:
        body_bytes(body, is_base64=True)

    assert refused.value.field == "body"
