from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from typing import Literal

from sms_gateway.domain.errors import ClientLimitError, RecipientLimitError
from sms_gateway.domain.guards import HOUR, Limits, Suppression, end_of_day, suppressed
from sms_gateway.domain.message import Message
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.use_cases.ports import DoubleClickError
from tests.fakes.boundary import Boundary
from tests.fakes.messages import InMemoryMessages
from tests.fakes.outages import Outage, Outages

Operation = Literal["get", "put", "delete"]


class FakeSuppressions:
    """The port `Suppressions`, held to the same contract as the table (tests/adapters)."""

    def __init__(self, *, boundary: Boundary | None = None) -> None:
        self.entries: dict[PhoneNumber, Suppression] = {}
        self._lock = RLock()
        self._outages = Outages()
        self._boundary = boundary or Boundary()

    def be_unavailable(
        self, operation: Operation, when: Outage = Outage.BEFORE, *, times: int = 1
    ) -> None:
        """Make the next `times` calls of the operation fail."""
        self._outages.plan(operation, when, times)

    def get(self, phone_number: PhoneNumber) -> Suppression | None:
        with self._operation("get"):
            return self.entries.get(phone_number)

    def put(self, suppression: Suppression) -> None:
        with self._operation("put"):
            self.entries.setdefault(suppression.phone_number, suppression)

    def delete(self, phone_number: PhoneNumber) -> None:
        with self._operation("delete"):
            self.entries.pop(phone_number, None)

    @contextmanager
    def _operation(self, name: Operation) -> Iterator[None]:
        crossing = self._boundary.crossing(f"suppressions.{name}")
        with crossing, self._lock, self._outages.around(name):
            yield


class FakeIntake:
    """The port `Intake`, held to the same contract as the tables (tests/adapters).

    Counts what is stored, and writes as `messages` does: that is where it is unavailable too.
    """

    def __init__(
        self,
        messages: InMemoryMessages,
        limits: Limits | None = None,
        suppressions: FakeSuppressions | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.suppressions = suppressions or FakeSuppressions()
        self._messages = messages
        self._last: dict[tuple[str, PhoneNumber], Message] = {}

    def store(self, message: Message, *, id_is_chosen: bool, instead_of: str | None = None) -> None:
        def check() -> None:
            if not id_is_chosen:
                self._check_twin(message, instead_of)
            self._check_suppression(message)
            self._check_recipient(message)
            self._check_client(message)
            if not id_is_chosen:
                self._last[message.client, message.phone_number] = message

        self._messages.create(message, check)

    def _check_twin(self, message: Message, instead_of: str | None) -> None:
        last = self._last.get((message.client, message.phone_number))
        if last is None or last.message_id == instead_of or not last.is_same_intent_as(message):
            return
        if message.created_at < last.created_at + self.limits.double_click:
            raise DoubleClickError(last.key)

    def _check_suppression(self, message: Message) -> None:
        if self.limits.suppressions and message.phone_number in self.suppressions.entries:
            raise suppressed()

    def _check_recipient(self, message: Message) -> None:
        hourly, daily = self.limits.recipient_hourly, self.limits.recipient_daily
        now, tomorrow = message.created_at, end_of_day(message.created_at)
        sent = [m.created_at for m in self._today(now) if m.phone_number == message.phone_number]
        if daily and len(sent) >= daily:
            raise RecipientLimitError("Enough for today.", tomorrow - now)
        in_an_hour = [at for at in sent if at > now - HOUR]
        if hourly and len(in_an_hour) >= hourly:
            room_at = in_an_hour[-hourly] + HOUR
            raise RecipientLimitError("Enough for now.", min(room_at, tomorrow) - now)

    def _check_client(self, message: Message) -> None:
        now, most = message.created_at, self.limits.client_daily
        if most and sum(m.client == message.client for m in self._today(now)) >= most:
            raise ClientLimitError("Enough for this client.", end_of_day(now) - now)

    def _today(self, now: datetime) -> list[Message]:
        rows = self._messages.rows.values()
        return [row for row in rows if end_of_day(row.created_at) == end_of_day(now)]
