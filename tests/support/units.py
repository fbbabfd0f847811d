"""Read and write units of DynamoDB, counted from what is in the tables before and after a call.

The rules are the benchmarks' (benchmarks/stubs/units.py names AWS's pages). Moto's own
`ConsumedCapacity` is one unit for each call, whatever it writes.

Two things AWS does not say, and this counts the dearer: a transaction that is cancelled costs what
it looked at, two units a row; and what it would have written to indexes is not written, so it is
not counted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from benchmarks.stubs.expressions import Item
from benchmarks.stubs.units import (
    TRANSACTION,
    index_units,
    item_size,
    projected,
    read_units,
    write_units,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_BEFORE: Final = "units.before"


@dataclass(frozen=True, slots=True)
class Units:
    """Request units, as the bill counts them."""

    writes: float = 0
    reads: float = 0

    def __add__(self, other: "Units") -> "Units":
        return Units(self.writes + other.writes, self.reads + other.reads)


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index: its key, and what an entry holds (`None`: the whole item)."""

    keys: frozenset[str]
    holds: frozenset[str] | None

    def units(self, before: Item | None, after: Item | None) -> int:
        """The units of keeping it up to date with a row."""
        was, is_now = (projected(item, self.keys, self.holds) for item in (before, after))
        return index_units(was, is_now, self.keys)


@dataclass(frozen=True, slots=True)
class Table:
    """A table's key and its indexes."""

    keys: tuple[str, ...]
    indexes: Sequence[Index]

    @classmethod
    def of(cls, description: Mapping[str, Any]) -> "Table":
        """The table as `DescribeTable` shows it, or as `CreateTable` was told."""
        keys = _names(description)
        indexes = []
        for index in description.get("GlobalSecondaryIndexes", ()):
            own, projection = _names(index), index["Projection"]
            holds = {*own, *keys, *projection.get("NonKeyAttributes", ())}
            is_all = projection["ProjectionType"] == "ALL"
            indexes.append(Index(frozenset(own), None if is_all else frozenset(holds)))
        return cls(keys, indexes)

    def key_of(self, item: Item) -> dict[str, Any]:
        """The primary key of an item."""
        return {name: item[name] for name in self.keys}


def written(
    table: Table, before: Item | None, after: Item | None, *, in_transaction: bool = False
) -> float:
    """The units of a write of one row: the larger image, and every index that it changes.

    A write whose condition fails leaves both images alike, and costs what the row costs.
    """
    row = write_units(before, after) * (TRANSACTION if in_transaction else 1)
    return row + sum(index.units(before, after) for index in table.indexes)


def read(item: Item | None, *, consistent: bool) -> float:
    """The units of a read of one row; a row that is not there costs as a small one."""
    return read_units(item_size(item), consistent=consistent)


def queried(items: Sequence[Item], *, consistent: bool) -> float:
    """The units of a query that has read these items, or entries, before any filter."""
    return read_units(sum(map(item_size, items)), consistent=consistent)


@dataclass(frozen=True, slots=True)
class Spent:
    """What one call has cost."""

    call: str
    units: Units


@dataclass
class Meter:
    """Counts what the calls of a client cost; `tables` is another client, of the same tables."""

    tables: "DynamoDBClient"
    spent: list[Spent] = field(default_factory=list)
    _known: dict[str, Table] = field(default_factory=dict)

    @property
    def units(self) -> Units:
        """All that was spent."""
        return sum((spent.units for spent in self.spent), Units())

    @contextmanager
    def listening(self, client: "DynamoDBClient") -> Iterator["Meter"]:
        """To every call that this client makes meanwhile."""
        events: Any = client.meta.events
        events.register("before-parameter-build.dynamodb", self._before)
        events.register("after-call.dynamodb", self._after)
        try:
            yield self
        finally:
            events.unregister("before-parameter-build.dynamodb", self._before)
            events.unregister("after-call.dynamodb", self._after)

    def _before(self, params: Mapping[str, Any], model: Any, context: Any, **_: Any) -> None:
        rule = _RULES.get(model.name)
        assert rule, f"no rule tells what {model.name} costs"
        context[_BEFORE] = rule(self, params)

    def _after(self, model: Any, context: Any, **_: Any) -> None:
        self.spent.append(Spent(model.name, context[_BEFORE]()))

    def _table(self, name: str) -> Table:
        if name not in self._known:
            self._known[name] = Table.of(self.tables.describe_table(TableName=name)["Table"])
        return self._known[name]

    def _item(self, table: str, key: Item) -> Item | None:
        answer: Any = self.tables.get_item(TableName=table, Key=key, ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item

    # One rule for each operation: what it looks at before the call, and then the units.

    def _get(self, params: Mapping[str, Any]) -> "_Price":
        item = self._item(params["TableName"], params["Key"])
        units = Units(reads=read(item, consistent=params.get("ConsistentRead", False)))
        return lambda: units

    def _batch_get(self, params: Mapping[str, Any]) -> "_Price":
        reads = 0.0
        for table, wanted in params["RequestItems"].items():
            consistent = wanted.get("ConsistentRead", False)
            rows = [self._item(table, key) for key in wanted["Keys"]]
            reads += sum(read(row, consistent=consistent) for row in rows)
        units = Units(reads=reads)
        return lambda: units

    def _query(self, params: Mapping[str, Any]) -> "_Price":
        narrowing = {"FilterExpression", "ProjectionExpression", "Select"}
        names = params.get("ExpressionAttributeNames", {})
        condition = params["KeyConditionExpression"]
        wanted = {k: v for k, v in params.items() if k not in narrowing}
        values = params["ExpressionAttributeValues"]
        wanted["ExpressionAttributeValues"] = {k: v for k, v in values.items() if k in condition}
        if names:
            wanted["ExpressionAttributeNames"] = {k: v for k, v in names.items() if k in condition}
        if not wanted.get("ExpressionAttributeNames"):
            wanted.pop("ExpressionAttributeNames", None)
        items: Any = self.tables.query(**wanted)["Items"]
        units = Units(reads=queried(items, consistent=params.get("ConsistentRead", False)))
        return lambda: units

    def _put(self, params: Mapping[str, Any]) -> "_Price":
        return self._write(params, in_transaction=False)

    def _transact(self, params: Mapping[str, Any]) -> "_Price":
        actions = [dict(what) for item in params["TransactItems"] for what in item.values()]
        prices = [self._write(action, in_transaction=True) for action in actions]
        return lambda: sum((price() for price in prices), Units())

    def _write(self, params: Mapping[str, Any], *, in_transaction: bool) -> "_Price":
        name = params["TableName"]
        table = self._table(name)
        key = params.get("Key") or table.key_of(params["Item"])
        before = self._item(name, key)

        def price() -> Units:
            after = self._item(name, key)
            return Units(writes=written(table, before, after, in_transaction=in_transaction))

        return price


_Price: TypeAlias = Callable[[], Units]
"""What a call has cost, once it is over."""
_RULES: Final[Mapping[str, Callable[[Meter, Mapping[str, Any]], _Price]]] = {
    "GetItem": Meter._get,  # noqa: SLF001  a table of this class's own methods
    "BatchGetItem": Meter._batch_get,  # noqa: SLF001
    "Query": Meter._query,  # noqa: SLF001
    "PutItem": Meter._put,  # noqa: SLF001
    "UpdateItem": Meter._put,  # noqa: SLF001
    "DeleteItem": Meter._put,  # noqa: SLF001
    "TransactWriteItems": Meter._transact,  # noqa: SLF001
}


def _names(of: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(key["AttributeName"] for key in of["KeySchema"])
