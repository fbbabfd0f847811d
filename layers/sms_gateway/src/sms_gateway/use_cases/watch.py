"""Look after every message whose time has come, without an operator's help."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.due import RECHECK, wait_for
from sms_gateway.domain.errors import StoreUnavailableError, UnreadableRowError
from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.patience import ENDS, Step, next_step, overdue, resend_at
from sms_gateway.domain.status import Status, Trigger
from sms_gateway.use_cases.gate import Gate
from sms_gateway.use_cases.hand_over import TimeLeft
from sms_gateway.use_cases.ports import ChangeRefusedError, DispatchQueue, Messages

RUNS_EVERY: Final = timedelta(minutes=1)
SECONDS_TO_STOP: Final = 22.0
"""Kept free at the end of a run: a message can need a read, a write and the queue, all slow."""
FAILURES_IN_A_ROW: Final = 5
"""After so many messages that the table did not read or write, one behind the other, a run ends: it
is the table then, and not a row that another write is busy with."""


@dataclass(slots=True)
class Watched:
    """What one run has done."""

    looked_at: int = 0
    moved: int = 0
    enqueued: int = 0
    finished: bool = True
    """Whether everything that was due has been looked at."""
    broken: list[tuple[MessageKey, Exception]] = field(default_factory=list)
    """Messages that could not be looked at, and why. They stay due."""
    oldest_due: timedelta = timedelta()
    """How long ago the time of the message had come that was due for longest."""
    waiting_for_circuit: int = 0
    """Messages that were put off because the circuit is not closed."""
    circuit_is_closed: bool = True
    circuit_is_known: bool = True
    """Whether the circuit could be read. Otherwise nothing was let into the queue."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One run, every minute. Several at once do no harm: every change is conditional."""

    messages: Messages
    gate: Gate
    queue: DispatchQueue
    now: Clock
    report_deadline: timedelta
    drain_per_second: float

    def __call__(self, time_left: TimeLeft) -> Watched:
        """Look at what is due until nothing is, or until time is nearly out.

        Raises `StoreUnavailableError` if what is due cannot be told; the next run goes on.
        """
        watched = Watched()
        failures_in_a_row = 0
        watched.circuit_is_closed = self._look_after_the_circuit(watched)
        for key in self.messages.due(self.now()):
            if time_left() < SECONDS_TO_STOP or failures_in_a_row >= FAILURES_IN_A_ROW:
                watched.finished = False
                break
            try:
                self._look_at(key, watched)
            except ChangeRefusedError:
                failures_in_a_row = 0  # the table has answered; some other process was faster
            except Exception as error:  # noqa: BLE001  one row must not stop all that come after it
                watched.broken.append((key, error))
                is_the_table = isinstance(error, StoreUnavailableError)
                if is_the_table and not isinstance(error, UnreadableRowError):
                    failures_in_a_row += 1
            else:
                failures_in_a_row = 0
        return watched

    def _look_after_the_circuit(self, watched: Watched) -> bool:
        """Whether it is closed. What needs no call of Voipit goes on although that is not known."""
        try:
            return self.gate.look_after()
        except StoreUnavailableError:
            watched.circuit_is_known = False
            return False

    def _look_at(self, key: MessageKey, watched: Watched) -> None:
        message = self.messages.get(key)
        now = self.now()
        if message is None or message.due_at is None or message.due_at > now:
            return  # another process was faster
        watched.looked_at += 1
        watched.oldest_due = max(watched.oldest_due, now - message.due_at)
        step = next_step(message, now, self.report_deadline)
        if step is Step.WAIT and message.status is Status.UNCONFIRMED:
            self.messages.postpone(message, resend_at(message, self.report_deadline))
            return
        if step in {Step.TRY, Step.WAIT}:
            if watched.circuit_is_closed:
                self._let_in(message, now, watched)  # or leave it due, for the next run
            else:
                self.messages.postpone(message, min(now + RECHECK, message.valid_to))
                watched.waiting_for_circuit += 1
            return
        self.messages.change(message.key, self._change(message, step, now))
        watched.moved += 1

    def _let_in(self, message: Message, now: datetime, watched: Watched) -> None:
        """Put a message into the queue, behind those of this run: so many a second.

        A run lets in what fits into the minute until the next one; the rest stays due.
        First the new due time, then the queue: a process that dies in between costs a minute.
        """
        behind = timedelta(seconds=watched.enqueued / self.drain_per_second)
        if behind >= RUNS_EVERY:
            watched.finished = False
            return
        wait = wait_for(message, now, behind)
        self.messages.postpone(message, wait.due_at)
        if wait.enqueue_in is not None:
            self.queue.enqueue(message.key, wait.enqueue_in)
            watched.enqueued += 1

    def _change(self, message: Message, step: Step, now: datetime) -> Change:
        """The move of a message that is due, and is not to be tried."""
        trigger, reason = overdue(message) if step is Step.REST else ENDS[message.status, step]
        due_at = now + self.report_deadline if trigger is Trigger.UNCLEAR else None
        return Change.decided(trigger, message, now, reason=reason, due_at=due_at)
