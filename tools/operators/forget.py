"""Delete every trace of a phone number from both tables: `make forget` runs this.

`docs/forgetting.md` tells what is deleted, what is not, and what holds the number elsewhere.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sms_gateway.adapters.messages_table import MessagesTable
from sms_gateway.domain.clock import to_iso, utc_now
from sms_gateway.domain.errors import AlreadyTriedError, InvalidValueError, MessageNotFoundError
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.status import SETTLED, Status
from sms_gateway.use_cases.cancel_message import CancelMessage
from sms_gateway.use_cases.read_message import ReadMessage
from tools.operators.parts.forgotten import Record, Records, is_case
from tools.operators.parts.frame import Command, Exit, Operator
from tools.operators.parts.numbers import read_number
from tools.operators.parts.options import minutes
from tools.operators.parts.pace import Pace
from tools.operators.parts.published import QUIET, given_up, not_caught_up
from tools.operators.parts.rows import Rows, store_errors
from tools.operators.parts.traces import Guards, Traces

DELETES_PER_SECOND: Final = 25
LOOKS_EVERY: Final = timedelta(seconds=10)
"""How often open messages are looked at while the command waits for them."""
FIGURES_COME_WITHIN: Final = timedelta(minutes=5)
"""So long the command waits for the figures that show that the last events are published."""
FROM_STDIN: Final = "-"


@dataclass(slots=True)
class Left:
    """Messages that are not deleted, by their keys, each with the reason."""

    why: dict[MessageKey, str] = field(default_factory=dict)

    def view(self) -> list[dict[str, str]]:
        """For programs."""
        return [
            {"client": key.client, "messageId": key.message_id, "why": why}
            for key, why in sorted(self.why.items())
        ]

    def lines(self) -> list[str]:
        """For people."""
        return [f"  {key.client}/{key.message_id}: {why}" for key, why in sorted(self.why.items())]


@dataclass(frozen=True, slots=True)
class Plan:
    """What both tables hold about the number, and what is to be deleted of it."""

    rows: Rows
    guards: Guards
    also_suppression: bool

    @property
    def keys(self) -> set[MessageKey]:
        """The messages that this run is about; one that is stored later is not."""
        return {message.key for message in self.rows.messages}

    @property
    def to_cancel(self) -> list[Message]:
        """What no process has tried to send: the rule of `DELETE /messages/{messageId}`."""
        return [message for message in self.rows.messages if _can_be_cancelled(message)]

    @property
    def open(self) -> dict[MessageKey, str]:
        """What can be neither cancelled nor deleted yet."""
        return _open(self.rows.messages) | _unreadable(self.rows)

    @property
    def suppressions(self) -> int:
        """Entries of the do-not-contact list that are to be deleted: one or none."""
        return int(self.guards.is_suppressed and self.also_suppression)

    @property
    def counts(self) -> dict[str, int]:
        """What is to be done."""
        return {
            "cancelled": len(self.to_cancel),
            "messages": len(self.rows.messages),
            "guards": self.guards.count,
            "suppressions": self.suppressions,
        }

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to delete."""
        return not (self.rows.messages or self.rows.unreadable or sum(self.counts.values()))

    def lines(self, number: PhoneNumber, case: str) -> Iterator[str]:
        """The plan for the person who has to agree to it."""
        clients = len({message.client for message in self.rows.messages})
        yield f"To forget {number.masked} for the case {case}, this is deleted for good:"
        yield f"  messages: {len(self.rows.messages)} (from clients: {clients})"
        yield f"    of them queued, and cancelled first: {len(self.to_cancel)}"
        yield f"  rows of limits and double clicks: {self.guards.count}"
        yield f"  entries of the do-not-contact list: {self.suppressions}"
        yield self._about_the_list()
        if self.open:
            yield "Open, and deleted only if they settle while the command waits for them (--wait):"
            yield from Left(self.open).lines()

    def _about_the_list(self) -> str:
        if not self.guards.is_suppressed:
            return (
                "The number is not on the do-not-contact list: a client that sends to it again"
                " makes new rows."
            )
        if self.also_suppression:
            return "Without its entry of the do-not-contact list, clients can text it again."
        return "Its entry of the do-not-contact list stays, so that no client texts it again."


