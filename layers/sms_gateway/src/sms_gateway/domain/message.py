"""A message, and the changes it can go through."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final, TypeAlias

from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.outcome import Outcome
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import REPORTED, DeliveryReport, ReportStatus
from sms_gateway.domain.status import MOVES, Reason, Status, Trigger

DEFAULT_VALIDITY: Final = timedelta(hours=24)
"""How long a message without `validUntil` may wait for being sent."""

OpenTries: TypeAlias = frozenset[int]
"""Tries that Voipit has, or possibly has, and that no report is about yet."""

NO_TRY: Final[OpenTries] = frozenset()

_IN_DOUBT: Final = {
    Trigger.NOT_TAKEN: Trigger.NOT_TAKEN_IN_DOUBT,
    Trigger.UNUSED: Trigger.UNUSED_IN_DOUBT,
    Trigger.REFUSED: Trigger.REFUSED_IN_DOUBT,
}
"""What is certainly not with Voipit, and what it is called while an earlier try might be."""

SETTLES_WITHIN: Final = timedelta(days=2)
"""After `valid_to` a message still waits for its report: a day at most, and some to spare. Its row
is kept for that long in any case, so that it never disappears unsettled."""


@unique
class OnUnconfirmed(StrEnum):
    """What the caller wants when the gateway does not know whether Voipit took the message."""

    HOLD = "hold"
    """Never send it twice, even if it might not have been sent at all."""
    RESEND = "resend"
    """Rather twice than not at all. (Twice, and not three times.)"""


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
    where they are given, if the `claim` still holds, and if the message still has the `version`
    and the open tries (`seen_open`) that the change was decided on. With `only_open_try` no other
    try can be open. `due_at` is when to look at the message next; `None`: never; `in_queue`: the
    queue is told of it as well. `attempt` is the
    try it belongs to, and `new_claim` the claim it makes, if it makes one. `leaves_open`, `resent`
    and `counted_at` are what the message has afterwards; `None`: what it had before. `report` is
    the one that decides its status, `kept_report` is kept beside others that did not.
    """

    trigger: Trigger
    at: datetime
    attempt: int
    reason: Reason | None = None
    error_message: str | None = None
    claim: str | None = None
    version: int | None = None
    new_claim: str | None = None
    seen_open: OpenTries | None = None
    only_open_try: int | None = None
    leaves_open: OpenTries | None = None
    resent: bool | None = None
    counted_at: datetime | None = None
    due_at: datetime | None = None
    in_queue: bool = False
    report: DeliveryReport | None = None
    kept_report: DeliveryReport | None = None

    @property
    def target(self) -> Status:
        """The status the message has afterwards."""
        return MOVES[self.trigger].target

    @property
    def sources(self) -> frozenset[Status]:
        """The statuses it is allowed to have before."""
        return MOVES[self.trigger].sources

    @property
    def entry(self) -> StatusChange:
        """The line it adds to the history."""
        return StatusChange(self.target, self.at, self.attempt, self.reason, self.error_message)

    @classmethod
    def after(
        cls,
        outcome: Outcome,
        claimed: "Message",
        at: datetime,
        due_at: datetime | None,
        *,
        in_queue: bool = False,
    ) -> "Change":
        """What the answer of Voipit, or its absence, does to the message that was claimed.

        `in_queue`: the queue will be told of it. Once an earlier try is in doubt, nothing that is
        learnt about this one alone ends that.
        """
        change = cls(
            outcome.trigger,
            at,
            claimed.attempt,
            reason=outcome.reason,
            error_message=outcome.error_message,
            claim=claimed.claim,
            due_at=due_at,
            in_queue=in_queue,
        )
        if outcome.trigger in _IN_DOUBT:
            return change.not_at_voipit(claimed)
        return change

    @classmethod
    def claiming(cls, message: "Message", claim: str, at: datetime, due_at: datetime) -> "Change":
        """The next try of a message that waits; of all who ask, one gets it."""
        is_resend = message.status is Status.UNCONFIRMED
        attempt = message.attempt + 1
        return cls(
            Trigger.RESEND_CLAIMED if is_resend else Trigger.CLAIMED,
            at,
            attempt,
            version=message.version,
            new_claim=claim,
            leaves_open=message.open_tries | {attempt},
            resent=is_resend,
            counted_at=at,
            due_at=due_at,
        )

    @classmethod
    def unused(cls, message: "Message", claim: str, at: datetime, due_at: datetime) -> "Change":
        """The change of a message whose claim has certainly sent nothing, and never will."""
        return cls(
            Trigger.UNUSED,
            at,
            message.attempt,
            reason=Reason.STORE_UNAVAILABLE,
            claim=claim,
            due_at=due_at,
        ).not_at_voipit(message)

    def not_at_voipit(self, message: "Message") -> "Change":
        """This change of a message whose latest try is certainly not with Voipit, seen as it is.

        If an earlier try is open, the doubt about it stays. If there was one, and an error report
        about it has come meanwhile, that is what the message ends with.
        """
        left = message.open_tries - {message.attempt}
        change = replace(self, seen_open=message.open_tries, leaves_open=left)
        if left:
            # A refusal is an answer: the second try is spent. Otherwise it may be made once more.
            is_spent = self.trigger is Trigger.REFUSED
            return replace(change, trigger=_IN_DOUBT[self.trigger], resent=is_spent)
        if message.resent and self.trigger is not Trigger.REFUSED:
            return replace(
                change,
                trigger=Trigger.REPORTED_ERROR,
                reason=Reason.TRANSMISSION_ERROR,
                error_message=message.told_of_an_error,
                due_at=None,
                in_queue=False,
            )
        return change

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

        That one try has failed tells nothing of another one, which Voipit might have as well.
        """
        trigger, status = REPORTED[report.status]
        return cls(
            trigger,
            report.received_at,
            report.attempt,
            reason=Reason.TRANSMISSION_ERROR if status is Status.FAILED else None,
            error_message=report.error_message,
            only_open_try=report.attempt if status is Status.FAILED else None,
            leaves_open=NO_TRY,
            report=report,
        )

    @classmethod
    def reported_in_doubt(cls, report: DeliveryReport, message: "Message") -> "Change":
        """What an error report about the latest try does while an earlier one is open."""
        return replace(
            cls.reported(report),
            trigger=Trigger.REPORTED_ERROR_IN_DOUBT,
            version=message.version,
            only_open_try=None,
            seen_open=message.open_tries,
            leaves_open=message.open_tries - {report.attempt},
            report=None,
            kept_report=report,
        )


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is stored.

    `client` is its client's name. `cut_from` is the length, in septets, of the text that was
    asked for, if it was cut. `version` counts its changes of status from 1 without a gap:
    it is the `sequence` of the last event. `attempt` counts claims. `text` is the text as the phone
    will show it. `claim` is the token of the process that stored it, is calling Voipit,
    or did last. `resent`: whether the second try that `onUnconfirmed` allows is under way or spent.
    `counted_at` is the time under which its latest sending counts for its recipient; none, if it is
    scheduled and was not tried yet. `put_off` is how many times it could not even be claimed.
    `from_page`: whether a page has sent it, with an access token.
    `contradicting_reports` are those that did not decide what the status is. `history` ends with
    the current status. `due_at` is when `watch` has to look at it; settled messages have none.
    `in_queue`: the queue was told of it, so `due_at` is when the queue should have handed it out.
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
    open_tries: OpenTries = NO_TRY
    resent: bool = False
    counted_at: datetime | None = None
    put_off: int = 0
    from_page: bool = False
    in_queue: bool = False

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
        from_page: bool = False,
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
            counted_at=None if send_at is not None and send_at > at else at,
            from_page=from_page,
        )
        settled_by = message.valid_to + SETTLES_WITHIN
        return replace(message, expires_at=max(message.expires_at, settled_by))

    def claimed(self, due_at: datetime) -> "Message":
        """This new message, sent by who stores it: intent and claim in one write."""
        entry = StatusChange(Status.SENDING, self.created_at, 1)
        return replace(
            self,
            status=Status.SENDING,
            attempt=1,
            open_tries=frozenset({1}),
            due_at=due_at,
            history=(entry,),
        )

    def waiting(
        self, reason: Reason | None, due_at: datetime, *, in_queue: bool = False
    ) -> "Message":
        """This new message, to be sent later by another process; the queue might be told of it."""
        entry = StatusChange(Status.QUEUED, self.created_at, 0, reason)
        return replace(self, reason=reason, due_at=due_at, in_queue=in_queue, history=(entry,))

    @property
    def wants_resend(self) -> bool:
        """Whether the second try that the caller has asked for is still to come."""
        chosen = self.on_unconfirmed is OnUnconfirmed.RESEND
        return chosen and not self.resent and bool(self.open_tries)

    @property
    def doubted_at(self) -> datetime:
        """Since when it is `unconfirmed` for a try that is still open."""
        return next(
            (
                entry.at
                for entry in self.history
                if entry.status is Status.UNCONFIRMED and entry.attempt in self.open_tries
            ),
            self.updated_at,
        )

    @property
    def counts_once_more(self) -> bool:
        """Whether its next try is a sending that is not counted yet, beside those that are."""
        is_first_resend = self.attempt in self.open_tries and self.status is Status.UNCONFIRMED
        return self.counted_at is None or is_first_resend

    @property
    def told_of_an_error(self) -> str | None:
        """Voipit's words in the first error report about a try that is not the latest."""
        reports = self.contradicting_reports
        return next((r.error_message for r in reports if r.status is ReportStatus.ERROR), None)

    def is_held_by(self, claim: str) -> bool:
        """Whether this claim is still calling Voipit for it."""
        return self.status is Status.SENDING and self.claim == claim

    def knows(self, report: DeliveryReport) -> bool:
        """Whether it holds a report that says the same about the same try."""
        known = (self.report, *self.contradicting_reports)
        return (report.attempt, report.status) in {(r.attempt, r.status) for r in known if r}

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
        """Whether the table of moves, the claim, the version and the open tries allow it."""
        return (
            self.status in change.sources
            and change.claim in (None, self.claim)
            and change.version in (None, self.version)
            and change.seen_open in (None, self.open_tries)
            and (change.only_open_try is None or self.open_tries <= {change.only_open_try})
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
            in_queue=change.in_queue,
            reason=change.reason,
            error_message=change.error_message,
            report=change.report or self.report,
            contradicting_reports=(
                *self.contradicting_reports,
                *([change.kept_report] if change.kept_report else ()),
            ),
            open_tries=self.open_tries if change.leaves_open is None else change.leaves_open,
            resent=self.resent if change.resent is None else change.resent,
            counted_at=change.counted_at or self.counted_at,
            history=(*self.history, change.entry),
        )

    def agrees_with(self, report: DeliveryReport) -> bool:
        """Whether the message already says what the report says."""
        return self.status is REPORTED[report.status][1]
