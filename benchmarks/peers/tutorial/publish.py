"""As a tutorial teaches it: one call for each change."""

import json
import os

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)

logger = Logger()
metrics = Metrics(namespace="Tutorial")
topic = boto3.resource("sns").Topic(os.environ["TOPIC_ARN"])
processor = BatchProcessor(event_type=EventType.DynamoDBStreams)


def publish(record):
    """One change."""
    image = record.dynamodb.new_image
    if image:
        status = {"DataType": "String", "StringValue": image["status"]}
        change = {name: image[name] for name in ("messageId", "status", "phoneNumber")}
        topic.publish(Message=json.dumps(change), MessageAttributes={"status": status})


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event, context):
    """Records of the table's stream."""
    response = process_partial_response(event, publish, processor, context)
    logger.info("changes published", records=len(event["Records"]))
    metrics.add_metric(name="Published", unit=MetricUnit.Count, value=len(event["Records"]))
    return response
