from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from typing import Literal

from sms_gateway.domain.access_token import AccessToken
from sms_gateway.domain.errors import ClientLimitError, RecipientLimitError, TokenUsedUpError
from sms_gateway.domain.guards import Limits, Suppression, end_of_day, suppressed, with_sending
from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.status import Status
from sms_gateway.use_cases.ports import DoubleClickError
from tests.fakes.boundary import Boundary
from tests.fakes.messages import InMemoryMessages
from tests.fakes.outages import Outage, Outages

Operation = Literal["get", "among", "page", "put", "delete"]


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
            assert isinstance(phone_number, PhoneNumber), "nothing else makes a key of the table"
            return self.entries.get(phone_number)

    def among(self, phone_numbers: Collection[PhoneNumber]) -> frozenset[PhoneNumber]:
        with self._operation("among"):
            assert len(set(phone_numbers)) <= 100, "DynamoDB reads no more at once"
            assert all(isinstance(n, PhoneNumber) for n in phone_numbers)
            return frozenset(self.entries.keys() & set(phone_numbers))

    def page(self, limit: int, after: PhoneNumber | None) -> list[Suppression]:
        with self._operation("page"):
            numbers = sorted(self.entries, key=lambda number: number.e164)
            left = [n for n in numbers if after is None or n.e164 > after.e164]
            return [self.entries[number] for number in left[:limit]]

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

    Counts what is stored and what is sent, and writes as `messages` does: that is where it is
    unavailable too. `sent` are the times of all sendings to a number, `counted` how many messages
    a client has stored, or sent a second time, on a day, `used` how many with each access token.
    """

    def __init__(
        self,
        messages: InMemoryMessages,
        limits: Limits | None = None,
        suppressions: FakeSuppressions | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.suppressions = suppressions or FakeSuppressions()
        self.sent: dict[PhoneNumber, list[datetime]] = {}
        self.counted: Counter[tuple[str, datetime]] = Counter()
        self.used: Counter[str] = Counter()
        self._messages = messages
        self._last: dict[tuple[str, PhoneNumber], tuple[Message, datetime]] = {}

    def store(  # noqa: PLR0913  what is known of a request, each by its name
        self,
        message: Message,
        *,
        id_is_chosen: bool,
        instead_of: str | None = None,
        clicked_at: datetime | None = None,
        token: AccessToken | None = None,
        is_unlisted: bool = False,
    ) -> None:
        now = message.created_at
        counts = message.counted_at is not None

        def check() -> None:
            if token is not None and self.used[token.token_id] >= token.max_messages:
                raise TokenUsedUpError("Enough with this token.")
            if not id_is_chosen:
                self._check_twin(message, instead_of, clicked_at or now)
            if not is_unlisted:
                self._check_suppression(message)
            sent = self._with_sending(message, now) if counts else None
            self._count_for_client(message, now)
            if sent is not None:
                self.sent[message.phone_number] = sent
            if not id_is_chosen:
                twin = message, clicked_at or now
                self._last[message.client, message.phone_number] = twin
            if token is not None:
                self.used[token.token_id] += 1

        self._messages.create(message, check)

    def claim(self, message: Message, change: Change, *, is_unlisted: bool = False) -> Message:
        now = change.at
        is_resend = message.status is Status.UNCONFIRMED and message.counts_once_more

        def check() -> None:
            if not is_unlisted:
                self._check_suppression(message)
            place = None if message.counts_once_more else message.counted_at
            sent = self._with_sending(message, now, place)
            if is_resend:
                self._count_for_client(message, now)
            self.sent[message.phone_number] = sent

        return self._messages.change(message.key, change, check)

    def _check_twin(self, message: Message, instead_of: str | None, clicked_at: datetime) -> None:
        last = self._last.get((message.client, message.phone_number))
        if last is None:
            return
        twin, before = last
        if twin.message_id == instead_of or not twin.is_same_intent_as(message):
            return
        if clicked_at < before + self.limits.double_click:
            raise DoubleClickError(twin.key)

    def _check_suppression(self, message: Message) -> None:
        if self.limits.suppressions and message.phone_number in self.suppressions.entries:
            raise suppressed()

    def _with_sending(
        self, message: Message, now: datetime, place: datetime | None = None
    ) -> list[datetime]:
        """All sendings to the number with this one. Without limits, none is remembered."""
        if not self.limits.recipient_remembered:
            return []
        sent = with_sending(self.sent.get(message.phone_number, []), now, place)
        others = list(sent)
        others.remove(now)
        room_at = self.limits.room_for_recipient(others, now)
        if room_at is not None:
            raise RecipientLimitError("Enough for this number.", room_at - now)
        return sent

    def _count_for_client(self, message: Message, now: datetime) -> None:
        day = message.client, end_of_day(now)
        if self.limits.client_daily and self.counted[day] >= self.limits.client_daily:
            raise ClientLimitError("Enough for this client.", end_of_day(now) - now)
        self.counted[day] += 1
