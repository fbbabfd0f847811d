"""Our way to write DynamoDB's attribute values, held against the one of boto3."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.adapters.attributes import attribute, attributes, plain

NUMBERS = st.integers(-(10**37), 10**37)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
KINDS: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | NUMBERS
    | st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000)
    | st.text()
    | st.binary()
    | st.sets(st.text(), min_size=1)
    | st.sets(NUMBERS, min_size=1)
    | st.sets(st.binary(), min_size=1),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_a_value_is_written_as_boto3_writes_it(value: Any) -> None:
    assert attribute(value) == TypeSerializer().serialize(value)


@given(st.dictionaries(st.text(), KINDS))
def test_a_row_of_any_types_is_read_as_boto3_reads_it(values: dict[str, Any]) -> None:
    item = {name: TypeSerializer().serialize(value) for name, value in values.items()}
    read = {name: TypeDeserializer().deserialize(value) for name, value in item.items()}
    assert plain(item) == read


@given(st.dictionaries(st.text(), VALUES))
def test_what_was_written_is_read_again(values: dict[str, Any]) -> None:
    assert plain(attributes(values)) == values


def test_a_number_keeps_all_its_digits() -> None:
    assert plain({"n": {"N": "0.1"}, "of": {"NS": ["1", "2.50"]}}) == {
        "n": Decimal("0.1"),
        "of": {Decimal(1), Decimal("2.5")},
    }


@pytest.mark.parametrize("value", [1.5, b"bytes", {1, 2}, object(), ["text", 1.5], {"of": b""}])
def test_a_type_that_the_gateway_never_stores_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="no attribute is made of"):
        attribute(value)


@pytest.mark.parametrize("value", [{"X": "later"}, {}, {"S": "a", "N": "1"}])
def test_what_dynamodb_never_answers_is_no_value(value: dict[str, str]) -> None:
    with pytest.raises((KeyError, ValueError)):
        plain({"odd": value})
