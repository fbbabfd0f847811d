"""Conditions and updates of DynamoDB, as the stubs of `make bench` understand them."""

import pytest

from benchmarks.stubs.expressions import ExpressionError, Given, Item, holds, updated

ITEM: Item = {
    "status": {"S": "queued"},
    "version": {"N": "3"},
    "sent": {"L": [{"N": "30"}, {"N": "20"}]},
    "names": {"SS": ["a", "b"]},
}
GIVEN = Given(
    {"#status": "status"},
    {
        ":queued": {"S": "queued"},
        ":sent": {"S": "sent"},
        ":two": {"N": "2"},
        ":three": {"N": "3.0"},
        ":now": {"L": [{"N": "40"}]},
        ":none": {"L": []},
        ":a": {"SS": ["a"]},
        ":c": {"SS": ["c"]},
    },
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("#status = :queued", True),
        ("#status <> :queued", False),
        ("#status IN (:sent, :queued)", True),
        ("#status IN (:sent)", False),
        ("version = :three", True),  # by its value: 3 is 3.0
        ("version > :two AND version <= :three", True),
        ("version BETWEEN :two AND :three", True),
        ("version = :queued", False),  # of another type
        ("attribute_exists(version) AND attribute_not_exists(gone)", True),
        ("attribute_not_exists(sent[2])", True),
        ("attribute_exists(sent[2])", False),
        ("sent[0] > sent[1]", True),
        ("size(sent) < :three", True),
        ("begins_with(#status, :queued)", True),
        ("gone = :two", False),
        ("gone <> :two", True),  # as DynamoDB has it
        ("#status = :sent AND version = :two OR version = :three", True),
        ("#status = :sent AND (version = :two OR version = :three)", False),
        ("NOT #status = :sent", True),
    ],
)
def test_a_condition_holds_as_it_does_on_aws(condition: str, *, expected: bool) -> None:
    assert holds(condition, ITEM, GIVEN) is expected


def test_of_a_row_that_is_not_there_nothing_exists() -> None:
    assert holds("attribute_not_exists(messageId)", None, GIVEN)
    assert not holds("version = :three", None, GIVEN)


def test_an_update_reads_the_row_as_it_was_before() -> None:
    expression = (
        "SET version = version + :two, seen = version, sent = list_append(:now, sent),"
        " first = if_not_exists(first, :none) REMOVE #status ADD names :c"
    )

    assert updated(expression, ITEM, GIVEN) == {
        "version": {"N": "5"},
        "seen": {"N": "3"},
        "sent": {"L": [{"N": "40"}, {"N": "30"}, {"N": "20"}]},
        "first": {"L": []},
        "names": {"SS": ["a", "b", "c"]},
    }
    assert ITEM["version"] == {"N": "3"}


def test_sets_and_numbers_are_added_and_taken_away() -> None:
    assert updated("ADD times :two", ITEM, GIVEN)["times"] == {"N": "2"}
    assert updated("DELETE names :a", ITEM, GIVEN)["names"] == {"SS": ["b"]}
    assert "names" not in updated("DELETE names :a", {"names": {"SS": ["a"]}}, GIVEN)


@pytest.mark.parametrize(
    "expression",
    ["contains(#status, :queued)", "version ~ :two", "version =", "version = :two :two"],
)
def test_a_condition_that_is_not_understood_is_no_condition_that_holds(expression: str) -> None:
    with pytest.raises(ExpressionError):
        holds(expression, ITEM, GIVEN)


@pytest.mark.parametrize(
    "expression", ["version = :two", "SET sent[0] = :two", "SET version = gone", "PUT version :two"]
)
def test_an_update_that_is_not_understood_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionError):
        updated(expression, ITEM, GIVEN)
