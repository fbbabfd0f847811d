"""Tell what would become of a message, and change nothing."""

from dataclasses import dataclass
from datetime import datetime

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.guards import suppressed
from sms_gateway.domain.phone_number import ExaminedNumber, PhoneNumber
from sms_gateway.domain.text import ExaminedText, TextRules
from sms_gateway.domain.verdict import Verdict
from sms_gateway.use_cases.ports import PhoneNumbers, Suppressions
from sms_gateway.use_cases.prepare_message import (
    SendRequest,
    already_too_late,
    is_too_late,
    too_far_ahead,
)


@dataclass(frozen=True, slots=True)
class Preview:
    """What is known of the number and the text, and the verdict of every rule there is.

    `verdicts` are always as many, in the same order. (Limits are no rules of the message: they
    depend on what else is sent until then.)
    """

    number: ExaminedNumber
    text: ExaminedText
    verdicts: tuple[Verdict, ...]

    @property
    def accepted(self) -> bool:
        """Whether the message would be taken now, as far as the limits allow."""
        return not any(verdict.problem for verdict in self.verdicts)


@dataclass(frozen=True, slots=True)
class PreviewMessage:
    """`POST /messages/preview`. Without `suppressions` the do-not-contact list is not looked at."""

    phone_numbers: PhoneNumbers
    text_rules: TextRules
    suppressions: Suppressions | None
    now: Clock

    def __call__(self, request: SendRequest) -> Preview:
        """The very rules of `POST /messages`. Raises `StoreUnavailableError`."""
        number = self.phone_numbers.examine(request.phone_number)
        text = self.text_rules.examine(request.text)
        return Preview(
            number,
            text,
            verdicts=(
                *number.verdicts,
                self._suppressed(number.number),
                *text.verdicts,
                *_time_verdicts(request, self.now()),
            ),
        )

    def _suppressed(self, phone_number: PhoneNumber | None) -> Verdict:
        if self.suppressions is None or phone_number is None:
            return Verdict.not_checked("suppressed")
        on_the_list = self.suppressions.get(phone_number)
        return Verdict("suppressed", suppressed() if on_the_list else None)


def _time_verdicts(request: SendRequest, now: datetime) -> tuple[Verdict, Verdict]:
    is_over = is_too_late(request.send_at, request.valid_until, now)
    return (
        Verdict("time-too-far-ahead", too_far_ahead(request, now)),
        Verdict("already-too-late", already_too_late() if is_over else None),
    )
