"""`make redrive`: what waits in the failure queues goes back to where it came from."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sms_gateway.adapters.queues import read_dispatch, read_kept_report
from sms_gateway.domain.clock import to_iso
from tools.operators.parts import rows
from tools.operators.parts.failure_queues import FailureQueue, Received
from tools.operators.parts.frame import Command, Exit, Operator
from tools.operators.parts.options import rate_options, resume_option
from tools.operators.parts.pace import Pace
from tools.operators.parts.positions import REPORT_WAITS, Changed, StreamPosition, merged
from tools.operators.parts.republishing import Event, Republisher, SpanRun, resume_of

SHOWN: Final = 10
"""So many messages of a queue are described before anything is moved."""


def a_hint(body: str) -> str:
    """What a message of the dispatch queue is about."""
    key, _ = read_dispatch(body)
    return f"hint to try {key.message_id} of {key.client}"


def a_report(body: str) -> str:
    """What a kept report is about; its words are left out."""
    key, report = read_kept_report(body)
    return (
        f"report {report.status} about try {report.attempt} of {key.message_id} of {key.client},"
        f" received {to_iso(report.received_at)}"
    )


def a_position(body: str) -> str:
    """What a position in the stream is about."""
    position = StreamPosition.read(body)
    first, last = position.arrived
    return f"{position.records} records from {first} to {last} ({position.condition})"


@dataclass(frozen=True, slots=True)
class Kind:
    """A failure queue: the outputs that name it and the queue that it goes back to, if to one.

    `describe` says what a message is about without a number or a text; it raises for a body that
    the functions cannot read either.
    """

    name: str
    output: str
    target: str | None
    describe: Callable[[str], str]
    meaning: str

    def reads(self, message: Received) -> str | None:
        """What the message is about; `None` if it cannot be read."""
        try:
            return self.describe(message["Body"])
        except (ArithmeticError, AttributeError, KeyError, RecursionError, TypeError, ValueError):
            return None


KINDS: Final = (
    Kind(
        "events",
        "PublishFailuresQueueUrl",
        None,
        a_position,
        "Positions in the table's stream. Their events are published again from the rows.",
    ),
    Kind(
        "dispatch",
        "DispatchFailuresQueueUrl",
        "DispatchQueueUrl",
        a_hint,
        "Hints to try a message. The row's dueAt brings `watch` to it anyway: moving these back"
        " does no harm, and purging them would lose nothing.",
    ),
    Kind(
        "reports",
        "ReportFailuresQueueUrl",
        "ReportFallbackQueueUrl",
        a_report,
        "Delivery reports that the table did not take, recorded nowhere else. `callback` takes them"
        " from its queue again.",
    ),
)


@dataclass(slots=True)
class Found:
    """A failure queue as it was when it was looked at, and what was done with it then."""

    kind: Kind
    queue: FailureQueue
    waiting: int
    hidden: int
    moved: int = 0
    dropped: int = 0
    unreadable: int = 0
    left: int = 0
    gone: int = 0
    """Changes of which the table has no event: the row is gone, truncated or unreadable."""
    events: int = 0
    not_taken: list[str] = field(default_factory=list)
    """Ids of events that SNS does not take now, and `why`."""
    refused: list[str] = field(default_factory=list)
    """Ids of events that SNS refuses for what is in them."""
    why: str = ""

    @property
    def is_rest(self) -> bool:
        """Whether something could not be done."""
        return bool(self.left or self.hidden or self.refused or self.unreadable > self.dropped)

    def as_json(self) -> dict[str, Any]:
        """All of it, for programs."""
        return {
            "waiting": self.waiting,
            "hidden": self.hidden,
            "moved": self.moved,
            "dropped": self.dropped,
            "unreadable": self.unreadable,
            "left": self.left,
            "eventsPublished": self.events,
            "notTaken": self.not_taken,
            "refused": self.refused,
            "rowsGone": self.gone,
        }

    def in_sentences(self) -> Iterator[str]:
        """What was done, for people."""
        yield from self._before()
        if not self.waiting:
            return
        done = f"{self.moved:,} of {self.waiting:,} messages were moved back."
        if self.kind.target is None:
            done = (
                f"{self.events:,} events were published again, and {self.moved:,} of"
                f" {self.waiting:,} positions deleted."
            )
        yield f"{self.kind.name}: {done}"
        if self.gone:
            yield (
                f"  {self.gone:,} changes have no event any more: their rows are gone (expired or"
                " forgotten), have lost the beginning of their history, or cannot be read."
            )
        if self.not_taken:
            yield (
                f"  SNS did not take {len(self.not_taken):,} events, the first {self.not_taken[0]}"
                f" ({self.why or 'AWS did not say why'})."
            )
        if self.refused:
            yield f"  SNS refuses for what is in them: {', '.join(self.refused)}"
        if self.dropped:
            yield f"  {self.dropped:,} messages that cannot be read were deleted (--drop)."
        if self.unreadable > self.dropped:
            yield (
                f"  {self.unreadable - self.dropped:,} messages cannot be read and stay where they"
                " are. DROP=1 (--drop) deletes them."
            )
        if self.left:
            yield f"  {self.left:,} stay in the failure queue. The same command once more goes on."

    def _before(self) -> Iterator[str]:
        if self.hidden:
            yield (
                f"{self.kind.name}: {self.hidden:,} messages are being looked at by another"
                " program. Repeat the command when it has ended, or in a few minutes."
            )
        elif not self.waiting:
            yield f"{self.kind.name}: nothing waits."


def shown(kind: Kind, message: Received) -> str:
    """One line about a message: no number, no text, no error of Voipit's."""
    at = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
    about = kind.reads(message) or f"not to be read, {len(message['Body']):,} characters"
    return f"  {about}; sent {to_iso(at)}, {message['MessageId']} in SQS"


