"""SQS: the queue that `dispatch` reads, and the callback's second store."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from sms_gateway.adapters.message_item import read_report_entry, report_entry
from sms_gateway.domain.due import MAX_QUEUE_DELAY
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.report import DeliveryReport

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_TO_BE_TRIED: Final = "ApproximateNumberOfMessages"


@dataclass(frozen=True, slots=True)
class SqsDispatchQueue:
    """Implements the port `DispatchQueue`.

    A queue message holds `client` and `messageId` and, if it tells of one, the `unusedClaim`. The
    client is asked for with the first call: most functions start, and end, without one.
    """

    client: "Callable[[], SQSClient]"
    queue_url: str

    def enqueue(self, key: MessageKey, delay: timedelta) -> None:
        """Have the message tried after the delay, at most 15 minutes."""
        self._send(_body(key), delay)

    def enqueue_unused(self, key: MessageKey, claim: str, pause: timedelta) -> bool:
        """Have the message tried after the pause; the claim was not used.

        Whether SQS has said that it took it.
        """
        return self._send(_body(key, claim), pause)

    def backlog(self) -> int | None:
        """How many messages can be received; SQS guesses. `None` if it does not answer."""
        try:
            answer = self.client().get_queue_attributes(
                QueueUrl=self.queue_url, AttributeNames=[_TO_BE_TRIED]
            )
        except (BotoCoreError, ClientError):
            return None
        return int(answer["Attributes"][_TO_BE_TRIED])

    def _send(self, body: str, delay: timedelta) -> bool:
        try:
            self.client().send_message(
                QueueUrl=self.queue_url, MessageBody=body, DelaySeconds=_seconds(delay)
            )
        except (BotoCoreError, ClientError):
            return False  # the row's `dueAt` brings it back a minute later
        return True

    def enqueue_all(self, waits: Sequence[tuple[MessageKey, timedelta]]) -> bool:
        """Have each message tried after its delay; at most `HINTS_AT_ONCE`.

        Whether SQS has answered. What it does not take is left to `dueAt`.
        """
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(position), "MessageBody": _body(key), "DelaySeconds": _seconds(delay)}
            for position, (key, delay) in enumerate(waits)
        ]
        try:
            self.client().send_message_batch(QueueUrl=self.queue_url, Entries=entries)
        except (BotoCoreError, ClientError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SqsReportFallback:
    """Implements the port `ReportFallback`. Only what came to a signed URL gets in."""

    client: "Callable[[], SQSClient]"
    queue_url: str

    def keep(self, key: MessageKey, report: DeliveryReport) -> None:
        """Keep the report; the queue hands it to `callback` until it is recorded."""
        body = _names(key) | {"report": report_entry(report)}
        try:
            self.client().send_message(QueueUrl=self.queue_url, MessageBody=json.dumps(body))
        except (BotoCoreError, ClientError) as error:
            raise StoreUnavailableError("The fallback queue did not answer.") from error


def _body(key: MessageKey, unused_claim: str | None = None) -> str:
    claim = {} if unused_claim is None else {"unusedClaim": unused_claim}
    return json.dumps(_names(key) | claim)


def _names(key: MessageKey) -> dict[str, Any]:
    return {"client": key.client, "messageId": key.message_id}


def _key(told: dict[str, Any]) -> MessageKey:
    return MessageKey(str(told["client"]), str(told["messageId"]))


def _seconds(delay: timedelta) -> int:
    """Whole seconds, rounded up: what comes before its time would be put off over and over."""
    return math.ceil(max(timedelta(), min(delay, MAX_QUEUE_DELAY)).total_seconds())


def read_dispatch(body: str) -> tuple[MessageKey, str | None]:
    """Key and unused claim, if there is one, in a message of the dispatch queue."""
    told: dict[str, Any] = json.loads(body)
    return _key(told), told.get("unusedClaim")


def read_kept_report(body: str) -> tuple[MessageKey, DeliveryReport]:
    """Key and report in a message of the fallback queue."""
    kept: dict[str, Any] = json.loads(body)
    return _key(kept), read_report_entry(kept["report"])
