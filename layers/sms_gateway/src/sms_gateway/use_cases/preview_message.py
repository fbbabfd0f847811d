"""Tell what would become of a message, or of many, and change nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.errors import GatewayError
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
from sms_gateway.use_cases.send_batch import BatchItem


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


BatchPreview: TypeAlias = Preview | GatewayError
"""What would become of one item of a batch, or why it cannot be read."""


@dataclass(frozen=True, slots=True)
class PreviewMessage:
    """`POST /messages/preview`. Without `suppressions` the do-not-contact list is not looked at."""

    phone_numbers: PhoneNumbers
    text_rules: TextRules
    suppressions: Suppressions | None
    now: Clock

    def __call__(self, request: SendRequest) -> Preview:
        """The very rules of `POST /messages`.

        Raises:
            TokenNotAllowedError: the page's token is for another number, so nothing is told of it.
            StoreUnavailableError: the table did not answer.
        """
        number = self.phone_numbers.examine(request.phone_number)
        if request.access is not None and number.number is not None:
            request.access.check_covers(number.number)
        on_the_list: frozenset[PhoneNumber] = frozenset()
        if self.suppressions is not None and number.number and self.suppressions.get(number.number):
            on_the_list = frozenset({number.number})
        return self._judge(request, number, on_the_list)

    def each(self, items: Sequence[BatchItem]) -> list[BatchPreview]:
        """`POST /messages/preview/batch`: one result per item (100 at most), in order.

        An error is what stands in the place of an item that cannot be read. The do-not-contact list
        is looked at once for all items. Raises `StoreUnavailableError`.
        """
        read: list[tuple[SendRequest, ExaminedNumber] | GatewayError] = [
            item
            if isinstance(item, GatewayError)
            else (item, self.phone_numbers.examine(item.phone_number))
            for item in items
        ]
        on_the_list: frozenset[PhoneNumber] = frozenset()
        if self.suppressions is not None:
            numbers = [each[1].number for each in read if not isinstance(each, GatewayError)]
            on_the_list = self.suppressions.among({number for number in numbers if number})
        return [
            each if isinstance(each, GatewayError) else self._judge(*each, on_the_list)
            for each in read
        ]

    def _judge(
        self, request: SendRequest, number: ExaminedNumber, on_the_list: frozenset[PhoneNumber]
    ) -> Preview:
        text = self.text_rules.examine(request.text)
        return Preview(
            number,
            text,
            verdicts=(
                *number.verdicts,
                self._suppressed(number.number, on_the_list),
                *text.verdicts,
                *_time_verdicts(request, self.now()),
            ),
        )

    def _suppressed(
        self, phone_number: PhoneNumber | None, on_the_list: frozenset[PhoneNumber]
    ) -> Verdict:
        if self.suppressions is None or phone_number is None:
            return Verdict.not_checked("suppressed")
        return Verdict("suppressed", suppressed() if phone_number in on_the_list else None)


def _time_verdicts(request: SendRequest, now: datetime) -> tuple[Verdict, Verdict]:
    is_over = is_too_late(request.send_at, request.valid_until, now)
    return (
        Verdict("time-too-far-ahead", too_far_ahead(request, now)),
        Verdict("already-too-late", already_too_late() if is_over else None),
    )
