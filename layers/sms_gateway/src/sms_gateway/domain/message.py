"""A message, and the changes it can go through."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.outcome import Outcome
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import REPORTED, DeliveryReport
from sms_gateway.domain.status import MOVES, Reason, Status, Trigger

DEFAULT_VALIDITY: Final = timedelta(hours=24)
"""How long a message without `validUntil` may wait for being sent."""


SETTLES_WITHIN: Final = timedelta(days=2)
"""After `valid_to` a message still waits for its report: a day at most, and some to spare. Its row
is kept for that long in any case, so that it never disappears unsettled."""


@unique
class OnUnconfirmed(StrEnum):
    """What the caller wants when nobody can tell whether Voipit took the message."""

    HOLD = "hold"
    """Never send it twice, even if it may not have been sent at all."""
    RESEND = "resend"
    """Rather twice than not at all."""


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One entry of a message's history."""

    status: Status
    at: datetime
    attempt: int
    reason: Reason | None = None
    error_message: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to a stored message: one conditional write.

    It applies only if the message's status is a source of `trigger` in the table of moves and,
    where they are given, if the `claim` still holds and the message still has the `version` that
    the change was decided on. `due_at` is when to look at the message next; `None`: never.
    `attempt` is the try it belongs to, and `new_claim` the claim it makes, if it makes one. What
    `ends_attempt` has nothing to say about a message that is being tried once more.
    """

    trigger: Trigger
    at: datetime
    attempt: int
    reason: Reason | None = None
    error_message: str | None = None
    claim: str | None = None
    version: int | None = None
    new_claim: str | None = None
    ends_attempt: bool = False
    due_at: datetime | None = None
    report: DeliveryReport | None = None

    @property
    def target(self) -> Status:
        """The status the message has afterwards."""
        return MOVES[self.trigger].target

    @property
    def sources(self) -> frozenset[Status]:
        """The statuses it may have before."""
        return MOVES[self.trigger].sources

    @property
    def entry(self) -> StatusChange:
        """The line it adds to the history."""
        return StatusChange(self.target, self.at, self.attempt, self.reason, self.error_message)

    @classmethod
    def after(
        cls, outcome: Outcome, claimed: "Message", at: datetime, due_at: datetime | None
    ) -> "Change":
        """What the answer of Voipit, or its absence, does to the message that was claimed."""
        return cls(
            outcome.trigger,
            at,
            claimed.attempt,
            reason=outcome.reason,
            error_message=outcome.error_message,
            claim=claimed.claim,
            due_at=due_at,
        )

    @classmethod
    def claiming(cls, message: "Message", claim: str, at: datetime, due_at: datetime) -> "Change":
        """The next try of a queued message; of all who ask, one gets it."""
        return cls(
            Trigger.CLAIMED,
            at,
            message.attempt + 1,
            version=message.version,
            new_claim=claim,
            due_at=due_at,
        )

    @classmethod
    def unused(cls, message: "Message", claim: str, at: datetime, due_at: datetime) -> "Change":
        """What becomes of a message whose claim has certainly sent nothing, and never will."""
        return cls(
            Trigger.UNUSED,
            at,
            message.attempt,
            reason=Reason.STORE_UNAVAILABLE,
            claim=claim,
            due_at=due_at,
        )

    @classmethod
    def decided(
        cls,
        trigger: Trigger,
        message: "Message",
        at: datetime,
        *,
        reason: Reason | None = None,
        due_at: datetime | None = None,
    ) -> "Change":
        """A change that was decided on what the message looked like when it was read."""
        return cls(
            trigger, at, message.attempt, reason=reason, version=message.version, due_at=due_at
        )

    @classmethod
    def reported(cls, report: DeliveryReport) -> "Change":
        """What a delivery report does, if it is the first.

        That one try has failed tells nothing of a later one, which may be with Voipit right now.
        """
        trigger, status = REPORTED[report.status]
        return cls(
            trigger,
            report.received_at,
            report.attempt,
            reason=Reason.TRANSMISSION_ERROR if status is Status.FAILED else None,
            error_message=report.error_message,
            ends_attempt=status is Status.FAILED,
            report=report,
        )


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is stored.

    `cut_from` is the length, in septets, of the text that was
    asked for, if it was cut. `version` counts its changes of status from 1 without a gap:
    it is the `sequence` of the last event. `attempt` counts claims. `text` is the text as the phone
    will show it. `claim` is the token of whoever stored it, is calling Voipit, or did last.
    `history` ends with the current status. `due_at` is when somebody has to look at it; settled
    messages have none.
    """

    message_id: str
    client: str
    phone_number: PhoneNumber
    text: str = field(repr=False)
    status: Status
    version: int
    attempt: int
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    claim: str
    history: tuple[StatusChange, ...]
    metadata: Mapping[str, str] = field(default_factory=dict, repr=False)
    reason: Reason | None = None
    error_message: str | None = field(default=None, repr=False)
    report: DeliveryReport | None = field(default=None, repr=False)
    contradicting_reports: tuple[DeliveryReport, ...] = ()
    send_at: datetime | None = None
    valid_until: datetime | None = None
    on_unconfirmed: OnUnconfirmed = OnUnconfirmed.HOLD
    due_at: datetime | None = None
    cut_from: int | None = None

    @property
    def key(self) -> MessageKey:
        """What it is known by."""
        return MessageKey(self.client, self.message_id)

    @property
    def valid_to(self) -> datetime:
        """From then on it is too late to send it."""
        if self.valid_until is not None:
            return self.valid_until
        # A `sendAt` that was over when the message came means "now".
        return max(self.send_at or self.created_at, self.created_at) + DEFAULT_VALIDITY

    @classmethod
    def new(  # noqa: PLR0913  what a new message is made of, all by name
        cls,
        *,
        message_id: str,
        client: str,
        phone_number: PhoneNumber,
        text: str,
        claim: str,
        at: datetime,
        kept_for: timedelta,
        metadata: Mapping[str, str],
        send_at: datetime | None = None,
        valid_until: datetime | None = None,
        on_unconfirmed: OnUnconfirmed = OnUnconfirmed.HOLD,
        cut_from: int | None = None,
    ) -> "Message":
        """A message that is `queued` and due at once; store it as `claimed` or as `waiting`."""
        message = cls(
            message_id=message_id,
            client=client,
            phone_number=phone_number,
            text=text,
            status=Status.QUEUED,
            version=1,
            attempt=0,
            created_at=at,
            updated_at=at,
            expires_at=max(send_at or at, at) + kept_for,
            claim=claim,
            history=(StatusChange(Status.QUEUED, at, 0),),
            metadata=metadata,
            send_at=send_at,
            valid_until=valid_until,
            on_unconfirmed=on_unconfirmed,
            due_at=at,
            cut_from=cut_from,
        )
        settled_by = message.valid_to + SETTLES_WITHIN
        return replace(message, expires_at=max(message.expires_at, settled_by))

    def claimed(self, due_at: datetime) -> "Message":
        """This new message, sent by who stores it: intent and claim in one write."""
        entry = StatusChange(Status.SENDING, self.created_at, 1)
        return replace(self, status=Status.SENDING, attempt=1, due_at=due_at, history=(entry,))

    def waiting(self, reason: Reason | None, due_at: datetime) -> "Message":
        """This new message, to be sent later by somebody else."""
        entry = StatusChange(Status.QUEUED, self.created_at, 0, reason)
        return replace(self, reason=reason, due_at=due_at, history=(entry,))

    def is_same_intent_as(self, other: "Message") -> bool:
        """Whether both ask for the same thing: what makes a repeated `messageId` a replay."""
        return self.intent == other.intent

    @property
    def intent(self) -> tuple[object, ...]:
        """Everything the caller has asked for."""
        return (
            self.client,
            self.phone_number,
            self.text,
            dict(self.metadata),
            self.send_at,
            self.valid_until,
            self.on_unconfirmed,
            self.cut_from,
        )

    def may_take(self, change: Change) -> bool:
        """Whether the table of moves, the claim, the version and the attempt allow this change."""
        return (
            self.status in change.sources
            and change.claim in (None, self.claim)
            and change.version in (None, self.version)
            and not (change.ends_attempt and self.attempt > change.attempt)
        )

    def after(self, change: Change) -> "Message":
        """The message with the change made. Ask `may_take` first."""
        return replace(
            self,
            status=change.target,
            version=self.version + 1,
            updated_at=change.at,
            attempt=change.attempt if change.new_claim else self.attempt,
            claim=change.new_claim or self.claim,
            due_at=change.due_at,
            reason=change.reason,
            error_message=change.error_message,
            report=change.report or self.report,
            history=(*self.history, change.entry),
        )

    def agrees_with(self, report: DeliveryReport) -> bool:
        """Whether the message already says what the report says."""
        return self.status is REPORTED[report.status][1]
