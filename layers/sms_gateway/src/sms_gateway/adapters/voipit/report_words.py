"""What the values of a notification mean: Voipit's words for a delivery report (voipit-api.md §1).

The signed URL decides which message a notification is about, and its `status` what it says. The
words around it can differ from the documented ones: they are counted, and stop nothing
(docs/decisions/2026-11-26-a-known-status-counts.md).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum, unique
from typing import Final, TypeAlias

from sms_gateway.domain.report import MAX_ERROR_MESSAGE, DeliveryReport, ReportStatus

_DOCUMENTED: Final = {"apiName": "sms", "type": "deliveryReport"}
_PLANES: Final = range(0x1FFFF, 0x110000, 0x10000)
_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(last - 1)}{chr(last)}" for last in _PLANES)
    + "]+"
)
"""Control characters, lone surrogates, and the 66 non-characters (Unicode, chapter 23.7)."""

Values: TypeAlias = Sequence[tuple[str, str]]
"""Names and values of a notification as they were sent, in order; a name can come twice."""


@unique
class NoReport(StrEnum):
    """Why a notification is no report; may be logged."""

    NO_STATUS = "no status"
    UNKNOWN_STATUS = "an unknown status"
    TWO_STATUSES = "two statuses"


def clean_provider_text(text: str) -> str | None:
    """A provider's words as they may be stored, logged and published, or `None` if none is left.

    Without control characters, lone surrogates and non-characters, `MAX_ERROR_MESSAGE` at most.
    """
    return _UNPRINTABLE.sub(" ", text).strip()[:MAX_ERROR_MESSAGE] or None


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


def unlike_documented(values: Values, message_id: str) -> tuple[str, ...]:
    """Which of `apiName`, `type` and `id` do not say what a report about this message would say.

    `id` is compared to the letter, the others are words. One that is missing is among them.
    """
    odd = [
        name
        for name, word in _DOCUMENTED.items()
        if {said.lower() for said in _said(values, name)} != {word.lower()}
    ]
    return (*odd, "id") if set(_said(values, "id")) != {message_id} else tuple(odd)


def _said(values: Values, name: str) -> Iterator[str]:
    """Every value of this name that is not blank, without what stands around it."""
    for given, text in values:
        if (clean_provider_text(given) or "").lower() == name.lower():
            said = clean_provider_text(text)
            if said is not None:
                yield said
