"""The do-not-contact list: items `suppressed#<E.164>` of the table `Guards`.

`phoneNumber` and `client` are strings, `since` is a moment in ISO 8601. They have no time to live.
`list` is `suppressed` in all of them: with `phoneNumber` the key of the sparse index `list`, which
holds the whole list in the order of its numbers.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sms_gateway.adapters.dynamodb import ConditionFailedError, table_errors, tries, write
from sms_gateway.adapters.message_item import attribute
from sms_gateway.domain.clock import from_iso, to_iso
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.guards import Suppression
from sms_gateway.domain.phone_number import PhoneNumber

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_LIST: Final = "suppressed"
PREFIX: Final = f"{_LIST}#"
"""What the keys of these items begin with; no other item's key does."""


def suppression_key(phone_number: PhoneNumber) -> str:
    """The key of a number's item."""
    return f"{PREFIX}{phone_number.e164}"


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
        if item is None:
            return None
        return Suppression(phone_number, from_iso(item["since"]["S"]), item["client"]["S"])

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

    def put(self, suppression: Suppression) -> None:
        """Enter the number; the first entry stays."""
        item = {
            "guard": suppression_key(suppression.phone_number),
            "phoneNumber": suppression.phone_number.e164,
            "since": to_iso(suppression.since),
            "client": suppression.client,
            "list": _LIST,
        }
        try:
            write(
                lambda: self.client.put_item(
                    TableName=self.table_name,
                    Item={name: attribute(value) for name, value in item.items()},
                    ConditionExpression="attribute_not_exists(guard)",
                )
            )
        except ConditionFailedError:
            return

    def delete(self, phone_number: PhoneNumber) -> None:
        """Take the number off the list."""
        write(lambda: self.client.delete_item(TableName=self.table_name, Key=_key(phone_number)))


def _key(phone_number: PhoneNumber) -> dict[str, dict[str, str]]:
    return {"guard": attribute(suppression_key(phone_number))}
