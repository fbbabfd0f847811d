"""The tables as the template makes them, for moto."""

from typing import TYPE_CHECKING
from uuid import uuid4

from sms_gateway.adapters.messages_table import DUE_INDEX, MessagesTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def a_messages_table(client: "DynamoDBClient") -> MessagesTable:
    """A new table of its own, with the sparse index."""
    name = f"Messages-{uuid4()}"
    client.create_table(
        TableName=name,
        AttributeDefinitions=[
            {"AttributeName": "messageId", "AttributeType": "S"},
            {"AttributeName": "dueShard", "AttributeType": "S"},
            {"AttributeName": "dueAt", "AttributeType": "N"},
        ],
        KeySchema=[{"AttributeName": "messageId", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": DUE_INDEX,
                "KeySchema": [
                    {"AttributeName": "dueShard", "KeyType": "HASH"},
                    {"AttributeName": "dueAt", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return MessagesTable(client, name)
