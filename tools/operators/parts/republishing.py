"""Events of the past, published to the topic once more: the same source, id and body as before.

They are made from the rows' histories by the code that makes them for `publish`. What a history
does not hold any more, and rows that are gone, cannot be published again.
"""

import json
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError

from sms_gateway.adapters.message_item import key_attributes
from sms_gateway.adapters.topic import MAX_BATCH, Topic
from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.events import past_events
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from tools.operators.parts.frame import Exit, Operator, RefusedError
from tools.operators.parts.pace import Pace
from tools.operators.parts.rows import Rows
from tools.operators.parts.whole_table import Page, Size, scan
from tools.repository import LOCAL_FILES
from tools.stacks import in_words

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

SOURCE: Final = "/voipit-sms-gateway/{stack}"
"""What the template tells `publish` (EVENT_SOURCE)."""
PAUSES: Final = (0.0, 1.0, 2.0, 4.0)
"""Seconds before each try of what SNS did not take."""

Event = tuple[dict[str, Any], str]
"""An event and its client, as the topic takes them."""


@dataclass(frozen=True, slots=True)
class Span:
    """Events of this time: ISO 8601 in UTC with milliseconds, `until` excluded.

    `reports_since`: of events that a delivery report has made, all from then on.
    """

    since: str
    until: str
    reports_since: str | None = None

    @property
    def first(self) -> str:
        """The earliest time that an event of it can have."""
        return min(self.since, self.reports_since or self.since)

    def holds(self, event: Mapping[str, Any], reported: Collection[str]) -> bool:
        """Whether it is an event of this time. `reported`: when reports about its message came."""
        time = str(event["time"])
        return (self.first if time in reported else self.since) <= time < self.until


