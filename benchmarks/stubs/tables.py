"""DynamoDB in memory: the calls that the functions make, with conditions, indexes and units.

Every answer is as AWS gives it, as far as the functions read it. There is one process and one
thread, so a transaction never meets another one.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.stubs.expressions import Given, Item, comparable, holds, updated
from benchmarks.stubs.units import (
    TRANSACTION,
    index_units,
    item_size,
    projected,
    read_units,
    write_units,
)

PAGE_BYTES: Final = 1024 * 1024
"""What one `Query` reads at most."""
_CONDITION_FAILED: Final = "ConditionalCheckFailed"

Request = Mapping[str, Any]
Key = tuple[Any, ...]
"""The values of an item's key, comparable: hash and, if there is one, range."""


class RefusedError(Exception):
    """What AWS answers with an error of this type; `details` stand in the answer beside it."""

    def __init__(self, kind: str, message: str = "", **details: Any) -> None:
        super().__init__(message or kind)
        self.kind = kind
        self.details = details


@dataclass(slots=True)
class Index:
    """A table's entries in the order of a key; `attributes` is `None` if all are in it."""

    key: tuple[str, ...]
    attributes: frozenset[str] | None
    entries: dict[Any, list[tuple[Any, Key]]] = field(default_factory=dict)
    """By the hash key's value: range and the item's own key, in order."""

    def place(self, item: Item) -> tuple[Any, Any] | None:
        """Where an item stands, if it is in the index."""
        if any(name not in item for name in self.key):
            return None
        hashed, *ranged = (comparable(item[name]) for name in self.key)
        return hashed, ranged[0] if ranged else ("", 0)

    def move(self, key: Key, before: Item | None, after: Item | None) -> None:
        """Follow a write of the table."""
        old, new = (self.place(item) if item else None for item in (before, after))
        if old == new:
            return
        if old:
            entries = self.entries[old[0]]
            del entries[bisect_left(entries, (old[1], key))]
        if new:
            insort(self.entries.setdefault(new[0], []), (new[1], key))


@dataclass(slots=True)
class Table:
    """Items by key, and what keeps them in order."""

    name: str
    key: tuple[str, ...]
    indexes: dict[str, Index]
    items: dict[Key, Item] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, properties: Mapping[str, Any]) -> "Table":
        """As a template's `AWS::DynamoDB::Table` describes it."""
        key = _key_names(properties)
        indexes = {"": Index(key, None)}
        for index in properties.get("GlobalSecondaryIndexes", ()):
            names = _key_names(index)
            projection = index["Projection"]
            everything = projection["ProjectionType"] == "ALL"
            attributes = {*key, *names, *projection.get("NonKeyAttributes", ())}
            indexes[index["IndexName"]] = Index(
                names, None if everything else frozenset(attributes)
            )
        return cls(name, key, indexes)

    def key_of(self, item: Item) -> Key:
        """The key of an item, or of a part of one that holds it."""
        return tuple(comparable(item[name]) for name in self.key)

    def get(self, key: Item) -> Item | None:
        """The item with this key."""
        return self.items.get(self.key_of(key))

    def write(self, key: Item, item: Item | None) -> float:
        """Put or, with `None`, delete; returns the write units of the indexes."""
        place = self.key_of(key)
        before = self.items.get(place)
        units = 0.0
        for name, index in self.indexes.items():
            index.move(place, before, item)
            if name:
                old, new = (projected(each, index.key, index.attributes) for each in (before, item))
                units += index_units(old, new, index.key)
        if item is None:
            self.items.pop(place, None)
        else:
            self.items[place] = item
        return units

    def copy(self) -> "Table":
        """The same items: they are replaced and never changed, so they can be shared."""
        indexes = {
            name: Index(index.key, index.attributes, {k: list(v) for k, v in index.entries.items()})
            for name, index in self.indexes.items()
        }
        return Table(self.name, self.key, indexes, dict(self.items))


