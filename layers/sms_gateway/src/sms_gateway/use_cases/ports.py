"""What the use cases need from outside: adapters provide it, tests have fakes with behaviour."""

from collections.abc import Sequence
from typing import Any, Protocol

from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.outcome import Outcome
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import DeliveryReport


class AlreadyStoredError(Exception):
    """`create` found the id taken; `stored` is the message that has it."""

    def __init__(self, stored: Message) -> None:
        super().__init__("a message with this id is stored already")
        self.stored = stored


class ChangeRefusedError(Exception):
    """The write's own condition refused the change; `stored` is where the message stands now.

    `stored` is `None` if there is no such message (any more).
    """

    def __init__(self, stored: Message | None) -> None:
        super().__init__("the message does not take this change")
        self.stored = stored


class Messages(Protocol):
    """The table of messages. Every method raises `StoreUnavailableError` if it does not answer."""

    def create(self, message: Message) -> None:
        """Store a new message. Raises `AlreadyStoredError`."""

    def change(self, message_id: str, change: Change) -> Message:
        """Make the change if the message may take it. Raises `ChangeRefusedError`."""

    def note_contradiction(self, message_id: str, report: DeliveryReport) -> None:
        """Count and keep (up to a bound) a report that contradicts a final status."""

    def get(self, message_id: str) -> Message | None:
        """The message as it stands now, or `None`."""


class Provider(Protocol):
    """Voipit."""

    @property
    def seconds_needed(self) -> float:
        """The longest one call can take, in seconds."""

    def send(self, message: Message, send_result_to: str) -> Outcome:
        """Hand the message over, once. Never raises: what came of it is the outcome."""


class CallbackUrls(Protocol):
    """Mints the `sendResultTo` of an attempt."""

    def url_for(self, message_id: str, attempt: int) -> str:
        """Raises `SecretUnavailableError`."""


class PhoneNumbers(Protocol):
    """The rules for destination numbers."""

    def normalise(self, text: str) -> PhoneNumber:
        """The number in E.164 form. Raises `InvalidValueError` naming `phoneNumber`."""


class Publisher(Protocol):
    """The topic."""

    def publish(self, events: Sequence[tuple[dict[str, Any], str]]) -> set[int]:
        """Publish (event, client) pairs; returns the positions that were not published."""
