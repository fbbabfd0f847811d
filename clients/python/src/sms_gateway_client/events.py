"""Events of the SMS gateway: reading them, dropping repeats, and keeping their order.

The standard library is all that this module needs, so it can be copied into a Lambda function.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, Protocol, TypeVar
from urllib.parse import unquote

KNOWN_SCHEMA: Final = "urn:event-schema:sms-gateway:message:1"
"""The `dataschema` of the events that this module reads."""
DEFAULT_CAPACITY: Final = 100_000
"""Messages or events that a memory holds, about 20 MB."""

Value = TypeVar("Value")
_FINAL: Final = frozenset({"sent", "failed", "cancelled"})


class InvalidEventError(ValueError):
    """What was read is no event of the gateway, or one of a later schema."""


@dataclass(frozen=True, slots=True)
class Event:
    """A message has taken a status. `source` and `id` together are the same if it repeats.

    `source` and `message_id` together are one message; `client` is the last part of the source.
    `final`: nothing of the message changes any more. `reason` can be one of a later release.
    """

    source: str
    id: str
    type: str
    time: datetime
    message_id: str
    sequence: int
    status: str
    final: bool
    phone_number: str = field(repr=False)
    attempt: int
    previous_status: str | None = None
    reason: str | None = None
    error_message: str | None = field(default=None, repr=False)
    metadata: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def client(self) -> str:
        """The name of the client that the message belongs to."""
        return unquote(self.source.rpartition("/")[2])

    @property
    def message(self) -> tuple[str, str]:
        """What no other message has: its source and its id."""
        return self.source, self.message_id


def parse_event(document: str | bytes | Mapping[str, Any]) -> Event:
    """The event in a JSON text or an object, bare or in the envelope that SNS puts around it.

    The envelope's signature is not looked at: `signature.Verifier` does that. Raises
    `InvalidEventError`.
    """
    content = document if isinstance(document, Mapping) else _object(document)
    if content.get("Type") == "Notification" and isinstance(content.get("Message"), str):
        content = _object(content["Message"])
    if content.get("dataschema", KNOWN_SCHEMA) != KNOWN_SCHEMA:
        msg = (
            f"The event has the schema {content['dataschema']!r}, and this module reads"
            f" {KNOWN_SCHEMA!r}. Install the version of the client that fits the gateway."
        )
        raise InvalidEventError(msg)
    try:
        return _event(content)
    except (KeyError, TypeError, ValueError) as error:
        msg = f"This is no event of the SMS gateway: {type(error).__name__}, {error}."
        raise InvalidEventError(msg) from error


class Memory(Protocol):
    """What a consumer knows of the events that it has handled."""

    def is_new(self, event: Event) -> bool:
        """Whether it still has to be handled."""
        ...

    def remember(self, event: Event) -> None:
        """It is handled."""
        ...


class HighestSequence:
    """For consumers that want to know where each message stands: the highest sequence wins.

    A repeated event is not new, and neither is one that a later event of its message has
    overtaken. It forgets the message that it has not heard of for the longest time when it holds
    more than `capacity`. Not for several threads at once.
    """

    def __init__(self, capacity: int = DEFAULT_CAPACITY) -> None:
        self._sequences = _Bounded[int](capacity)

    def is_new(self, event: Event) -> bool:
        """Whether no event of its message with this sequence or a higher one was handled."""
        return event.sequence > (self._sequences.get(event.message) or 0)

    def remember(self, event: Event) -> None:
        """Whatever does not have a higher sequence is not new from now on."""
        known = self._sequences.get(event.message) or 0
        self._sequences.put(event.message, max(known, event.sequence))


class EachOnce:
    """For consumers that want every change, in any order: a repeated event is not new.

    It forgets the oldest events when it holds more than `capacity`. Not for several threads at
    once.
    """

    def __init__(self, capacity: int = DEFAULT_CAPACITY) -> None:
        self._known = _Bounded[bool](capacity)

    def is_new(self, event: Event) -> bool:
        """Whether no event with its source and id was handled."""
        return self._known.get((event.source, event.id)) is None

    def remember(self, event: Event) -> None:
        """This source and id are not new from now on."""
        self._known.put((event.source, event.id), True)  # noqa: FBT003  the value is not looked at


def handle_if_new(event: Event, memory: Memory, handle: Callable[[Event], object]) -> bool:
    """Handle the event if it is new, then remember it; whether it was new.

    If `handle` raises, the event is not remembered, and the same event is handled again when it
    comes again. A process that dies between the two handles it twice.
    """
    if not memory.is_new(event):
        return False
    handle(event)
    memory.remember(event)
    return True


class _Bounded(Generic[Value]):
    """A dictionary that forgets what it was not told of for the longest time."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            msg = f"A memory holds 1 entry at least, not {capacity}."
            raise ValueError(msg)
        self._capacity = capacity
        self._entries: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable) -> Value | None:
        return self._entries.get(key)

    def put(self, key: Hashable, value: Value) -> None:
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)


def _object(document: str | bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(document)
    except ValueError as error:
        msg = f"This is no event of the SMS gateway: it is no JSON ({error})."
        raise InvalidEventError(msg) from error
    if not isinstance(content, dict):
        msg = "This is no event of the SMS gateway: it is no JSON object."
        raise InvalidEventError(msg)
    return content


def _event(content: Mapping[str, Any]) -> Event:
    """Raises `KeyError`, `TypeError` and `ValueError`."""
    data = content["data"]
    event = Event(
        source=_text(content, "source"),
        id=_text(content, "id"),
        type=_text(content, "type"),
        time=datetime.fromisoformat(_text(content, "time")),
        message_id=_text(data, "messageId"),
        sequence=_number(data, "sequence"),
        status=_text(data, "status"),
        # Events of releases before this field have none.
        final=_flag(data, "final") if "final" in data else data["status"] in _FINAL,
        phone_number=_text(data, "phoneNumber"),
        attempt=_number(data, "attempt"),
        previous_status=_text(data, "previousStatus") if "previousStatus" in data else None,
        reason=_text(data, "reason") if "reason" in data else None,
        error_message=_text(data, "errorMessage") if "errorMessage" in data else None,
        metadata={name: _text(data["metadata"], name) for name in dict(data["metadata"])},
    )
    told = (content["specversion"], content["subject"], event.id, event.type)
    expected = (
        "1.0",
        event.message_id,
        f"{event.message_id}:{event.sequence}",
        f"sms.message.{event.status}",
    )
    if told != expected or event.sequence < 1 or event.time.tzinfo is None:
        msg = "its attributes contradict its data"
        raise ValueError(msg)
    return event


def _text(values: Mapping[str, Any], name: str) -> str:
    return _of_type(values, name, str)


def _number(values: Mapping[str, Any], name: str) -> int:
    if isinstance(values[name], bool):
        raise _WrongTypeError(name)
    return _of_type(values, name, int)


def _flag(values: Mapping[str, Any], name: str) -> bool:
    return _of_type(values, name, bool)


def _of_type(values: Mapping[str, Any], name: str, kind: type[Value]) -> Value:
    value = values[name]
    if not isinstance(value, kind):
        raise _WrongTypeError(name)
    return value


class _WrongTypeError(TypeError):
    """Its text is the name of the field, and never its value."""