def _key_names(described: Mapping[str, Any]) -> tuple[str, ...]:
    kinds = {part["KeyType"]: part["AttributeName"] for part in described["KeySchema"]}
    return tuple(kinds[kind] for kind in ("HASH", "RANGE") if kind in kinds)


@dataclass(slots=True)
class Tables:
    """All tables, and the units that calls have used. `changes` are (table, before, after)."""

    tables: dict[str, Table] = field(default_factory=dict)
    units: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    changes: list[tuple[str, Item | None, Item | None]] = field(default_factory=list)
    rows_read: int = 0
    """Rows of `Messages` that were asked for by their keys."""

    def call(self, operation: str, request: Request) -> dict[str, Any]:
        """The answer to a call. Raises `RefusedError`, and `KeyError` for an unknown call."""
        return _CALLS[operation](self, request)

    def table(self, request: Request) -> Table:
        """The table that a call names, by name or ARN."""
        name = request["TableName"].rpartition("/")[2]
        if name not in self.tables:
            raise RefusedError("ResourceNotFoundException", f"There is no table {name}.")
        return self.tables[name]

    def get_item(self, request: Request) -> dict[str, Any]:
        """`GetItem`."""
        table = self.table(request)
        item = table.get(request["Key"])
        self.rows_read += table.name == "Messages"
        self._read(item_size(item), request)
        return {"Item": item} if item else {}

    def batch_get_item(self, request: Request) -> dict[str, Any]:
        """`BatchGetItem`: each item is rounded up by itself."""
        found: dict[str, list[Item]] = {}
        for name, asked in request["RequestItems"].items():
            table = self.table({"TableName": name})
            items = [table.get(key) for key in asked["Keys"]]
            self.rows_read += len(items) if name == "Messages" else 0
            for item in items:
                self._read(item_size(item), asked)
            found[name] = [item for item in items if item]
        return {"Responses": found, "UnprocessedKeys": {}}

    def query(self, request: Request) -> dict[str, Any]:
        """`Query`, a page of it."""
        table = self.table(request)
        index = table.indexes[request.get("IndexName", "")]
        given = _given(request)
        condition = request["KeyConditionExpression"]
        entries = index.entries.get(_hash_value(condition, index.key[0], given), [])
        ordered = entries if request.get("ScanIndexForward", True) else entries[::-1]
        start = _start_of(table, index, request, ordered)
        found: list[Item] = []
        size, last = 0, None
        for _, key in ordered[start:]:
            item = projected(table.items[key], index.key, index.attributes)
            if not holds(condition, item, given):
                if found:
                    break  # what matches stands in one piece
                continue
            found.append(item)
            size += item_size(item)
            if len(found) == request.get("Limit") or size >= PAGE_BYTES:
                last = {name: item[name] for name in {*table.key, *index.key}}
                break
        self._read(size, request)
        answer: dict[str, Any] = {"Count": len(found), "ScannedCount": len(found)}
        if request.get("Select") != "COUNT":
            answer["Items"] = found
        return answer | ({"LastEvaluatedKey": last} if last else {})

    def put_item(self, request: Request) -> dict[str, Any]:
        """`PutItem`."""
        return self._alone("Put", request)

    def update_item(self, request: Request) -> dict[str, Any]:
        """`UpdateItem`."""
        return self._alone("Update", request)

    def delete_item(self, request: Request) -> dict[str, Any]:
        """`DeleteItem`."""
        return self._alone("Delete", request)

    def transact_write_items(self, request: Request) -> dict[str, Any]:
        """All or nothing; what is refused costs the units of the rows that were looked at."""
        steps = [next(iter(each.items())) for each in request["TransactItems"]]
        rows = [self.table(step).get(_key(self.table(step), step)) for _, step in steps]
        reasons = [_refusal(step, row) for (_, step), row in zip(steps, rows, strict=True)]
        is_refused = any(reasons)
        for (kind, step), row in zip(steps, rows, strict=True):
            after = row if is_refused else _after(kind, step, row)
            self.units["write"] += TRANSACTION * write_units(row, after)
        if is_refused:
            codes = ", ".join(reason["Code"] if reason else "None" for reason in reasons)
            raise RefusedError(
                "TransactionCanceledException",
                "Transaction cancelled, please refer cancellation reasons for specific reasons"
                f" [{codes}]",
                CancellationReasons=[reason or {"Code": "None"} for reason in reasons],
            )
        for kind, step in steps:
            self._write(kind, step)
        return {}

    def _alone(self, kind: str, request: Request) -> dict[str, Any]:
        table = self.table(request)
        before = table.get(_key(table, request))
        refusal = _refusal(request, before)
        self.units["write"] += write_units(
            before, None if refusal else _after(kind, request, before)
        )
        if refusal:
            item = {"Item": refusal["Item"]} if "Item" in refusal else {}
            raise RefusedError(
                f"{_CONDITION_FAILED}Exception", "The conditional request failed", **item
            )
        after = self._write(kind, request)
        returned = request.get("ReturnValues", "NONE")
        if returned == "ALL_NEW":
            return {"Attributes": after}
        return {"Attributes": before} if returned == "ALL_OLD" and before else {}

    def _write(self, kind: str, step: Request) -> Item | None:
        if kind == "ConditionCheck":
            return None
        table = self.table(step)
        key = _key(table, step)
        before = table.get(key)
        after = _after(kind, step, before)
        self.units["index write"] += table.write(key, after)
        self.changes.append((table.name, before, after))
        return after

    def _read(self, size: int, request: Request) -> None:
        self.units["read"] += read_units(size, consistent=request.get("ConsistentRead", False))


