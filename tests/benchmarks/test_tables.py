"""DynamoDB in memory: conditions, transactions, indexes and units."""

from typing import Any

import pytest

from benchmarks.stubs.expressions import Item
from benchmarks.stubs.tables import RefusedError, Table, Tables
from benchmarks.stubs.units import item_size, value_size


def keys(*names: str) -> list[dict[str, str]]:
    kinds = zip(names, ("HASH", "RANGE"), strict=False)
    return [{"AttributeName": name, "KeyType": kind} for name, kind in kinds]


MESSAGES: dict[str, Any] = {
    "KeySchema": keys("messageId", "client"),
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "due",
            "KeySchema": keys("dueShard", "dueAt"),
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
}
ONLY_NEW = "attribute_not_exists(messageId)"


@pytest.fixture
def tables() -> Tables:
    return Tables({name: Table.of(name, MESSAGES) for name in ("Messages", "Others")})


def a_row(number: int = 1, /, **further: Any) -> Item:
    return {"messageId": {"S": f"m-{number}"}, "client": {"S": "crm"}, **further}


def due(at: int) -> dict[str, Any]:
    return {"dueShard": {"S": "1"}, "dueAt": {"N": str(at)}}


def put(item: Item, condition: str | None = None) -> dict[str, Any]:
    asked = {"TableName": "Messages", "Item": item}
    if condition:
        asked |= {
            "ConditionExpression": condition,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    return asked


def due_keys(tables: Tables, **further: Any) -> tuple[list[str], dict[str, Any]]:
    answer = tables.call(
        "Query",
        {
            "TableName": "Messages",
            "IndexName": "due",
            "KeyConditionExpression": "dueShard = :shard AND dueAt <= :now",
            "ExpressionAttributeValues": {":shard": {"S": "1"}, ":now": {"N": "50"}},
            **further,
        },
    )
    return [item["messageId"]["S"] for item in answer["Items"]], answer


def test_a_condition_refuses_and_shows_the_row_in_the_way(tables: Tables) -> None:
    tables.call("PutItem", put(a_row(status={"S": "sent"}), ONLY_NEW))

    with pytest.raises(RefusedError) as refused:
        tables.call("PutItem", put(a_row(status={"S": "new"}), ONLY_NEW))

    assert refused.value.kind == "ConditionalCheckFailedException"
    assert refused.value.details["Item"]["status"] == {"S": "sent"}
    found = tables.call("GetItem", {"TableName": "Messages", "Key": a_row()})
    assert found["Item"]["status"] == {"S": "sent"}


def test_a_transaction_is_written_as_a_whole_or_not_at_all(tables: Tables) -> None:
    tables.call("PutItem", put(a_row(2)))
    steps = [{"Put": put(a_row(1), ONLY_NEW)}, {"Put": put(a_row(2), ONLY_NEW)}]

    with pytest.raises(RefusedError) as refused:
        tables.call("TransactWriteItems", {"TransactItems": steps})

    reasons = refused.value.details["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"] == a_row(2)
    assert tables.call("GetItem", {"TableName": "Messages", "Key": a_row(1)}) == {}


def test_an_index_follows_its_table_in_the_order_of_its_key(tables: Tables) -> None:
    for number, at in enumerate((30, 9, 100, 20)):
        tables.call("PutItem", put(a_row(number, **due(at))))
    tables.call("PutItem", put(a_row(5)))  # not due, so not in the index
    tables.call("PutItem", put(a_row(0, **due(1))))
    tables.call("DeleteItem", {"TableName": "Messages", "Key": a_row(3)})

    assert due_keys(tables)[0] == ["m-0", "m-1"]
    assert due_keys(tables, ScanIndexForward=False)[0] == ["m-1", "m-0"]


def test_a_query_goes_on_where_its_last_page_ended(tables: Tables) -> None:
    for number in range(5):
        tables.call("PutItem", put(a_row(number, **due(number))))

    for is_forward in (True, False):
        seen: list[str] = []
        place: dict[str, Any] = {}
        while True:
            found, answer = due_keys(tables, Limit=2, ScanIndexForward=is_forward, **place)
            seen += found
            if "LastEvaluatedKey" not in answer:
                break
            place = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

        ordered = [f"m-{number}" for number in range(5)]
        assert seen == (ordered if is_forward else ordered[::-1])


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "ășț"}, 6),
        ({"N": "1795359600123"}, 8),
        ({"N": "100"}, 2),
        ({"N": "-12.5"}, 3),
        ({"BOOL": True}, 1),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 3 + 3 + 3),
        ({"M": {"k": {"S": "ab"}}}, 3 + 1 + 1 + 2),
        ({"SS": ["ab", "c"]}, 3),
    ],
)
def test_a_value_has_the_size_that_aws_counts(value: dict[str, Any], size: int) -> None:
    assert value_size(value) == size
    assert item_size({"name": value}) == 4 + size


