"""The index `recipient`: what was sent to one number, by client and `createdAt`.

It holds keys and nothing else, so that no change of a message has to be written to it; the rows
are read from the table itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sms_gateway.adapters.attributes import attribute
from sms_gateway.adapters.dynamodb import table_errors
from sms_gateway.adapters.message_item import client_created_at
from sms_gateway.adapters.message_rows import read_rows
from sms_gateway.domain.clock import from_iso, to_iso
from sms_gateway.domain.cursor import Position
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

    Raises `StoreUnavailableError`, also if DynamoDB leaves keys aside over and over.
    """
    rows = read_rows(db, table_name, keys)
    messages = [row for row in rows.values() if isinstance(row, Message)]
    unreadable = [key for key, row in rows.items() if not isinstance(row, Message)]
    return sorted(messages, key=Position.of, reverse=True), sorted(unreadable)


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
