"""Batches without an id of their own: items of the table `Guards` (guard_items.py)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sms_gateway.adapters import guard_items
from sms_gateway.adapters.attributes import attribute, attributes
from sms_gateway.adapters.dynamodb import ConditionFailedError, write
from sms_gateway.adapters.message_item import epoch
from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.guards import BATCH_KNOWN_FOR

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class BatchesTable:
    """Implements the port `Batches` on DynamoDB."""

    client: "DynamoDBClient"
    table_name: str

    def remember(self, digest: str, batch_id: str, now: datetime) -> str:
        """The id of this batch: one write, whose failure shows the id there is."""
        until = now + BATCH_KNOWN_FOR
        item = {
            "guard": guard_items.of_batch(digest),
            "batchId": batch_id,
            "knownUntil": to_iso(until),
            "expiresAt": epoch(until),
        }
        try:
            write(
                lambda: self.client.put_item(
                    TableName=self.table_name,
                    Item=attributes(item),
                    ConditionExpression="attribute_not_exists(guard) OR knownUntil <= :now",
                    ExpressionAttributeValues={":now": attribute(to_iso(now))},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            )
        except ConditionFailedError as known:
            if known.item is None:
                raise StoreUnavailableError("The table did not show the stored row.") from known
            stored: str = known.item["batchId"]["S"]
            return stored
        return batch_id
