"""What waits and what needs attention in the table `Messages`, counted up to a bound."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sms_gateway.adapters.attributes import attribute
from sms_gateway.adapters.dynamodb import table_errors
from sms_gateway.adapters.message_item import DUE_SHARDS, attention, key_of
from sms_gateway.adapters.message_rows import read_rows
from sms_gateway.adapters.message_search import ATTENTION_INDEX, DUE_INDEX
from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.statistics import Attention, Waiting
from sms_gateway.domain.status import NEEDS_ATTENTION, Status

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS_OF_A_SHARD: Final = 75
"""Keys that a look reads in each shard of the index `due`: 600 rows in all, six `BatchGetItem`."""
COUNTED_OF_A_DAY: Final = 1000
"""Messages of one status and day that a look counts."""
_ROWS_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class MessageBacklog:
    """Implements the port `Backlog` on DynamoDB."""

    client: "DynamoDBClient"
    table_name: str

    def waiting(self, now: datetime) -> Waiting:
        """Among those that are due first; the index holds sent ones too that wait for a report."""
        keys: list[MessageKey] = []
        is_minimum = False
        for shard in range(DUE_SHARDS):
            with table_errors():
                answer = self.client.query(
                    TableName=self.table_name,
                    IndexName=DUE_INDEX,
                    KeyConditionExpression="dueShard = :shard",
                    ExpressionAttributeValues={":shard": attribute(str(shard))},
                    Limit=KEYS_OF_A_SHARD,
                )
            keys += map(key_of, answer["Items"])
            is_minimum |= "LastEvaluatedKey" in answer
        since = [at for at in map(_waits_since, self._messages(keys)) if at and at <= now]
        return Waiting(len(since), is_minimum, min(since, default=None))

    def attention(self, since: datetime, now: datetime) -> Attention:
        """By status and day; `since` is a day before `now` at most."""
        count, is_minimum = 0, False
        for status in sorted(NEEDS_ATTENTION):
            for partition in sorted({str(attention(status, at)) for at in (since, now)}):
                with table_errors():
                    answer = self.client.query(
                        TableName=self.table_name,
                        IndexName=ATTENTION_INDEX,
                        KeyConditionExpression="attention = :partition AND updatedAt >= :since",
                        ExpressionAttributeValues={
                            ":partition": attribute(partition),
                            ":since": attribute(to_iso(since)),
                        },
                        Select="COUNT",
                        Limit=COUNTED_OF_A_DAY,
                    )
                count += answer["Count"]
                is_minimum |= "LastEvaluatedKey" in answer
        return Attention(since, count, is_minimum)

    def _messages(self, keys: list[MessageKey]) -> list[Message]:
        messages: list[Message] = []
        for start in range(0, len(keys), _ROWS_AT_ONCE):
            rows = read_rows(self.client, self.table_name, keys[start : start + _ROWS_AT_ONCE])
            messages += [row for row in rows.values() if isinstance(row, Message)]
        return messages


def _waits_since(message: Message) -> datetime | None:
    if message.status is not Status.QUEUED:
        return None
    return max(message.created_at, message.send_at or message.created_at)