def spent(tables: Tables) -> dict[str, float]:
    units = dict(tables.units)
    tables.units.clear()
    return {kind: count for kind, count in units.items() if count}


def test_a_write_costs_by_the_larger_row_and_by_each_index_that_it_changes(tables: Tables) -> None:
    long = {"message": {"S": "x" * 1500}}

    tables.call("PutItem", put(a_row()))
    assert spent(tables) == {"write": 1}
    tables.call("PutItem", put(a_row(**due(1), **long)))
    assert spent(tables) == {"write": 2, "index write": 1}
    tables.call("PutItem", put(a_row(**due(2))))
    assert spent(tables) == {"write": 2, "index write": 2}  # out at its old place, in at its new
    tables.call("PutItem", put(a_row(**due(2), status={"S": "sent"})))
    assert spent(tables) == {"write": 1}  # the index does not hold the status
    tables.call("DeleteItem", {"TableName": "Messages", "Key": a_row()})
    assert spent(tables) == {"write": 1, "index write": 1}


def test_a_transaction_costs_twice_also_if_it_is_refused(tables: Tables) -> None:
    check = {"TableName": "Messages", "Key": a_row(9), "ConditionExpression": ONLY_NEW}
    steps = [{"Put": put(a_row(1, **due(1)), ONLY_NEW)}, {"ConditionCheck": check}]

    tables.call("TransactWriteItems", {"TransactItems": steps})
    assert spent(tables) == {"write": 4, "index write": 1}
    with pytest.raises(RefusedError):
        tables.call("TransactWriteItems", {"TransactItems": steps})
    assert spent(tables) == {"write": 4}


def test_a_read_costs_by_four_kilobytes_and_half_if_it_can_be_stale(tables: Tables) -> None:
    tables.call("PutItem", put(a_row(1, message={"S": "x" * 5000}, **due(1))))
    tables.call("PutItem", put(a_row(2, **due(2))))
    spent(tables)
    each = {"TableName": "Messages", "Key": a_row(1)}

    tables.call("GetItem", {**each, "ConsistentRead": True})
    assert spent(tables) == {"read": 2}
    tables.call("GetItem", each)
    assert spent(tables) == {"read": 1}
    both = {"Messages": {"Keys": [a_row(1), a_row(2)], "ConsistentRead": True}}
    tables.call("BatchGetItem", {"RequestItems": both})
    assert spent(tables) == {"read": 3}  # each row is rounded up by itself
    due_keys(tables)
    assert spent(tables) == {"read": 0.5}  # both entries together


def test_rows_that_are_asked_for_by_key_are_counted_in_messages_alone(tables: Tables) -> None:
    tables.call("GetItem", {"TableName": "Messages", "Key": a_row(1)})
    tables.call("GetItem", {"TableName": "Others", "Key": a_row(1)})
    wanted = {"Messages": {"Keys": [a_row(1), a_row(2)]}}
    tables.call("BatchGetItem", {"RequestItems": wanted})

    assert tables.rows_read == 3


def test_a_call_that_the_stub_does_not_know_is_no_success(tables: Tables) -> None:
    with pytest.raises(KeyError, match="Scan"):
        tables.call("Scan", {"TableName": "Messages"})
