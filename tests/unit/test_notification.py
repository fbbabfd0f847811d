import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sms_gateway.domain.errors import MalformedRequestError
from sms_gateway.entrypoints.bodies import body_bytes
from sms_gateway.entrypoints.notification import MAX_BODY_BYTES, read_values

FORM = "application/x-www-form-urlencoded"
VALUES = {
    "apiName": "sms",
    "type": "deliveryReport",
    "status": "error",
    "id": "a~1",
    "errorMessage": "Număr & rețea = 100 % +",
}
AS_FORM = urlencode(VALUES).encode()
AS_JSON = json.dumps(VALUES).encode()


def multipart(values: dict[str, str], boundary: str = "b0undary") -> bytes:
    parts = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in values.items()
    )
    return ("".join(parts) + f"--{boundary}--\r\n").encode()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(AS_FORM, FORM, id="form"),
        pytest.param(AS_FORM, f"{FORM}; charset=UTF-8", id="form with charset"),
        pytest.param(AS_FORM, FORM.upper(), id="form in capitals"),
        pytest.param(AS_FORM, None, id="form without content type"),
        pytest.param(AS_FORM, "", id="form with an empty content type"),
        pytest.param(AS_FORM, "text/plain", id="form as plain text"),
        pytest.param(
            urlencode(VALUES, quote_via=quote).replace("~", "%7E").encode(), FORM, id="percent only"
        ),
        pytest.param(multipart(VALUES), "multipart/form-data; boundary=b0undary", id="multipart"),
        pytest.param(
            multipart(VALUES), 'Multipart/Form-Data; boundary="b0undary"', id="multipart, quoted"
        ),
        pytest.param(AS_JSON, "application/json", id="JSON"),
        pytest.param(AS_JSON, "application/json; charset=utf-8", id="JSON with charset"),
        pytest.param(AS_JSON, "application/vnd.voipit+json", id="JSON of a kind"),
        pytest.param(b" \n" + AS_JSON, None, id="JSON without content type"),
    ],
)
def test_a_notification_means_the_same_however_it_is_sent(
    body: bytes, content_type: str | None
) -> None:
    assert read_values(body, content_type, {"status": "sent"}) == VALUES


@pytest.mark.parametrize("body", [b"", b" \r\n"], ids=["none", "blank"])
@pytest.mark.parametrize("content_type", [None, FORM, "application/json"])
def test_without_a_body_the_query_string_speaks(body: bytes, content_type: str | None) -> None:
    assert read_values(body, content_type, VALUES) == VALUES


def test_numbers_in_json_are_read_as_text_and_structures_left_out() -> None:
    body = b'{"id": 17, "status": "sent", "more": {"a": 1}, "list": [], "none": null, "half": 0.5}'

    assert read_values(body, "application/json", {}) == {"id": "17", "status": "sent"}


def test_bytes_that_are_not_utf_8_do_not_lose_the_report() -> None:
    values = read_values(b"status=error&errorMessage=N%E3o+\xff&id=a", FORM, {})

    assert values == {"status": "error", "errorMessage": "N\ufffdo \ufffd", "id": "a"}


def test_an_empty_value_is_a_value() -> None:
    assert read_values(b"id=a&errorMessage=", FORM, {}) in (
        {"id": "a"},
        {"id": "a", "errorMessage": ""},
    )


def test_an_uploaded_file_is_not_a_value() -> None:
    file = (
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nfile\r\n'
        b'--b\r\nContent-Disposition: form-data; name="id"\r\n\r\na\r\n--b--\r\n'
    )

    assert read_values(file, "multipart/form-data; boundary=b", {}) == {"id": "a"}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(b"x" * (MAX_BODY_BYTES + 1), FORM, id="large form"),
        pytest.param(b" " * MAX_BODY_BYTES + b"{}", "application/json", id="large JSON"),
        pytest.param(b"{", "application/json", id="broken JSON"),
        pytest.param(b"[]", "application/json", id="JSON list"),
        pytest.param(b"{" * 60_000, "application/json", id="JSON that is no JSON"),
        pytest.param(b"[" * 60_000, "application/json", id="deep JSON"),
        pytest.param(b'{"id":"\xff"}', "application/json", id="JSON that is not UTF-8"),
        pytest.param(AS_FORM, "multipart/form-data", id="no boundary"),
        pytest.param(AS_FORM, "multipart/form-data; boundary=b", id="no multipart"),
        pytest.param(
            b"--b\r\nno header\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b", id="no header"
        ),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(MalformedRequestError) as refused:
        read_values(body, content_type, VALUES)

    assert refused.value.field == "body"


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


@given(st.binary() | st.lists(PARTS).map(b"".join), CONTENT_TYPES | st.text(), st.just({"id": "a"}))
@example(MULTIPART_PART % (b'; name="id"', b"base64", b"!"), "multipart/form-data; boundary=b", {})
@example(MULTIPART_PART % (b'; name="id"', b"base64", b"YQ"), "multipart/form-data; boundary=b", {})
@example(
    MULTIPART_PART % (b'; name="id"', b"unheard-of", b"a"), "multipart/form-data; boundary=b", {}
)
@example(
    MULTIPART_PART % (b'; name="i"; filename="x"', b"base64", b"!"),
    "multipart/form-data; boundary=b",
    {},
)
@example(MULTIPART_PART % (b"", b"8bit", b"a"), "multipart/form-data; boundary=b", {})
@example(b"a", "multipart/form-data; boundary=\udfff", {})
@example(b"a", "multipart/form-data; boundary=", {})
def test_no_body_is_too_strange_to_be_read_or_refused(
    body: bytes, content_type: str | None, query: dict[str, str]
) -> None:
    try:
        values = read_values(body, content_type, query)
    except MalformedRequestError as error:
        values = {"refused": error.field}
    assert all(isinstance(text, str) for pair in values.items() for text in pair)


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
