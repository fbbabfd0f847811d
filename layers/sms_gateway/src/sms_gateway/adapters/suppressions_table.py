"""The do-not-contact list: items of the table `Guards` (guard_items.py) without a time to live.

The sparse index `list` holds the whole list in the order of its numbers.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sms_gateway.adapters import guard_items
from sms_gateway.adapters.attributes import Item, attributes
from sms_gateway.adapters.dynamodb import ConditionFailedError, table_errors, tries, write
from sms_gateway.domain.clock import from_iso, to_iso
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.guards import Suppression
from sms_gateway.domain.phone_number import PhoneNumber

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LIST_INDEX: Final = "list"


@dataclass(frozen=True, slots=True)
class SuppressionsTable:
    """Implements the port `Suppressions` on DynamoDB."""

    client: "DynamoDBClient"
    table_name: str

    def get(self, phone_number: PhoneNumber) -> Suppression | None:
        """The entry as it is now: read consistently, so a caller sees its own PUT."""
        with table_errors():
            answer = self.client.get_item(
                TableName=self.table_name, Key=_key(phone_number), ConsistentRead=True
            )
        item = answer.get("Item")
        return None if item is None else _entry(item)

    def among(self, phone_numbers: Collection[PhoneNumber]) -> frozenset[PhoneNumber]:
        """Those on the list as it is now, with one call for all of them (100 at most).

        Raises `StoreUnavailableError`, also if DynamoDB leaves keys aside over and over.
        """
        if not phone_numbers:
            return frozenset()
        # BatchGetItem refuses a request that names a key twice.
        keys = [_key(phone_number) for phone_number in dict.fromkeys(phone_numbers)]
        wanted: Any = {self.table_name: {"Keys": keys, "ConsistentRead": True}}
        found: set[PhoneNumber] = set()
        for _ in tries():
            with table_errors():
                answer = self.client.batch_get_item(RequestItems=wanted)
            items = answer["Responses"].get(self.table_name, ())
            found |= {PhoneNumber(item["phoneNumber"]["S"]) for item in items}
            wanted = answer["UnprocessedKeys"]
            if not wanted:
                return frozenset(found)
        raise StoreUnavailableError("The table did not show all rows.")

    def page(self, limit: int, after: PhoneNumber | None) -> list[Suppression]:
        """The next entries from the index `list`, which follows the table a moment later."""
        condition, values = "#list = :list", {":list": guard_items.SUPPRESSED}
        if after is not None:
            condition += " AND phoneNumber > :after"
            values[":after"] = after.e164
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table_name,
            IndexName=LIST_INDEX,
            KeyConditionExpression=condition,
            ExpressionAttributeNames={"#list": "list"},
            ExpressionAttributeValues=attributes(values),
            PaginationConfig={"MaxItems": limit},
        )
        with table_errors():
            return [_entry(item) for page in pages for item in page["Items"]]

    def put(self, suppression: Suppression) -> None:
        """Enter the number; the first entry stays."""
        item = {
            "guard": guard_items.of_suppression(suppression.phone_number),
            "phoneNumber": suppression.phone_number.e164,
            "since": to_iso(suppression.since),
            "client": suppression.client,
            "list": guard_items.SUPPRESSED,
        }
        try:
            write(
                lambda: self.client.put_item(
                    TableName=self.table_name,
                    Item=attributes(item),
                    ConditionExpression="attribute_not_exists(guard)",
                )
            )
        except ConditionFailedError:
            return

    def delete(self, phone_number: PhoneNumber) -> None:
        """Take the number off the list."""
        write(lambda: self.client.delete_item(TableName=self.table_name, Key=_key(phone_number)))


def _entry(item: Item) -> Suppression:
    number = PhoneNumber(item["phoneNumber"]["S"])
    return Suppression(number, from_iso(item["since"]["S"]), item["client"]["S"])


def _key(phone_number: PhoneNumber) -> dict[str, Any]:
    return guard_items.key(guard_items.of_suppression(phone_number))
