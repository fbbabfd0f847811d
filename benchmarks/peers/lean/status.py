"""Answer with one message: one read."""

import json
import os

import boto3
from aws_lambda_powertools import Logger, Metrics

TABLE = os.environ["MESSAGES_TABLE"]
SHOWN = ("messageId", "status", "phoneNumber", "message", "createdAt")

logger = Logger()
metrics = Metrics(namespace="Lean")
dynamodb = boto3.client("dynamodb")


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event, context):
    """`GET /messages/{messageId}`."""
    message_id = event["path"].rpartition("/")[2]
    client = event["requestContext"]["identity"]["apiKeyId"]
    item = dynamodb.get_item(
        TableName=TABLE,
        Key={"messageId": {"S": message_id}, "client": {"S": client}},
        ConsistentRead=True,
    ).get("Item")
    logger.info("message read", message_id=message_id, found=item is not None)
    if item is None:
        return {"statusCode": 404, "body": "{}"}
    return {"statusCode": 200, "body": json.dumps({name: item[name]["S"] for name in SHOWN})}
