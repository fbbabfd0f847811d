from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum, auto
from threading import RLock
from typing import Literal

from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.report import DeliveryReport
from sms_gateway.use_cases.ports import AlreadyStoredError, ChangeRefusedError
from sms_gateway.use_cases.publish_changes import RowChange

ROOM_FOR_CONTRADICTIONS = 10

Operation = Literal["create", "change", "note_contradiction", "get"]


class Outage(Enum):
    """When the table goes away: before it did what was asked, or before it could say so."""

    BEFORE = auto()
    AFTER = auto()


class InMemoryMessages:
    """The port `Messages`, held to the same contract as the table (tests/adapters).

    `stream` holds every write in order, as the table's stream would tell it.
    """

    def __init__(self, *stored: Message) -> None:
        self._rows = {message.message_id: message for message in stored}
        self._lock = RLock()
        self._outages: dict[Operation, deque[Outage]] = {}
        self.contradictions: Counter[str] = Counter()
        self.stream: list[RowChange] = []

    def be_unavailable(
        self, operation: Operation, when: Outage = Outage.BEFORE, *, times: int = 1
    ) -> None:
        """Make the next `times` calls of the operation fail."""
        self._outages.setdefault(operation, deque()).extend([when] * times)

    @property
    def rows(self) -> dict[str, Message]:
        """What is stored now."""
        with self._lock:
            return dict(self._rows)

    def create(self, message: Message) -> None:
        with self._operation("create"):
            stored = self._rows.get(message.message_id)
            if stored is not None:
                raise AlreadyStoredError(stored)
            self._write(message)

    def change(self, message_id: str, change: Change) -> Message:
        with self._operation("change"):
            stored = self._rows.get(message_id)
            if stored is None or not stored.may_take(change):
                raise ChangeRefusedError(stored)
            changed = stored.after(change)
            self._write(changed)
            return changed

    def note_contradiction(self, message_id: str, report: DeliveryReport) -> None:
        with self._operation("note_contradiction"):
            stored = self._rows.get(message_id)
            if stored is None:
                return
            self.contradictions[message_id] += 1
            kept = stored.contradicting_reports
            if len(kept) < ROOM_FOR_CONTRADICTIONS:
                kept = (*kept, report)
            self._write(replace(stored, contradicting_reports=kept))

    def get(self, message_id: str) -> Message | None:
        with self._operation("get"):
            return self._rows.get(message_id)

    def _write(self, message: Message) -> None:
        before = self._rows.get(message.message_id)
        self._rows[message.message_id] = message
        self.stream.append(RowChange(before, message))

    @contextmanager
    def _operation(self, name: Operation) -> Iterator[None]:
        with self._lock:
            outages = self._outages.get(name)
            outage = outages.popleft() if outages else None
            if outage is Outage.BEFORE:
                raise StoreUnavailableError("The table did not answer.")
            yield
            if outage is Outage.AFTER:
                raise StoreUnavailableError("The table did not answer.")