@dataclass(slots=True)
class Republisher:
    """Publishes events once more, paced, and counts them. No metric counts them."""

    topic: Topic
    pace: Pace
    source: str
    published: int = 0
    refused: list[str] = field(default_factory=list)
    """Ids of events that SNS refuses for what is in them."""
    incomplete: int = 0
    """Events that are not in the histories any more."""
    why: str = ""
    """What SNS said when it last did not take something."""

    @classmethod
    def of(cls, operator: Operator) -> "Republisher":
        """For the stack's topic. Raises `ToolError`."""
        client: SNSClient = operator.aws("sns")
        refused: list[str] = []
        topic = Topic(
            client, operator.stack.output("TopicArn"), lambda event_id, _: refused.append(event_id)
        )
        source = SOURCE.format(stack=operator.stack.name)
        republisher = cls(topic, Pace(operator.asked.per_second), source, refused=refused)
        client.meta.events.register("after-call.sns.PublishBatch", republisher.note_answer)
        client.meta.events.register("after-call-error.sns.PublishBatch", republisher.note_error)
        return republisher

    def events(self, message: Message) -> list[Event]:
        """All that its history tells, oldest first."""
        events = [(event, message.client) for event in past_events(message, self.source)]
        self.incomplete += message.version - len(events)
        return events

    def publish(self, events: Sequence[Event]) -> list[str]:
        """Publish them in order; the ids of those that SNS did not take, however often asked."""
        remaining: list[str] = []
        for start in range(0, len(events), MAX_BATCH):
            wanted = list(events[start : start + MAX_BATCH])
            refused_before = len(self.refused)
            for pause in PAUSES:
                time.sleep(pause)
                self.pace.spend(len(wanted))
                failed = self.topic.publish(wanted)
                self.published += len(wanted) - len(failed)
                wanted = [each for position, each in enumerate(wanted) if position in failed]
                if not wanted:
                    break
            self.published -= len(self.refused) - refused_before
            remaining += [str(event["id"]) for event, _ in wanted]
        return remaining

    def note_answer(self, parsed: Mapping[str, Any], **_: Any) -> None:
        """Remember why SNS did not take something."""
        for told in (*parsed.get("Failed", ()), *filter(None, [parsed.get("Error")])):
            self.why = f"{told['Code']}: {told.get('Message', '')}"

    def note_error(self, exception: Exception, **_: Any) -> None:
        """Remember why SNS was not reached."""
        if isinstance(exception, BotoCoreError):
            self.why = in_words(exception)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run over the whole table has come.

    `last` is the key of the last row whose events are published; `unreadable` are the rows so far
    whose events are not, since a later release has written them.
    """

    last: Mapping[str, Any] | None = None
    published: int = 0
    unreadable: Sequence[MessageKey] = ()


@dataclass(frozen=True, slots=True)
class Resume:
    """The file that tells how far a run has come, so that the next one goes on there.

    `about` is what the run is for: with another one the file is not used.
    """

    path: Path
    about: Mapping[str, Any]

    def load(self) -> "Progress":
        """How far the earlier runs have come, if there were any.

        Raises `RefusedError` if the file is about something else.
        """
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
            about = told["about"]
            progress = Progress(
                told["lastKey"],
                int(told["published"]),
                [MessageKey(client, message_id) for client, message_id in told["unreadable"]],
            )
        except FileNotFoundError:
            return Progress()
        except (ValueError, KeyError, TypeError) as error:
            raise self._other() from error
        if about != self.about:
            raise self._other()
        return progress

    def save(self, progress: "Progress") -> None:
        """So far it is done. A process that dies leaves this file or the one before, whole."""
        told = {
            "about": self.about,
            "lastKey": progress.last,
            "published": progress.published,
            "unreadable": [[key.client, key.message_id] for key in progress.unreadable],
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        new.chmod(0o600)
        new.replace(self.path)

    def done(self) -> None:
        """Nothing is left to go on with."""
        self.path.unlink(missing_ok=True)

    def _other(self) -> RefusedError:
        return RefusedError(
            f"{self.path} tells how far another run has come. Name another file with --resume-file,"
            " or delete this one. Nothing was published."
        )


@dataclass(slots=True)
class Outcome:
    """What was found and published."""

    read: int = 0
    messages: int = 0
    published_before: int = 0
    remaining: list[str] = field(default_factory=list)
    unreadable: list[MessageKey] = field(default_factory=list)


@dataclass
class SpanRun:
    """The events of some spans, found by reading the whole table once."""

    operator: Operator
    republisher: Republisher
    spans: Sequence[Span]
    resume: Resume
    outcome: Outcome = field(default_factory=Outcome)

    def plan(self) -> list[str]:
        """What it costs, in sentences. Raises `RefusedError` and `ToolError`."""
        lines = self.size.cost(self.operator.asked.units_per_second)
        lines.append(
            f"At most {self.operator.asked.per_second:g} events a second are published; each"
            " million costs 0.50 USD, and what its subscribers cost."
        )
        before = self.resume.load()
        if before.last is not None:
            lines.append(
                f"An earlier run has published {before.published:,} events and stopped; this one"
                f" goes on where {self.resume.path} says."
            )
        return lines

    @cached_property
    def size(self) -> Size:
        """How large the table is. Raises `ToolError`."""
        return Size.of(self.operator.dynamodb(), self.table)

    @property
    def table(self) -> str:
        """The table's name. Raises `ToolError`."""
        return self.operator.stack.output("MessagesTable")

    def __call__(self) -> Outcome:
        """Publish them. Ends early with what SNS did not take; the next run goes on before it.

        Raises `RefusedError` and `ToolError`.
        """
        db = self.operator.dynamodb()
        before = self.resume.load()
        self.outcome.published_before = before.published
        self.outcome.unreadable += before.unreadable
        pages = scan(
            db,
            self.table,
            until=max(span.until for span in self.spans),
            units=Pace(self.operator.asked.units_per_second),
            after=before.last,
        )
        with self.operator.progress("rows read", total=self.size.rows) as more:
            for page in pages:
                self._publish(page)
                if self.outcome.remaining:
                    return self.outcome
                more(page.read)
        self.resume.done()
        return self.outcome

    def _publish(self, page: Page) -> None:
        """The events of a page, as many rows at a time as fill a call: then that is noted."""
        known = set(self.outcome.unreadable)
        self.outcome.unreadable += [key for key in page.rows.unreadable if key not in known]
        events: list[Event] = []
        before: MessageKey | None = None
        first = min(span.first for span in self.spans)
        for message in page.rows.messages:
            if all(to_iso(entry.at) < first for entry in message.history):
                continue  # nor are its lost events of this time, if it has lost some
            reports = (message.report, *message.contradicting_reports)
            reported = {to_iso(report.received_at) for report in reports if report}
            found = [
                (event, client)
                for event, client in self.republisher.events(message)
                if any(span.holds(event, reported) for span in self.spans)
            ]
            self.outcome.messages += bool(found)
            if before is not None and len(events) + len(found) > MAX_BATCH:
                if not self._all_taken(events):
                    return
                events = []
                self._save(key_attributes(before))
            events += found
            before = message.key
        if self._all_taken(events) and page.last is not None:
            self._save(page.last)
        self.outcome.read += page.read

    def _all_taken(self, events: Sequence[Event]) -> bool:
        self.outcome.remaining += self.republisher.publish(events)
        return not self.outcome.remaining

    def _save(self, last: Mapping[str, Any]) -> None:
        published = self.outcome.published_before + self.republisher.published
        self.resume.save(Progress(last, published, self.outcome.unreadable))


