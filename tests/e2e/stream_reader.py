"""Lambda's way with a batch of the table's stream, at the pace of the test.

The local AWS brings a batch again after a second. A minute of the test is shorter or longer, so
while `publish` names what it could not publish, its trigger is off, and this brings the batch.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from local.stack import LocalStack


@dataclass
class FailingBatch:
    """The first records that are written from now on: Lambda brings them until they are done."""

    stack: LocalStack
    _records: list[dict[str, Any]] = field(default_factory=list)
    _since: int = 0

    def __post_init__(self) -> None:
        self._streams = self.stack.aws("dynamodbstreams")
        table = self.stack.aws("dynamodb").describe_table(TableName=self.stack.messages_table)
        arn = table["Table"]["LatestStreamArn"]
        (shard,) = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        self._iterator = self._streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST"
        )["ShardIterator"]

    def bring(self, minute: int) -> int:
        """Call `publish` with the batch. It must report each record as failed.

        Returns:
            The batch's age, in minutes.
        """
        if not self._records:
            answer = self._streams.get_records(ShardIterator=self._iterator)
            self._records, self._since = answer["Records"], minute
        answer = self.stack.aws("lambda").invoke(
            FunctionName=self.stack.stack_outputs["PublishFunctionName"],
            # The moment of a write is a number to Lambda.
            Payload=json.dumps({"Records": self._records}, default=lambda time: time.timestamp()),
        )
        failed = json.load(answer["Payload"])["batchItemFailures"]
        numbers = [record["dynamodb"]["SequenceNumber"] for record in self._records]
        assert [each["itemIdentifier"] for each in failed] == numbers != []
        return minute - self._since
