"""The deployed stack, minute by minute, and what CloudWatch is told of it meanwhile.

Time is mapped: a minute is one round of the test, not 60 seconds. In a round clients send, `watch`
is invoked once (its schedule is off, unless a test says otherwise), and every metric that the
functions have really written since the round before is taken for one of this minute. A message that
waits for a second try, or for the circuit, does not wait here: `hurry` sets its time to now.

AWS's own metrics are made of what AWS makes them of, as far as it can be seen from outside: the
statuses of the API's answers, runs of functions that ended in an error (says their log), what waits
in the failure queues, and the age of a batch that the test brings to `publish`. `Url5xxCount`,
throttles and concurrency are not made here: tests/handlers has the first, and no test the others
(docs/runbook.md).
"""

import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from local.emulator import RUN_FAILED
from local.gateway import SubscribedQueue, wait_until
from local.log_lines import LogLines
from local.metrics import embedded
from local.stack import LocalStack
from sms_gateway.entrypoints.metrics import NAMESPACE
from tests.e2e.stream_reader import FailingBatch
from tests.e2e.unused_numbers import a_number
from tests.support import raw
from tests.support.cloudwatch import Alarm, Dimensions, Metric, Recorded, ringing
from tests.support.raw import Json

MINUTE: Final = 60.0
QUARTER: Final = 15
"""Minutes of the longest period that an alarm has."""
_API: Final[Dimensions] = frozenset({("ApiName", "AWS::StackName"), ("Stage", "v1")})
_OURS: Final[Dimensions] = frozenset({("service", "AWS::StackName")})
_FAILURE_QUEUES: Final = ("PublishFailures", "DispatchFailures", "ReportFailures")


