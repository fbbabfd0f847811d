"""Many rows of the table `Messages` at once, as they are now."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sms_gateway.adapters.dynamodb import table_errors, tries
from sms_gateway.adapters.message_item import from_item, key_attributes, key_of
from sms_gateway.domain.errors import StoreUnavailableError, UnreadableRowError
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def read_rows(
    db: "DynamoDBClient", table_name: str, keys: Sequence[MessageKey]
) -> dict[MessageKey, Message | UnreadableRowError]:
    """The rows with these keys (100 at most); some can be gone.

    One that this release cannot read is the error that says so. Read consistently: an index can
    know a row that not every copy of the table knows yet.

    Raises `StoreUnavailableError`, also if DynamoDB leaves keys aside over and over.
    """
    rows, left = _read(db, table_name, keys)
    for error in left.values():
        raise error
    return rows


def read_each(
    db: "DynamoDBClient", table_name: str, keys: Sequence[MessageKey]
) -> dict[MessageKey, Message | StoreUnavailableError]:
    """The same, and a row that DynamoDB leaves aside over and over is an error of its own.

    Raises `StoreUnavailableError` if the table shows no row because it does not answer.
    """
    rows, left = _read(db, table_name, keys)
    return {**rows, **left}


def _read(
    db: "DynamoDBClient", table_name: str, keys: Sequence[MessageKey]
) -> tuple[dict[MessageKey, Message | UnreadableRowError], dict[MessageKey, StoreUnavailableError]]:
    """The rows, and why others were not shown."""
    if not keys:
        return {}, {}
    wanted: Any = {
        table_name: {"Keys": [key_attributes(key) for key in keys], "ConsistentRead": True}
    }
    rows: dict[MessageKey, Message | UnreadableRowError] = {}
    cause = StoreUnavailableError("The table did not show all rows.")
    for number in tries():
        try:
            with table_errors():
                answer = db.batch_get_item(RequestItems=wanted)
        except StoreUnavailableError as error:
            if not number:
                raise
            cause = error
            break  # what it has shown before is of use
        for item in answer["Responses"].get(table_name, ()):
            try:
                rows[key_of(item)] = from_item(item)
            except UnreadableRowError as error:
                rows[key_of(item)] = error
        wanted = answer["UnprocessedKeys"]
        if not wanted:
            return rows, {}
    return rows, dict.fromkeys(map(key_of, wanted[table_name]["Keys"]), cause)
