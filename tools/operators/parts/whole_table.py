"""The whole table `Messages`, read page by page at a pace, and what that costs."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sms_gateway.adapters.attributes import attribute
from tools.operators.parts.pace import Pace
from tools.operators.parts.rows import Rows, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

UNIT_BYTES: Final = 8 * 1024
"""What one read unit reads of a table, if the read need not be consistent."""
UNIT_USD: Final = 0.1525 / 1_000_000
"""The price of a read unit in Frankfurt (docs/costs.md)."""
_PAGE: Final = 250
"""Rows of one `Scan`: some forty read units, so that the pace is even."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the table is, as AWS counts it every six hours."""

    rows: int
    size: int

    @classmethod
    def of(cls, db: "DynamoDBClient", table: str) -> "Size":
        """Raises `ToolError`."""
        with store_errors():
            told = db.describe_table(TableName=table)["Table"]
        return cls(told["ItemCount"], told["TableSizeBytes"])

    def cost(self, units_a_second: float) -> list[str]:
        """What reading it once costs, in sentences."""
        units = math.ceil(self.size / UNIT_BYTES)
        minutes = math.ceil(units / units_a_second / 60)
        return [
            "The whole table is read once. By AWS's count, which is up to six hours old, it has:",
            f"  {self.rows:,} rows, {self.size / 1e6:,.1f} MB, {units:,} read units",
            f"  {units * UNIT_USD:.2f} USD at the price of Frankfurt",
            f"  about {minutes:,} min at {units_a_second:g} read units a second",
        ]


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of the whole table. `read` is how many were looked at to find them.

    `last` is the key with which the next page begins; `None` after the last page.
    """

    rows: Rows
    read: int
    last: Mapping[str, Any] | None


def scan(
    db: "DynamoDBClient",
    table: str,
    *,
    until: str,
    units: Pace,
    after: Mapping[str, Any] | None,
) -> Iterator[Page]:
    """The rows that can have changed their status before `until` (ISO 8601).

    Every row of the table is read, from `after` on. `updatedAt` says nothing of the first moment: a
    report that was recorded late has set it back to the time at which it came. Raises `ToolError`.
    """
    request: dict[str, Any] = {
        "TableName": table,
        "FilterExpression": "createdAt < :until",
        "ExpressionAttributeValues": {":until": attribute(until)},
        "Limit": _PAGE,
        "ReturnConsumedCapacity": "TOTAL",
    }
    while True:
        if after is not None:
            request["ExclusiveStartKey"] = after
        with store_errors():
            answer = db.scan(**request)
        after = answer.get("LastEvaluatedKey")
        yield Page(Rows.read(answer["Items"]), answer["ScannedCount"], after)
        if after is None:
            return
        units.spend(answer["ConsumedCapacity"]["CapacityUnits"])
