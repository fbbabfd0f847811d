"""A message, and the changes it can go through."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sms_gateway.domain.outcome import Outcome
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import REPORTED, DeliveryReport
from sms_gateway.domain.status import MOVES, Reason, Status, Trigger


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
    where `claim` is given, if that claim still holds.
    """

    trigger: Trigger
    at: datetime
    attempt: int
    reason: Reason | None = None
    error_message: str | None = None
    claim: str | None = None
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
    def after(cls, outcome: Outcome, claimed: "Message", at: datetime) -> "Change":
        """What the answer of Voipit, or its absence, does to the message that was claimed."""
        return cls(
            outcome.trigger,
            at,
            claimed.attempt,
            reason=outcome.reason,
            error_message=outcome.error_message,
            claim=claimed.claim,
        )

    @classmethod
    def reported(cls, report: DeliveryReport) -> "Change":
        """What a delivery report does, if it is the first."""
        trigger, status = REPORTED[report.status]
        return cls(
            trigger,
            report.received_at,
            report.attempt,
            reason=Reason.TRANSMISSION_ERROR if status is Status.FAILED else None,
            error_message=report.error_message,
            report=report,
        )


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is stored.

    `version` counts its changes of status from 1 without a gap: it is the `sequence` of the last
    event. `attempt` counts claims. `text` is the text as the phone will show it. `claim` is the
    token of whoever is calling Voipit, or did last. `history` ends with the current status.
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

    @classmethod
    def claimed(  # noqa: PLR0913  what a new message is made of, all by name
        cls,
        *,
        message_id: str,
        client: str,
        phone_number: PhoneNumber,
        text: str,
        metadata: Mapping[str, str],
        claim: str,
        at: datetime,
        kept_for: timedelta,
    ) -> "Message":
        """A new message whose sender calls Voipit at once: intent and claim in one."""
        return cls(
            message_id=message_id,
            client=client,
            phone_number=phone_number,
            text=text,
            status=Status.SENDING,
            version=1,
            attempt=1,
            created_at=at,
            updated_at=at,
            expires_at=at + kept_for,
            claim=claim,
            history=(StatusChange(Status.SENDING, at, 1),),
            metadata=metadata,
        )

    def is_same_intent_as(self, other: "Message") -> bool:
        """Whether both ask for the same thing: what makes a repeated `messageId` a replay."""
        mine = (self.client, self.phone_number, self.text, dict(self.metadata))
        return mine == (other.client, other.phone_number, other.text, dict(other.metadata))

    def may_take(self, change: Change) -> bool:
        """Whether the table of moves, and the claim, allow this change."""
        holds = change.claim is None or change.claim == self.claim
        return holds and self.status in change.sources

    def after(self, change: Change) -> "Message":
        """The message with the change made. Ask `may_take` first."""
        return replace(
            self,
            status=change.target,
            version=self.version + 1,
            updated_at=change.at,
            reason=change.reason,
            error_message=change.error_message,
            report=change.report or self.report,
            history=(*self.history, change.entry),
        )

    def agrees_with(self, report: DeliveryReport) -> bool:
        """Whether the message already says what the report says."""
        return self.status is REPORTED[report.status][1]
