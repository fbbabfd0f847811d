"""Voipit's delivery report: what its values mean (voipit-api.md §1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Final

from sms_gateway.domain.errors import MalformedRequestError
from sms_gateway.domain.status import Status, Trigger

MAX_ERROR_MESSAGE: Final = 500
"""Characters kept of a provider's words."""

_REQUIRED: Final = ("apiName", "type", "status", "id")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@unique
class ReportStatus(StrEnum):
    """The two words Voipit documents."""

    SENT = "sent"
    ERROR = "error"


REPORTED: Final[dict[ReportStatus, tuple[Trigger, Status]]] = {
    ReportStatus.SENT: (Trigger.REPORTED_SENT, Status.SENT),
    ReportStatus.ERROR: (Trigger.REPORTED_ERROR, Status.FAILED),
}
"""What each word does to a message, and the status it stands for."""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """One report about one attempt. `error_message` only with `error`."""

    status: ReportStatus
    attempt: int
    received_at: datetime
    error_message: str | None = None


@dataclass(frozen=True, slots=True)
class Ignorable:
    """A well-formed notification that is none of our business; `why` may be logged."""

    why: str


def clean_provider_text(text: str) -> str | None:
    """A provider's words, without control characters and bounded; `None` if nothing is left."""
    return _UNPRINTABLE.sub(" ", text).strip()[:MAX_ERROR_MESSAGE] or None


def read_report(
    values: Mapping[str, str], *, attempt: int, received_at: datetime
) -> DeliveryReport | Ignorable:
    """The report in the values of a status notification.

    An unknown status or another API's notification is `Ignorable`, never a failure: turning a
    word we do not know into `failed` would be a guess (nyaruka/courier#1067).

    Raises:
        MalformedRequestError: a required value is missing or blank; the field is named.
    """
    for name in _REQUIRED:
        if not values.get(name, "").strip():
            raise MalformedRequestError(name, f"{name} is required in a delivery report.")
    if values["apiName"] != "sms":
        return Ignorable("another apiName")
    if values["type"] != "deliveryReport":
        return Ignorable("another type")
    try:
        status = ReportStatus(values["status"])
    except ValueError:
        return Ignorable("an unknown status")
    error_message = None
    if status is ReportStatus.ERROR:
        error_message = clean_provider_text(values.get("errorMessage", ""))
    return DeliveryReport(status, attempt, received_at, error_message)
