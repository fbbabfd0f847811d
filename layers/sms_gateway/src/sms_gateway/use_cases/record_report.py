"""Record a delivery report: the first one counts, and nothing of ours undoes it."""

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.report import DeliveryReport
from sms_gateway.domain.status import FINAL
from sms_gateway.use_cases.ports import ChangeRefusedError, Messages

_LOOKS: Final = 4
"""How often a report looks anew at a message that changes under its hands: a claim, its outcome and
another report are all that can come in between."""


@unique
class Recorded(StrEnum):
    """The outcome of a report. All of these are acknowledged."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    CONTRADICTING = "contradicting"
    UNKNOWN_MESSAGE = "unknown-message"


@dataclass(frozen=True, slots=True)
class RecordReport:
    """A report for a message whose callback URL has been checked."""

    messages: Messages

    def __call__(self, key: MessageKey, report: DeliveryReport) -> Recorded:
        """Record the report by one conditional write.

        A contradicting report changes nothing but is kept and counted; so is an error report about
        one of two tries, as long as Voipit might have the other one. Raises
        `StoreUnavailableError`: the report is not recorded and must not be acknowledged.
        """
        try:
            self.messages.change(key, Change.reported(report))
        except ChangeRefusedError as refused:
            stored = refused.stored
        else:
            return Recorded.RECORDED
        for _ in range(_LOOKS):
            if stored is None:
                return Recorded.UNKNOWN_MESSAGE
            if stored.knows(report) or (stored.report is None and stored.agrees_with(report)):
                return Recorded.REPEATED
            is_first = stored.status not in FINAL and report.attempt in stored.open_tries
            if not (is_first or stored.agrees_with(report)):
                self.messages.note_contradiction(key, report)
                return Recorded.CONTRADICTING
            try:
                self._record_about_one_of_several(stored, report)
            except ChangeRefusedError as refused:
                stored = refused.stored  # another report, or our own outcome, was faster
            else:
                return Recorded.RECORDED
        raise StoreUnavailableError("Other processes keep changing the message.")

    def _record_about_one_of_several(self, stored: Message, report: DeliveryReport) -> None:
        """Record a report about a message that has, or had, another open try.

        That is an error report, or one that says of another try what the message ended with: both
        texts might have reached the phone, and the row shows it.
        """
        if stored.open_tries == {report.attempt}:
            self.messages.change(stored.key, Change.reported(report))
            return
        in_doubt = Change.reported_in_doubt(report, stored)
        if report.attempt == stored.attempt and stored.may_take(in_doubt):
            self.messages.change(stored.key, in_doubt)
        else:
            self.messages.close_try(stored, report)
