"""Look after every message whose time has come, without an operator's help."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from threading import Lock
from typing import Final, TypeAlias

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.due import QUEUE_GRACE, RECHECK, wait_for
from sms_gateway.domain.errors import StoreUnavailableError, UnreadableRowError
from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.patience import ENDS, Step, next_step, overdue, resend_at
from sms_gateway.domain.queue_progress import QueueProgress
from sms_gateway.domain.status import Status, Trigger
from sms_gateway.domain.waits import Waits
from sms_gateway.use_cases.gate import Gate
from sms_gateway.use_cases.hand_over import TimeLeft
from sms_gateway.use_cases.lanes import side_by_side
from sms_gateway.use_cases.ports import (
    HINTS_AT_ONCE,
    ChangeRefusedError,
    DispatchQueue,
    Due,
    Messages,
)

RUNS_EVERY: Final = timedelta(minutes=1)
SECONDS_TO_STOP: Final = 22.0
"""Kept free at the end of a run: a message can need a read, a write and the queue, all slow."""
SECONDS_FOR_THE_QUEUE: Final = 11.0
"""Of the time before that, a third is kept for what waits for the queue, however much else is due:
what is in doubt and to be resent is due every minute while the circuit is open."""
FAILURES_IN_A_ROW: Final = 5
"""After so many messages that the table did not read or write, and none in between that it did, no
other is begun: it is the table then, and not a row that another write is busy with. Those of the
other lanes that are under way come to their end."""
LEAST_SHARE: Final = 10
"""However full the queue is, a run lets in a tenth of what fits into an empty one: so what waits
outside comes in, and what the queue has lost, although other messages keep the queue full."""
_ROWS_AT_ONCE: Final = 100
_IN_A_LANE: Final = HINTS_AT_ONCE
"""Messages that a lane looks at one after the other: it puts them into the queue with one call."""

_Rows: TypeAlias = Mapping[MessageKey, Message | StoreUnavailableError]


@dataclass(slots=True)
class Watched:
    """What one run has done."""

    looked_at: int = 0
    moved: int = 0
    enqueued: int = 0
    finished: bool = True
    """Whether everything that was due has been looked at, or is still for the queue to hand out."""
    broken: list[tuple[MessageKey, Exception]] = field(default_factory=list)
    """Messages that could not be looked at, and why. They stay due. If none of the rows was shown
    that were asked for together, the first stands for all."""
    oldest_due: timedelta = timedelta()
    """How long ago the time of the message had come that was due for longest."""
    waiting_for_circuit: int = 0
    """Messages that were put off because the circuit is not closed."""
    circuit_is_closed: bool = True
    circuit_is_known: bool = True
    """Whether the circuit could be read. Otherwise nothing was let into the queue."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One run, every minute. Several at once do no harm: every change is conditional.

    `drain_per_second`: how many messages a second are let into the queue. `progress`: what this
    process has seen of the queue. `most_at_once`: how many messages are looked at side by side;
    with one they are looked at in order.
    """

    messages: Messages
    gate: Gate
    queue: DispatchQueue
    now: Clock
    report_deadline: timedelta
    drain_per_second: int
    progress: QueueProgress
    most_at_once: int

    def __call__(self, time_left: TimeLeft) -> Watched:
        """Look at what is due until nothing is, or until time is nearly out.

        Raises `StoreUnavailableError` if what is due cannot be told; the next run goes on.
        """
        return Run(self, time_left)()


class Run:
    """One run of `watch`, and what it has found out. Its lanes share it."""

    def __init__(self, watch: Watch, time_left: TimeLeft) -> None:
        self._watch = watch
        self._messages = watch.messages
        self._time_left = time_left
        self._watched = Watched()
        self._lock = Lock()
        self._asking = Lock()
        self._failures_in_a_row = 0
        self._kept = SECONDS_TO_STOP
        self._places_taken = 0
        self._known_backlog: int | None = None

    def __call__(self) -> Watched:
        """First what nothing but `watch` moves on; then what the queue has room for."""
        self._watched.circuit_is_closed = is_closed = self._look_after_the_circuit()
        now = self._watch.now()
        try:
            self._kept = SECONDS_TO_STOP + SECONDS_FOR_THE_QUEUE
            self._look_at_all(self._messages.due(Waits.FOR_VOIPIT, now), now)
        finally:  # that a part of the index does not answer says nothing about the others
            self._kept, self._failures_in_a_row = SECONDS_TO_STOP, 0
            self._look_at_all(self._to_be_tried(now), now, in_turn=is_closed)
        return self._watched

    def _look_after_the_circuit(self) -> bool:
        """Whether it is closed. What needs no call of Voipit goes on although that is not known."""
        try:
            return self._watch.gate.look_after()
        except StoreUnavailableError:
            self._watched.circuit_is_known = False
            return False

    def _to_be_tried(self, now: datetime) -> Iterator[Due]:
        """What waits outside the queue, and what the queue has lost, in one turn."""
        outside = self._messages.due(Waits.OUTSIDE, now)
        return heapq.merge(outside, self._lost_by_the_queue(now))

    def _lost_by_the_queue(self, now: datetime) -> Iterator[Due]:
        for due in self._messages.due(Waits.IN_QUEUE, now):
            self._backlog()
            if not self._watch.progress.has_lost(due.at, self._watch.now()):
                self._leave(due, now)
                return
            yield due

    def _leave(self, due: Due, now: datetime) -> None:
        """Do not read it: its turn has not come. How long it waits counts all the same."""
        self._watched.oldest_due = max(self._watched.oldest_due, now - due.at)

    def _look_at_all(self, due: Iterator[Due], now: datetime, *, in_turn: bool = False) -> None:
        """`in_turn`: read no more rows than the queue has room for."""
        if self._is_over():
            return
        for first in due:
            most = min(_ROWS_AT_ONCE, self._room()) if in_turn else _ROWS_AT_ONCE
            if most <= 0 or self._is_over():
                self._leave(first, now)
                self._watched.finished = False
                return
            self._read_and_look([first.key, *(each.key for each in islice(due, most - 1))])

    def _read_and_look(self, keys: Sequence[MessageKey]) -> None:
        try:
            rows = self._messages.get_all(keys)
        except StoreUnavailableError as error:
            self._note(keys[0], error)
            self._watched.finished = False
            return
        some = [keys[start : start + _IN_A_LANE] for start in range(0, len(keys), _IN_A_LANE)]
        side_by_side(lambda lane: self._look_at_some(lane, rows), some, self._watch.most_at_once)

    def _look_at_some(self, keys: Sequence[MessageKey], rows: _Rows) -> None:
        """In one lane. First the new due time of each, then the queue: dying in between costs that.

        What the queue does not take comes back at its due time as well.
        """
        hints: list[tuple[MessageKey, timedelta]] = []
        for key in keys:
            if self._is_over():
                break
            try:
                delay = self._look_at(rows.get(key))
            except ChangeRefusedError:
                self._note(key)  # the table has answered; some other process was faster
            except Exception as error:  # noqa: BLE001  one row must not stop all that come after it
                self._note(key, error)
            else:
                self._note(key)
                if delay is not None:
                    hints.append((key, delay))
        if hints and self._watch.queue.enqueue_all(hints):
            with self._lock:
                self._watched.enqueued += len(hints)

    def _is_over(self) -> bool:
        """Whether no other message may be begun."""
        is_over = self._failures_in_a_row >= FAILURES_IN_A_ROW or self._time_left() < self._kept
        if is_over:
            self._watched.finished = False
        return is_over

    def _note(self, key: MessageKey, error: Exception | None = None) -> None:
        """Note that a message was looked at; or could not be, and why."""
        is_the_table = isinstance(error, StoreUnavailableError)
        with self._lock:
            if error is None:
                self._failures_in_a_row = 0
                return
            self._watched.broken.append((key, error))
            if is_the_table and not isinstance(error, UnreadableRowError):
                self._failures_in_a_row += 1

    def _look_at(self, row: Message | StoreUnavailableError | None) -> timedelta | None:
        """The delay with which the queue is to be told of the message, if it is let in."""
        if isinstance(row, StoreUnavailableError):
            raise row
        message, now = row, self._watch.now()
        if message is None or message.due_at is None or message.due_at > now:
            return None  # another process was faster
        with self._lock:
            self._watched.looked_at += 1
            self._watched.oldest_due = max(self._watched.oldest_due, now - message.due_at)
        deadline = self._watch.report_deadline
        step = next_step(message, now, deadline)
        if step is Step.WAIT and message.status is Status.UNCONFIRMED:
            self._messages.postpone(message, resend_at(message, deadline))
            return None
        if step in {Step.TRY, Step.WAIT}:
            if self._watched.circuit_is_closed:
                return self._let_in(message, now)
            self._messages.postpone(message, min(now + RECHECK, message.valid_to))
            with self._lock:
                self._watched.waiting_for_circuit += 1
            return None
        self._messages.change(message.key, self._change(message, step, now))
        with self._lock:
            self._watched.moved += 1
        return None

    def _let_in(self, message: Message, now: datetime) -> timedelta | None:
        """Give a message its place in the queue, behind those of this run: so many a second.

        What was not in turn and finds no room, a resend, gets its turn with what the queue has
        lost. Its due time stays.
        """
        place = self._take_place()
        if place is None:
            self._watched.finished = False
            is_resend = message.status is not Status.QUEUED
            self._messages.postpone(message, message.due_at or now, in_queue=is_resend)
            return None
        behind = timedelta(seconds=place / self._watch.drain_per_second)
        wait = wait_for(message, now, behind)
        due_at = wait.due_at
        if message.in_queue:
            due_at = min(due_at, now + QUEUE_GRACE)  # or the one that is not lost comes too early
        self._messages.postpone(message, due_at, in_queue=wait.in_queue)
        return wait.enqueue_in

    def _take_place(self) -> int | None:
        """How many were given a place before; `None` if there is none left."""
        places = self._places()
        with self._lock:
            if self._places_taken >= places:
                return None
            self._places_taken += 1
            return self._places_taken - 1

    def _room(self) -> int:
        return self._places() - self._places_taken

    def _places(self) -> int:
        """How many messages fit into the minute until the next run, beside those in the queue."""
        full = self._full()
        return max(full - self._backlog(), full // LEAST_SHARE)

    def _full(self) -> int:
        """How many fit into the minute if the queue is empty."""
        return self._watch.drain_per_second * int(RUNS_EVERY.total_seconds())

    def _backlog(self) -> int:
        """What the queue held when this run asked it first: once, and only if anything is due.

        One that does not tell is taken for full, and not for one that has handed out everything.
        """
        with self._asking:
            if self._known_backlog is None:
                told = self._watch.queue.backlog()
                if told is not None:
                    self._watch.progress.note(told, self._watch.now())
                self._known_backlog = self._full() if told is None else told
            return self._known_backlog

    def _change(self, message: Message, step: Step, now: datetime) -> Change:
        """The move of a message that is due, and is not to be tried."""
        trigger, reason = overdue(message) if step is Step.REST else ENDS[message.status, step]
        due_at = now + self._watch.report_deadline if trigger is Trigger.UNCLEAR else None
        return Change.decided(trigger, message, now, reason=reason, due_at=due_at)
