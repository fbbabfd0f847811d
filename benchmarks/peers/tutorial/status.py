"""As a tutorial teaches it: a resource and a model."""

import os

import boto3
from aws_lambda_powertools import Logger, Metrics
from pydantic import BaseModel

logger = Logger()
metrics = Metrics(namespace="Tutorial")
table = boto3.resource("dynamodb").Table(os.environ["MESSAGES_TABLE"])


class Message(BaseModel):
    """What a caller is shown."""

    messageId: str  # noqa: N815  the name in the JSON
    status: str
    phoneNumber: str  # noqa: N815  the same
    message: str
    createdAt: str  # noqa: N815  the same


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event, context):
    """`GET /messages/{messageId}`."""
    message_id = event["path"].rpartition("/")[2]
    client = event["requestContext"]["identity"]["apiKeyId"]
    item = table.get_item(Key={"messageId": message_id, "client": client}, ConsistentRead=True).get(
        "Item"
    )
    logger.info("message read", message_id=message_id, found=item is not None)
    if item is None:
        return {"statusCode": 404, "body": "{}"}
    return {"statusCode": 200, "body": Message(**item).model_dump_json()}