@dataclass(slots=True)
class Forgetting:
    """One run, after the operator has agreed to its plan."""

    operator: Operator
    traces: Traces
    plan: Plan
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("cancelled", "messages", "guards"), 0)
    )
    suppressions: int = 0
    left: Left = field(default_factory=Left)
    sentences: list[str] = field(default_factory=list)
    """Why it is not done, apart from the messages that are left."""

    def __call__(self, patience: timedelta) -> None:
        """Cancel, wait, and delete what is settled. Raises `ToolError`: repeat the command."""
        self._cancel()
        settled = self._wait(patience)
        if settled and (reason := self._not_published(settled)):
            self.sentences.append(reason)
            self._find_what_is_left("settled, and its events come first")
            return
        self._delete_last({message.key for message in settled})
        self._delete_messages(settled)
        self._finish()

    def _cancel(self) -> None:
        messages = self.traces.table
        cancel = CancelMessage(messages, ReadMessage(messages), utc_now)
        for message in self.plan.to_cancel:
            try:
                with store_errors():
                    cancel(message.client, message.message_id)
            except (AlreadyTriedError, MessageNotFoundError):
                continue  # it has moved on since; what it is now shows when it is read again
            self.counts["cancelled"] += 1

    def _wait(self, patience: timedelta) -> list[Message]:
        """Those of the plan that are settled, once all are or the time is over."""
        until = utc_now() + patience
        while True:
            found = [self.traces.message(key) for key in sorted(self.plan.keys)]
            messages = [message for message in found if message is not None]
            still_open = _open(messages)
            if not still_open or utc_now() >= until:
                break
            self.operator.say(f"{len(still_open)} messages are open; waiting for them.")
            pause(LOOKS_EVERY)
        return [message for message in messages if message.status in SETTLED]

    def _not_published(self, settled: Sequence[Message]) -> str | None:
        changed_at = max(map(_changed_at, settled))
        # A report that was recorded late has the time of its arrival: its change can be of now.
        reported = any(message.report is not None for message in settled)
        young = QUIET - (timedelta() if reported else utc_now() - changed_at)
        if young > timedelta():
            self.operator.say("Waiting a minute, so that the last events are published.")
            pause(young)
        until = utc_now() + FIGURES_COME_WITHIN
        while reason := not_caught_up(self.operator, changed_at, utc_now(), reported=reported):
            if utc_now() >= until:
                return reason
            self.operator.say("Waiting for figures that show that the last events are published.")
            pause(LOOKS_EVERY)
        return given_up(self.operator, changed_at, utc_now(), reported=reported)

    def _delete_last(self, settled: set[MessageKey]) -> None:
        """Before the messages: they alone tell which clients have such a row."""
        for last in self.traces.guards(key.client for key in self.plan.keys).last:
            key = MessageKey(last.client, last.message_id)
            is_gone = key not in self.plan.open and self.traces.message(key) is None
            if key in settled or is_gone:
                self.counts["guards"] += self.traces.delete_last(last)

    def _delete_messages(self, settled: Sequence[Message]) -> None:
        with self.operator.progress("messages deleted", total=len(settled)) as more:
            for message in settled:
                gone = self.traces.delete_message(message)
                self.counts["messages"] += gone
                more(gone)

    def _finish(self) -> None:
        """What is about all messages together, and only if no message is left."""
        guards = self.traces.guards(())
        self._find_what_is_left("it has changed while it was to be deleted")
        if self.left.why:
            return
        if guards.writes is not None:
            gone = self.traces.delete_sendings(guards.writes)
            self.counts["guards"] += gone
            if not gone:
                self.sentences.append(_SENT_AGAIN)
                return
        if self.plan.suppressions:
            self.traces.delete_suppression()
            self.suppressions = 1

    def _find_what_is_left(self, why: str) -> None:
        rows = self.traces.messages()
        self.left.why |= _open(rows.messages) | _unreadable(rows)
        for message in rows.messages:
            if message.key not in self.plan.keys:
                self.left.why[message.key] = f"new since the command began: {message.status}"
            else:
                self.left.why.setdefault(message.key, why)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left that was to be deleted."""
        return not (self.left.why or self.sentences)

    @property
    def done(self) -> dict[str, int]:
        """What was done, and how many messages are left (one at least, if it is not done)."""
        left = max(len(self.left.why), int(not self.is_done))
        return {**self.counts, "suppressions": self.suppressions, "left": left}


_SENT_AGAIN: Final = (
    "Meanwhile a client has sent to the number. If it must not be texted, put it on the"
    " do-not-contact list (PUT /suppressions/{phoneNumber}) first."
)


def _changed_at(message: Message) -> datetime:
    """The latest time that its history tells; the last change can have an earlier one."""
    return max(message.updated_at, *(entry.at for entry in message.history))


def _can_be_cancelled(message: Message) -> bool:
    return message.status is Status.QUEUED and message.attempt == 0


def _open(messages: Iterable[Message]) -> dict[MessageKey, str]:
    """Those that are not settled, apart from what can be cancelled, each with what is to come."""
    return {
        message.key: _outlook(message)
        for message in messages
        if message.status not in SETTLED and not _can_be_cancelled(message)
    }


def _outlook(message: Message) -> str:
    """What a message waits for, and for how long at most."""
    until = to_iso(message.due_at or message.valid_to)
    if message.status is Status.QUEUED:
        tried_until = to_iso(message.valid_to)
        return f"queued, tried {message.attempt} times, and is tried again until {tried_until}"
    if message.status is Status.SENDING:
        return f"sending; its outcome is known by {until}"
    if message.wants_resend:
        return f"{message.status}; its client wants it sent once more, not before {until}"
    return f"{message.status}; waits for its report until {until}"


def _unreadable(rows: Rows) -> dict[MessageKey, str]:
    why = "a later release has written it; run that release's make forget"
    return dict.fromkeys(rows.unreadable, why)


def forget(operator: Operator) -> Exit:
    """Forget one number, or show the records of those that were. Raises `ToolError`."""
    asked = operator.asked
    records = Records(operator.dynamodb(), operator.stack.output("GuardsTable"))
    if asked.list:
        return _show(operator, records)
    if asked.number == FROM_STDIN:
        operator.say("Type the number: ")
        asked.number = sys.stdin.readline().strip()
    try:
        number = read_number(operator, asked.number or "")
    except InvalidValueError as error:
        operator.say(f"{error} Write it as +40721234567.")
        return Exit.USAGE
    if not is_case(asked.case or "", number):
        operator.say(
            "Give a case reference that leads to the request (--case DPO-2026-17): up to 64"
            " letters, digits and . _ / -, and without the number, since it is kept for years."
        )
        return Exit.USAGE
    if number.e164 != asked.number:
        operator.say(f"The number is read as {number.masked}.")
    return _forget(operator, records, number)


def _forget(operator: Operator, records: Records, number: PhoneNumber) -> Exit:
    asked = operator.asked
    table = MessagesTable(operator.dynamodb(), operator.stack.output("MessagesTable"))
    traces = Traces(table, records.table_name, number, Pace(DELETES_PER_SECOND))
    rows = traces.messages()
    guards = traces.guards(key.client for key in [*_keys(rows), *rows.unreadable])
    plan = Plan(rows, guards, asked.also_suppression)
    nothing = Exit.NOTHING_FOUND if plan.is_empty else Exit.DONE
    if not operator.agrees_to(plan.lines(number, asked.case)):
        operator.answer({"case": asked.case, "dryRun": True, **plan.counts}, ())
        return nothing
    record = Record.begun(utc_now(), operator.identity(), asked.case, plan.counts)
    records.write(record)
    forgetting = Forgetting(operator, traces, plan)
    forgetting(asked.wait)
    record = record.ended(forgetting.done)
    records.write(record)
    _tell(operator, record, forgetting)
    return nothing if forgetting.is_done else Exit.PARTLY


def _keys(rows: Rows) -> list[MessageKey]:
    return [message.key for message in rows.messages]


def _tell(operator: Operator, record: Record, forgetting: Forgetting) -> None:
    result = {
        "record": record.key,
        **record.view(),
        "leftMessages": forgetting.left.view(),
        "why": forgetting.sentences,
    }
    done = record.counts
    lines = [
        f"deleted messages: {done['messages']} (cancelled first: {done['cancelled']})",
        f"deleted rows of limits and double clicks: {done['guards']}",
        f"deleted entries of the do-not-contact list: {done['suppressions']}",
        f"Recorded as {record.key}; keep this line with the case {record.case}.",
    ]
    if not forgetting.is_done:
        lines += ["Not done yet. Repeat the command later for what is left:"]
        lines += [*forgetting.left.lines(), *forgetting.sentences]
    operator.answer(result, lines)


def _show(operator: Operator, records: Records) -> Exit:
    with operator.progress("rows read") as more:
        found = records.all(more)
    lines = (
        f"{to_iso(record.at)}  {record.state:<6}  {record.case}  {record.operator}  "
        + " ".join(f"{name}={count}" for name, count in record.counts.items())
        for record in found
    )
    operator.answer({"forgotten": [record.view() for record in found]}, lines)
    return Exit.DONE if found else Exit.NOTHING_FOUND


def pause(span: timedelta) -> None:
    """Wait; the screen has said why."""
    time.sleep(span.total_seconds())


def _arguments(parser: argparse.ArgumentParser) -> None:
    job = parser.add_mutually_exclusive_group(required=True)
    job.add_argument(
        "number", nargs="?", help='the phone number; "-" reads it from the keyboard instead'
    )
    job.add_argument("--list", action="store_true", help="show what was forgotten, and by whom")
    parser.add_argument("--case", help="the reference of the request; kept in the record")
    parser.add_argument(
        "--also-suppression",
        action="store_true",
        help="delete the entry of the do-not-contact list too: clients can text the number again",
    )
    parser.add_argument(
        "--wait",
        type=minutes,
        default=timedelta(),
        metavar="MINUTES",
        help="how long to wait for open messages to settle (default: 0)",
    )


COMMAND: Final = Command(
    "forget",
    "Delete every trace of a phone number from both tables. docs/forgetting.md tells what else"
    " holds it.",
    _arguments,
    forget,
    changes=True,
)
main: Final = COMMAND.main

if __name__ == "__main__":
    COMMAND.run()
