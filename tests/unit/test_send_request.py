import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sms_gateway.domain.errors import MalformedRequestError
from sms_gateway.domain.message import OnUnconfirmed
from sms_gateway.domain.message_id import PATTERN
from sms_gateway.entrypoints.contract import schema
from sms_gateway.entrypoints.send_request import read_send_request
from sms_gateway.use_cases.prepare_message import SendRequest

KNOWN = (
    "phoneNumber", "message", "messageId", "sendAt", "validUntil", "onUnconfirmed", "metadata",
)  # fmt: skip
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
        pytest.param(rb'{"phoneNumber":"1","message":"\ud800"}', "message", id="lone surrogate"),
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
        pytest.param(encoded(phoneNumber=None), "phoneNumber", id="null number"),
        pytest.param(encoded(sendat=None), "sendat", id="a misspelt field that is null"),
        pytest.param(encoded(metadata={"a": None}), "metadata.a", id="null in metadata"),
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
        (
            {"sendat": "x"},
            f"Unknown field. Known are {', '.join(KNOWN)}. Correct its name, or leave it out.",
        ),
        (
            {"sendAt": "tomorrow"},
            "sendAt must be a time with its zone, such as 2026-12-24T18:00:00+02:00.",
        ),
        (
            {"validUntil": "0001-01-01T00:00:00+01:00"},
            "validUntil must be a time with its zone, such as 2026-12-24T18:00:00+02:00.",
        ),
        ({"onUnconfirmed": "maybe"}, "onUnconfirmed must be one of ['hold', 'resend']."),
        ({"phoneNumber": 1}, "phoneNumber must be of type string."),
        ({"phoneNumber": ""}, "phoneNumber must not be empty."),
        ({"message": "x" * 2001}, "message must not be longer than 2000 characters."),
        ({"messageId": "a b"}, f"messageId must match {PATTERN}."),
        (
            {"metadata": {str(n): "" for n in range(11)}},
            "metadata must not have more than 10 entries.",
        ),
        (
            {"metadata": {"": "x"}},
            (
                "metadata: a name is empty, too long, or holds control characters."
                " Choose another name."
            ),
        ),
        ({"phoneNumber": None}, "phoneNumber must be of type string, not null."),
        ({"metadata": {"a": None}}, "metadata.a must be of type string, not null."),
        (
            {"metadata": {"a": "\0"}},
            "metadata.a must not hold control characters, or code points that are no characters.",
        ),
    ],
    ids=[
        "unknown",
        "time",
        "impossible time",
        "choice",
        "type",
        "empty",
        "long",
        "pattern",
        "many",
        "name",
        "null",
        "null inside",
        "characters",
    ],
)
def test_the_refusal_says_what_would_do(values: dict[str, Any], sentence: str) -> None:
    assert str(refusal(encoded(**values))) == sentence


