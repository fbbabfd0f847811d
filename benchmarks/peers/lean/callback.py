"""Note what Voipit reports of a message: one write."""

import base64
import os
from urllib.parse import parse_qs

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

TABLE = os.environ["MESSAGES_TABLE"]

logger = Logger()
metrics = Metrics(namespace="Lean")
dynamodb = boto3.client("dynamodb")


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event, context):
    """A delivery report, as a form."""
    body = event["body"]
    if event["isBase64Encoded"]:
        body = base64.b64decode(body).decode()
    report = {name: values[0] for name, values in parse_qs(body).items()}
    _, client, message_id, *_ = event["rawPath"].split("/")
    dynamodb.update_item(
        TableName=TABLE,
        Key={"messageId": {"S": message_id}, "client": {"S": client}},
        UpdateExpression="SET #status = :status",
        ConditionExpression="attribute_exists(messageId)",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": report["status"]}},
    )
    logger.info("report recorded", message_id=message_id, status=report["status"])
    metrics.add_metric(name="ReportRecorded", unit=MetricUnit.Count, value=1)
    return {"statusCode": 200, "body": ""}
