"""A batch of SQS messages: one by one, and only the failed ones again."""

from collections.abc import Callable, Mapping
from typing import Any

from sms_gateway.domain.errors import LeftToQueueError, StoreUnavailableError
from sms_gateway.entrypoints.logs import logger
from sms_gateway.entrypoints.metrics import Metric, count


def each_message(event: Mapping[str, Any], work: Callable[[str], None]) -> dict[str, Any]:
    """Do the work on each message's body; the answer names those that SQS has to deliver again.

    Anything that goes wrong with one message is its own trouble. A message that goes wrong again
    and again ends in the dead-letter queue, unless another queue message stands for it each time.
    """
    failed = []
    for record in event["Records"]:
        try:
            work(record["body"])
        except StoreUnavailableError as error:
            logger.warning("the table did not answer", exc_info=error)
            count(Metric.STORE_UNAVAILABLE)
            if not isinstance(error, LeftToQueueError):
                failed.append(record["messageId"])
        except Exception as error:  # noqa: BLE001  one bad message must not take the others along
            logger.exception("unexpected error", exc_info=error)
            count(Metric.UNEXPECTED_ERROR)
            failed.append(record["messageId"])
    count(Metric.QUEUE_MESSAGE_FAILED, len(failed))
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}
