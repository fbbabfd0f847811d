"""Rows of the table `Messages`, as operators' commands find them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sms_gateway.adapters.attributes import Item, attribute
from sms_gateway.adapters.dynamodb import table_errors
from sms_gateway.adapters.recipient_index import RECIPIENT_INDEX, read_messages
from sms_gateway.domain.clock import from_iso
from sms_gateway.domain.cursor import Position
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from tools.stacks import ToolError, in_words

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_AT_ONCE: Final = 100
"""Rows that DynamoDB takes in one `BatchGetItem`."""


@dataclass(slots=True)
class Rows:
    """Messages, and the keys of rows that this release cannot read."""

    messages: list[Message]
    unreadable: list[MessageKey]


@contextmanager
def store_errors() -> Iterator[None]:
    """What a table says when it says no, as `ToolError`."""
    try:
        with table_errors():
            yield
    except StoreUnavailableError as error:
        raise ToolError(in_words(error.__cause__ or error)) from error


def of_number(db: "DynamoDBClient", table: str, number: PhoneNumber) -> Rows:
    """What all clients have sent to the number. Raises `ToolError`."""
    pages = db.get_paginator("query").paginate(
        TableName=table,
        IndexName=RECIPIENT_INDEX,
        KeyConditionExpression="phoneNumber = :number",
        ExpressionAttributeValues={":number": attribute(number.e164)},
    )
    with store_errors():
        found = [_in_a_list(item) for page in pages for item in page["Items"]]
    return at(db, table, found)


def at(db: "DynamoDBClient", table: str, places: Iterable[tuple[str, Position]]) -> Rows:
    """The rows at these (client, position); some can be gone. Raises `ToolError`."""
    by_client: dict[str, set[Position]] = defaultdict(set)
    for client, position in places:
        by_client[client].add(position)
    rows = Rows([], [])
    for client, positions in by_client.items():
        in_order = sorted(positions)
        for start in range(0, len(in_order), _AT_ONCE):
            some = in_order[start : start + _AT_ONCE]
            with store_errors():
                messages, unreadable = read_messages(db, table, client, some)
            rows.messages += messages
            rows.unreadable += [MessageKey(client, message_id) for message_id in unreadable]
    return rows


def _in_a_list(item: Item) -> tuple[str, Position]:
    client, _, created_at = item["clientCreatedAt"]["S"].partition("#")
    return client, Position(from_iso(created_at), item["messageId"]["S"])
