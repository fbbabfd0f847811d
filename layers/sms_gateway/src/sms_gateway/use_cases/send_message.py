"""Take a message from a caller: store the intent, then call Voipit once, there and then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.errors import MessageIdReusedError
from sms_gateway.domain.message import Message
from sms_gateway.domain.text import shown_text
from sms_gateway.use_cases.hand_over import HandOver, TimeLeft
from sms_gateway.use_cases.ports import AlreadyStoredError, Messages, PhoneNumbers


@dataclass(frozen=True, slots=True)
class SendRequest:
    """What a caller asks for. `client` is the API key's identity, never the key."""

    client: str
    phone_number: str = field(repr=False)
    text: str = field(repr=False)
    message_id: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict, repr=False)


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
    hand_over: HandOver
    now: Clock
    new_id: Callable[[datetime], str]
    kept_for: timedelta

    def __call__(self, request: SendRequest, time_left: TimeLeft) -> SendResult:
        """Send the message, unless this id was sent before.

        Raises:
            InvalidValueError: number or text is refused; nothing was stored.
            MessageIdReusedError: the id belongs to another message; nothing was sent.
            StoreUnavailableError: the intent could not be stored; nothing was sent.
        """
        at = self.now()
        message = Message.claimed(
            message_id=request.message_id or self.new_id(at),
            client=request.client,
            phone_number=self.phone_numbers.normalise(request.phone_number),
            text=shown_text(request.text),
            metadata=request.metadata,
            claim=self.new_id(at),
            at=at,
            kept_for=self.kept_for,
        )
        try:
            self.messages.create(message)
        except AlreadyStoredError as taken:
            # The AWS client repeats a write whose answer was lost. If the row that is in the way
            # carries our own claim, it is ours: nobody else will ever send it.
            if taken.stored.claim != message.claim:
                return self._replay(taken.stored, message)
        return SendResult(self.hand_over(message, time_left), replayed=False)

    @staticmethod
    def _replay(stored: Message, asked: Message) -> SendResult:
        if not stored.is_same_intent_as(asked):
            raise MessageIdReusedError("This messageId was used for a message with other content.")
        return SendResult(stored, replayed=True)
