"""Try a message that waits: of a batch, scheduled, certainly not taken, or to be resent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.due import LEASE, Wait, wait_for, wait_for_room, wait_unclaimed
from sms_gateway.domain.errors import (
    ClientLimitError,
    GatewayError,
    InvalidValueError,
    LimitReachedError,
    StoreUnavailableError,
)
from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.patience import ENDS, SUPPRESSED, Step, next_step
from sms_gateway.domain.status import Reason, Status
from sms_gateway.use_cases.gate import Gate, Refusal
from sms_gateway.use_cases.hand_over import HandOver, TimeLeft, change_as_it_stands
from sms_gateway.use_cases.ports import (
    ChangeRefusedError,
    DispatchQueue,
    Intake,
    Messages,
)


@dataclass(frozen=True, slots=True)
class DispatchMessage:
    """What `dispatch` does with one queue message; doing it twice does no harm.

    `intake` looks once more at everything that can stop a message: it might have been stored long
    before its recipient came onto the do-not-contact list, or got what an hour allows.
    """

    messages: Messages
    intake: Intake
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
            return self._next(message, time_left) if message is not None else None
        except ChangeRefusedError as refused:
            return refused.stored  # another process was faster, or a report has come

    def _without(self, unused_claim: str, message: Message) -> Message:
        """The message with the claim taken away, if it is the one that it has."""
        now = self.now()

        def unused(seen: Message) -> Change:
            return Change.unused(seen, unused_claim, now, wait_for(seen, now).due_at)

        if message.attempt not in message.open_tries or not message.may_take(unused(message)):
            return message
        return change_as_it_stands(self.messages, message, unused)

    def _next(self, message: Message, time_left: TimeLeft) -> Message:
        now = self.now()
        step = next_step(message, now, self.hand_over.report_deadline)
        if step is Step.REST or (step is Step.WAIT and message.status is not Status.QUEUED):
            return message  # `watch` looks at it when its report is overdue
        if step is Step.WAIT:
            return self._put_off(message, wait_for(message, now))
        if step is not Step.TRY:
            trigger, reason = ENDS[message.status, step]
            change = Change.decided(trigger, message, now, reason=reason)
            return self.messages.change(message.key, change)
        admission = self.gate.admit()
        if isinstance(admission, Refusal):
            wait = wait_unclaimed(admission.reason, message, now, self.chance())
            return self._put_off(message, wait, is_counted=True)
        try:
            claimed = self._claimed(message, now)
        except GatewayError as error:
            self.gate.give_back(admission)
            return self._stopped(message, error, now)
        except ChangeRefusedError:
            self.gate.give_back(admission)
            raise
        return self.hand_over(claimed, admission, time_left)

    def _claimed(self, message: Message, now: datetime) -> Message:
        claim = self.new_id(now)
        try:
            return self.intake.claim(message, Change.claiming(message, claim, now, now + LEASE))
        except ChangeRefusedError as refused:
            # The AWS client repeats a write whose answer was lost. If what is in the way is our own
            # claim, it is ours to send: no other process ever would.
            if refused.stored is None or not refused.stored.is_held_by(claim):
                raise
            return refused.stored
        except StoreUnavailableError:
            # Whether it was written cannot be told. What is known is that nothing has left us.
            self.queue.enqueue_unused(message.key, claim)
            raise

    def _stopped(self, message: Message, error: GatewayError, now: datetime) -> Message:
        """The next state of a message that a limit or the list has stopped. Raises other errors."""
        if isinstance(error, LimitReachedError):
            by_client = isinstance(error, ClientLimitError)
            reason = Reason.CLIENT_LIMIT if by_client else Reason.RECIPIENT_LIMIT
            wait = wait_for_room(message, now, error.retry_after, self.chance())
            return self._put_off(message, wait, reason, is_counted=True)
        if isinstance(error, InvalidValueError):
            trigger, reason = SUPPRESSED[message.status], Reason.SUPPRESSED
            change = Change.decided(trigger, message, now, reason=reason)
            return self.messages.change(message.key, change)
        raise error

    def _put_off(
        self,
        message: Message,
        wait: Wait,
        reason: Reason | None = None,
        *,
        is_counted: bool = False,
    ) -> Message:
        put_off = message.put_off + 1 if is_counted else None
        self.messages.postpone(message, wait.due_at, reason, put_off)
        if wait.enqueue_in is not None:
            self.queue.enqueue(message.key, wait.enqueue_in)
        return message
