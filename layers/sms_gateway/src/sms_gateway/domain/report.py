"""A delivery report: what Voipit says has become of one try of a message."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Final

from sms_gateway.domain.status import Status, Trigger

MAX_ERROR_MESSAGE: Final = 500
"""Characters kept of a provider's words."""


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
