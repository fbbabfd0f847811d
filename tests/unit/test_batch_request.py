import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.errors import GatewayError, MalformedRequestError
from sms_gateway.entrypoints.send_request import Batch, read_batch, read_send_request
from sms_gateway.use_cases.prepare_message import SendRequest

KNOWN = (
    "phoneNumber", "message", "messageId", "sendAt", "validUntil", "onUnconfirmed", "metadata",
)  # fmt: skip
GOOD: dict[str, Any] = {"phoneNumber": "0721 234 567", "message": "Bună ziua"}


def read(body: bytes, idempotency_key: str | None = None, client: str = "clinic") -> Batch:
    return read_batch(body, client=client, idempotency_key=idempotency_key)


def encoded(*items: Any) -> bytes:
    return json.dumps({"messages": items}).encode()


def refusal(body: bytes, idempotency_key: str | None = None) -> MalformedRequestError:
    with pytest.raises(MalformedRequestError) as refused:
        read(body, idempotency_key)
    return refused.value


def test_every_message_is_read_as_if_it_had_come_alone() -> None:
    messages = [GOOD, GOOD | {"messageId": "m-2", "sendAt": "2026-12-24T18:00:00Z"}]

    batch = read(encoded(*messages))

    assert batch.items == tuple(
        read_send_request(json.dumps(each).encode(), client="clinic") for each in messages
    )
    assert batch.batch_id is None


def test_null_for_an_optional_field_of_one_message_is_as_if_it_were_not_there() -> None:
    with_nulls = GOOD | dict.fromkeys(KNOWN[2:])

    assert read(encoded(with_nulls)).items == read(encoded(GOOD)).items


@pytest.mark.parametrize(
    ("item", "field", "sentence"),
    [
        (1, "body", "A message must be a JSON object."),
        (None, "body", "A message must be a JSON object."),
        ([GOOD], "body", "A message must be a JSON object."),
        ({"message": "x"}, "phoneNumber", "phoneNumber is required. Add it to the request."),
        (
            GOOD | {"sendat": "x"},
            "sendat",
            f"Unknown field. Known are {', '.join(KNOWN)}. Correct its name, or leave it out.",
        ),
        (
            GOOD | {"metadata": {"order": 4711}},
            "metadata.order",
            "metadata.order must be of type string.",
        ),
        (
            GOOD | {"validUntil": "2026-13-01T00:00:00Z"},
            "validUntil",
            "validUntil must be a time with its zone, such as 2026-12-24T18:00:00+02:00.",
        ),
        (
            GOOD | {"message": "x\ud83d"},
            "message",
            "message holds half a character (a lone surrogate). Send whole characters.",
        ),
        (
            GOOD | {"metadata": {"x": ["\ud83d"]}},
            "metadata",
            "metadata holds half a character (a lone surrogate). Send whole characters.",
        ),
        (
            GOOD | {"metadata": {"\ud83d": "x"}},
            "metadata",
            "metadata holds half a character (a lone surrogate). Send whole characters.",
        ),
        (
            GOOD | {"\ud83d": "x"},
            "body",
            "The name of a field holds half a character (a lone surrogate). Send whole characters.",
        ),
    ],
)
def test_a_message_that_cannot_be_read_is_an_error_at_its_place_and_stops_nothing(
    item: Any, field: str, sentence: str
) -> None:
    first, error, last = read(encoded(GOOD, item, GOOD)).items

    assert isinstance(error, MalformedRequestError)
    assert (error.field, str(error)) == (field, sentence)
    assert first == last == SendRequest("clinic", "0721 234 567", "Bună ziua")


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (b'{"phoneNumber":"1","message":"x","message":"y"}', "message"),
        (b'{"phoneNumber":"1","message":"x","metadata":{"a":"1","a":"2"}}', "a"),
        (b'{"phoneNumber":"1","message":[{"a":"1","a":"2"}]}', "a"),
    ],
    ids=["a field", "metadata", "deep inside"],
)
def test_what_is_given_twice_in_one_message_stops_no_other(item: bytes, field: str) -> None:
    good = json.dumps(GOOD).encode()
    error, other = read(b'{"messages":[%b,%b]}' % (item, good)).items

    assert isinstance(error, MalformedRequestError)
    assert (error.field, str(error)) == (field, "A field is given twice. Give it once.")
    assert isinstance(other, SendRequest)


