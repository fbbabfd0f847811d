"""Messages whose time has come, and what the index of them tells."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sms_gateway.domain.message import Message, OnUnconfirmed, StatusChange
from sms_gateway.domain.status import Status
from sms_gateway.domain.waits import Waits
from sms_gateway.use_cases.ports import Due
from tests.fakes.builders import a_message
from tests.fakes.clock import START
from tests.fakes.gateway import FakeGateway

RESEND = OnUnconfirmed.RESEND
OVERDUE = {
    "on_unconfirmed": RESEND,
    "history": (StatusChange(Status.UNCONFIRMED, START - timedelta(minutes=60), 1),),
    "open_tries": frozenset({1}),
}
"""A message in doubt that may be tried once more now."""


def due(gateway: FakeGateway, status: Status = Status.QUEUED, **values: Any) -> Message:
    """A message whose time has come this moment, stored."""
    message = a_message(status, **{"due_at": START, **values})
    gateway.messages.create(message)
    gateway.messages.stream.clear()
    return message


def many(gateway: FakeGateway, number: int) -> list[str]:
    names = [f"m-{n:04}" for n in range(number)]
    for name in names:
        due(gateway, message_id=name)
    return names


def of_line(line: Waits, found: list[Due]) -> Iterator[Due]:
    """The index, if all of these wait outside the queue."""
    return iter(found if line is Waits.OUTSIDE else [])


def index_of(gateway: FakeGateway) -> Callable[[Waits, datetime], Iterator[Due]]:
    """What the index tells now, to be told again later."""
    found = {line: list(gateway.messages.due(line, START)) for line in Waits}
    return lambda line, _: iter(found[line])