@pytest.mark.parametrize("field", ["sendAt", "validUntil"])
@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-24T18:00:00Z", datetime(2026, 12, 24, 18, tzinfo=UTC)),
        ("2026-12-24t18:00:00z", datetime(2026, 12, 24, 18, tzinfo=UTC)),
        ("2026-12-24T18:00:00+02:00", datetime(2026, 12, 24, 16, tzinfo=UTC)),
        ("2026-12-24T18:00:00-11:30", datetime(2026, 12, 25, 5, 30, tzinfo=UTC)),
        ("2026-12-24T18:00:00.5Z", datetime(2026, 12, 24, 18, 0, 0, 500_000, UTC)),
        ("2026-12-24T18:00:00.123999Z", datetime(2026, 12, 24, 18, 0, 0, 123_000, UTC)),
        ("2026-12-24T18:00:00.123456789Z", datetime(2026, 12, 24, 18, 0, 0, 123_000, UTC)),
        ("2028-02-29T00:00:00Z", datetime(2028, 2, 29, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_utc_and_to_the_millisecond(
    field: str, text: str, moment: datetime
) -> None:
    request = read(encoded(**{field: text}))

    found = request.send_at if field == "sendAt" else request.valid_until
    assert found == moment
    assert found is not None
    assert found.utcoffset() == timedelta()


@pytest.mark.parametrize("field", ["sendAt", "validUntil"])
@pytest.mark.parametrize(
    "value",
    [
        pytest.param("2026-12-24T18:00:00", id="no zone"),
        pytest.param("2026-12-24", id="a date"),
        pytest.param("18:00:00Z", id="a time of day"),
        pytest.param("20261224T180000Z", id="no dashes"),
        pytest.param("2026-12-24 18:00:00Z", id="a space"),
        pytest.param(" 2026-12-24T18:00:00Z", id="a space before"),
        pytest.param("2026-12-24T18:00:00Z\n", id="a line end"),
        pytest.param("2026-12-24T18:00Z", id="no seconds"),
        pytest.param("2026-12-24T24:00:00Z", id="hour 24"),
        pytest.param("2026-12-24T18:60:00Z", id="minute 60"),
        pytest.param("2016-12-31T23:59:60Z", id="a leap second"),
        pytest.param("2026-02-29T00:00:00Z", id="no leap year"),
        pytest.param("2026-13-01T00:00:00Z", id="month 13"),
        pytest.param("2026-12-24T18:00:00+25:00", id="an offset of a day"),
        pytest.param("0000-01-01T00:00:00Z", id="year 0"),
        pytest.param("0001-01-01T00:00:00+01:00", id="before year 1"),
        pytest.param("9999-12-31T23:59:59-01:00", id="after year 9999"),
        pytest.param("12026-12-24T18:00:00Z", id="five digits"),
        pytest.param("२०२६-12-24T18:00:00Z", id="other digits"),
        pytest.param("1798128000", id="epoch seconds"),
        pytest.param("now", id="a word"),
        pytest.param("", id="empty"),
        pytest.param(1798128000, id="a number"),
        pytest.param(["2026-12-24T18:00:00Z"], id="a list"),
    ],
)
def test_what_is_no_moment_is_refused_and_the_field_named(field: str, value: object) -> None:
    assert refusal(encoded(**{field: value})).field == field


def test_a_caller_that_says_nothing_of_times_wants_it_now_and_never_twice() -> None:
    request = read(encoded())

    assert (request.send_at, request.valid_until) == (None, None)
    assert request.on_unconfirmed is OnUnconfirmed.HOLD


@pytest.mark.parametrize("choice", OnUnconfirmed)
def test_the_choice_for_an_unconfirmed_message_is_read(choice: OnUnconfirmed) -> None:
    assert read(encoded(onUnconfirmed=choice)).on_unconfirmed is choice


@pytest.mark.parametrize("choice", ["", "HOLD", "Resend", "maybe", True, 1, [], ["hold"]])
def test_another_choice_is_refused(choice: object) -> None:
    assert refusal(encoded(onUnconfirmed=choice)).field == "onUnconfirmed"


@given(st.datetimes(timezones=st.timezones()), st.sampled_from(["sendAt", "validUntil"]))
def test_every_moment_there_is_can_be_said_or_is_refused(moment: datetime, field: str) -> None:
    body = encoded(**{field: moment.isoformat()})
    try:
        request = read(body)
    except MalformedRequestError:
        assert refusal(body).field == field
        return
    found = request.send_at if field == "sendAt" else request.valid_until
    assert found is not None
    assert timedelta() <= moment - found < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    "body",
    [
        encoded(**{"x" * 999: "y"}),
        encoded(metadata={"x" * 999: 1}),
        b'{"%b":1,"%b":2}' % (b"x" * 999, b"x" * 999),
    ],
    ids=["an unknown field", "a name in metadata", "a field twice"],
)
def test_the_refusal_repeats_the_beginning_of_a_long_name_only(body: bytes) -> None:
    error = refusal(body)

    assert "x" * 50 in error.field
    assert len(error.field) == 64
    assert "x" * 65 not in str(error)


def test_the_refusal_does_not_repeat_the_value() -> None:
    error = refusal(encoded(phoneNumber="+40721234567" * 9))

    assert "721234" not in str(error)


@pytest.mark.parametrize(
    ("in_body", "key", "expected"),
    [
        ({}, "k-1", "k-1"),
        ({"messageId": "k-1"}, "k-1", "k-1"),
        ({"messageId": "m-1"}, None, "m-1"),
        ({}, '"k-1"', "k-1"),
        ({"messageId": "k-1"}, '"k-1"', "k-1"),
        ({"messageId": None}, "k-1", "k-1"),
        ({}, f'"{"x" * 64}"', "x" * 64),
    ],
    ids=["header", "both alike", "body", "quoted", "quoted and alike", "body null", "longest"],
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
        ({"messageId": "m-1"}, '"k-1"'),
        ({}, '"k-1'),
        ({}, 'k-1"'),
        ({}, '""'),
        ({}, '"'),
        ({}, '""k-1""'),
        ({}, "'k-1'"),
        ({}, '".."'),
        ({}, '"batch"'),
        ({}, f'"{"x" * 65}"'),
        ({}, r'"k\"1"'),
        ({}, r'"k\\1"'),
        ({}, '"k-1";v=1'),
        ({}, "k-1, k-1"),
        ({}, '"k-1", "k-1"'),
        ({}, ' "k-1"'),
        ({}, ":azE=:"),
    ],
    ids=ascii,
)
def test_a_header_that_is_no_id_or_another_one_is_refused(
    in_body: dict[str, str], key: str
) -> None:
    assert refusal(encoded(**in_body), key).field == "Idempotency-Key"


