"""The requests that reached the simulator and their outcomes, for tests and for people to read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from local.simulator.phone_numbers import international


def utc_now() -> str:
    """The present moment, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat()


@dataclass(frozen=True)
class SentReport:
    """One delivery report that was tried.

    Attributes:
        at: when the try began.
        method: the HTTP method.
        content_type: the type of the body; None where there is none.
        status: the value of `status` in the report.
        answer: the HTTP status it was answered with, or the name of the failure.
    """

    at: str
    method: str
    content_type: str | None
    status: str
    answer: int | str

    def as_json(self) -> dict[str, object]:
        """The report as the journal shows it."""
        return {
            "at": self.at,
            "method": self.method,
            "contentType": self.content_type,
            "status": self.status,
            "answer": self.answer,
        }


@dataclass(kw_only=True)
class Entry:
    """One request to sms/send or ping. It has no room for a password.

    `behaviour` stays None if the request never came as far as a destination; `answer` is None
    while the answer is still due, and `cut` if the connection was cut instead.
    """

    index: int
    path: str
    method: str
    content_type: str | None
    remote: str
    fields: tuple[str, ...]
    account_number: str
    phone_number: str | None
    message_id: str | None
    send_result_to: str | None
    message: str | None
    at: str = field(default_factory=utc_now)
    message_carried: str | None = None
    behaviour: str | None = None
    answer: int | Literal["cut"] | None = None
    reports: list[SentReport] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """Whether Voipit took the message."""
        return self.message_carried is not None

    def as_json(self) -> dict[str, object]:
        """The entry as `GET /_simulator/journal` shows it."""
        return {
            "index": self.index,
            "at": self.at,
            "path": self.path,
            "method": self.method,
            "contentType": self.content_type,
            "remote": self.remote,
            "fields": list(self.fields),
            "accountNumber": self.account_number,
            "phoneNumber": self.phone_number,
            "messageId": self.message_id,
            "sendResultTo": self.send_result_to,
            "message": self.message,
            "messageCarried": self.message_carried,
            "accepted": self.accepted,
            "behaviour": self.behaviour,
            "answer": self.answer,
            "reports": [report.as_json() for report in self.reports],
        }


class Journal:
    """The requests since the start or the last reset, in the order of their arrival."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def add(self, create: Callable[[int], Entry]) -> Entry:
        """Add the entry that `create` makes of the next index; indexes start at 1."""
        entry = create(len(self._entries) + 1)
        self._entries.append(entry)
        return entry

    def find(
        self, *, message_id: str | None, phone_number: str | None, accepted: bool | None
    ) -> list[Entry]:
        """The entries that match every filter given; numbers match in any form."""
        return [
            entry
            for entry in self._entries
            if (message_id is None or entry.message_id == message_id)
            and (
                phone_number is None
                or international(entry.phone_number or "") == international(phone_number)
            )
            and (accepted is None or entry.accepted == accepted)
        ]

    def clear(self) -> None:
        """Forget every request."""
        self._entries.clear()
