"""What DynamoDB answers, in the gateway's own words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sms_gateway.domain.errors import StoreUnavailableError


class ConditionFailedError(Exception):
    """A write's condition did not hold; `item` is the row that was in the way.

    `item` is `None` if there is no row, or if the write did not ask for it
    (`ReturnValuesOnConditionCheckFailure`).
    """

    def __init__(self, item: dict[str, Any] | None) -> None:
        super().__init__("condition failed")
        self.item = item


@contextmanager
def table_errors() -> Iterator[None]:
    """Raise `ConditionFailedError` or `StoreUnavailableError` for what goes wrong in the block."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            item: Any = error.response.get("Item")
            raise ConditionFailedError(item) from error
        raise StoreUnavailableError("The table refused the request.") from error
    except BotoCoreError as error:
        raise StoreUnavailableError("The table did not answer.") from error