@pytest.mark.parametrize("field", KNOWN[2:])
def test_null_for_an_optional_field_is_as_if_it_were_not_there(field: str) -> None:
    assert read(encoded(**{field: None})) == read(encoded())
    assert read(encoded(**dict.fromkeys(KNOWN[2:]))) == read(encoded())


NO_CHARACTERS = ["\x00", "\x08", "\x0b", "\x0c", "\x0e", "\x1f", "\x7f", "\x80", "\x85", "\x9f",
                 "\ufdd0", "\ufdef", "\ufffe", "\uffff"]  # fmt: skip
ONLY_IN_VALUES = ["\t", "\n", "\r"]
CHARACTERS = ["\x20", "\x7e", "\xa0", "\ufdcf", "\ufdf0", "\ufffd", "\ud7ff", "\ue000", "\u2028",
              "\U00010000", "\U0001f600", "\U0010fffd"]  # fmt: skip


@pytest.mark.parametrize("character", NO_CHARACTERS, ids=ascii)
@pytest.mark.parametrize("around", ["{}", "a{}", "{}a", "a\n{}b"], ids=ascii)
def test_metadata_that_not_every_subscriber_could_be_told_is_refused_and_the_field_named(
    character: str, around: str
) -> None:
    text = around.format(character)

    assert refusal(encoded(metadata={"note": text})).field == "metadata.note"
    assert refusal(encoded(metadata={text: "x"})).field == "metadata"


@pytest.mark.parametrize("character", ONLY_IN_VALUES, ids=ascii)
def test_tabs_and_line_ends_may_stand_in_values_of_metadata_but_not_in_names(
    character: str,
) -> None:
    for text in (character, f"a{character}b", f"a{character}"):
        assert read(encoded(metadata={"a": text})).metadata == {"a": text}
        assert refusal(encoded(metadata={text: "x"})).field == "metadata"


@pytest.mark.parametrize("character", CHARACTERS, ids=ascii)
def test_every_character_may_stand_in_metadata(character: str) -> None:
    for text in (character, f"a{character}b"):
        assert read(encoded(metadata={text: text})).metadata == {text: text}


def test_the_refusal_of_a_name_that_is_given_twice_is_a_text() -> None:
    body = rb'{"phoneNumber":"1","message":"x","metadata":{"\ud800":"1","\ud800":"2"}}'

    assert refusal(body).field == "metadata"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([*schema("SendRequest")["properties"], "sendat"])
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
