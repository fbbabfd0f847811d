"""The gateway at work, minute by minute, and what CloudWatch is told of it meanwhile.

Our own metrics are those that the handlers print. AWS's are made of what AWS makes them of: the
functions' outcomes, the age of what the stream has not got rid of, what waits in a failure queue.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from sms_gateway.entrypoints.metrics import NAMESPACE
from tests.fakes.clock import FakeClock
from tests.handlers.cloud import REGION, TABLE, Cloud
from tests.handlers.lambdas import Function
from tests.handlers.output import Output
from tests.handlers.voipit import FakeVoipit
from tests.support.cloudwatch import Dimensions, Metric, Recorded
from tests.support.samples import ONE_QUEUED, sample, with_body
from tests.support.template import TEMPLATE

STACK_NAME: Final = "texting"
MINUTE: Final = 60.0
_API: Final[Dimensions] = frozenset({("ApiName", "AWS::StackName"), ("Stage", "v1")})
_FAILURES: Final[Dimensions] = frozenset({("QueueName", "DispatchFailures.QueueName")})
_REPORT: Final = "apiName=sms&type=deliveryReport&status=sent&id={}"
_QUEUE: Final = TEMPLATE["Resources"]["DispatchQueue"]["Properties"]


@dataclass
class Queued:
    """A message of the dispatch queue: when it is handed out next, and how often it was."""

    body: Any
    at: float
    received: int = 0


@dataclass
class Monitored:
    """All six functions, and what calls them. `given_up` is how many messages wait in the
    failure queue of `dispatch`, `taken` the ids of messages that were answered with 202.

    Without `watch_runs` the schedule is switched off, without `stream_is_read` the trigger of
    `publish`; without `voipit_reports` Voipit sends no report.
    """

    functions: dict[str, Function]
    cloud: Cloud
    voipit: FakeVoipit
    clock: FakeClock
    output: Output
    recorded: Recorded = field(default_factory=Recorded)
    watch_runs: bool = True
    voipit_reports: bool = True
    stream_is_read: bool = True
    given_up: int = 0
    taken: set[str] = field(default_factory=set)
    _queue: list[Queued] = field(default_factory=list)
    _stream: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    _sent: int = 0
    _reported: int = 0

    def minutes(self, how_many: int, traffic: "Traffic") -> Iterator[float]:
        """Let minutes pass, with this traffic; the second at which each is over."""
        for _ in range(how_many):
            if int(self.clock.time() // MINUTE) % traffic.every == 0:
                for _ in range(traffic.messages):
                    self.post()
            traffic.each_minute(self)
            self.one_round()
            self.clock.advance(MINUTE - self.clock.time() % MINUTE)
            yield self.clock.time()

    def one_round(self) -> None:
        """What AWS and Voipit set off within a minute."""
        if self.watch_runs:
            self.invoke("watch", sample("watch-scheduled"))
        self._hand_out()
        if self.voipit_reports:
            self._report()
        if self.stream_is_read:
            self._read_stream()
        self._aws("AWS/SQS", "ApproximateNumberOfMessagesVisible", self.given_up, _FAILURES)

    def post(self) -> int:
        """A client sends a message; the status of the answer."""
        self._sent += 1
        event = with_body(
            sample("send-post-message"),
            messageId=f"m-{self._sent}",
            phoneNumber=f"+4072155{self._sent:04}",
        )
        event["requestContext"]["requestTimeEpoch"] = int(self.clock.time() * 1000)
        answer = self.invoke("send", event)
        status: int = answer["statusCode"]
        if status == HTTPStatus.ACCEPTED:
            self.taken.add(f"m-{self._sent}")
        return status

    def call_back(self, path: str, body: str = "") -> int:
        """A request to the callback's address; the status of the answer."""
        event = sample("callback-form") | {"rawPath": path, "body": body, "isBase64Encoded": False}
        status: int = self.invoke("callback", event)["statusCode"]
        return status

    def enqueue(self, body: Any) -> None:
        """Put something into the dispatch queue."""
        self._queue.append(Queued(body, self.clock.time()))

    def invoke(self, name: str, event: dict[str, Any]) -> dict[str, Any]:
        """Run a function; what it printed and how it ended is recorded."""
        dimension = frozenset({("FunctionName", f"{name.capitalize()}Function")})
        try:
            result: dict[str, Any] = self.functions[name].invoke(event)
        except Exception:  # noqa: BLE001  Lambda counts whatever a handler raises
            self._aws("AWS/Lambda", "Errors", 1, dimension)
            result = {"statusCode": 502}
        else:
            self._aws("AWS/Lambda", "Errors", 0, dimension)
        failed = result.get("statusCode", HTTPStatus.OK) >= HTTPStatus.INTERNAL_SERVER_ERROR
        if name in {"send", "status"}:
            self._aws("AWS/ApiGateway", "5XXError", failed, _API)
        elif "rawPath" in event:
            self._aws("AWS/Lambda", "Url5xxCount", failed, dimension)
        self._note_changes()
        for body, delay in self.cloud.calls.enqueued:
            self._queue.append(Queued(body, self.clock.time() + delay))
        self.cloud.calls.enqueued.clear()
        self._harvest()
        return result

    def _hand_out(self) -> None:
        """What is due in the dispatch queue; given up as often as the template allows, no more."""
        (record,) = ONE_QUEUED["Records"]
        for queued in [each for each in self._queue if each.at < self.clock.time() + MINUTE]:
            self._queue.remove(queued)
            event = {"Records": [record | {"body": json.dumps(queued.body)}]}
            if not self.invoke("dispatch", event).get("batchItemFailures"):
                continue
            queued.received += 1
            if queued.received == _QUEUE["RedrivePolicy"]["maxReceiveCount"]:
                self.given_up += 1
            else:
                queued.at = self.clock.time() + _QUEUE["VisibilityTimeout"]
                self._queue.append(queued)

    def _report(self) -> None:
        """Voipit's report about each message that it has taken."""
        for form in self.voipit.taken[self._reported :]:
            self.call_back(urlsplit(form["sendResultTo"]).path, _REPORT.format("x"))
        self._reported = len(self.voipit.taken)

    def _read_stream(self) -> None:
        """As Lambda does: from the first record that failed on, everything comes again."""
        if not self._stream:
            return
        age = self.clock.time() - self._stream[0][0]
        dimension = frozenset({("FunctionName", "PublishFunction")})
        self._aws("AWS/Lambda", "IteratorAge", age * 1000, dimension)
        records = [record for _, record in self._stream]
        result = self.invoke("publish", {"Records": records})
        failed = {each["itemIdentifier"] for each in result.get("batchItemFailures", ())}
        first = next(
            (
                position
                for position, record in enumerate(records)
                if record["dynamodb"]["SequenceNumber"] in failed
            ),
            len(records),
        )
        if "batchItemFailures" in result:
            del self._stream[:first]

    def _note_changes(self) -> None:
        """What the table's stream tells of the last invocation, from moto's own list."""
        table: Any = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[TABLE]
        records: list[Any] = table.stream_shard.items
        self._stream += [(self.clock.time(), each.to_json()) for each in records]
        # Moto copies a table, stream and all, before each transaction: let it be a short one.
        records.clear()

    def _harvest(self) -> None:
        """Our own metrics, off the lines that were printed since the last look."""
        for printed in self.output.new_metrics():
            self._record(printed)

    def _record(self, printed: dict[str, Any]) -> None:
        (told,) = printed["_aws"]["CloudWatchMetrics"]
        assert told["Namespace"] == NAMESPACE
        assert told["Dimensions"] == [["service"]]
        assert printed["service"] == STACK_NAME
        ours: Dimensions = frozenset({("service", "AWS::StackName")})
        for each in told["Metrics"]:
            for value in printed[each["Name"]]:
                self.recorded.add(Metric(NAMESPACE, each["Name"], ours), self.clock.time(), value)

    def _aws(self, namespace: str, name: str, value: float, dimensions: Dimensions) -> None:
        self.recorded.add(Metric(namespace, name, dimensions), self.clock.time(), value)


def nothing_else(_: Monitored) -> None:
    """For `each_minute`."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """So many messages every so many minutes, and what else goes on in each minute."""

    messages: int = 1
    every: int = 1
    each_minute: Callable[[Monitored], object] = nothing_else
