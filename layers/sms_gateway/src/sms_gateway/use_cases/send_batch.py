"""Take many messages at once: each is stored for itself, and then left to the queue."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.due import wait_for
from sms_gateway.domain.errors import GatewayError, StoreUnavailableError, UnreadableRowError
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.use_cases.hand_over import TimeLeft
from sms_gateway.use_cases.ports import Batches, DispatchQueue
from sms_gateway.use_cases.prepare_message import PrepareMessage, SendRequest
from sms_gateway.use_cases.store_message import SendResult, StoreMessage

SECONDS_TO_STOP: Final = 8.0
"""No item is begun later than this before the end: it can need a slow write. What is stored and not
answered any more is no harm: the caller repeats the batch, and `dueAt` stands for the queue."""
FAILURES_IN_A_ROW: Final = 3
"""After so many items that the table did not take, the others are not tried."""

BatchItem: TypeAlias = SendRequest | GatewayError
"""What is asked for at one position of a batch, or why it cannot be read."""
BatchResult: TypeAlias = SendResult | GatewayError
"""The outcome of one item."""


@dataclass(slots=True)
class _SoFar:
    """What one run has done. `first_of` are the messages that came without an id."""

    results: list[BatchResult] = field(default_factory=list)
    first_of: list[tuple[Message, BatchResult]] = field(default_factory=list)
    to_enqueue: list[tuple[MessageKey, timedelta]] = field(default_factory=list)
    failures_in_a_row: int = 0

    def result_of_equal(self, message: Message) -> BatchResult | None:
        """The outcome of an earlier item that asked for the same."""
        for first, result in self.first_of:
            if first.is_same_intent_as(message):
                return (
                    result if isinstance(result, GatewayError) else replace(result, replayed=True)
                )
        return None


@dataclass(frozen=True, slots=True)
class SendBatch:
    """`POST /messages/batch`. Repeating a batch completes it and does nothing twice.

    That rests on ids: an item without one gets `<batch id>.<position>`, the same each time.
    `joins_equal`: whether an item without an id that equals an earlier one is taken for it.
    """

    prepare: PrepareMessage
    store: StoreMessage
    batches: Batches
    queue: DispatchQueue
    now: Clock
    new_id: Callable[[datetime], str]
    joins_equal: bool

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
        so_far = _SoFar()
        for position, item in enumerate(items, start=1):
            if isinstance(item, GatewayError):
                result: BatchResult = item
            elif so_far.failures_in_a_row >= FAILURES_IN_A_ROW or time_left() < SECONDS_TO_STOP:
                result = StoreUnavailableError("The gateway stopped before this message.")
            else:
                result = self._take(item, f"{batch_id}.{position}", so_far)
            so_far.results.append(result)
        self.queue.enqueue_all(so_far.to_enqueue)
        return so_far.results

    def _known_as(self, items: Sequence[BatchItem], digest: str) -> str | None:
        """The id of the batch, if any item needs it."""
        if all(isinstance(item, GatewayError) or item.message_id for item in items):
            return None
        now = self.now()
        return self.batches.remember(digest, self.new_id(now), now)

    def _take(self, request: SendRequest, given_id: str, so_far: _SoFar) -> BatchResult:
        has_own_id = request.message_id is not None
        try:
            message = self.prepare(replace(request, message_id=request.message_id or given_id))
        except GatewayError as error:
            return error
        if has_own_id or not self.joins_equal:
            return self._store(message, so_far)
        result = so_far.result_of_equal(message)
        if result is None:
            result = self._store(message, so_far)
            so_far.first_of.append((message, result))
        return result

    def _store(self, message: Message, so_far: _SoFar) -> BatchResult:
        wait = wait_for(message, message.created_at)
        message = message.waiting(None, wait.due_at)
        try:
            result = self.store(message, id_is_chosen=True)
        except UnreadableRowError as error:
            so_far.failures_in_a_row = 0  # the table has answered
            return error
        except StoreUnavailableError as error:
            so_far.failures_in_a_row += 1
            return error
        except GatewayError as error:
            so_far.failures_in_a_row = 0
            return error
        so_far.failures_in_a_row = 0
        if wait.enqueue_in is not None and not result.replayed:
            so_far.to_enqueue.append((message.key, wait.enqueue_in))
        return result
