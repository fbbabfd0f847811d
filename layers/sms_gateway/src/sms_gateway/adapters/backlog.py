"""What waits and what needs attention in the table `Messages`, counted up to a bound."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sms_gateway.adapters.attributes import attribute
from sms_gateway.adapters.dynamodb import table_errors
from sms_gateway.adapters.message_item import SHARDS_OF, attention, key_of
from sms_gateway.adapters.message_rows import read_rows
from sms_gateway.adapters.message_search import ATTENTION_INDEX, DUE_INDEX
from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.statistics import Attention, Waiting
from sms_gateway.domain.status import NEEDS_ATTENTION, Status
from sms_gateway.domain.waits import Waits
from sms_gateway.use_cases.lanes import MOST_AT_ONCE, side_by_side

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryOutputTypeDef

_SHARDS: Final = (*SHARDS_OF[Waits.OUTSIDE], *SHARDS_OF[Waits.IN_QUEUE])
KEYS_OF_A_SHARD: Final = 150
"""Keys that a look reads in each of these shards of the index `due`: 600 rows in all, six
`BatchGetItem`."""
COUNTED_OF_A_DAY: Final = 1000
"""Messages of one status and day that a look counts."""
_ROWS_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class MessageBacklog:
    """Implements the port `Backlog` on DynamoDB."""

    client: "DynamoDBClient"
    table_name: str

    def waiting(self, now: datetime) -> Waiting:
        """Among those that are due first; a resend can be among them, which is not queued."""
        answers = side_by_side(self._first_due, _SHARDS, MOST_AT_ONCE)
        keys = [key_of(item) for answer in answers for item in answer["Items"]]
        is_minimum = any("LastEvaluatedKey" in answer for answer in answers)
        since = [at for at in map(_waits_since, self._messages(keys)) if at and at <= now]
        return Waiting(len(since), is_minimum, min(since, default=None))

    def _first_due(self, shard: str) -> "QueryOutputTypeDef":
        with table_errors():
            return self.client.query(
                TableName=self.table_name,
                IndexName=DUE_INDEX,
                KeyConditionExpression="dueShard = :shard",
                ExpressionAttributeValues={":shard": attribute(shard)},
                Limit=KEYS_OF_A_SHARD,
            )

    def attention(self, since: datetime, now: datetime) -> Attention:
        """By status and day; `since` is a day before `now` at most."""

        def counted(partition: str) -> "QueryOutputTypeDef":
            with table_errors():
                return self.client.query(
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

        partitions = {
            str(attention(status, at)) for status in NEEDS_ATTENTION for at in (since, now)
        }
        answers = side_by_side(counted, sorted(partitions), MOST_AT_ONCE)
        return Attention(
            since,
            sum(answer["Count"] for answer in answers),
            any("LastEvaluatedKey" in answer for answer in answers),
        )

    def _messages(self, keys: list[MessageKey]) -> list[Message]:
        def read(some: list[MessageKey]) -> list[Message]:
            rows = read_rows(self.client, self.table_name, some)
            return [row for row in rows.values() if isinstance(row, Message)]

        parts = [
            keys[start : start + _ROWS_AT_ONCE] for start in range(0, len(keys), _ROWS_AT_ONCE)
        ]
        return [each for part in side_by_side(read, parts, MOST_AT_ONCE) for each in part]


def _waits_since(message: Message) -> datetime | None:
    if message.status is not Status.QUEUED:
        return None
    return max(message.created_at, message.send_at or message.created_at)