def test_a_hundred_messages_are_a_batch_and_none_or_more_are_not() -> None:
    assert len(read(encoded(*[GOOD] * 100)).items) == 100
    assert str(refusal(encoded(*[GOOD] * 101))) == "messages must not have more than 100 entries."
    assert str(refusal(encoded())) == "messages must not be empty."


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param(b"", "body", id="nothing"),
        pytest.param(b"phoneNumber,message\n", "body", id="a CSV file"),
        pytest.param(json.dumps([GOOD]).encode(), "body", id="a list"),
        pytest.param(json.dumps(GOOD).encode(), "messages", id="a single message"),
        pytest.param(b'{"messages":{}}', "messages", id="an object"),
        pytest.param(b'{"messages":null}', "messages", id="null"),
        pytest.param(b'{"messages":[NaN]}', "body", id="NaN"),
        pytest.param(b'{"messages":[1],"messages":[2]}', "messages", id="messages twice"),
        pytest.param(b'{"messages":[1],"sendAt":"now"}', "sendAt", id="an unknown field"),
        pytest.param(rb'{"messages":[1],"\ud83d":1}', "body", id="half a character in a name"),
        pytest.param(rb'{"messages":[1],"x":"\ud83d"}', "x", id="half a character"),
        pytest.param(b'{"messages":[' + b"[" * 100_000, "body", id="deep lists"),
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole(body: bytes, field: str) -> None:
    assert refusal(body).field == field


@pytest.mark.parametrize("depth", range(100, 3000, 100))
def test_a_message_nested_deeply_is_refused_alone_or_with_the_batch(depth: int) -> None:
    deep = b"[" * depth + b"]" * depth
    try:
        (refused,) = read(b'{"messages":[%b]}' % deep).items
    except MalformedRequestError as error:
        refused = error
    assert isinstance(refused, MalformedRequestError)
    assert refused.field == "body"


def test_the_name_of_a_batch_comes_in_the_header() -> None:
    assert read(encoded(GOOD), "k" * 60).batch_id == "k" * 60
    assert read(encoded(GOOD), f'"{"k" * 60}"').batch_id == "k" * 60


@pytest.mark.parametrize(
    "key", ["", "a b", "..", "k\n", "k" * 61, f'"{"k" * 61}"', '"k', r'"k\"1"']
)
def test_a_header_that_is_no_name_is_refused(key: str) -> None:
    error = refusal(encoded(GOOD), key)

    assert error.field == "Idempotency-Key"
    assert "{1,60}" in str(error)


def test_the_digest_stands_for_client_and_content_however_the_json_is_written() -> None:
    digest = read(encoded(GOOD)).digest
    turned = dict(reversed(GOOD.items()))
    written = json.dumps({"messages": [turned]}, ensure_ascii=False, indent=3).encode()

    assert len(digest) == 64
    assert read(written).digest == digest
    assert read(encoded(GOOD), "a-name").digest == digest
    assert read(encoded(GOOD | {"sendAt": None, "metadata": None})).digest == digest
    assert read(encoded(GOOD | {"sendat": None})).digest != digest
    assert read(encoded(GOOD), client="another").digest != digest
    assert read(encoded(GOOD, GOOD)).digest != digest
    assert read(encoded(GOOD | {"message": "Buna ziua"})).digest != digest


def test_a_batch_does_not_show_numbers_and_texts() -> None:
    shown = repr(read(encoded(GOOD, {"message": "0721 234 567"})))

    assert "0721" not in shown
    assert "ziua" not in shown


ITEMS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just("\ud83d"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text() | st.sampled_from([*GOOD, "messageId"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.lists(ITEMS | st.just(GOOD), min_size=1, max_size=5))
def test_no_message_is_too_strange_to_be_read_or_refused(items: list[Any]) -> None:
    read_items = read(encoded(*items)).items

    assert len(read_items) == len(items)
    for item, result in zip(items, read_items, strict=True):
        assert isinstance(result, SendRequest if item == GOOD else SendRequest | GatewayError)
