"""As a tutorial teaches it: a resource, a model, a decorator against repetition."""

import json
import os
import time

import boto3
import requests
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent,
)
from pydantic import BaseModel, Field

logger = Logger()
metrics = Metrics(namespace="Tutorial")
table = boto3.resource("dynamodb").Table(os.environ["MESSAGES_TABLE"])
persistence = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"])
config = IdempotencyConfig(event_key_jmespath="powertools_json(body).messageId")


class Message(BaseModel):
    """What a caller sends."""

    messageId: str = Field(min_length=1, max_length=64)  # noqa: N815  the name in the JSON
    phoneNumber: str = Field(pattern=r"^\+[1-9][0-9]{6,14}$")  # noqa: N815  the same
    message: str = Field(min_length=1, max_length=160)


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
@idempotent(persistence_store=persistence, config=config)
def handler(event, context):
    """`POST /messages`."""
    message = Message.model_validate_json(event["body"])
    client = event["requestContext"]["identity"]["apiKeyId"]
    now = int(time.time())
    table.put_item(
        Item={
            **message.model_dump(),
            "client": client,
            "status": "sending",
            "createdAt": str(now),
            "expiresAt": now + 90 * 86400,
        }
    )
    answer = requests.post(
        f"{os.environ['VOIPIT_BASE_URL']}/{os.environ['VOIPIT_ACCOUNT']}/sms/send",
        data={
            "password": os.environ["VOIPIT_PASSWORD"],
            "phoneNumber": message.phoneNumber,
            "message": message.message,
            "sendResultTo": f"{os.environ['CALLBACK_URL']}{client}/{message.messageId}",
            "messageId": message.messageId,
        },
        timeout=10,
    )
    status = "submitted" if answer.ok and answer.json()["type"] == "ok" else "failed"
    table.update_item(
        Key={"messageId": message.messageId, "client": client},
        UpdateExpression="SET #status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": status},
    )
    logger.info("message taken", message_id=message.messageId, status=status)
    metrics.add_metric(name="MessageTaken", unit=MetricUnit.Count, value=1)
    body = json.dumps({"messageId": message.messageId, "status": status})
    return {"statusCode": 202, "body": body}
