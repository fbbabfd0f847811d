"""The index `recipient`: what was sent to one number, by client and `createdAt`.

It holds keys and nothing else, so that no change of a message has to be written to it; the rows
are read from the table itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sms_gateway.adapters.attributes import attribute
from sms_gateway.adapters.dynamodb import table_errors, tries
from sms_gateway.adapters.message_item import (
    client_created_at,
    from_item,
    key_attributes,
    key_of,
)
from sms_gateway.domain.clock import from_iso, to_iso
from sms_gateway.domain.cursor import Position
from sms_gateway.domain.errors import StoreUnavailableError, UnreadableRowError
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RECIPIENT_INDEX: Final = "recipient"


@dataclass(frozen=True, slots=True)
class Owned:
    """One list: what this client has sent to this number."""

    client: str
    phone_number: PhoneNumber


def read_positions(
    db: "DynamoDBClient", table_name: str, of: Owned, number: int, after: Position | None
) -> list[Position]:
    """The next positions of a list, newest first, and at most so many.

    Raises `StoreUnavailableError`.
    """
    found: list[Position] = []
    for position in _positions(db, table_name, of, number, after):
        # DynamoDB does not say in which order it keeps messages of the same millisecond: they are
        # read to the last one, and put into ours.
        if len(found) >= number and position.created_at < found[-1].created_at:
            break
        if after is None or position < after:
            found.append(position)
    return sorted(found, reverse=True)[:number]


def read_messages(
    db: "DynamoDBClient", table_name: str, keys: Sequence[MessageKey]
) -> tuple[list[Message], list[MessageKey]]:
    """The rows with these keys (100 at most), the newest first; some can be gone.

    Beside them the keys of rows that this release cannot read.

    Read consistently: the index can know a row that not every copy of the table knows yet.

    Raises `StoreUnavailableError`, also if DynamoDB leaves keys aside over and over.
    """
    if not keys:
        return [], []
    of_rows = [key_attributes(key) for key in keys]
    wanted: Any = {table_name: {"Keys": of_rows, "ConsistentRead": True}}
    messages: list[Message] = []
    unreadable: list[MessageKey] = []
    for _ in tries():
        with table_errors():
            answer = db.batch_get_item(RequestItems=wanted)
        for item in answer["Responses"].get(table_name, ()):
            try:
                messages.append(from_item(item))
            except UnreadableRowError:
                unreadable.append(key_of(item))
        wanted = answer["UnprocessedKeys"]
        if not wanted:
            return sorted(messages, key=Position.of, reverse=True), sorted(unreadable)
    raise StoreUnavailableError("The table did not show all rows.")


def _positions(
    db: "DynamoDBClient", table_name: str, of: Owned, number: int, after: Position | None
) -> Iterator[Position]:
    """All positions from the millisecond of `after` on, in the order of the index."""
    condition = "phoneNumber = :number AND begins_with(clientCreatedAt, :first)"
    values = {
        ":number": attribute(of.phone_number.e164),
        ":first": attribute(client_created_at(of.client)),
    }
    if after is not None:
        condition = "phoneNumber = :number AND clientCreatedAt BETWEEN :first AND :from"
        values[":from"] = attribute(client_created_at(of.client, to_iso(after.created_at)))
    pages = db.get_paginator("query").paginate(
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
                _, _, created_at = item["clientCreatedAt"]["S"].partition("#")
                yield Position(from_iso(created_at), item["messageId"]["S"])
