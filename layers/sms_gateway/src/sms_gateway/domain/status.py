"""The statuses of a message and the whole table of moves between them.

This table is the only place that knows which move is allowed: the adapters read their write
conditions off it, so that the table in DynamoDB refuses whatever this one does not name.
"""

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final


@unique
class Status(StrEnum):
    """Where a message stands. The value is what callers, events and the table see."""

    QUEUED = "queued"
    """Stored; waits for its time, its turn or its next try. Certainly not at Voipit."""
    SENDING = "sending"
    """Claimed: a process is calling Voipit now, or died doing it."""
    SUBMITTED = "submitted"
    """Voipit answered ok; its report is awaited."""
    UNCONFIRMED = "unconfirmed"
    """Voipit might have it: a request left us and no clear answer came back."""
    NO_REPORT = "no_report"
    """The report deadline passed in silence. A late report still counts."""
    SENT = "sent"
    """Report: the carrier has it. (Not: the handset has it.)"""
    FAILED = "failed"
    """It was not sent; the reason says why."""
    CANCELLED = "cancelled"
    """The caller took it back before any try."""


FINAL: Final = frozenset({Status.SENT, Status.FAILED, Status.CANCELLED})
"""Never left again."""

SETTLED: Final = FINAL | {Status.NO_REPORT}
"""Nothing more will happen unless a late report arrives."""

NEEDS_ATTENTION: Final = frozenset({Status.FAILED, Status.UNCONFIRMED, Status.NO_REPORT})
"""The statuses an operator looks for: it was not sent, or no report says that it was."""


@unique
class Reason(StrEnum):
    """Why a message stands where it stands; part of the public contract."""

    # of `failed`
    TRANSMISSION_ERROR = "transmission-error"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TOO_LATE = "too-late"
    SUPPRESSED = "suppressed"
    # of `queued` after a try: the request certainly was not taken
    NO_CONNECTION = "no-connection"
    CREDENTIALS_REJECTED = "credentials-rejected"
    IP_BLOCKED = "ip-blocked"
    FORBIDDEN = "forbidden"
    PATH_NOT_FOUND = "path-not-found"
    THROTTLED = "throttled"
    SECRET_UNAVAILABLE = "secret-unavailable"  # noqa: S105  a name, not a secret
    NO_TIME_LEFT = "no-time-left"
    STORE_UNAVAILABLE = "store-unavailable"
    CIRCUIT_OPEN = "circuit-open"
    ACCOUNT_UNPROVEN = "account-unproven"
    ACCOUNT_MISSING = "account-missing"
    # of what waits, `queued` or `unconfirmed`, until there is room
    RECIPIENT_LIMIT = "recipient-limit"
    CLIENT_LIMIT = "client-limit"
    # of `unconfirmed`: the request left us and its fate is unknown
    NO_ANSWER_IN_TIME = "no-answer-in-time"
    CONNECTION_CUT = "connection-cut"
    SERVER_ERROR = "server-error"
    UNREADABLE_ANSWER = "unreadable-answer"
    CLAIM_EXPIRED = "claim-expired"


@unique
class Trigger(StrEnum):
    """What can happen to a stored message."""

    CLAIMED = "claimed"
    RESEND_CLAIMED = "claimed again, caller chose to resend"
    CANCELLED = "cancelled"
    VALIDITY_ENDED = "validity ended"
    GIVEN_UP = "given up"
    SUPPRESSED = "recipient suppressed"
    ACCEPTED = "accepted by Voipit"
    REFUSED = "refused by Voipit"
    REFUSED_IN_DOUBT = "second try refused by Voipit"
    NOT_TAKEN = "certainly not taken"
    NOT_TAKEN_IN_DOUBT = "second try certainly not taken"
    UNUSED = "claim was not used"
    UNUSED_IN_DOUBT = "claim of the second try was not used"
    UNCLEAR = "no clear answer"
    REPORTED_SENT = "report: sent"
    REPORTED_ERROR = "report: error"
    REPORTED_ERROR_IN_DOUBT = "report: error about the second try alone"
    REPORT_OVERDUE = "report overdue"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: from any of `sources` to `target`."""

    sources: frozenset[Status]
    target: Status


_AWAITING_A_REPORT: Final = frozenset(
    {Status.SENDING, Status.SUBMITTED, Status.UNCONFIRMED, Status.QUEUED, Status.NO_REPORT}
)
_IN_FLIGHT: Final = frozenset({Status.SUBMITTED, Status.UNCONFIRMED})
_WAITING: Final = frozenset({Status.QUEUED})
_CLAIMED: Final = frozenset({Status.SENDING})
_CLAIMED_OR_EXPIRED: Final = frozenset({Status.SENDING, Status.UNCONFIRMED})

MOVES: Final[dict[Trigger, Move]] = {
    Trigger.CLAIMED: Move(_WAITING, Status.SENDING),
    Trigger.RESEND_CLAIMED: Move(frozenset({Status.UNCONFIRMED}), Status.SENDING),
    Trigger.CANCELLED: Move(_WAITING, Status.CANCELLED),
    Trigger.VALIDITY_ENDED: Move(_WAITING, Status.FAILED),
    Trigger.GIVEN_UP: Move(_WAITING, Status.FAILED),
    Trigger.SUPPRESSED: Move(_WAITING, Status.FAILED),
    Trigger.ACCEPTED: Move(_CLAIMED, Status.SUBMITTED),
    Trigger.REFUSED: Move(_CLAIMED, Status.FAILED),
    Trigger.REFUSED_IN_DOUBT: Move(_CLAIMED, Status.NO_REPORT),
    Trigger.NOT_TAKEN: Move(_CLAIMED, Status.QUEUED),
    Trigger.NOT_TAKEN_IN_DOUBT: Move(_CLAIMED, Status.UNCONFIRMED),
    Trigger.UNUSED: Move(_CLAIMED_OR_EXPIRED, Status.QUEUED),
    Trigger.UNUSED_IN_DOUBT: Move(_CLAIMED_OR_EXPIRED, Status.UNCONFIRMED),
    Trigger.UNCLEAR: Move(_CLAIMED, Status.UNCONFIRMED),
    Trigger.REPORTED_SENT: Move(_AWAITING_A_REPORT, Status.SENT),
    Trigger.REPORTED_ERROR: Move(_AWAITING_A_REPORT, Status.FAILED),
    Trigger.REPORTED_ERROR_IN_DOUBT: Move(_CLAIMED | _IN_FLIGHT, Status.NO_REPORT),
    Trigger.REPORT_OVERDUE: Move(_IN_FLIGHT, Status.NO_REPORT),
}
"""Every move there is. A message is created either `queued` or `sending`.

"In doubt": an earlier try might have been taken, so whatever happens to the second one alone, no
status may say that the message was not sent (`queued`, `failed`)."""