@contextmanager
def only_a_look(queue: FailureQueue) -> Iterator[list[Received]]:
    """Messages that are put in here are seen again afterwards."""
    seen: list[Received] = []
    try:
        yield seen
    finally:
        queue.release(seen)


def received(found: Found, most: int) -> list[Received]:
    """So many messages of the queue, which stay in it."""
    with only_a_look(found.queue) as seen:
        for batch in found.queue.receive(min(most, found.waiting)):
            seen.extend(batch)
        return seen


def move(operator: Operator, found: Found, target: FailureQueue) -> None:
    """Send, then delete: a process that dies in between has sent a message twice, and lost none."""
    pace = Pace(operator.asked.per_second)
    with (
        operator.progress(found.kind.name, total=found.waiting) as more,
        only_a_look(found.queue) as staying,
    ):
        found.left = found.waiting
        for batch in found.queue.receive(found.waiting):
            readable = [message for message in batch if found.kind.reads(message) is not None]
            others = [message for message in batch if message not in readable]
            pace.spend(len(readable))
            sent = target.send(readable)
            dropped = others if operator.asked.drop else []
            deleted = found.queue.delete([*sent, *dropped])
            found.moved += sum(message in deleted for message in sent)
            found.dropped += sum(message in deleted for message in dropped)
            found.unreadable += len(others)
            found.left -= len(others) + sum(message in deleted for message in readable)
            staying += [message for message in batch if message not in deleted]
            more(len(batch))


