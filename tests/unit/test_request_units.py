"""The counter of DynamoDB's units (tests/support/units.py), by the examples on AWS's own pages."""

from typing import Any

import pytest

from benchmarks.stubs.units import item_size
from tests.support.tables import MESSAGES_SCHEMA
from tests.support.units import Table, queried, read, written

KB = 1024
BARE = Table(("id",), ())
"""A table without an index."""
INDEXED = Table.of(
    {
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [
            {
                "KeySchema": [{"AttributeName": "due", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
            {
                "KeySchema": [{"AttributeName": "list", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["name"]},
            },
            {
                "KeySchema": [{"AttributeName": "whole", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            },
        ],
    }
)


def of_size(number: float, **more: str) -> dict[str, Any]:
    """An item of so many bytes, with these strings in it."""
    item = {name: {"S": value} for name, value in {"id": "1", **more}.items()}
    return item | {"pad": {"S": "x" * (int(number) - item_size(item) - len("pad"))}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"S": "Bună"}, 5),
        ({"N": "1795358100123"}, 8),
        ({"N": "1000"}, 2),
        ({"N": "0"}, 1),
        ({"N": "-12.5"}, 3),
        ({"B": b"abc"}, 3),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": []}, 3),
        ({"M": {}}, 3),
        ({"L": [{"S": "a"}, {"S": "bc"}]}, 3 + 1 + 1 + 1 + 2),
        ({"M": {"a": {"S": "bc"}}}, 3 + 1 + 1 + 2),
    ],
)
def test_an_item_is_its_names_and_its_values(value: dict[str, Any], expected: int) -> None:
    assert item_size({"name": value}) == len("name") + expected


@pytest.mark.parametrize(
    ("bytes_", "units"),
    [(500, 1), (KB, 1), (KB + 1, 2), (1.5 * KB, 2), (3.5 * KB, 4), (10 * KB, 10)],
)
def test_a_write_costs_a_unit_for_each_kilobyte_and_in_a_transaction_two(
    bytes_: float, units: int
) -> None:
    item = of_size(bytes_)

    assert written(BARE, None, item) == units
    assert written(BARE, item, None) == units
    assert written(BARE, None, item, in_transaction=True) == 2 * units


@pytest.mark.parametrize(("before", "after"), [(500, 1.5 * KB), (1.5 * KB, 500)])
def test_an_update_costs_what_the_larger_image_does(before: float, after: float) -> None:
    assert written(BARE, of_size(before), of_size(after)) == 2


def test_a_write_whose_condition_fails_costs_what_the_row_in_its_way_costs() -> None:
    row = of_size(2.5 * KB)

    assert written(BARE, row, row) == 3
    assert written(BARE, row, row, in_transaction=True) == 6
    assert written(BARE, None, None) == 1


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, {"due": "1"}, 1),
        ({"due": "1"}, {"due": "2"}, 2),
        ({"due": "1"}, {}, 1),
        ({"due": "1"}, {"due": "1"}, 0),
        ({"due": "1", "name": "a"}, {"due": "1", "name": "b"}, 0),
        ({"list": "1", "name": "a"}, {"list": "1", "name": "b"}, 1),
        ({"whole": "1", "name": "a"}, {"whole": "1", "name": "b"}, 1),
        ({}, {}, 0),
        (None, {"due": "1", "list": "1", "whole": "1"}, 3),
    ],
    ids=[
        "entered",
        "moved",
        "taken out",
        "not touched",
        "not projected",
        "projected",
        "all is projected",
        "sparse",
        "three indexes",
    ],
)
@pytest.mark.parametrize("in_transaction", [False, True])
def test_an_index_costs_what_changes_in_it(
    before: dict[str, str] | None, after: dict[str, str], units: int, *, in_transaction: bool
) -> None:
    was = None if before is None else of_size(500, **before)
    is_now = of_size(500, **after)

    row = 2 if in_transaction else 1
    assert written(INDEXED, was, is_now, in_transaction=in_transaction) == row + units


def test_an_entry_of_keys_alone_is_small_however_large_its_item_is() -> None:
    large = of_size(5 * KB, due="1")

    assert written(INDEXED, None, large) == 5 + 1
    assert written(INDEXED, None, of_size(5 * KB, whole="1")) == 5 + 5


@pytest.mark.parametrize(
    ("bytes_", "consistent", "units"),
    [(3.5 * KB, True, 1), (10 * KB, True, 3), (10 * KB, False, 1.5), (8 * KB, False, 1)],
)
def test_a_read_costs_a_unit_for_each_four_kilobytes_and_half_of_it_if_it_may_be_late(
    bytes_: float, units: float, *, consistent: bool
) -> None:
    assert read(of_size(bytes_), consistent=consistent) == units


def test_each_item_of_a_batch_is_rounded_up_for_itself() -> None:
    assert sum(read(of_size(s * KB), consistent=True) for s in (1.5, 6.5)) == 12 / 4


def test_what_a_query_reads_is_rounded_up_once() -> None:
    assert queried([of_size(4.08 * KB)] * 10, consistent=True) == 44 / 4


@pytest.mark.parametrize(("consistent", "units"), [(True, 1), (False, 0.5)])
def test_what_is_not_there_costs_as_a_small_item(units: float, *, consistent: bool) -> None:
    assert read(None, consistent=consistent) == units
    assert queried([], consistent=consistent) == units


def test_the_tables_of_the_template_are_understood() -> None:
    table = Table.of(dict(MESSAGES_SCHEMA))

    assert table.keys == ("messageId", "client")
    assert {frozenset({"dueShard", "dueAt"}), frozenset({"client", "createdAt"})} < {
        index.keys for index in table.indexes
    }
