"""Record a delivery report: the first one counts, and nothing of ours undoes it."""

from dataclasses import dataclass
from enum import StrEnum, unique

from sms_gateway.domain.message import Change
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.report import DeliveryReport
from sms_gateway.use_cases.ports import ChangeRefusedError, Messages


@unique
class Recorded(StrEnum):
    """What became of a report. All of these are acknowledged."""

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

        A contradicting report changes nothing but is kept and counted. Raises
        `StoreUnavailableError`: the report is not recorded and must not be acknowledged.
        """
        try:
            self.messages.change(key, Change.reported(report))
        except ChangeRefusedError as refused:
            if refused.stored is None:
                return Recorded.UNKNOWN_MESSAGE
            if refused.stored.agrees_with(report):
                return Recorded.REPEATED
            self.messages.note_contradiction(key, report)
            return Recorded.CONTRADICTING
        return Recorded.RECORDED
