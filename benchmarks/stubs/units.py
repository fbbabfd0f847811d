"""Write and read units, by the rules that AWS publishes.

Sizes: "DynamoDB item sizes and formats"; units: "DynamoDB read and write operations" and "Managing
global secondary indexes" in the DynamoDB developer guide. A number's size is AWS's own
approximation: a byte for each two significant digits, and one more.
"""

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from benchmarks.stubs.expressions import Item, Value

WRITE_BLOCK: Final = 1024
"""Bytes of one write unit."""
READ_BLOCK: Final = 4096
"""Bytes of one read unit, if the read is consistent; of half a unit, if it is not."""
TRANSACTION: Final = 2
"""How many times its ordinary units a write or a read in a transaction costs."""


def value_size(value: Value) -> int:
    """Bytes of an attribute's value. Raises `KeyError` for a type that is not used here."""
    ((kind, content),) = value.items()
    return _SIZES[kind](content)


def _number_size(text: str) -> int:
    digits = text.lstrip("-").replace(".", "").strip("0")
    return math.ceil(len(digits) / 2) + 1


_SIZES: Final[Mapping[str, Callable[[Any], int]]] = {
    "S": lambda text: len(text.encode()),
    "N": _number_size,
    "B": len,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "SS": lambda texts: sum(len(text.encode()) for text in texts),
    "NS": lambda numbers: sum(map(_number_size, numbers)),
    "L": lambda values: 3 + sum(1 + value_size(each) for each in values),
    "M": lambda entries: 3 + sum(1 + item_size({name: each}) for name, each in entries.items()),
}


def item_size(item: Item | None) -> int:
    """Bytes of an item: names and values of its attributes; nothing if it is not there."""
    return sum(len(name.encode()) + value_size(value) for name, value in (item or {}).items())


def write_units(*items: Item | None) -> int:
    """Of one write, by the larger of the item before and the item after; at least one."""
    return max(1, *(math.ceil(item_size(item) / WRITE_BLOCK) for item in items))


def read_units(size: int, *, consistent: bool) -> float:
    """Of reading so many bytes in one go; at least those of one block."""
    return max(1, math.ceil(size / READ_BLOCK)) * (1 if consistent else 0.5)


def projected(item: Item | None, key: Collection[str], attributes: Collection[str] | None) -> Item:
    """The item's entry in an index; empty if it has none. `attributes` is `None` for all."""
    if item is None or any(name not in item for name in key):
        return {}
    return {n: v for n, v in item.items() if attributes is None or n in attributes}


def index_units(before: Item, after: Item, key: Collection[str]) -> int:
    """Of keeping one index up to date: entries as `projected` gives them.

    An entry whose key changes is deleted and written anew, which is two writes; one that stays as
    it is costs nothing.
    """
    if before == after:
        return 0
    if before and after and any(before[name] != after[name] for name in key):
        return write_units(before) + write_units(after)
    return write_units(before, after)
