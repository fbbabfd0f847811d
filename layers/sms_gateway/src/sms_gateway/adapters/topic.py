"""The SNS topic that downstream systems subscribe to."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import (
        MessageAttributeValueTypeDef,
        PublishBatchRequestEntryTypeDef,
    )

MAX_BATCH: Final = 10
"""Entries SNS takes in one `PublishBatch`."""
MAX_BYTES: Final = 256 * 1024
"""Bytes SNS takes in one `PublishBatch`, attributes included, unless a topic is set to more."""

_NO_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that SNS takes neither in a message nor in an attribute. Python needs 8 ms to compile
the opposite, a pattern with all that it takes, which is how SNS puts it."""
_FOR_GOOD: Final = {
    "BatchEntryIdsNotDistinct",
    "BatchRequestTooLong",
    "InvalidBatchEntryId",
    "InvalidMessageContents",
    "InvalidParameter",
    "InvalidParameterValue",
    "ParameterValueInvalid",
    "ValidationError",
    "ValidationException",
}
"""Errors that are about what was sent: the same again gets the same answer."""
_REPAIRABLE: Final = re.compile(
    "KMS|Throttl|AccessDenied|Authorization|NotFound|NotAuthorized|OptInRequired|InvalidSecurity"
    "|InvalidClientTokenId|Expired|Signature|Disabled|LimitExceeded|ConcurrentAccess|InvalidState"
)
"""Errors that SNS may call the sender's fault, and that pass or that an operator repairs."""
_ABOUT_THE_TOPIC: Final = re.compile(r"Invalid parameter: Topic")

Refused = Callable[[str, str], None]
"""Is told of an event that SNS refuses for good: its `id`, and SNS's error code."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Implements the port `Publisher` on SNS."""

    client: "SNSClient"
    topic_arn: str
    refused: Refused

    def publish(self, events: Sequence[tuple[dict[str, Any], str]]) -> set[int]:
        """Publish (event, client) pairs; returns the positions that have to be tried again.

        `status`, `type` and `client` are message attributes too, so that a subscription's filter
        policy can choose by them without reading the body. After a call that got no answer no other
        is made: each could take as long as this one did, and the stream begins again there anyway.
        """
        failed: set[int] = set()
        entries = [_Entry.of(i, event, client) for i, (event, client) in enumerate(events)]
        for chunk in _chunks(entries):
            try:
                failed |= self._publish(chunk)
            except BotoCoreError:
                return failed | set(range(chunk[0].position, len(entries)))
        return failed

    def _publish(self, chunk: Sequence["_Entry"]) -> set[int]:
        """The positions that have to be tried again. Raises `BotoCoreError`."""
        try:
            answer = self.client.publish_batch(
                TopicArn=self.topic_arn,
                PublishBatchRequestEntries=[entry.as_request() for entry in chunk],
            )
        except (ClientError, ParamValidationError) as error:
            return self._after_refusal(chunk, error)
        by_position = {entry.position: entry for entry in chunk}
        failed: set[int] = set()
        for each in answer.get("Failed", ()):
            entry, code = by_position[int(each["Id"])], each["Code"]
            if _is_for_good(code, each.get("Message", ""), is_senders=each["SenderFault"]):
                self.refused(entry.event_id, code)
            else:
                failed.add(entry.position)
        return failed

    def _after_refusal(
        self, chunk: Sequence["_Entry"], error: ClientError | ParamValidationError
    ) -> set[int]:
        """SNS refuses a call as a whole also because of one entry: then each is tried alone."""
        code, words = "ParamValidation", ""
        if isinstance(error, ClientError):
            told = error.response.get("Error", {})
            code, words = told.get("Code", ""), told.get("Message", "")
            if not _is_for_good(code, words, is_senders=False):
                return {entry.position for entry in chunk}
        if len(chunk) > 1:
            return set().union(*(self._publish([entry]) for entry in chunk))
        self.refused(chunk[0].event_id, code)
        return set()


@dataclass(frozen=True, slots=True)
class _Entry:
    """One event as SNS gets it. Its JSON has no character but ASCII: none can be refused."""

    position: int
    event_id: str
    message: str
    attributes: dict[str, str]

    @classmethod
    def of(cls, position: int, event: dict[str, Any], client: str) -> "_Entry":
        attributes = {
            "status": str(event["data"]["status"]),
            "type": str(event["type"]),
            "client": _NO_XML.sub("\ufffd", client),
        }
        return cls(position, str(event["id"]), json.dumps(event), attributes)

    @property
    def size(self) -> int:
        """Bytes, as SNS counts them: the message, and each attribute's name, type and value."""
        attributes = "".join(f"{name}String{value}" for name, value in self.attributes.items())
        return len(self.message) + len(attributes.encode())

    def as_request(self) -> "PublishBatchRequestEntryTypeDef":
        attributes: dict[str, MessageAttributeValueTypeDef] = {
            name: {"DataType": "String", "StringValue": value}
            for name, value in self.attributes.items()
        }
        return {
            "Id": str(self.position),
            "Message": self.message,
            "MessageAttributes": attributes,
        }


def _chunks(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    """The entries in order, as many at once as SNS takes; one that is too large alone."""
    chunk: list[_Entry] = []
    size = 0
    for entry in entries:
        if chunk and (len(chunk) == MAX_BATCH or size + entry.size > MAX_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(entry)
        size += entry.size
    if chunk:
        yield chunk


def _is_for_good(code: str, words: str, *, is_senders: bool) -> bool:
    """Whether the same entry would be refused again, whatever operators repair meanwhile."""
    if _REPAIRABLE.search(code) or _ABOUT_THE_TOPIC.match(words):
        return False
    return is_senders or code in _FOR_GOOD
