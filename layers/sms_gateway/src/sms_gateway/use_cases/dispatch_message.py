"""Try a message that waits: of a batch, scheduled, certainly not taken, or to be resent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.due import (
    LEASE,
    UNUSED_PAUSE,
    Wait,
    is_early,
    wait_at_least,
    wait_for,
    wait_unclaimed,
)
from sms_gateway.domain.errors import (
    ClientLimitError,
    GatewayError,
    InvalidValueError,
    LeftToQueueError,
    LimitReachedError,
    StoreUnavailableError,
    UnreadableRowError,
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
    Lookout,
    Messages,
    Seen,
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
    lookout: Lookout
    now: Clock
    chance: Callable[[], float]
    new_id: Callable[[datetime], str]

    def __call__(
        self, key: MessageKey, time_left: TimeLeft, unused_claim: str | None = None
    ) -> Message | None:
        """The message as it stands afterwards; `None` if there is none.

        `unused_claim`: see `DispatchQueue.enqueue_unused`.

        Raises:
            LeftToQueueError: the queue message that was received is done with.
            StoreUnavailableError: have the queue deliver it again.
        """
        message = self.messages.get(key)
        try:
            if message is not None and unused_claim is not None:
                message = self._without(unused_claim, message)
            if message is None or is_early(message, self.now()):
                return message  # an early one has another queue message, or `dueAt`
            return self._next(message, time_left)
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
        seen = self.lookout.look(message.phone_number)
        admission = self.gate.admit(seen.circuit)
        if isinstance(admission, Refusal):
            wait = wait_unclaimed(admission.reason, message, now, self.chance())
            return self._put_off(message, wait, is_counted=True)
        try:
            claimed = self._claimed(message, now, seen)
        except GatewayError as error:
            self.gate.give_back(admission)
            return self._stopped(message, error, now)
        except ChangeRefusedError:
            self.gate.give_back(admission)
            raise
        return self.hand_over(claimed, admission, time_left)

    def _claimed(self, message: Message, now: datetime, seen: Seen) -> Message:
        claim = self.new_id(now)
        change = Change.claiming(message, claim, now, now + LEASE)
        try:
            is_unlisted = seen.is_unlisted_at(self.now())
            return self.intake.claim(message, change, is_unlisted=is_unlisted)
        except ChangeRefusedError as refused:
            # The AWS client repeats a write whose answer was lost. If what is in the way is our own
            # claim, it is ours to send: no other process ever would.
            if refused.stored is None or not refused.stored.is_held_by(claim):
                raise
            return refused.stored
        except UnreadableRowError:
            raise  # the row is there, and another claim is in it
        except StoreUnavailableError as error:
            self._leave_to_queue(message, claim, error)
            raise

    def _leave_to_queue(self, message: Message, claim: str, error: StoreUnavailableError) -> None:
        """Have the message tried later whose claim was perhaps written, and certainly not used.

        Raises `LeftToQueueError` if the queue has taken it: if the received queue message came
        again as well, there would be twice as many each time. The row is told when the new one
        comes, or `watch` would add another every 90 seconds.
        """
        now, put_off = self.now(), message.put_off + 1
        wait = wait_at_least(message, now, UNUSED_PAUSE, self.chance())
        pause = wait.enqueue_in or UNUSED_PAUSE
        try:
            self.messages.postpone(message, wait.due_at, put_off=put_off, in_queue=True)
        except (ChangeRefusedError, StoreUnavailableError):
            # It was written, as far as can be told: free it before `watch` takes it for doubtful.
            put_off, pause = 0, UNUSED_PAUSE
        if self.queue.enqueue_unused(message.key, claim, pause):
            raise LeftToQueueError(str(error), put_off) from error

    def _stopped(self, message: Message, error: GatewayError, now: datetime) -> Message:
        """The next state of a message that a limit or the list has stopped. Raises other errors."""
        if isinstance(error, LimitReachedError):
            by_client = isinstance(error, ClientLimitError)
            reason = Reason.CLIENT_LIMIT if by_client else Reason.RECIPIENT_LIMIT
            wait = wait_at_least(message, now, error.retry_after, self.chance())
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
        self.messages.postpone(message, wait.due_at, reason, put_off, in_queue=wait.in_queue)
        if wait.enqueue_in is not None:
            self.queue.enqueue(message.key, wait.enqueue_in)
        return message
