"""Take a message from a caller: store the intent, then call Voipit once, there and then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.due import LEASE, wait_after, wait_for
from sms_gateway.domain.errors import (
    InvalidValueError,
    MessageIdReusedError,
    StoreUnavailableError,
)
from sms_gateway.domain.message import Message, OnUnconfirmed
from sms_gateway.domain.status import Reason
from sms_gateway.domain.text import shown_text
from sms_gateway.use_cases.gate import Gate, Refusal
from sms_gateway.use_cases.hand_over import HandOver, TimeLeft
from sms_gateway.use_cases.ports import AlreadyStoredError, DispatchQueue, Messages, PhoneNumbers

MAX_AHEAD: Final = timedelta(days=366)
"""How far ahead `sendAt` and `validUntil` may be."""


@dataclass(frozen=True, slots=True)
class SendRequest:
    """What a caller asks for. `client` is the API key's identity, never the key."""

    client: str
    phone_number: str = field(repr=False)
    text: str = field(repr=False)
    message_id: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict, repr=False)
    send_at: datetime | None = None
    valid_until: datetime | None = None
    on_unconfirmed: OnUnconfirmed = OnUnconfirmed.HOLD


@dataclass(frozen=True, slots=True)
class SendResult:
    """The message as it stands, and whether it was there before this request."""

    message: Message
    replayed: bool


@dataclass(frozen=True, slots=True)
class SendMessage:
    """`POST /messages`."""

    messages: Messages
    phone_numbers: PhoneNumbers
    gate: Gate
    hand_over: HandOver
    queue: DispatchQueue
    now: Clock
    chance: Callable[[], float]
    new_id: Callable[[datetime], str]
    kept_for: timedelta

    def __call__(self, request: SendRequest, time_left: TimeLeft) -> SendResult:
        """Send the message, or store it for later; unless this id was sent before.

        Raises:
            InvalidValueError: a value is refused; nothing was stored.
            MessageIdReusedError: the id belongs to another message; nothing was sent.
            StoreUnavailableError: the intent could not be stored; nothing was sent.
        """
        message = self._read(request)
        if _is_over(message):
            return self._replay_if_stored(message)
        if message.send_at is not None and message.send_at > message.created_at:
            return self._store_for_later(message, None)
        admission = self.gate.admit()
        if isinstance(admission, Refusal):
            return self._store_for_later(message, admission.reason)
        message = message.claimed(message.created_at + LEASE)
        try:
            taken = self._in_the_way(message)
        except StoreUnavailableError:
            self.gate.give_back(admission)
            raise
        if taken:
            self.gate.give_back(admission)
            return self._replay(taken, message)
        return SendResult(self.hand_over(message, admission, time_left), replayed=False)

    def _store_for_later(self, message: Message, reason: Reason | None) -> SendResult:
        at = message.created_at
        wait = wait_after(reason, message, at, self.chance()) if reason else wait_for(message, at)
        message = message.waiting(reason, wait.due_at)
        if taken := self._in_the_way(message):
            return self._replay(taken, message)
        if wait.enqueue_in is not None:
            self.queue.enqueue(message.message_id, wait.enqueue_in)
        return SendResult(message, replayed=False)

    def _read(self, request: SendRequest) -> Message:
        at = self.now()
        _check_not_too_far_ahead(request, at)
        return Message.new(
            message_id=request.message_id or self.new_id(at),
            client=request.client,
            phone_number=self.phone_numbers.normalise(request.phone_number),
            text=shown_text(request.text),
            metadata=request.metadata,
            claim=self.new_id(at),
            at=at,
            kept_for=self.kept_for,
            send_at=request.send_at,
            valid_until=request.valid_until,
            on_unconfirmed=request.on_unconfirmed,
        )

    def _in_the_way(self, message: Message) -> Message | None:
        """Store the message; returns the other one that has its id, if there is one."""
        try:
            self.messages.create(message)
        except AlreadyStoredError as taken:
            # The AWS client repeats a write whose answer was lost. If the row that is in the way
            # carries our own claim, it is ours: nobody else will ever send it.
            if taken.stored.claim != message.claim:
                return taken.stored
        return None

    def _replay_if_stored(self, message: Message) -> SendResult:
        """A repeated request may come after `validUntil`; a new one may not."""
        stored = self.messages.get(message.message_id)
        if stored is None:
            raise InvalidValueError(
                "validUntil",
                "validUntil is over before the message could be sent.",
                "already-too-late",
            )
        return self._replay(stored, message)

    @staticmethod
    def _replay(stored: Message, asked: Message) -> SendResult:
        if not stored.is_same_intent_as(asked):
            raise MessageIdReusedError("This messageId was used for a message with other content.")
        return SendResult(stored, replayed=True)


def _check_not_too_far_ahead(request: SendRequest, now: datetime) -> None:
    for name, moment in (("sendAt", request.send_at), ("validUntil", request.valid_until)):
        if moment is not None and moment > now + MAX_AHEAD:
            raise InvalidValueError(
                name, f"{name} is more than {MAX_AHEAD.days} days ahead.", "time-too-far-ahead"
            )


def _is_over(message: Message) -> bool:
    """Whether it is too late to send this new message, or will be when its time comes."""
    return message.valid_to <= max(message.created_at, message.send_at or message.created_at)
