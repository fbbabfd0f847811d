"""Many rows of the table `Guards` at once."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from sms_gateway.adapters import guard_items
from sms_gateway.adapters.attributes import Item
from sms_gateway.adapters.dynamodb import table_errors, tries
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.use_cases.lanes import MOST_AT_ONCE, side_by_side

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AT_ONCE: Final = 100
"""Rows that DynamoDB takes in one `BatchGetItem`."""


def read_guards(
    db: "DynamoDBClient", table: str, guards: Sequence[str], *, consistent: bool
) -> Iterator[Item]:
    """The rows with these keys; some can be absent. Calls are made side by side.

    Raises `StoreUnavailableError`, also if DynamoDB leaves keys aside over and over.
    """

    def read(some: Sequence[str]) -> list[Item]:
        keys = [guard_items.key(guard) for guard in some]
        wanted: Any = {table: {"Keys": keys, "ConsistentRead": consistent}}
        found: list[Item] = []
        for _ in tries():
            with table_errors():
                answer = db.batch_get_item(RequestItems=wanted)
            found += answer["Responses"].get(table, ())
            wanted = answer["UnprocessedKeys"]
            if not wanted:
                return found
        raise StoreUnavailableError("The table did not show all rows.")

    parts = [guards[start : start + AT_ONCE] for start in range(0, len(guards), AT_ONCE)]
    return chain.from_iterable(side_by_side(read, parts, MOST_AT_ONCE))
