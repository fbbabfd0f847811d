"""The index `recipient`: what one client has sent to one number, by `createdAt`.

It holds keys and nothing else, so that no change of a message has to be written to it; the rows
are read from the table itself.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from sms_gateway.adapters.dynamodb import table_errors, tries
from sms_gateway.adapters.message_item import attribute, from_item
from sms_gateway.domain.clock import from_iso, to_iso
from sms_gateway.domain.cursor import Position
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.message import Message

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RECIPIENT_INDEX: Final = "recipient"


def read_positions(
    client: "DynamoDBClient", table_name: str, owner: str, number: int, after: Position | None
) -> list[Position]:
    """The next positions of the partition `owner`, newest first, and at most so many.

    Raises `StoreUnavailableError`.
    """
    found: list[Position] = []
    for position in _positions(client, table_name, owner, number, after):
        # DynamoDB does not say in which order it keeps messages of the same millisecond: they are
        # read to the last one, and put into ours.
        if len(found) >= number and position.created_at < found[-1].created_at:
            break
        if after is None or position < after:
            found.append(position)
    return sorted(found, reverse=True)[:number]


def read_messages(
    client: "DynamoDBClient", table_name: str, positions: Sequence[Position]
) -> list[Message]:
    """The rows at these positions (100 at most), in their order; those that are gone are left out.

    Read consistently: the index may know a row that not every copy of the table knows yet.

    Raises `StoreUnavailableError`, also if DynamoDB leaves keys aside over and over.
    """
    if not positions:
        return []
    keys = [{"messageId": attribute(position.message_id)} for position in positions]
    wanted: Any = {table_name: {"Keys": keys, "ConsistentRead": True}}
    messages: list[Message] = []
    for _ in tries():
        with table_errors():
            answer = client.batch_get_item(RequestItems=wanted)
        messages += map(from_item, answer["Responses"].get(table_name, ()))
        wanted = answer["UnprocessedKeys"]
        if not wanted:
            return sorted(messages, key=Position.of, reverse=True)
    raise StoreUnavailableError("The table did not show all rows.")


def _positions(
    client: "DynamoDBClient", table_name: str, owner: str, number: int, after: Position | None
) -> Iterator[Position]:
    """All positions from the millisecond of `after` on, in the order of the index."""
    condition, values = "clientRecipient = :owner", {":owner": attribute(owner)}
    if after is not None:
        condition += " AND createdAt <= :from"
        values[":from"] = attribute(to_iso(after.created_at))
    pages = client.get_paginator("query").paginate(
        TableName=table_name,
        IndexName=RECIPIENT_INDEX,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        ScanIndexForward=False,
        # With `after` itself and the one that shows that a millisecond is over, one page will do.
        PaginationConfig={"PageSize": number + 2},
    )
    with table_errors():
        for page in pages:
            for item in page["Items"]:
                yield Position(from_iso(item["createdAt"]["S"]), item["messageId"]["S"])
