"""The SNS topic that downstream systems subscribe to."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

MAX_BATCH: Final = 10
"""Entries SNS takes in one `PublishBatch`. Ten of our largest events stay below its 256 KiB."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Implements the port `Publisher` on SNS."""

    client: "SNSClient"
    topic_arn: str

    def publish(self, events: Sequence[tuple[dict[str, Any], str]]) -> set[int]:
        """Publish (event, client) pairs; returns the positions that were not published.

        `status`, `type` and `client` are message attributes too, so that a subscription's filter
        policy can choose by them without reading the body.
        """
        failed: set[int] = set()
        for start in range(0, len(events), MAX_BATCH):
            chunk = events[start : start + MAX_BATCH]
            positions = range(start, start + len(chunk))
            try:
                answer = self.client.publish_batch(
                    TopicArn=self.topic_arn,
                    PublishBatchRequestEntries=[
                        {
                            "Id": str(position),
                            "Message": json.dumps(event, ensure_ascii=False),
                            "MessageAttributes": {
                                "status": _text(event["data"]["status"]),
                                "type": _text(event["type"]),
                                "client": _text(client),
                            },
                        }
                        for position, (event, client) in zip(positions, chunk, strict=True)
                    ],
                )
            except (BotoCoreError, ClientError):
                failed.update(positions)
            else:
                failed.update(int(entry["Id"]) for entry in answer.get("Failed", ()))
        return failed


def _text(value: str) -> "MessageAttributeValueTypeDef":
    return {"DataType": "String", "StringValue": str(value)}
