"""One message as an operator sees it: where it stands, how it came there, and what happens next.

Screens and answers are pasted into tickets, so number, text and metadata are shown only on demand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.message import Message, StatusChange
from sms_gateway.domain.report import DeliveryReport
from sms_gateway.domain.status import FINAL, Reason, Status
from sms_gateway.entrypoints.message_view import message_view
from tools.operators.parts.contract_words import meaning_of_reason, meaning_of_status

LATE: Final = timedelta(minutes=5)
"""A message that is due for longer was not looked at, although `watch` runs every minute."""
_LIKE_A_NUMBER: Final = re.compile(r"\+?\d(?:[ .()/-]?\d){6,}")
_HIDDEN: Final = "•••"


@dataclass(frozen=True, slots=True)
class Story:
    """A message, told at this moment; `shows`: with its whole number, text and metadata."""

    message: Message
    now: datetime
    shows: bool = False

    def as_json(self) -> dict[str, Any]:
        """The message as the API shows it, and what only operators see."""
        message = self.message
        view = message_view(message)
        if not self.shows:
            del view["message"], view["metadata"]
            view["phoneNumber"] = message.phone_number.masked
            view = self._without_numbers(view)
        return {
            "client": message.client,
            **view,
            "reasonMeans": message.reason and meaning_of_reason(message.reason),
            "dueAt": message.due_at and to_iso(message.due_at),
            "openTries": sorted(message.open_tries),
            "next": self.next(),
            "keptUntil": to_iso(message.expires_at),
        }

    def lines(self) -> Iterator[str]:
        """The same for people."""
        message = self.message
        number = message.phone_number.e164 if self.shows else message.phone_number.masked
        yield f"{message.message_id} of the client {message.client}, to {number}"
        yield f"  {_titled(message.status, message.reason)}: {self._means()}."
        if message.error_message:
            yield f"  Voipit's words: {self._words(message.error_message)}"
        if message.cut_from:
            yield f"  The text was cut; it had {message.cut_from} characters of an SMS."
        if self.shows:
            yield f"  text: {message.text}"
            yield from (f"  metadata {name}: {value}" for name, value in message.metadata.items())
        for what, at in (("sendAt", message.send_at), ("validUntil", message.valid_until)):
            if at:
                yield f"  {what} {to_iso(at)}"
        yield "  history:"
        yield from (f"    {self._entry(entry)}" for entry in message.history)
        if message.report:
            yield f"  report: {self._report(message.report)}"
        for report in message.contradicting_reports:
            yield f"  another report: {self._report(report)}"
        yield f"  next: {self.next()}"
        yield f"  The row is kept until {to_iso(message.expires_at)}."

    def line(self) -> str:
        """All in one line, for lists."""
        message = self.message
        parts = [to_iso(message.updated_at), message.client, message.message_id]
        parts += [message.phone_number.e164 if self.shows else message.phone_number.masked]
        if message.error_message:
            parts.append(self._words(message.error_message))
        return "  ".join(parts)

    def next(self) -> str:
        """What happens to the message next, when, and why."""
        message, due = self.message, self.message.due_at
        if message.status in FINAL:
            return "Nothing more happens to this message."
        if due is None:
            return "Nothing more happens to this message, unless a late report comes."
        return f"{self._at_its_time(to_iso(due))}{self._late(due)}"

    def _at_its_time(self, due: str) -> str:
        message = self.message
        match message.status:
            case Status.SENDING:
                return (
                    f"If it is still sending at {due}, the process that was calling Voipit has"
                    " died, and watch makes the message unconfirmed."
                )
            case Status.UNCONFIRMED if message.wants_resend:
                return (
                    f"Without a report until {due} the gateway sends it a second time"
                    " (onUnconfirmed: resend)."
                )
            case Status.QUEUED:
                until = f"Not sent until {to_iso(message.valid_to)}, it fails (too-late)."
                if message.send_at and message.send_at > self.now:
                    return f"It is scheduled for {to_iso(message.send_at)}. {until}"
                return f"It waits for its next try; watch looks at it at {due}. {until}"
            case _:
                return f"Without a report until {due} it becomes no_report."

    def _late(self, due: datetime) -> str:
        if self.now - due < LATE:
            return ""
        return " That time is over: watch is late (docs/runbook.md, due-late and watch-missing)."

    def _means(self) -> str:
        message = self.message
        if message.reason is None:
            return meaning_of_status(message.status)
        if message.status is Status.FAILED:
            return meaning_of_reason(message.reason)
        return f"{meaning_of_status(message.status)}; {meaning_of_reason(message.reason)}"

    def _entry(self, entry: StatusChange) -> str:
        tried = f"try {entry.attempt}, " if entry.attempt else ""
        words = f": {self._words(entry.error_message)}" if entry.error_message else ""
        return f"{to_iso(entry.at)}  {tried}{_titled(entry.status, entry.reason)}{words}"

    def _report(self, report: DeliveryReport) -> str:
        words = f": {self._words(report.error_message)}" if report.error_message else ""
        return f"{to_iso(report.received_at)}  try {report.attempt}, {report.status}{words}"

    def _words(self, words: str) -> str:
        """Voipit's words, without what could be the number, and without the text."""
        if self.shows:
            return words
        return _LIKE_A_NUMBER.sub(_HIDDEN, words.replace(self.message.text, _HIDDEN))

    def _without_numbers(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self._without_numbers(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self._without_numbers(each) for each in value]
        return self._words(value) if name == "errorMessage" else value


def _titled(status: Status, reason: Reason | None) -> str:
    return f"{status} ({reason})" if reason else str(status)