@dataclass
class MonitoredStack:
    """A stack with its alarms, and all messages that it has answered with 202 (`taken`).

    `refused` are the bodies of those that it has answered with 5xx. With `watch_is_invoked` the
    test is the schedule of `watch`; with `events_come` a message's events are waited for. With a
    `batch` the test brings it to `publish`, whose trigger is off then. `republished` are messages
    of which some events are published again from their rows, `repeated` the ids of events that can
    come again since the AWS SDK repeated its call. `errors` are the lines of errors that
    functions have written.
    """

    stack: LocalStack
    stack_name: str
    single: dict[str, Alarm]
    gathered: dict[str, str]
    watch_is_invoked: bool = True
    events_come: bool = True
    batch: FailingBatch | None = None
    taken: list[str] = field(default_factory=list)
    refused: list[Json] = field(default_factory=list)
    republished: set[str] = field(default_factory=set)
    repeated: set[str] = field(default_factory=set)
    recorded: Recorded = field(default_factory=Recorded)
    errors: list[str] = field(default_factory=list)
    _minute: int = 0
    _changes: dict[str, int] = field(default_factory=dict)
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.api = self.stack.gateway()
        self.queue = SubscribedQueue(self.stack, self.stack.events_queue_url)
        self._lines = LogLines(self.stack.aws("logs"))

    def minutes(self, how_many: int, *, messages: int = 1, every: int = 1) -> list[set[str]]:
        """Let minutes pass in which so many messages are sent; what rings at the end of each."""
        rung = []
        for number in range(how_many):
            for _ in range(messages if number % every == 0 else 0):
                self.post()
            if self.watch_is_invoked:
                self.run_watch()
            if self.batch:
                age = self.batch.bring(self._minute) * MINUTE * 1000
                self._aws("AWS/Lambda", "IteratorAge", age, _function("publish"))
            self._harvest()
            self._look_at_the_queues()
            self._minute += 1
            rung.append(ringing(self.single, self.gathered, self.recorded, self._minute * MINUTE))
        return rung

    def until_a_quarter_begins(self) -> None:
        """Let minutes pass until one of the periods begins that are a quarter of an hour long.

        Until then all is told: no event is on its way when a test has SNS refuse them, which would
        ring in its first minute.
        """
        self.until_sent()
        self.minutes(-self._minute % QUARTER, messages=0)
        self.until_told()

    def post(self, body: Json | None = None) -> Json:
        """A client sends a message; the answer's body."""
        body = body or {
            "phoneNumber": a_number(),
            "message": "Delivered",
            "messageId": f"fault-{time.time_ns()}",
        }
        answer = raw.post(self.api, body)
        self._aws("AWS/ApiGateway", "5XXError", answer.status_code >= 500, _API)
        if answer.status_code >= 500:
            self.refused.append(body)
            return body
        assert answer.status_code == 202, answer.text
        message: Json = answer.json()
        self.taken.append(message["messageId"])
        if self.events_come:
            self.queue.wait_for_event(message["messageId"], message["status"])
        return message

    def post_again(self) -> None:
        """Clients repeat what was answered with 5xx."""
        again, self.refused = self.refused, []
        for body in again:
            self.post(body)

    def run_watch(self) -> None:
        """What the schedule does once a minute."""
        self.stack.aws("lambda").invoke(
            FunctionName=self.stack.stack_outputs["WatchFunctionName"], Payload=b"{}"
        )

    def until_sent(self, timeout: float = 60.0) -> list[set[str]]:
        """Let minutes pass until all that was taken is sent; what rings at the end of each."""
        rung: list[set[str]] = []
        open_ones: list[str] = []

        def all_sent() -> bool:
            open_ones[:] = [each for each in self.taken if not self._is_sent(each)]
            if open_ones:
                self.hurry()
                rung.extend(self.minutes(1, messages=0))
                time.sleep(0.2)
            return not open_ones

        wait_until(all_sent, lambda: f"{open_ones} are not sent", timeout=timeout)
        return rung

    def hurry(self) -> None:
        """What waits for a time that watch looks at is due now."""
        table = self.stack.aws("dynamodb")
        for row in table.scan(TableName=self.stack.messages_table)["Items"]:
            if row["status"]["S"] != "queued" or "dueAt" not in row:
                continue
            # Otherwise it has moved on meanwhile.
            with suppress(table.exceptions.ConditionalCheckFailedException):
                table.update_item(
                    TableName=self.stack.messages_table,
                    Key={name: row[name] for name in ("messageId", "client")},
                    UpdateExpression="SET dueAt = :now",
                    ConditionExpression="version = :read",
                    ExpressionAttributeValues={
                        ":now": {"N": str(int(time.time()))},
                        ":read": row["version"],
                    },
                )

    def until_told(self, timeout: float = 60.0) -> None:
        """Wait for the events of all that was sent: they come after the row has changed.

        An event comes once, unless the AWS SDK had to repeat its call (`repeated`).
        """
        wait_until(
            lambda: not self._told_otherwise(),
            lambda: f"told otherwise: {self._told_otherwise()}",
            timeout=timeout,
        )
        again = {
            name
            for message_id in self.taken
            if message_id not in self.republished
            for (_, name), times in self._told(message_id).items()
            if times > 1
        }
        assert again <= self.repeated, f"told more than once: {again - self.repeated}"

    def _told_otherwise(self) -> dict[str, Any]:
        """Messages, all sent, whose events are not one for each change of status."""
        wrong = {}
        for message_id in self.taken:
            told = self._told(message_id)
            changes = self._changes[message_id]
            expected = {f"{message_id}:{number}" for number in range(1, changes + 1)}
            if {name for _, name in told} != expected or len(told) != len(expected):
                wrong[message_id] = told
        return wrong

    def _told(self, message_id: str) -> Counter[tuple[str, str]]:
        """How often each event has come, by what tells it from others."""
        events = self.queue.events_of(message_id)
        return Counter((event["source"], event["id"]) for event in events)

    def _is_sent(self, message_id: str) -> bool:
        """Once it is, it stays so, with the changes that it has had."""
        if message_id not in self._changes:
            answer = raw.get(self.api, message_id)
            answer.raise_for_status()
            message = answer.json()
            if message["status"] == "sent":
                self._changes[message_id] = len(message["history"])
        return message_id in self._changes

    def _harvest(self) -> None:
        """What runs have written since the last time; the rest of a run can come later."""
        runs: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for line in self._lines.new():
            runs[line.function, line.run].append(line.text)
        for run, lines in runs.items():
            self._note(run[0], lines, is_new=run not in self._seen)
        self._seen |= runs.keys()

    def _note(self, function: str, lines: list[str], *, is_new: bool) -> None:
        errors = int(RUN_FAILED in lines)
        if is_new or errors:
            self._aws("AWS/Lambda", "Errors", errors, _function(function))
        for line in lines:
            if line == RUN_FAILED or '"level":"ERROR"' in line:
                self.errors.append(f"{function}: {line}")
            if printed := embedded(line):
                self._note_metrics(printed)

    def _note_metrics(self, printed: dict[str, Any]) -> None:
        (told,) = printed["_aws"]["CloudWatchMetrics"]
        assert told["Namespace"] == NAMESPACE
        assert told["Dimensions"] == [["service"]]
        assert printed["service"] == self.stack_name
        for each in told["Metrics"]:
            for value in printed[each["Name"]]:
                self._add(Metric(NAMESPACE, each["Name"], _OURS), value)

    def _look_at_the_queues(self) -> None:
        sqs = self.stack.aws("sqs")
        for name in _FAILURE_QUEUES:
            attributes = sqs.get_queue_attributes(
                QueueUrl=self.stack.stack_outputs[f"{name}QueueUrl"],
                AttributeNames=["ApproximateNumberOfMessages"],
            )["Attributes"]
            self._aws(
                "AWS/SQS",
                "ApproximateNumberOfMessagesVisible",
                int(attributes["ApproximateNumberOfMessages"]),
                frozenset({("QueueName", f"{name}.QueueName")}),
            )

    def _aws(self, namespace: str, name: str, value: float, dimensions: Dimensions) -> None:
        self._add(Metric(namespace, name, dimensions), value)

    def _add(self, metric: Metric, value: float) -> None:
        self.recorded.add(metric, self._minute * MINUTE, value)


def _function(name: str) -> Dimensions:
    return frozenset({("FunctionName", f"{name.capitalize()}Function")})