@dataclass(slots=True)
class Events:
    """The positions of the failure queue of `publish`, and the changes that they stand for."""

    operator: Operator
    found: Found
    positions: dict[str, StreamPosition] = field(default_factory=dict)
    """By the id that SQS knows the message by."""
    exact: dict[str, list[Changed]] = field(default_factory=dict)
    """The changes of positions that the stream still has."""
    broken: set[str] = field(default_factory=set)

    def look(self) -> Iterator[str]:
        """Read them all; what is going to happen, in sentences. Raises `ToolError`."""
        streams = self.operator.aws("dynamodbstreams")
        with self.operator.progress("positions looked up", total=self.found.waiting) as more:
            for message in received(self.found, self.found.waiting):
                identity = message["MessageId"]
                more(1)
                if self.found.kind.reads(message) is None:
                    self.broken.add(identity)
                    continue
                position = self.positions[identity] = StreamPosition.read(message["Body"])
                changes = position.changes(streams)
                if changes is not None:
                    self.exact[identity] = changes
        if self.exact:
            changed = sum(map(len, self.exact.values()))
            yield (
                f"  The stream still has {len(self.exact):,} of them: {changed:,} changes of"
                " status, whose events are published again."
            )
        if run := self._span_run():
            since_until = ", ".join(f"{span.since} to {span.until}" for span in run.spans)
            yield (
                f"  The stream has forgotten {len(self._trimmed()):,} of them. All events of that"
                f" time are published again: {since_until}"
            )
            yield (
                "  So are all events that a delivery report has made in the"
                f" {REPORT_WAITS.days} days before: it can have been recorded so much later."
            )
            yield from (f"  {line}" for line in run.plan())

    def publish(self) -> None:
        """The events first, then the positions are deleted. Raises `ToolError`."""
        republisher = Republisher.of(self.operator)
        done = self._publish_exact(republisher)
        run = None if self.found.not_taken else self._span_run(republisher)
        if run is not None:
            outcome = run()
            self.found.not_taken += outcome.remaining
            if not (outcome.remaining or outcome.unreadable):
                done |= self._trimmed()
        self.found.events = republisher.published
        self.found.refused = republisher.refused
        self.found.why = republisher.why
        self.found.unreadable = len(self.broken)
        self._delete(done)
        self.found.left = self.found.waiting - self.found.moved - len(self.broken)

    def _publish_exact(self, republisher: Republisher) -> set[str]:
        """Returns the positions whose events are all published."""
        db, table = self.operator.dynamodb(), self.operator.stack.output("MessagesTable")
        done = set()
        with self.operator.progress("positions", total=len(self.exact)) as more:
            for identity in sorted(self.exact, key=lambda each: self.positions[each].place):
                changes = self.exact[identity]
                kept = rows.at_keys(db, table, (key for key, _ in changes))
                events: dict[Changed, Event] = {
                    (message.key, event["data"]["sequence"]): (event, client)
                    for message in kept.messages
                    for event, client in republisher.events(message)
                }
                there = [events[change] for change in changes if change in events]
                self.found.gone += len(changes) - len(there)
                self.found.not_taken += republisher.publish(there)
                if self.found.not_taken:
                    break
                if not kept.unreadable:
                    done.add(identity)
                more(1)
        return done

    def _delete(self, done: set[str]) -> None:
        with only_a_look(self.found.queue) as staying:
            for batch in self.found.queue.receive(self.found.waiting):
                dropped = self.broken if self.operator.asked.drop else set()
                over = [message for message in batch if message["MessageId"] in done | dropped]
                deleted = self.found.queue.delete(over)
                self.found.moved += sum(message["MessageId"] in done for message in deleted)
                self.found.dropped += sum(message["MessageId"] in dropped for message in deleted)
                staying += [message for message in batch if message not in deleted]

    def _trimmed(self) -> set[str]:
        return self.positions.keys() - self.exact.keys()

    def _span_run(self, republisher: Republisher | None = None) -> SpanRun | None:
        spans = merged([self.positions[identity].span for identity in self._trimmed()])
        if not spans:
            return None
        republisher = republisher or Republisher.of(self.operator)
        return SpanRun(self.operator, republisher, spans, resume_of(self.operator, spans))


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--queue",
        choices=[kind.name for kind in KINDS],
        help="one of them (default: all three)",
    )
    parser.add_argument(
        "--drop", action="store_true", help="delete what cannot be read; it stays otherwise"
    )
    rate_options(parser, per_second=20.0, of="messages or events")
    resume_option(parser)


def _do(operator: Operator) -> Exit:
    founds = []
    for kind in KINDS:
        if operator.asked.queue in {None, kind.name}:
            queue = FailureQueue.of(operator, kind.output)
            founds.append(Found(kind, queue, *queue.depth()))
    if not any(found.waiting for found in founds):
        _answer(operator, founds)
        return Exit.PARTLY if any(found.hidden for found in founds) else Exit.NOTHING_FOUND
    events = {id(found): Events(operator, found) for found in founds if not found.kind.target}
    plan = [line for found in founds for line in _plan(found, events.get(id(found)))]
    if not operator.agrees_to(plan):
        _answer(operator, founds, is_done=False)
        return Exit.DONE
    for found in founds:
        if not found.waiting:
            continue
        if found.kind.target is None:
            events[id(found)].publish()
        else:
            move(operator, found, FailureQueue.of(operator, found.kind.target))
    _answer(operator, founds)
    return Exit.PARTLY if any(found.is_rest for found in founds) else Exit.DONE


def _plan(found: Found, events: Events | None) -> Iterator[str]:
    hidden = f" ({found.hidden:,} more are being looked at now)" if found.hidden else ""
    yield f"{found.kind.name}: {found.waiting:,} messages wait{hidden}."
    if found.waiting:
        yield f"  {found.kind.meaning}"
        yield from (shown(found.kind, message) for message in received(found, SHOWN))
        if events is not None:
            yield from events.look()


def _answer(operator: Operator, founds: Sequence[Found], *, is_done: bool = True) -> None:
    """What was done; if nothing was, the plan has told people all there is."""
    lines = [line for found in founds for line in found.in_sentences()] if is_done else []
    operator.answer({"queues": {found.kind.name: found.as_json() for found in founds}}, lines)


COMMAND: Final = Command(
    "redrive",
    "Empty the failure queues: hints and delivery reports go back to the queue that they came from;"
    " of what publish could not publish, the events are published again. Bounded by what waits when"
    " it begins. What cannot be read is shown and stays.",
    _arguments,
    _do,
    changes=True,
)
main: Final = COMMAND.main

if __name__ == "__main__":
    COMMAND.run()
