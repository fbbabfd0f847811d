import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sms_gateway.domain.errors import MalformedRequestError
from sms_gateway.domain.message_id import PATTERN
from sms_gateway.entrypoints.send_request import SCHEMA, read_send_request
from sms_gateway.use_cases.send_message import SendRequest

GOOD: dict[str, Any] = {"phoneNumber": "0721 234 567", "message": "Bună ziua"}


def read(body: bytes, idempotency_key: str | None = None) -> SendRequest:
    return read_send_request(body, client="clinic", idempotency_key=idempotency_key)


def encoded(**values: Any) -> bytes:
    return json.dumps(GOOD | values).encode()


def refusal(body: bytes, idempotency_key: str | None = None) -> MalformedRequestError:
    with pytest.raises(MalformedRequestError) as refused:
        read(body, idempotency_key)
    assert refused.value.code == "malformed-request"
    return refused.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_number_and_text_suffice(encoding: str) -> None:
    body = json.dumps(GOOD, ensure_ascii=False).encode(encoding)

    assert read(body) == SendRequest("clinic", "0721 234 567", "Bună ziua", None, {})


def test_everything_a_caller_may_say_is_read() -> None:
    body = encoded(messageId="a~1", metadata={"patient": "4711", "": ""} | {"": ""})
    body = body.replace(b', "": ""', b"")

    assert read(body) == SendRequest(
        "clinic", "0721 234 567", "Bună ziua", "a~1", {"patient": "4711"}
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param(b"", "body", id="nothing"),
        pytest.param(b"phoneNumber=1", "body", id="a form"),
        pytest.param(b"[]", "body", id="a list"),
        pytest.param(b'"text"', "body", id="a string"),
        pytest.param(b"null", "body", id="null"),
        pytest.param(b"{}{}", "body", id="two objects"),
        pytest.param(b"\xff\xfe\x00", "body", id="not unicode"),
        pytest.param(b"[" * 100_000, "body", id="deep lists"),
        pytest.param(b'{"metadata":' * 100_000, "body", id="deep objects"),
        pytest.param(b'{"phoneNumber":' + b"1" * 5000 + b"}", "body", id="huge number"),
        pytest.param(b'{"phoneNumber":NaN}', "body", id="NaN"),
        pytest.param(b'{"phoneNumber":-Infinity}', "body", id="infinity"),
        pytest.param(rb'{"phoneNumber":"1","message":"\ud800"}', "body", id="lone surrogate"),
        pytest.param(rb'{"\udfff":"1"}', "body", id="lone surrogate in a name"),
        pytest.param(b'{"message":"x","message":"y"}', "message", id="a field twice"),
        pytest.param(
            b'{"phoneNumber":"1","message":"x","metadata":{"a":"1","a":"2"}}',
            "a",
            id="a name twice",
        ),
        pytest.param(b"{}", "phoneNumber", id="no fields"),
        pytest.param(b'{"phoneNumber":"1"}', "message", id="no text"),
        pytest.param(b'{"message":"x"}', "phoneNumber", id="no number"),
        pytest.param(encoded(phoneNumber=721234567), "phoneNumber", id="number as a number"),
        pytest.param(encoded(phoneNumber=""), "phoneNumber", id="empty number"),
        pytest.param(encoded(phoneNumber="1" * 65), "phoneNumber", id="long number"),
        pytest.param(encoded(message=None), "message", id="null text"),
        pytest.param(encoded(message="x" * 2001), "message", id="huge text"),
        pytest.param(encoded(sendat="x"), "sendat", id="a misspelt field"),
        pytest.param(encoded(messageId=None), "messageId", id="null id"),
        pytest.param(encoded(messageId=""), "messageId", id="empty id"),
        pytest.param(encoded(messageId="x\n"), "messageId", id="line end after the id"),
        pytest.param(encoded(messageId=".."), "messageId", id="dots as the id"),
        pytest.param(encoded(messageId="x" * 65), "messageId", id="long id"),
        pytest.param(encoded(messageId="a/b"), "messageId", id="slash in the id"),
        pytest.param(encoded(metadata=[]), "metadata", id="metadata as a list"),
        pytest.param(encoded(metadata={"a": 1}), "metadata.a", id="number in metadata"),
        pytest.param(encoded(metadata={"a": {}}), "metadata.a", id="object in metadata"),
        pytest.param(encoded(metadata={"a": "x" * 201}), "metadata.a", id="long metadata"),
        pytest.param(encoded(metadata={"": "x"}), "metadata", id="empty name"),
        pytest.param(encoded(metadata={"a" * 41: "x"}), "metadata", id="long name"),
        pytest.param(
            encoded(metadata={str(n): "x" for n in range(11)}), "metadata", id="much metadata"
        ),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_and_the_field_named(body: bytes, field: str) -> None:
    assert refusal(body).field == field


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"sendat": "x"}, "Unknown field. Known are phoneNumber, message, messageId, metadata."),
        ({"phoneNumber": 1}, "phoneNumber must be of type string."),
        ({"phoneNumber": ""}, "phoneNumber must not be empty."),
        ({"message": "x" * 2001}, "message must not be longer than 2000 characters."),
        ({"messageId": "a b"}, f"messageId must match {PATTERN}."),
        (
            {"metadata": {str(n): "" for n in range(11)}},
            "metadata must not have more than 10 entries.",
        ),
        ({"metadata": {"": "x"}}, "metadata: a name is too long or empty."),
    ],
    ids=["unknown", "type", "empty", "long", "pattern", "many", "name"],
)
def test_the_refusal_says_what_would_do(values: dict[str, Any], sentence: str) -> None:
    assert str(refusal(encoded(**values))) == sentence


