"""Try a queued message: batch, scheduled, or certainly not taken the last time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.due import (
    LEASE,
    Step,
    Wait,
    next_step,
    wait_after,
    wait_for,
)
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.status import Reason, Status, Trigger
from sms_gateway.use_cases.gate import Gate, Refusal
from sms_gateway.use_cases.hand_over import HandOver, TimeLeft
from sms_gateway.use_cases.ports import (
    ChangeRefusedError,
    DispatchQueue,
    Messages,
    Suppressions,
)

ENDS = {
    Step.TOO_LATE: (Trigger.VALIDITY_ENDED, Reason.TOO_LATE),
    Step.GIVE_UP: (Trigger.GIVEN_UP, Reason.UNREACHABLE),
}
"""The steps that end a queued message without a try."""


@dataclass(frozen=True, slots=True)
class DispatchMessage:
    """What `dispatch` does with one queue message; doing it twice does no harm.

    `suppressions`: the do-not-contact list, unless nobody is to look at it. A message may have been
    stored long before its recipient was entered.
    """

    messages: Messages
    suppressions: Suppressions | None
    gate: Gate
    hand_over: HandOver
    queue: DispatchQueue
    now: Clock
    chance: Callable[[], float]
    new_id: Callable[[datetime], str]

    def __call__(
        self, key: MessageKey, time_left: TimeLeft, unused_claim: str | None = None
    ) -> Message | None:
        """The message as it stands afterwards; `None` if there is none.

        `unused_claim`: see `DispatchQueue.enqueue_unused`.

        Raises `StoreUnavailableError`: have the queue deliver it again.
        """
        message = self.messages.get(key)
        try:
            if message is not None and unused_claim is not None:
                message = self._without(unused_claim, message)
            if message is None or message.status is not Status.QUEUED:
                return message
            return self._next(message, time_left)
        except ChangeRefusedError as refused:
            return refused.stored  # somebody else was faster, or a report has come

    def _without(self, unused_claim: str, message: Message) -> Message:
        """The message with the claim taken away, if it is the one that it has."""
        now = self.now()
        change = Change.unused(message, unused_claim, now, wait_for(message, now).due_at)
        if not message.may_take(change):
            return message
        return self.messages.change(message.key, change)

    def _next(self, message: Message, time_left: TimeLeft) -> Message:
        now = self.now()
        step = next_step(message, now)
        if step in ENDS:
            trigger, reason = ENDS[step]
            change = Change.decided(trigger, message, now, reason=reason)
            return self.messages.change(message.key, change)
        if step is Step.WAIT:
            return self._put_off(message, wait_for(message, now))
        admission = self.gate.admit()
        if isinstance(admission, Refusal):
            wait = wait_after(admission.reason, message, now, self.chance())
            return self._put_off(message, wait)
        try:
            message = self._claim(message, now)
        except (ChangeRefusedError, StoreUnavailableError):
            self.gate.give_back(admission)
            raise
        if message.status is not Status.SENDING:
            self.gate.give_back(admission)
            return message
        return self.hand_over(message, admission, time_left)

    def _claim(self, message: Message, now: datetime) -> Message:
        """The message claimed; or ended, if it must not be sent any more."""
        if self.suppressions is not None and self.suppressions.get(message.phone_number):
            reason = Reason.SUPPRESSED
            change = Change.decided(Trigger.SUPPRESSED, message, now, reason=reason)
        else:
            change = Change.claiming(message, self.new_id(now), now, now + LEASE)
        try:
            return self.messages.change(message.key, change)
        except ChangeRefusedError as refused:
            # The AWS client repeats a write whose answer was lost. If what is in the way is our own
            # claim, it is ours to send: nobody else ever would.
            if refused.stored is None or refused.stored.claim != change.new_claim:
                raise
            return refused.stored
        except StoreUnavailableError:
            # Nobody knows whether it was written. What is known is that nothing has left us.
            if change.new_claim is not None:
                self.queue.enqueue_unused(message.key, change.new_claim)
            raise

    def _put_off(self, message: Message, wait: Wait) -> Message:
        self.messages.postpone(message, wait.due_at)
        if wait.enqueue_in is not None:
            self.queue.enqueue(message.key, wait.enqueue_in)
        return message