def _given(request: Request) -> Given:
    return Given(
        request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
    )


def _key(table: Table, step: Request) -> Item:
    holder = step["Key"] if "Key" in step else step["Item"]
    return {name: holder[name] for name in table.key}


def _after(kind: str, step: Request, before: Item | None) -> Item | None:
    if kind == "Put":
        return dict(step["Item"])
    if kind == "Update":
        return updated(
            step.get("UpdateExpression"), {**step["Key"], **(before or {})}, _given(step)
        )
    return before if kind == "ConditionCheck" else None


def _refusal(step: Request, before: Item | None) -> dict[str, Any] | None:
    if holds(step.get("ConditionExpression"), before, _given(step)):
        return None
    shown = before and step.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    reason = {"Code": _CONDITION_FAILED, "Message": "The conditional request failed"}
    return {**reason, "Item": before} if shown else reason


def _hash_value(condition: str, name: str, given: Given) -> Any:
    """The value that a key condition asks the hash key to have."""
    for part in condition.replace("(", " ").replace(")", " ").split(" AND "):
        left, _, right = (piece.strip() for piece in part.partition("="))
        if given.names.get(left, left) == name:
            return comparable(given.values[right])
    raise RefusedError("ValidationException", "Query condition missed key schema element")


def _start_of(
    table: Table, index: Index, request: Request, ordered: Sequence[tuple[Any, Key]]
) -> int:
    start = request.get("ExclusiveStartKey")
    if not start:
        return 0
    place = index.place(start)
    entry = (place[1] if place else None, table.key_of(start))
    if request.get("ScanIndexForward", True):
        return bisect_left(ordered, entry) + (entry in ordered)
    return next((i for i, each in enumerate(ordered) if each < entry), len(ordered))


_CALLS: Final[Mapping[str, Callable[[Tables, Request], dict[str, Any]]]] = {
    "GetItem": Tables.get_item,
    "BatchGetItem": Tables.batch_get_item,
    "Query": Tables.query,
    "PutItem": Tables.put_item,
    "UpdateItem": Tables.update_item,
    "DeleteItem": Tables.delete_item,
    "TransactWriteItems": Tables.transact_write_items,
}
