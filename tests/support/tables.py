"""The tables as the template makes them, for moto."""

from typing import TYPE_CHECKING, Final, TypedDict
from uuid import uuid4

from sms_gateway.adapters.dynamodb import ConditionFailedError, write
from sms_gateway.adapters.message_search import CLIENT_INDEX, DUE_INDEX
from sms_gateway.adapters.messages_table import MessagesTable, already_stored
from sms_gateway.adapters.recipient_index import RECIPIENT_INDEX
from sms_gateway.domain.message import Message

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.literals import BillingModeType
    from mypy_boto3_dynamodb.type_defs import (
        AttributeDefinitionTypeDef,
        GlobalSecondaryIndexUnionTypeDef,
        KeySchemaElementTypeDef,
    )

    class TableSchema(TypedDict):
        """What `create_table` is told."""

        BillingMode: BillingModeType
        AttributeDefinitions: list[AttributeDefinitionTypeDef]
        KeySchema: list[KeySchemaElementTypeDef]
        GlobalSecondaryIndexes: list[GlobalSecondaryIndexUnionTypeDef]


MESSAGES_SCHEMA: "Final[TableSchema]" = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "messageId", "AttributeType": "S"},
        {"AttributeName": "dueShard", "AttributeType": "S"},
        {"AttributeName": "dueAt", "AttributeType": "N"},
        {"AttributeName": "client", "AttributeType": "S"},
        {"AttributeName": "phoneNumber", "AttributeType": "S"},
        {"AttributeName": "clientCreatedAt", "AttributeType": "S"},
        {"AttributeName": "attention", "AttributeType": "S"},
        {"AttributeName": "updatedAt", "AttributeType": "S"},
        {"AttributeName": "createdAt", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "messageId", "KeyType": "HASH"},
        {"AttributeName": "client", "KeyType": "RANGE"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": DUE_INDEX,
            "KeySchema": [
                {"AttributeName": "dueShard", "KeyType": "HASH"},
                {"AttributeName": "dueAt", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
        {
            "IndexName": RECIPIENT_INDEX,
            "KeySchema": [
                {"AttributeName": "phoneNumber", "KeyType": "HASH"},
                {"AttributeName": "clientCreatedAt", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
        {
            "IndexName": "attention",
            "KeySchema": [
                {"AttributeName": "attention", "KeyType": "HASH"},
                {"AttributeName": "updatedAt", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
        {
            "IndexName": CLIENT_INDEX,
            "KeySchema": [
                {"AttributeName": "client", "KeyType": "HASH"},
                {"AttributeName": "createdAt", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
    ],
}
"""The table of messages, all but its name and its stream (tests/template compares it)."""
GUARDS_SCHEMA: "Final[TableSchema]" = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "guard", "AttributeType": "S"},
        {"AttributeName": "list", "AttributeType": "S"},
        {"AttributeName": "phoneNumber", "AttributeType": "S"},
    ],
    "KeySchema": [{"AttributeName": "guard", "KeyType": "HASH"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "list",
            "KeySchema": [
                {"AttributeName": "list", "KeyType": "HASH"},
                {"AttributeName": "phoneNumber", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        },
    ],
}
"""The table of guards, all but its name."""


class OpenMessages(MessagesTable):
    """The table with a way in that counts nothing, for tests that are not about the way in."""

    def create(self, message: Message) -> None:
        try:
            write(lambda: self.client.put_item(**self.as_put(message)))
        except ConditionFailedError as failure:
            raise already_stored(failure.item) from failure


def a_messages_table(client: "DynamoDBClient", stack: str = "stack") -> OpenMessages:
    """A new table of its own, with its indexes, under a name as CloudFormation gives it."""
    name = f"{stack}-Messages-{uuid4()}"
    client.create_table(TableName=name, **MESSAGES_SCHEMA)
    return OpenMessages(client, name)


def a_guards_table(client: "DynamoDBClient", stack: str = "stack") -> str:
    """The name of a new table of its own."""
    name = f"{stack}-Guards-{uuid4()}"
    client.create_table(TableName=name, **GUARDS_SCHEMA)
    return name
