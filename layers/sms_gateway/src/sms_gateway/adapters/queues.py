"""SQS: the queue that `dispatch` reads, and the callback's second store."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from sms_gateway.adapters.message_item import read_report_entry, report_entry
from sms_gateway.domain.due import MAX_QUEUE_DELAY, UNUSED_PAUSE
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.report import DeliveryReport

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

MAX_ENTRIES: Final = 10
"""What SQS takes in one call."""


@dataclass(frozen=True, slots=True)
class SqsDispatchQueue:
    """Implements the port `DispatchQueue`.

    A queue message holds `client` and `messageId` and, if it tells of one, the `unusedClaim`.
    """

    client: "SQSClient"
    queue_url: str

    def enqueue(self, key: MessageKey, delay: timedelta) -> None:
        """Have the message tried after the delay, at most 15 minutes."""
        self._send(_body(key), delay)

    def enqueue_unused(self, key: MessageKey, claim: str) -> None:
        """Have the message tried, `UNUSED_PAUSE` from now; the claim was not used."""
        self._send(_body(key, claim), UNUSED_PAUSE)

    def _send(self, body: str, delay: timedelta) -> None:
        try:
            self.client.send_message(
                QueueUrl=self.queue_url, MessageBody=body, DelaySeconds=_seconds(delay)
            )
        except (BotoCoreError, ClientError):
            return  # the row's `dueAt` brings it back a minute later

    def enqueue_all(self, waits: Sequence[tuple[MessageKey, timedelta]]) -> None:
        """Have each message tried after its delay. What SQS does not take is left to `dueAt`.

        After a call that failed no other is made: each could take as long as this one did.
        """
        for start in range(0, len(waits), MAX_ENTRIES):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {
                    "Id": str(position),
                    "MessageBody": _body(key),
                    "DelaySeconds": _seconds(delay),
                }
                for position, (key, delay) in enumerate(waits[start : start + MAX_ENTRIES])
            ]
            try:
                self.client.send_message_batch(QueueUrl=self.queue_url, Entries=entries)
            except (BotoCoreError, ClientError):
                return


@dataclass(frozen=True, slots=True)
class SqsReportFallback:
    """Implements the port `ReportFallback`. Only what came to a signed URL gets in."""

    client: "SQSClient"
    queue_url: str

    def keep(self, key: MessageKey, report: DeliveryReport) -> None:
        """Keep the report; the queue hands it to `callback` until it is recorded."""
        body = _names(key) | {"report": report_entry(report)}
        try:
            self.client.send_message(QueueUrl=self.queue_url, MessageBody=json.dumps(body))
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
