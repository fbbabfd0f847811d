"""As a tutorial teaches it: a resource and a model."""

import base64
import os
from urllib.parse import parse_qsl

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from pydantic import BaseModel

logger = Logger()
metrics = Metrics(namespace="Tutorial")
table = boto3.resource("dynamodb").Table(os.environ["MESSAGES_TABLE"])


class Report(BaseModel):
    """What Voipit reports."""

    status: str
    type: str


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event, context):
    """A delivery report, as a form."""
    body = event["body"]
    if event["isBase64Encoded"]:
        body = base64.b64decode(body).decode()
    report = Report(**dict(parse_qsl(body)))
    _, client, message_id, *_ = event["rawPath"].split("/")
    table.update_item(
        Key={"messageId": message_id, "client": client},
        UpdateExpression="SET #status = :status",
        ConditionExpression="attribute_exists(messageId)",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": report.status},
    )
    logger.info("report recorded", message_id=message_id, status=report.status)
    metrics.add_metric(name="ReportRecorded", unit=MetricUnit.Count, value=1)
    return {"statusCode": 200, "body": ""}
