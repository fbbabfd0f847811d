"""Time that passes for one stored message alone."""

from datetime import UTC, datetime, timedelta

from local.stack import LocalStack


def let_expire(stack: LocalStack, message_id: str) -> None:
    """The message's `validUntil` is in the past, so it will not be sent any more."""
    table = stack.aws("dynamodb")
    (row,) = table.query(
        TableName=stack.messages_table,
        KeyConditionExpression="messageId = :id",
        ExpressionAttributeValues={":id": {"S": message_id}},
    )["Items"]
    table.update_item(
        TableName=stack.messages_table,
        Key={name: row[name] for name in ("messageId", "client")},
        UpdateExpression="SET validUntil = :past",
        ExpressionAttributeValues={
            ":past": {"S": (datetime.now(UTC) - timedelta(seconds=1)).isoformat()}
        },
    )
