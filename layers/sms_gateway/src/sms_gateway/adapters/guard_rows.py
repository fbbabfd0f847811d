"""Many rows of the table `Guards` at once."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from sms_gateway.adapters import guard_items
from sms_gateway.adapters.attributes import Item
from sms_gateway.adapters.dynamodb import table_errors, tries
from sms_gateway.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AT_ONCE: Final = 100
"""Rows that DynamoDB takes in one `BatchGetItem`."""


def read_guards(
    db: "DynamoDBClient", table: str, guards: Sequence[str], *, consistent: bool
) -> Iterator[Item]:
    """The rows with these keys; some can be absent.

    Raises `StoreUnavailableError`, also if DynamoDB leaves keys aside over and over.
    """
    for start in range(0, len(guards), AT_ONCE):
        keys = [guard_items.key(guard) for guard in guards[start : start + AT_ONCE]]
        wanted: Any = {table: {"Keys": keys, "ConsistentRead": consistent}}
        for _ in tries():
            with table_errors():
                answer = db.batch_get_item(RequestItems=wanted)
            yield from answer["Responses"].get(table, ())
            wanted = answer["UnprocessedKeys"]
            if not wanted:
                break
        else:
            raise StoreUnavailableError("The table did not show all rows.")
