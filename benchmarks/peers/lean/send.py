"""Store a message, hand it to Voipit, note the answer: two writes, one call, nothing else."""

import json
import os
import re
import time

import boto3
import requests
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import ClientError

TABLE = os.environ["MESSAGES_TABLE"]
URL = f"{os.environ['VOIPIT_BASE_URL']}/{os.environ['VOIPIT_ACCOUNT']}/sms/send"
E164 = re.compile(r"\+[1-9][0-9]{6,14}")

logger = Logger()
metrics = Metrics(namespace="Lean")
dynamodb = boto3.client("dynamodb")
voipit = requests.Session()


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event, context):
    """`POST /messages`."""
    body = json.loads(event["body"])
    number, text, message_id = body["phoneNumber"], body["message"], body["messageId"]
    if not E164.fullmatch(number) or not 0 < len(text) <= 160:
        return {"statusCode": 400, "body": "{}"}
    now = time.time()
    client = event["requestContext"]["identity"]["apiKeyId"]
    item = {
        "messageId": {"S": message_id},
        "client": {"S": client},
        "phoneNumber": {"S": number},
        "message": {"S": text},
        "status": {"S": "sending"},
        "createdAt": {"S": str(now)},
        "expiresAt": {"N": str(int(now) + 90 * 86400)},
    }
    try:
        dynamodb.put_item(
            TableName=TABLE, Item=item, ConditionExpression="attribute_not_exists(messageId)"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return {"statusCode": 202, "body": json.dumps({"messageId": message_id})}
    answer = voipit.post(
        URL,
        data={
            "password": os.environ["VOIPIT_PASSWORD"],
            "phoneNumber": number,
            "message": text,
            "sendResultTo": f"{os.environ['CALLBACK_URL']}{client}/{message_id}",
            "messageId": message_id,
        },
        timeout=(3, 10),
    )
    status = "submitted" if answer.ok and answer.json()["type"] == "ok" else "failed"
    dynamodb.update_item(
        TableName=TABLE,
        Key={name: item[name] for name in ("messageId", "client")},
        UpdateExpression="SET #status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": status}},
    )
    logger.info("message taken", message_id=message_id, status=status)
    metrics.add_metric(name="MessageTaken", unit=MetricUnit.Count, value=1)
    return {"statusCode": 202, "body": json.dumps({"messageId": message_id, "status": status})}
