"""What Lambda writes into the failure queue of `publish`: positions in the table's stream."""

import json
from typing import Any, Final

from tests.support.deployed import MESSAGES, Deployed, QuickSession

AS_DOCUMENTED: Final[dict[str, Any]] = {
    "requestContext": {
        "requestId": "316aa6d0-8154-xmpl-9af7-85d5f4a6bc81",
        "functionArn": "arn:aws:lambda:eu-central-1:123456789012:function:publish",
        "condition": "RecordAgeExceeded",
        "approximateInvokeCount": 1,
    },
    "responseContext": {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": "Unhandled",
    },
    "version": "1.0",
    "timestamp": "2026-11-22T14:35:49.717Z",
    "DDBStreamBatchInfo": {
        "shardId": "shardId-00000001573689847184-864758bb",
        "startSequenceNumber": "800000000003126276362",
        "endSequenceNumber": "800000000003126276362",
        "approximateArrivalOfFirstRecord": "2026-11-22T14:35:01Z",
        "approximateArrivalOfLastRecord": "2026-11-22T14:35:01Z",
        "batchSize": 1,
        "streamArn": "arn:aws:dynamodb:eu-central-1:123456789012:table/Messages/stream/2026-11-14",
    },
}
"""In the form of its documentation, of a stream that is not there."""


def a_position(**batch: str) -> str:
    """The body of such a message, with these changes."""
    return json.dumps(
        AS_DOCUMENTED | {"DDBStreamBatchInfo": AS_DOCUMENTED["DDBStreamBatchInfo"] | batch}
    )


class Stream:
    """The stream of the stack's table, and positions in it."""

    def __init__(self, deployed: Deployed) -> None:
        self._client = QuickSession().client("dynamodbstreams")
        self.arn = deployed.db.describe_table(TableName=MESSAGES)["Table"]["LatestStreamArn"]
        described = self._client.describe_stream(StreamArn=self.arn)["StreamDescription"]
        self.shard = described["Shards"][0]["ShardId"]

    def position(self, first: int, last: int) -> str:
        """The records with these numbers, counted from 0, as Lambda names them."""
        iterator = self._client.get_shard_iterator(
            StreamArn=self.arn, ShardId=self.shard, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        records = self._client.get_records(ShardIterator=iterator)["Records"]
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        return a_position(
            streamArn=self.arn,
            shardId=self.shard,
            startSequenceNumber=numbers[first],
            endSequenceNumber=numbers[last],
        )
