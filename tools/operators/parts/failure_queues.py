"""The stack's failure queues: received in batches, never more than waited at the beginning."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tools.operators.parts.frame import Operator
from tools.stacks import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

AT_ONCE: Final = 10
"""Messages of one call of SQS."""
HIDDEN_SECONDS: Final = 120
"""For so long no other process receives what this one has: one batch is sent on within seconds."""
WAIT_SECONDS: Final = 1
"""A receive that waits asks all servers of a queue; one that does not can overlook messages."""
_NOTHING_NEW: Final = 3
"""After so many receives without a new message the queue counts as read."""

Received = dict[str, Any]
"""A message as SQS hands it over."""


@dataclass(frozen=True, slots=True)
class FailureQueue:
    """One of them, or a queue that its messages go back to. Every method raises `ToolError`."""

    client: "SQSClient"
    url: str

    @classmethod
    def of(cls, operator: Operator, output: str) -> "FailureQueue":
        """The queue that the stack names in this output."""
        return cls(operator.aws("sqs"), operator.stack.output(output))

    def depth(self) -> tuple[int, int]:
        """How many messages can be received, and how many another process is working on."""
        with aws_errors():
            told = self.client.get_queue_attributes(
                QueueUrl=self.url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                ],
            )["Attributes"]
        waiting = int(told["ApproximateNumberOfMessages"])
        return waiting, int(told["ApproximateNumberOfMessagesNotVisible"])

    def receive(self, most: int) -> Iterator[list[Received]]:
        """Batches of different messages, `most` in all: what comes back meanwhile is left alone.

        Each is out of sight for `HIDDEN_SECONDS`, unless it is deleted or released.
        """
        seen: set[str] = set()
        in_vain = 0
        while len(seen) < most and in_vain < _NOTHING_NEW:
            with aws_errors():
                answer = self.client.receive_message(
                    QueueUrl=self.url,
                    MaxNumberOfMessages=min(AT_ONCE, most - len(seen)),
                    VisibilityTimeout=HIDDEN_SECONDS,
                    WaitTimeSeconds=WAIT_SECONDS,
                    MessageAttributeNames=["All"],
                    MessageSystemAttributeNames=["SentTimestamp"],
                )
            new = [m for m in answer.get("Messages", ()) if m["MessageId"] not in seen]
            in_vain = 0 if new else in_vain + 1
            seen |= {message["MessageId"] for message in new}
            if new:
                yield [dict(message) for message in new]

    def send(self, messages: Sequence[Received]) -> list[Received]:
        """Put these into this queue, with their attributes; those that SQS took."""
        return self._each(
            messages,
            lambda message: {
                "MessageBody": message["Body"],
                "MessageAttributes": message.get("MessageAttributes", {}),
            },
            self.client.send_message_batch,
        )

    def delete(self, messages: Sequence[Received]) -> list[Received]:
        """Take these out of this queue; those that are gone."""
        return self._each(messages, _handle, self.client.delete_message_batch)

    def release(self, messages: Sequence[Received]) -> None:
        """Let these be seen again at once; what fails is seen after `HIDDEN_SECONDS`."""
        self._each(
            messages,
            lambda message: _handle(message) | {"VisibilityTimeout": 0},
            self.client.change_message_visibility_batch,
        )

    def _each(
        self,
        messages: Sequence[Received],
        entry: Callable[[Received], dict[str, Any]],
        call: Callable[..., Any],
    ) -> list[Received]:
        """Do this with them, ten at a time; those with which it went well."""
        done: list[Received] = []
        for start in range(0, len(messages), AT_ONCE):
            some = messages[start : start + AT_ONCE]
            entries = [{"Id": str(n)} | entry(message) for n, message in enumerate(some)]
            with aws_errors():
                answer = call(QueueUrl=self.url, Entries=entries)
            done += [some[int(each["Id"])] for each in answer.get("Successful", ())]
        return done


def _handle(message: Received) -> dict[str, Any]:
    return {"ReceiptHandle": message["ReceiptHandle"]}
