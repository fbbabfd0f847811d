"""Take many messages at once: each is stored for itself, and then left to the queue."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.due import wait_for
from sms_gateway.domain.errors import GatewayError, StoreUnavailableError
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.use_cases.hand_over import TimeLeft
from sms_gateway.use_cases.lanes import beside
from sms_gateway.use_cases.ports import HINTS_AT_ONCE, Batches, DispatchQueue, Suppressions
from sms_gateway.use_cases.prepare_message import PrepareMessage, SendRequest
from sms_gateway.use_cases.store_batch import BatchResult, Item, StoreBatch
from sms_gateway.use_cases.store_message import SendResult, StoreMessage

SECONDS_FOR_HINTS: Final = 7.5
"""Without so many left nothing more is put into the queue: a call without an answer takes seven,
and the results are still to be told."""

BatchItem: TypeAlias = SendRequest | GatewayError
"""What is asked for at one position of a batch, or why it cannot be read."""


@dataclass(frozen=True, slots=True)
class SendBatch:
    """`POST /messages/batch`. Repeating a batch completes it and does nothing twice.

    That rests on ids: an item without one gets `<batch id>.<position>`, the same each time.
    `joins_equal`: whether an item without an id that equals an earlier one is taken for it.
    `most_at_once` bounds how many items are stored side by side; with 1 each waits for the one
    before it. `suppressions` is the do-not-contact list, unless it is switched off.
    """

    prepare: PrepareMessage
    store: StoreMessage
    batches: Batches
    queue: DispatchQueue
    suppressions: Suppressions | None
    now: Clock
    new_id: Callable[[datetime], str]
    joins_equal: bool
    most_at_once: int

    def __call__(
        self,
        items: Sequence[BatchItem],
        *,
        batch_id: str | None,
        digest: str,
        time_left: TimeLeft,
    ) -> list[BatchResult]:
        """One result per item, in order; an error stands for an item that was not taken.

        `batch_id` is the caller's name for the batch, at most 60 characters; without one the batch
        is known by `digest`, which stands for client and content.

        Raises `StoreUnavailableError`: nothing was stored.
        """
        if batch_id is None:
            batch_id = self._known_as(items, digest)
        results: dict[int, BatchResult] = {}
        to_store: list[Item] = []
        for position, item in enumerate(items, start=1):
            try:
                to_store.append(self._prepared(item, position, f"{batch_id}.{position}"))
            except GatewayError as error:
                results[position] = error
        to_store = self._looked_for(to_store)
        storing = StoreBatch(self.store, self.most_at_once, time_left)
        with beside(self.most_at_once) as lane:
            hints = Hints(self.queue, lane, time_left)
            try:
                for stored, result in storing(to_store):
                    results[stored.position] = result
                    if isinstance(result, SendResult) and not result.replayed:
                        hints.add(stored.message)
            finally:
                hints.end()
        return [results[position] for position in sorted(results)]

    def _known_as(self, items: Sequence[BatchItem], digest: str) -> str | None:
        """The id of the batch, if any item needs it."""
        if all(isinstance(item, GatewayError) or item.message_id for item in items):
            return None
        now = self.now()
        return self.batches.remember(digest, self.new_id(now), now)

    def _looked_for(self, items: Sequence[Item]) -> list[Item]:
        """The items, those whose number is not on the do-not-contact list told from the others.

        One read for all; if it fails, each write looks for itself. `dispatch` looks again before
        each try.
        """
        if self.suppressions is None:
            return list(items)
        try:
            listed = self.suppressions.among({item.message.phone_number for item in items})
        except StoreUnavailableError:
            return list(items)
        return [replace(i, is_unlisted=i.message.phone_number not in listed) for i in items]

    def _prepared(self, asked: BatchItem, position: int, given_id: str) -> Item:
        """The message as it is stored, to wait for the queue. Raises why there is none."""
        if isinstance(asked, GatewayError):
            raise asked
        has_own_id = asked.message_id is not None
        message = self.prepare(asked if has_own_id else replace(asked, message_id=given_id))
        wait = wait_for(message, message.created_at)
        message = message.waiting(None, wait.due_at, in_queue=wait.in_queue)
        return Item(position, message, joins=self.joins_equal and not has_own_id)


class Hints:
    """The queue messages of a batch, written while the rest of it is stored."""

    def __init__(self, queue: DispatchQueue, lane: Executor, time_left: TimeLeft) -> None:
        self._queue = queue
        self._lane = lane
        self._time_left = time_left
        self._gathered: list[tuple[MessageKey, timedelta]] = []
        self._calls: list[Future[None]] = []
        self._is_answering = True

    def add(self, message: Message) -> None:
        """Have a message that is stored tried, if it waits for the queue."""
        wait = wait_for(message, message.created_at)
        if wait.enqueue_in is not None:
            self._gathered.append((message.key, wait.enqueue_in))
        if len(self._gathered) == HINTS_AT_ONCE:
            self._write()

    def end(self) -> None:
        """Write what is left, and wait for all that is under way."""
        if self._gathered:
            self._write()
        for call in self._calls:
            call.result()

    def _write(self) -> None:
        self._calls.append(self._lane.submit(self._enqueue, self._gathered))
        self._gathered = []

    def _enqueue(self, hints: Sequence[tuple[MessageKey, timedelta]]) -> None:
        """After a call without an answer no other is made: each could take as long as that one.

        Nor is one made in the last seconds. What the queue does not take comes back at its due
        time.
        """
        if self._is_answering and self._time_left() >= SECONDS_FOR_HINTS:
            self._is_answering = self._queue.enqueue_all(hints)
