"""The do-not-contact list as a whole: read, entered and repaired by operators.

Entries of 0.1.0 lack the attribute `list`, so they stop messages and are not in the index.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final

from sms_gateway.adapters import guard_items
from sms_gateway.adapters.attributes import Item, attribute, attributes
from sms_gateway.adapters.dynamodb import ConditionFailedError, write
from sms_gateway.domain.clock import from_iso, to_iso
from sms_gateway.domain.guards import Suppression
from sms_gateway.domain.phone_number import PhoneNumber
from tools.operators.parts.pace import Pace
from tools.operators.parts.rows import guards_at_keys, store_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_INDEX: Final = "list"


class Known(Enum):
    """Where a number stands."""

    NEW = auto()
    """It is not on the list."""
    UNLISTED = auto()
    """It is, and the index does not show it."""
    LISTED = auto()


@dataclass(frozen=True, slots=True)
class DoNotContact:
    """The list of a stack. Every method raises `ToolError`."""

    client: "DynamoDBClient"
    table_name: str
    pace: Pace

    def listed(self) -> Iterator[Suppression]:
        """The entries of the index, in the order of their numbers; the newest can be absent."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table_name,
            IndexName=_INDEX,
            KeyConditionExpression="#list = :list",
            ExpressionAttributeNames={"#list": "list"},
            ExpressionAttributeValues={":list": attribute(guard_items.SUPPRESSED)},
        )
        with store_errors():
            for page in pages:
                yield from map(_entry, page["Items"])

    def unlisted(self, told: Callable[[int], None]) -> Iterator[PhoneNumber]:
        """The numbers whose entries are not in the index. The whole table is read.

        `told` is called with how many rows were looked at.
        """
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.table_name,
            FilterExpression="begins_with(guard, :prefix) AND attribute_not_exists(#list)",
            ExpressionAttributeNames={"#list": "list"},
            ExpressionAttributeValues={":prefix": attribute(guard_items.SUPPRESSION_PREFIX)},
            ConsistentRead=True,
        )
        with store_errors():
            for page in pages:
                yield from map(_number, page["Items"])
                told(page["ScannedCount"])

    def known(self, numbers: Iterable[PhoneNumber]) -> Mapping[PhoneNumber, Known]:
        """Where each of these numbers stands now."""
        wanted = list(dict.fromkeys(numbers))
        found = dict.fromkeys(wanted, Known.NEW)
        guards = [guard_items.of_suppression(number) for number in wanted]
        for item in guards_at_keys(self.client, self.table_name, guards, consistent=True):
            found[_number(item)] = Known.LISTED if "list" in item else Known.UNLISTED
        return found

    def enter(self, entry: Suppression) -> Known:
        """Have the number on the list and in the index; where it stood before.

        An entry that is there keeps its time and its client. One write, which may be repeated.
        """
        new = {"since": to_iso(entry.since), "client": entry.client}
        before = self._write(entry.phone_number, new)
        if not before:
            return Known.NEW
        return Known.LISTED if "list" in before else Known.UNLISTED

    def repair(self, number: PhoneNumber) -> bool:
        """Have an entry in the index; whether it was still on the list."""
        try:
            self._write(number, {}, only_if_there=True)
        except ConditionFailedError:
            return False
        return True

    def _write(
        self, number: PhoneNumber, new: Mapping[str, str], *, only_if_there: bool = False
    ) -> Item:
        """Set what the index needs, and of `new` what is not there yet; the row before."""
        self.pace.spend(1)
        values = {"list": guard_items.SUPPRESSED, "phoneNumber": number.e164, **new}
        sets = ["#list = :list", "#phoneNumber = :phoneNumber"]
        sets += [f"#{name} = if_not_exists(#{name}, :{name})" for name in new]
        request: Any = {
            "TableName": self.table_name,
            "Key": guard_items.key(guard_items.of_suppression(number)),
            "UpdateExpression": f"SET {', '.join(sets)}",
            "ExpressionAttributeNames": {f"#{name}": name for name in values},
            "ExpressionAttributeValues": attributes(
                {f":{name}": value for name, value in values.items()}
            ),
            "ReturnValues": "ALL_OLD",
        }
        if only_if_there:
            request["ConditionExpression"] = "attribute_exists(guard)"
        with store_errors():
            answer = write(lambda: self.client.update_item(**request))
        return answer.get("Attributes", {})


def _entry(item: Item) -> Suppression:
    return Suppression(_number(item), from_iso(item["since"]["S"]), item["client"]["S"])


def _number(item: Item) -> PhoneNumber:
    return PhoneNumber(item["guard"]["S"].removeprefix(guard_items.SUPPRESSION_PREFIX))
