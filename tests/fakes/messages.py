from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from threading import RLock
from typing import Literal

from sms_gateway.domain.cursor import Position
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import DeliveryReport
from sms_gateway.domain.status import Reason
from sms_gateway.domain.waits import Waits, waits
from sms_gateway.use_cases.ports import AlreadyStoredError, ChangeRefusedError, Due, Listed
from sms_gateway.use_cases.publish_changes import RowChange
from tests.fakes.boundary import Boundary
from tests.fakes.outages import Outage, Outages

__all__ = ["ROOM_FOR_CONTRADICTIONS", "InMemoryMessages", "Operation", "Outage"]

ROOM_FOR_CONTRADICTIONS = 10

Operation = Literal[
    "create",
    "change",
    "note_contradiction",
    "close_try",
    "get",
    "get_all",
    "postpone",
    "due",
    "list_for",
]


def _no_check() -> None:
    pass


class InMemoryMessages:
    """The port `Messages`, held to the same contract as the table (tests/adapters).

    `stream` holds every write in order, as the table's stream would tell it. `read` are the rows
    that `get_all` was asked for.
    """

    def __init__(self, *stored: Message, boundary: Boundary | None = None) -> None:
        self._rows = {message.key: message for message in stored}
        self._lock = RLock()
        self._outages = Outages()
        self._boundary = boundary or Boundary()
        self.contradictions: Counter[MessageKey] = Counter()
        self.stream: list[RowChange] = []
        self.read: list[MessageKey] = []

    def be_unavailable(
        self, operation: Operation, when: Outage = Outage.BEFORE, *, times: int = 1
    ) -> None:
        """Make the next `times` calls of the operation fail."""
        self._outages.plan(operation, when, times)

    @property
    def rows(self) -> dict[MessageKey, Message]:
        """What is stored now."""
        with self._lock:
            return dict(self._rows)

    def create(self, message: Message, check: Callable[[], None] = _no_check) -> None:
        """What `check` raises refuses the write; it looks at the same moment as the write."""
        with self._operation("create"):
            stored = self._rows.get(message.key)
            if stored is not None:
                raise AlreadyStoredError(stored)
            check()
            self._write(message)

    def change(
        self, key: MessageKey, change: Change, check: Callable[[], None] = _no_check
    ) -> Message:
        """`check` as in `create`."""
        with self._operation("change"):
            stored = self._rows.get(key)
            if stored is None or not stored.may_take(change):
                raise ChangeRefusedError(stored)
            check()
            changed = stored.after(change)
            self._write(changed)
            return changed

    def close_try(self, message: Message, report: DeliveryReport) -> None:
        with self._operation("close_try"):
            stored = self._rows.get(message.key)
            if stored is None or stored.open_tries != message.open_tries:
                raise ChangeRefusedError(stored)
            kept = (*stored.contradicting_reports, report)
            left = stored.open_tries - {report.attempt}
            self._write(replace(stored, contradicting_reports=kept, open_tries=left))

    def note_contradiction(self, key: MessageKey, report: DeliveryReport) -> None:
        with self._operation("note_contradiction"):
            stored = self._rows.get(key)
            if stored is None:
                return
            self.contradictions[key] += 1
            kept = stored.contradicting_reports
            if len(kept) < ROOM_FOR_CONTRADICTIONS:
                kept = (*kept, report)
            self._write(replace(stored, contradicting_reports=kept))

    def get(self, key: MessageKey) -> Message | None:
        with self._operation("get"):
            return self._rows.get(key)

    def get_all(
        self, keys: Sequence[MessageKey]
    ) -> Mapping[MessageKey, Message | StoreUnavailableError]:
        assert len(keys) <= 100
        with self._operation("get_all"):
            self.read += keys
            return {key: self._rows[key] for key in keys if key in self._rows}

    def postpone(
        self,
        message: Message,
        due_at: datetime,
        reason: Reason | None = None,
        put_off: int | None = None,
        *,
        in_queue: bool = False,
    ) -> None:
        with self._operation("postpone"):
            stored = self._rows.get(message.key)
            if stored is None or stored.version != message.version:
                raise ChangeRefusedError(stored)
            put_off = stored.put_off if put_off is None else put_off
            reason = reason or stored.reason
            self._write(
                replace(stored, due_at=due_at, reason=reason, put_off=put_off, in_queue=in_queue)
            )

    def due(self, line: Waits, now: datetime) -> Iterator[Due]:
        """Like a page of the index it is what was due when it was asked."""
        with self._operation("due"):
            due = sorted(
                Due(row.due_at, row.key)
                for row in self._rows.values()
                if row.due_at is not None
                and row.due_at <= now
                and waits(row.status, in_queue=row.in_queue) is line
            )
        yield from due

    def list_for(
        self, client: str, phone_number: PhoneNumber, limit: int, after: Position | None
    ) -> Listed:
        with self._operation("list_for"):
            rows = {
                Position.of(row): row
                for row in self._rows.values()
                if (row.client, row.phone_number) == (client, phone_number)
            }
            places = sorted((p for p in rows if after is None or p < after), reverse=True)
            page = places[:limit]
            last = page[-1] if len(places) > limit else None
            return Listed([rows[p] for p in page], (), last)

    def _write(self, message: Message) -> None:
        before = self._rows.get(message.key)
        self._rows[message.key] = message
        self.stream.append(RowChange(before, message))

    @contextmanager
    def _operation(self, name: Operation) -> Iterator[None]:
        with self._boundary.crossing(f"messages.{name}"), self._lock, self._outages.around(name):
            yield