def publish_rows(republisher: Republisher, rows: Rows, operator: Operator) -> Outcome:
    """All events of these messages. Ends with the first message that SNS does not take."""
    outcome = Outcome(len(rows.messages), len(rows.messages), unreadable=rows.unreadable)
    with operator.progress("messages", total=len(rows.messages)) as more:
        for message in sorted(rows.messages, key=lambda message: message.created_at):
            outcome.remaining += republisher.publish(republisher.events(message))
            if outcome.remaining:
                break
            more(1)
    return outcome


def exit_of(outcome: Outcome, republisher: Republisher) -> Exit:
    """Whether all of it is published, some, or none was found."""
    if outcome.remaining or outcome.unreadable or republisher.refused:
        return Exit.PARTLY
    found = republisher.published or outcome.published_before
    return Exit.DONE if found else Exit.NOTHING_FOUND


def as_json(outcome: Outcome, republisher: Republisher) -> dict[str, Any]:
    """The outcome, for programs."""
    return {
        "rowsRead": outcome.read,
        "messages": outcome.messages,
        "published": republisher.published,
        "publishedBefore": outcome.published_before,
        "notTaken": outcome.remaining,
        "refused": republisher.refused,
        "unreadable": [
            {"client": key.client, "messageId": key.message_id} for key in outcome.unreadable
        ],
        "notInHistory": republisher.incomplete,
    }


def in_sentences(outcome: Outcome, republisher: Republisher) -> Iterable[str]:
    """The outcome, for people."""
    yield f"{republisher.published:,} events of {outcome.messages:,} messages were published again."
    if outcome.published_before:
        yield f"Runs before this one had published {outcome.published_before:,}."
    if outcome.remaining:
        yield (
            f"SNS did not take {len(outcome.remaining):,} of them, the first {outcome.remaining[0]}"
            f" ({republisher.why or 'AWS did not say why'}). The same command once more goes on"
            " (for a message or a number: begins anew)."
        )
    if republisher.refused:
        yield f"SNS refuses for what is in them: {', '.join(republisher.refused)}"
    if outcome.unreadable:
        ids = ", ".join(f"{key.message_id} of {key.client}" for key in outcome.unreadable)
        yield (
            f"A later release has written {len(outcome.unreadable)} rows that this one cannot read:"
            f" {ids}. Run the command of that release."
        )
    if republisher.incomplete:
        yield f"{republisher.incomplete:,} events are not in the histories of their messages."


def resume_of(operator: Operator, spans: Sequence[Span]) -> Resume:
    """The file of the spans' run; the same spans of the same stack have the same file."""
    stack = operator.stack
    first, last = min(span.since for span in spans), max(span.until for span in spans)
    words = f"{stack.name}-{stack.region}-{first}-{last}"
    name = "".join(each for each in words if each.isalnum() or each in "-_")
    about = {
        "topic": stack.output("TopicArn"),
        "table": stack.output("MessagesTable"),
        "spans": [[span.since, span.until, span.reports_since] for span in spans],
    }
    given = operator.asked.resume_file
    return Resume(given or LOCAL_FILES / f"republish-{name}.json", about)
