"""Store the messages of a batch side by side, as many at once as the table lets it.

Why threads, and why not several messages in one transaction:
docs/decisions/2026-11-27-batch-side-by-side.md.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import Final, TypeAlias

from sms_gateway.domain.errors import GatewayError, StoreUnavailableError, UnreadableRowError
from sms_gateway.domain.message import Message
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.use_cases.hand_over import TimeLeft
from sms_gateway.use_cases.lanes import lanes
from sms_gateway.use_cases.store_message import SendResult, StoreMessage

SECONDS_TO_STOP: Final = 8.0
"""No item is begun later than this before the end: it can need a slow write. What is stored and not
answered any more is no harm: the caller repeats the batch, and `dueAt` stands for the queue."""
FAILURES_IN_A_ROW: Final = 3
"""After so many items that the table did not take, in the order in which its answers came, no other
is begun. So many are begun at first, too: a table that does not answer is asked no more often."""

BatchResult: TypeAlias = SendResult | GatewayError
"""The outcome of one item."""


@dataclass(frozen=True, slots=True)
class Item:
    """A message at its position of the batch.

    `joins`: if it equals an earlier one that joins as well, it is that one. `is_unlisted`: its
    number is not on the do-not-contact list.
    """

    position: int
    message: Message
    joins: bool
    is_unlisted: bool = False

    @property
    def claims(self) -> frozenset[PhoneNumber | str]:
        """What one item at a time works with: the row that counts for its number, its own row."""
        return frozenset((self.message.phone_number, self.message.message_id))


@dataclass(slots=True)
class Pace:
    """How many items are stored at once: one more for each answer, half as many after a failure.

    So a table that throttles is asked less, and one that does not answer is left alone.
    """

    most: int
    at_once: int = field(init=False)
    failures_in_a_row: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.at_once = min(self.most, FAILURES_IN_A_ROW)

    def answered(self) -> None:
        """The table has taken an item, or has said why it does not."""
        self.failures_in_a_row = 0
        self.at_once = min(self.most, self.at_once + 1)

    def failed(self) -> None:
        """The table did not answer, or had no room for the request."""
        self.failures_in_a_row += 1
        self.at_once = max(1, self.at_once // 2)

    @property
    def is_over(self) -> bool:
        """Whether no other item is begun."""
        return self.failures_in_a_row >= FAILURES_IN_A_ROW


class StoreBatch:
    """Stores the items of one batch. One object for each batch.

    An item waits for earlier ones to its number or with its id, so of those the first wins. Only
    `store` runs in other threads; all that is remembered here belongs to the thread that calls.
    """

    def __init__(self, store: StoreMessage, most_at_once: int, time_left: TimeLeft) -> None:
        self._store = store
        self._time_left = time_left
        self._pace = Pace(most_at_once)
        self._waiting: list[Item] = []
        self._under_way: dict[Future[SendResult], Item] = {}
        self._done: SimpleQueue[Future[SendResult]] = SimpleQueue()
        self._first_of: dict[PhoneNumber, list[tuple[Message, BatchResult]]] = defaultdict(list)

    def __call__(self, items: Sequence[Item]) -> Iterator[tuple[Item, BatchResult]]:
        """Each item with its outcome, as they come. No thread is left when it ends or raises."""
        self._waiting += items
        with lanes(min(self._pace.most, len(items))) as executor:
            while self._waiting or self._under_way:
                while len(self._under_way) < self._pace.at_once and (item := self._next()):
                    known = self._without_storing(item)
                    if known is not None:
                        yield item, known
                    else:
                        self._begin(item, executor)
                if self._under_way:
                    yield self._end(self._done.get())

    def _next(self) -> Item | None:
        """The first that waits for no other one."""
        taken = set().union(*(item.claims for item in self._under_way.values()))
        for index, item in enumerate(self._waiting):
            if taken.isdisjoint(item.claims):
                del self._waiting[index]
                return item
            taken |= item.claims
        return None

    def _without_storing(self, item: Item) -> BatchResult | None:
        """The outcome of an item that is not stored, or not stored again."""
        if self._pace.is_over or self._time_left() < SECONDS_TO_STOP:
            return StoreUnavailableError("The gateway stopped before this message.")
        return self._result_of_equal(item)

    def _begin(self, item: Item, executor: Executor) -> None:
        future = executor.submit(
            self._store, item.message, id_is_chosen=True, is_unlisted=item.is_unlisted
        )
        self._under_way[future] = item
        future.add_done_callback(self._done.put)

    def _end(self, future: "Future[SendResult]") -> tuple[Item, BatchResult]:
        item = self._under_way.pop(future)
        result = self._outcome(future)
        if item.joins:
            self._first_of[item.message.phone_number].append((item.message, result))
        return item, result

    def _outcome(self, future: "Future[SendResult]") -> BatchResult:
        try:
            result = future.result()
        except UnreadableRowError as error:
            self._pace.answered()
            return error
        except StoreUnavailableError as error:
            self._pace.failed()
            return error
        except GatewayError as error:
            self._pace.answered()
            return error
        self._pace.answered()
        return result

    def _result_of_equal(self, item: Item) -> BatchResult | None:
        """The outcome of an earlier item that asked for the same."""
        for first, result in self._first_of[item.message.phone_number] if item.joins else ():
            if first.is_same_intent_as(item.message):
                return (
                    result if isinstance(result, GatewayError) else replace(result, replayed=True)
                )
        return None
