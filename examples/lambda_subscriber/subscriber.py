"""A Lambda function that keeps a table of where each message stands.

It gets events from a queue that is subscribed to the gateway's topic. The conditional write drops
repeats and events that were overtaken, whichever of many parallel functions gets them.
"""

import logging
import os
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from sms_gateway_client.events import Event, parse_event

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

logger = logging.getLogger()
logger.setLevel(logging.INFO)


@cache
def dynamodb() -> "DynamoDBClient":
    """The client, made once for a process."""
    timeouts = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 2})
    client: DynamoDBClient = boto3.client("dynamodb", config=timeouts)
    return client


def take(event: Event) -> bool:
    """Write the event's status; `False` if the event is a repeat or was overtaken.

    Raises botocore's `ClientError` and `BotoCoreError`.
    """
    client = dynamodb()
    item: dict[str, Any] = {
        "message": {"S": f"{event.source}/{event.message_id}"},
        "sequence": {"N": str(event.sequence)},
        "status": {"S": event.status},
        "final": {"BOOL": event.final},
        "changedAt": {"S": event.time.isoformat()},
    }
    if event.reason is not None:
        item["reason"] = {"S": event.reason}
    try:
        client.put_item(
            TableName=os.environ["STATUSES_TABLE"],
            Item=item,
            ConditionExpression="attribute_not_exists(#sequence) OR #sequence < :sequence",
            ExpressionAttributeNames={"#sequence": "sequence"},
            ExpressionAttributeValues={":sequence": item["sequence"]},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def handler(batch: dict[str, Any], _context: object) -> dict[str, Any]:
    """What could not be worked off comes again; after five times it is in the dead-letter queue."""
    failed = []
    for record in batch["Records"]:
        try:
            event = parse_event(record["body"])
            if take(event):
                logger.info("%s is %s", event.message_id, event.status)
        except Exception:  # the others of the batch are not to wait for it
            logger.exception("message %s comes again", record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
