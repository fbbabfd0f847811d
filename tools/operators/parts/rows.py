"""Rows of both tables, as operators' commands find them: one by one, or by their keys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sms_gateway.adapters.attributes import Item, attribute
from sms_gateway.adapters.dynamodb import table_errors
from sms_gateway.adapters.guard_rows import read_guards
from sms_gateway.adapters.message_item import from_item, key_of
from sms_gateway.adapters.recipient_index import RECIPIENT_INDEX, read_messages
from sms_gateway.domain.errors import StoreUnavailableError, UnreadableRowError
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from tools.stacks import ToolError, in_words

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AT_ONCE: Final = 100
"""Rows that DynamoDB takes in one `BatchGetItem`."""


@dataclass(slots=True)
class Rows:
    """Messages, and the keys of rows that this release cannot read."""

    messages: list[Message]
    unreadable: list[MessageKey]

    @classmethod
    def read(cls, items: Iterable[Item]) -> "Rows":
        """These rows, whole."""
        rows = cls([], [])
        for item in items:
            try:
                rows.messages.append(from_item(item))
            except UnreadableRowError:
                rows.unreadable.append(key_of(item))
        return rows


@contextmanager
def store_errors() -> Iterator[None]:
    """What a table says when it says no, as `ToolError`."""
    try:
        with table_errors():
            yield
    except StoreUnavailableError as error:
        raise ToolError(in_words(error.__cause__ or error)) from error


def of_id(db: "DynamoDBClient", table: str, message_id: str, client: str | None) -> Rows:
    """The messages with this id: of one client, or else of all. Raises `ToolError`."""
    condition, values = "messageId = :id", {":id": attribute(message_id)}
    if client is not None:
        condition += " AND client = :client"
        values[":client"] = attribute(client)
    pages = db.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        ConsistentRead=True,
    )
    with store_errors():
        return Rows.read(item for page in pages for item in page["Items"])


def of_number(db: "DynamoDBClient", table: str, number: PhoneNumber) -> Rows:
    """What all clients have sent to the number. Raises `ToolError`."""
    pages = db.get_paginator("query").paginate(
        TableName=table,
        IndexName=RECIPIENT_INDEX,
        KeyConditionExpression="phoneNumber = :number",
        ExpressionAttributeValues={":number": attribute(number.e164)},
    )
    with store_errors():
        found = [key_of(item) for page in pages for item in page["Items"]]
    return at_keys(db, table, found)


def one_page(
    db: "DynamoDBClient",
    table: str,
    limit: int,
    *,
    after: Mapping[str, Any] | None = None,
    **query: Any,
) -> Any:
    """What a query answers that reads at most so many rows behind a place. Raises `ToolError`."""
    if after:
        query["ExclusiveStartKey"] = after
    with store_errors():
        return db.query(TableName=table, Limit=limit, **query)


def at_keys(db: "DynamoDBClient", table: str, keys: Iterable[MessageKey]) -> Rows:
    """The rows with these keys; some can be gone. Raises `ToolError`."""
    different = list(dict.fromkeys(keys))
    rows = Rows([], [])
    for start in range(0, len(different), AT_ONCE):
        with store_errors():
            found, unreadable = read_messages(db, table, different[start : start + AT_ONCE])
        rows.messages += found
        rows.unreadable += unreadable
    return rows


def guards_at_keys(
    db: "DynamoDBClient", table: str, guards: Sequence[str], *, consistent: bool
) -> Iterator[Item]:
    """The rows of the table `Guards` with these keys; some can be absent. Raises `ToolError`."""
    with store_errors():
        yield from read_guards(db, table, guards, consistent=consistent)