def test_the_refusal_does_not_repeat_the_value() -> None:
    error = refusal(encoded(phoneNumber="+40721234567" * 9))

    assert "721234" not in str(error)


@pytest.mark.parametrize(
    ("in_body", "key", "expected"),
    [
        ({}, "k-1", "k-1"),
        ({"messageId": "k-1"}, "k-1", "k-1"),
        ({"messageId": "m-1"}, None, "m-1"),
    ],
    ids=["header", "both alike", "body"],
)
def test_the_id_may_stand_in_the_body_or_in_the_header(
    in_body: dict[str, str], key: str | None, expected: str
) -> None:
    assert read(encoded(**in_body), key).message_id == expected


@pytest.mark.parametrize(
    ("in_body", "key"),
    [
        ({"messageId": "m-1"}, "k-1"),
        ({}, ""),
        ({}, "a b"),
        ({}, ".."),
        ({}, "k\n"),
        ({}, "x" * 65),
        ({}, '"k-1"'),
    ],
    ids=["differs", "empty", "space", "dots", "line end", "long", "quoted"],
)
def test_a_header_that_is_no_id_or_another_one_is_refused(
    in_body: dict[str, str], key: str
) -> None:
    assert refusal(encoded(**in_body), key).field == "Idempotency-Key"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([*SCHEMA["properties"], "sendAt"])
ODD_NAMES = st.text(st.sampled_from("{}[].'\"\\%$\nax0")) | st.text()
BODIES = st.one_of(
    st.binary(),
    st.dictionaries(NAMES, JSON_VALUES).map(lambda values: json.dumps(values).encode()),
    st.dictionaries(ODD_NAMES, JSON_VALUES, max_size=3).map(lambda m: encoded(metadata=m)),
    st.dictionaries(ODD_NAMES, st.text(), max_size=12).map(lambda m: encoded(metadata=m)),
    st.dictionaries(ODD_NAMES, JSON_VALUES, max_size=3).map(lambda m: encoded(**m)),
)


@given(BODIES, st.none() | st.text())
@example(b'{"phoneNumber":"1","message":"x","metadata":{"{0}":1}}', None)
@example(b'{"phoneNumber":"1","message":"x","metadata":{"{x.y}":1}}', None)
@example(rb'{"phoneNumber":"1","message":"x","metadata":{"]\"\\":1}}', None)
def test_no_body_is_too_strange_to_be_read_or_refused(body: bytes, key: str | None) -> None:
    try:
        request = read(body, key)
    except MalformedRequestError as error:
        named = error.field
    else:
        named = request.phone_number
        assert len(request.text) <= 2000
        assert all(isinstance(value, str) for value in request.metadata.values())
    assert isinstance(named, str)
