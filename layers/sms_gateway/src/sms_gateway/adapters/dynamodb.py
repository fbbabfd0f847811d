"""What DynamoDB answers, in the gateway's own words."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from sms_gateway.domain.errors import StoreUnavailableError

_Answer = TypeVar("_Answer")

TRIES_OF_A_REQUEST: Final = 6
"""How often it is asked for what it cannot do just now; the pauses add up to half a second."""
_FIRST_PAUSE: Final = 0.015
_CONDITION: Final = "ConditionalCheckFailed"
_CONFLICT: Final = "TransactionConflict"


class ConditionFailedError(Exception):
    """A write's condition did not hold; `item` is the row that was in the way.

    `item` is `None` if there is no row, or if the write did not ask for it
    (`ReturnValuesOnConditionCheckFailure`).
    """

    def __init__(self, item: dict[str, Any] | None) -> None:
        super().__init__("condition failed")
        self.item = item


class TransactionRefusedError(Exception):
    """Conditions of a transaction did not hold, and nothing was written.

    `refusals` maps the position of each action that was refused to the row that was in its way, if
    there is one and the action asked for it.
    """

    def __init__(self, refusals: Mapping[int, dict[str, Any] | None]) -> None:
        super().__init__("transaction refused")
        self.refusals = refusals


class TableBusyError(StoreUnavailableError):
    """Other processes' writes of the same rows did not end in time. Nothing was written."""


class _ConflictError(StoreUnavailableError):
    """A transaction is under way on the same item: try again in a moment."""


def tries() -> Iterator[int]:
    """Counts `TRIES_OF_A_REQUEST` tries, with growing pauses between them."""
    for number in range(TRIES_OF_A_REQUEST):
        if number:
            time.sleep(_FIRST_PAUSE * 2 ** (number - 1) * random.uniform(0.5, 1))  # noqa: S311
        yield number


def write(request: Callable[[], _Answer]) -> _Answer:
    """Do a write, and again if it meets another process's transaction.

    botocore repeats what DynamoDB calls throttled, not what it calls a conflict.

    Raises:
        ConditionFailedError: the write's condition does not hold.
        TransactionRefusedError: nor does a transaction's.
        TableBusyError: the conflict does not end.
        StoreUnavailableError: the table did not answer.
    """
    for _ in tries():
        try:
            with table_errors():
                return request()
        except _ConflictError:
            continue
    raise TableBusyError("The table is busy with another write of the same row.")


@contextmanager
def table_errors() -> Iterator[None]:
    """Raise `StoreUnavailableError` for what goes wrong in the block, as far as it is about that.

    A write goes through `write`, which knows the other ways in which it can fail.
    """
    try:
        yield
    except ClientError as error:
        answer: Any = error.response
        match answer["Error"]["Code"]:
            case "ConditionalCheckFailedException":
                raise ConditionFailedError(answer.get("Item")) from error
            case "TransactionConflictException":
                raise _ConflictError("The row is being written by a transaction.") from error
            case "TransactionCanceledException":
                _explain(answer.get("CancellationReasons", ()), error)
        raise StoreUnavailableError("The table refused the request.") from error
    except BotoCoreError as error:
        raise StoreUnavailableError("The table did not answer.") from error


def _explain(reasons: Sequence[Mapping[str, Any]], error: ClientError) -> None:
    """Raise the error that it means, unless it is one that no process can act on.

    Only conditions make a refusal: with a conflict among the reasons the verdict of its row
    is unknown, and might be the one that counts.
    """
    codes = {reason.get("Code") or "None" for reason in reasons} - {"None"}
    if codes == {_CONDITION}:
        raise TransactionRefusedError(
            {
                position: reason.get("Item")
                for position, reason in enumerate(reasons)
                if reason.get("Code") == _CONDITION
            }
        ) from error
    if _CONFLICT in codes and codes <= {_CONDITION, _CONFLICT}:
        raise _ConflictError("The row is being written by a transaction.") from error
