"""What the values of a notification mean: Voipit's words for a delivery report (voipit-api.md §1).

The signed URL decides which message a notification is about, and its `status` what it says. The
words around it can differ from the documented ones: they are counted, and stop nothing
(docs/decisions/2026-11-26-a-known-status-counts.md).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum, unique
from typing import Final, TypeAlias

from sms_gateway.adapters.voipit.provider_text import clean_provider_text
from sms_gateway.domain.report import DeliveryReport, ReportStatus

Values: TypeAlias = Sequence[tuple[str, str]]
"""Names and values of a notification as they were sent, in order; a name can come twice."""


@unique
class Described(StrEnum):
    """The fields of a report that only describe it, by Voipit's names for them."""

    API_NAME = "apiName"
    TYPE = "type"
    ID = "id"


_DOCUMENTED: Final = {Described.API_NAME: "sms", Described.TYPE: "deliveryReport"}


@unique
class NoReport(StrEnum):
    """Why a notification is no report; may be logged."""

    NO_STATUS = "no status"
    UNKNOWN_STATUS = "an unknown status"
    TWO_STATUSES = "two statuses"


def read_status(values: Values) -> ReportStatus | NoReport:
    """What the values say has become of the message.

    A word we do not know is never taken for `error`: that would be a guess (nyaruka/courier#1067).
    Nor is one of two that contradict each other.
    """
    words = {word.lower() for word in _said(values, "status")}
    known = [status for status in ReportStatus if status in words]
    if len(known) > 1:
        return NoReport.TWO_STATUSES
    if known:
        return known[0]
    return NoReport.UNKNOWN_STATUS if words else NoReport.NO_STATUS


def read_report(
    values: Values, *, attempt: int, received_at: datetime
) -> DeliveryReport | NoReport:
    """The report in the values of a notification that came to a URL of ours.

    Case, and white space around names and words, mean nothing. Of several `errorMessage`s the
    first one that says something counts.
    """
    status = read_status(values)
    if isinstance(status, NoReport):
        return status
    error_message = None
    if status is ReportStatus.ERROR:
        error_message = next(_said(values, "errorMessage"), None)
    return DeliveryReport(status, attempt, received_at, error_message)


def unlike_documented(values: Values, message_id: str) -> tuple[Described, ...]:
    """Which of `apiName`, `type` and `id` do not say what a report about this message would say.

    `id` is compared to the letter, the others are words. One that is missing is among them.
    """
    odd = [
        name
        for name, word in _DOCUMENTED.items()
        if {said.lower() for said in _said(values, name)} != {word.lower()}
    ]
    is_odd = set(_said(values, Described.ID)) != {message_id}
    return (*odd, Described.ID) if is_odd else tuple(odd)


def _said(values: Values, name: str) -> Iterator[str]:
    """Every value of this name that is not blank, without what stands around it."""
    for given, text in values:
        if (clean_provider_text(given) or "").lower() == name.lower():
            said = clean_provider_text(text)
            if said is not None:
                yield said
