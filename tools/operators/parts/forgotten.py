"""The records of numbers that were forgotten: items of the table `Guards` (guard_items.py).

A record never holds the number, nor anything that could be made from it: of a number that has ten
digits, every hash can be tried out within minutes. Its case reference leads to the person.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sms_gateway.adapters import guard_items
from sms_gateway.adapters.attributes import Item, attributes, plain
from sms_gateway.adapters.message_item import epoch
from sms_gateway.domain.clock import from_iso, to_iso
from sms_gateway.domain.phone_number import PhoneNumber
from tools.operators.parts.rows import store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT: Final = timedelta(days=3 * 365)
"""How long a record is kept (docs/decisions/2026-11-27-forgetting.md)."""

BEGUN: Final = "begun"
"""The run was stopped, or is under way: what is counted is what was to be done."""
PARTLY: Final = "partly"
DONE: Final = "done"

COUNTED: Final = ("cancelled", "messages", "guards", "suppressions", "left")
"""Messages that were cancelled, and deleted; rows of limits and double clicks, and entries of the
do-not-contact list, that were deleted; messages that are left."""

_CASE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
_TELLING: Final = 6
"""So many digits of a number in a case reference would say whose it is."""


def is_case(text: str, number: PhoneNumber) -> bool:
    """Whether this can be a case reference: up to 64 letters, digits and `. _ / -`, and no number.

    It is kept for years, so it must not hold the last digits of the number.
    """
    digits = re.sub("[^0-9]", "", text)
    return _CASE.fullmatch(text) is not None and number.e164[-_TELLING:] not in digits


@dataclass(frozen=True, slots=True)
class Record:
    """One run of `forget`. `operator` is the ARN of the person or role that has run it.

    `counts` has all names of `COUNTED`.
    """

    key: str
    at: datetime
    operator: str
    case: str
    state: str
    counts: Mapping[str, int]

    @classmethod
    def begun(cls, at: datetime, operator: str, case: str, planned: Mapping[str, int]) -> "Record":
        """A record of what is about to be done."""
        key = guard_items.of_forgotten(to_iso(at), secrets.token_hex(4))
        return cls(key, at, operator, case, BEGUN, {**dict.fromkeys(COUNTED, 0), **planned})

    def ended(self, counts: Mapping[str, int]) -> "Record":
        """The same with what was done."""
        return replace(self, state=PARTLY if counts["left"] else DONE, counts=counts)

    def view(self) -> dict[str, Any]:
        """The record for people and programs."""
        about = {"at": to_iso(self.at), "operator": self.operator, "case": self.case}
        return {**about, "state": self.state, **self.counts}


@dataclass(frozen=True, slots=True)
class Records:
    """All records of a stack. Every method raises `ToolError`."""

    client: "DynamoDBClient"
    table_name: str

    def write(self, record: Record) -> None:
        """Keep the record as it is now."""
        item = {
            "guard": record.key,
            **record.view(),
            "expiresAt": epoch(record.at + KEPT),
        }
        with store_errors():
            self.client.put_item(TableName=self.table_name, Item=attributes(item))

    def all(self, told: Callable[[int], None]) -> list[Record]:
        """Every record, the oldest first. `told` is called with how many rows were looked at.

        No index has them: the whole table is read, which is a matter of seconds and cents.
        """
        records: list[Record] = []
        with store_errors():
            pages = self.client.get_paginator("scan").paginate(
                TableName=self.table_name,
                FilterExpression="begins_with(guard, :prefix)",
                ExpressionAttributeValues=attributes({":prefix": guard_items.FORGOTTEN_PREFIX}),
                ConsistentRead=True,
            )
            for page in pages:
                records += map(_record, page["Items"])
                told(page["ScannedCount"])
        return sorted(records, key=lambda record: record.key)


def _record(item: Item) -> Record:
    row = plain(item)
    counts = {name: int(row[name]) for name in COUNTED}
    at = from_iso(row["at"])
    return Record(row["guard"], at, row["operator"], row["case"], row["state"], counts)
