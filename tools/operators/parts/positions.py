"""What `PublishFailures` holds: positions in the table's stream that `publish` was given up for."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from botocore.exceptions import ClientError, ParamValidationError

from sms_gateway.adapters.message_item import key_of
from sms_gateway.domain.clock import from_iso, to_iso
from sms_gateway.domain.message_id import MessageKey
from tools.operators.parts.republishing import Span
from tools.stacks import aws_errors

MARGIN: Final = timedelta(minutes=5)
"""Between the time of a change and its arrival in the stream: clocks, and a function's time-out."""
REPORT_WAITS: Final = timedelta(days=15)
"""So long a report can wait in its two queues until it is recorded, with the time it came at."""
_GONE: Final = {
    "ExpiredIteratorException",
    "ResourceNotFoundException",
    "TrimmedDataAccessException",
}
"""Errors that say that the stream does not have the records any more."""
_EMPTY_PAGES: Final = 20
"""After so many pages without a record the stream counts as one that has forgotten them."""

Changed = tuple[MessageKey, int]
"""A change of status in the stream: the message, and the event's sequence."""


@dataclass(frozen=True, slots=True)
class StreamPosition:
    """The records of a shard from `first` on, with the sequence numbers between these two.

    `arrived` is when the first and the last of them came, to the second.
    """

    stream: str
    shard: str
    first: str
    numbers: tuple[int, int]
    records: int
    arrived: tuple[str, str]
    condition: str

    @classmethod
    def read(cls, body: str) -> "StreamPosition":
        """What Lambda wrote when it gave them up. Raises `ValueError` if it is nothing like it."""
        try:
            told = json.loads(body)
            batch = told["DDBStreamBatchInfo"]
            arrived = [
                to_iso(from_iso(batch[f"approximateArrivalOf{which}Record"]))
                for which in ("First", "Last")
            ]
            first, last = batch["startSequenceNumber"], batch["endSequenceNumber"]
            return cls(
                batch["streamArn"],
                batch["shardId"],
                first,
                (int(first), int(last)),
                int(batch["batchSize"]),
                (min(arrived), max(arrived)),
                str(told["requestContext"]["condition"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError("not a position in a stream") from error

    @property
    def place(self) -> tuple[str, int]:
        """Of two positions of a shard the earlier one is smaller."""
        return self.shard, self.numbers[0]

    @property
    def span(self) -> Span:
        """The time in which its events happened, with a margin."""
        first, last = map(from_iso, self.arrived)
        # The arrival is cut off to the second, and the end of a span is excluded.
        return Span(
            to_iso(first - MARGIN),
            to_iso(last + timedelta(seconds=1) + MARGIN),
            to_iso(first - MARGIN - REPORT_WAITS),
        )

    def changes(self, client: Any) -> list[Changed] | None:
        """Its changes of status; `None` if the stream does not have them all.

        `client` is one of DynamoDB's streams. Raises `ToolError`.
        """
        records: list[Any] = []
        for record in self._read(client):
            number = int(record["dynamodb"]["SequenceNumber"])
            if number > self.numbers[1] or (not records and number != self.numbers[0]):
                return None
            records.append(record)
            if number == self.numbers[1]:
                return [change for each in records for change in _changed(each["dynamodb"])]
        return None

    def _read(self, client: Any) -> Iterator[Any]:
        """The shard's records from `first` on, as far as they are there."""
        with aws_errors():
            try:
                iterator: str | None = client.get_shard_iterator(
                    StreamArn=self.stream,
                    ShardId=self.shard,
                    ShardIteratorType="AT_SEQUENCE_NUMBER",
                    SequenceNumber=self.first,
                )["ShardIterator"]
                empty = 0
                while iterator is not None and empty < _EMPTY_PAGES:
                    page = client.get_records(ShardIterator=iterator)
                    yield from page["Records"]
                    empty = 0 if page["Records"] else empty + 1
                    iterator = page.get("NextShardIterator")
            except ParamValidationError:
                return  # this stream has no such numbers; the time is told all the same
            except ClientError as error:
                if error.response["Error"]["Code"] not in _GONE:
                    raise


def _changed(images: Any) -> Iterator[Changed]:
    """The change of status in a record of the stream, if it is one (as `publish` sees it)."""
    after, before = images.get("NewImage"), images.get("OldImage")
    if after is None or (before is not None and before["version"] == after["version"]):
        return
    yield key_of(images["Keys"]), int(after["version"]["N"])


def merged(spans: Sequence[Span]) -> list[Span]:
    """The same time in spans that do not overlap, in order."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: span.since):
        if joined and span.since <= joined[-1].until:
            before = joined.pop()
            joined.append(replace(before, until=max(before.until, span.until)))
        else:
            joined.append(span)
    return joined
