"""Publish each change of a message: ten to a call."""

import json
import os

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

TOPIC = os.environ["TOPIC_ARN"]

logger = Logger()
metrics = Metrics(namespace="Lean")
sns = boto3.client("sns")


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event, context):
    """Records of the table's stream."""
    entries = []
    for number, record in enumerate(event["Records"]):
        image = record["dynamodb"].get("NewImage")
        if image:
            change = {name: image[name]["S"] for name in ("messageId", "status", "phoneNumber")}
            status = {"DataType": "String", "StringValue": change["status"]}
            entries.append(
                {
                    "Id": str(number),
                    "Message": json.dumps(change),
                    "MessageAttributes": {"status": status},
                }
            )
    for start in range(0, len(entries), 10):
        sns.publish_batch(TopicArn=TOPIC, PublishBatchRequestEntries=entries[start : start + 10])
    logger.info("changes published", records=len(entries))
    metrics.add_metric(name="Published", unit=MetricUnit.Count, value=len(entries))
    return {"batchItemFailures": []}
