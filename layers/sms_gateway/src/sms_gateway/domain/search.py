"""What an operator looks for among the messages of all clients."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.errors import MalformedRequestError
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.status import NEEDS_ATTENTION, Status

FOUND_BY_STATUS: Final = NEEDS_ATTENTION | {Status.QUEUED}
"""The statuses that an index holds, so that they can be looked for without anything else."""


@dataclass(frozen=True, slots=True)
class Search:
    """Messages that fit everything that is given.

    One of `message_id`, `phone_number`, `status` and `client` says where to look, the first of them
    that is given and that there is an index of; no search reads a whole table. `since` and `until`
    (which is still in) are about `createdAt`; where a status that needs attention says where to
    look, about the time of that status.
    """

    phone_number: PhoneNumber | None = None
    message_id: str | None = None
    status: Status | None = None
    client: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def check(self) -> None:
        """Raises `MalformedRequestError`, naming the parameter.

        That is if there is no index for it, or if its time ends before it begins.
        """
        others: dict[str, object] = {
            "phoneNumber": self.phone_number,
            "status": self.status,
            "since": self.since,
            "until": self.until,
        }
        if self.message_id is not None:
            for name, value in others.items():
                if value is not None:
                    raise MalformedRequestError(
                        name, f"{name} cannot be given together with messageId. Leave it out."
                    )
        elif self.phone_number is None and self.client is None and self.status is None:
            raise MalformedRequestError(
                "phoneNumber",
                "The search names no messageId, phoneNumber, client or status. Add one of them.",
            )
        elif self.phone_number is None and self.client is None and not self.is_found_by_status:
            named = ", ".join(sorted(FOUND_BY_STATUS))
            raise MalformedRequestError(
                "status",
                f"Without phoneNumber or client the status has to be one of {named}. Add one of"
                " them, or choose one of these.",
            )
        elif self.since is not None and self.until is not None and self.since > self.until:
            raise MalformedRequestError(
                "until", "until is before since. Choose a later until, or an earlier since."
            )

    @property
    def is_found_by_status(self) -> bool:
        """Whether its status says where to look, if no number does."""
        return self.status in FOUND_BY_STATUS

    @property
    def is_by_time_of_status(self) -> bool:
        """Whether `since` and `until` are about the time of the status."""
        return self.phone_number is None and self.status in NEEDS_ATTENTION

    def fits_key(self, key: MessageKey) -> bool:
        """Whether a message with this key could be one, as far as its key tells."""
        return self.client in {None, key.client} and self.message_id in {None, key.message_id}

    def fits(self, message: Message) -> bool:
        """Whether it is one of those that are looked for."""
        at = message.updated_at if self.is_by_time_of_status else message.created_at
        return (
            self.fits_key(message.key)
            and self.phone_number in {None, message.phone_number}
            and self.status in {None, message.status}
            and (self.since is None or self.since <= at)
            and (self.until is None or at <= self.until)
        )

    @property
    def signed(self) -> bytes:
        """The same for the same search, and for no other: a cursor is good for one alone."""
        parts = (
            self.phone_number and self.phone_number.e164,
            self.message_id,
            self.status,
            self.client,
            self.since and to_iso(self.since),
            self.until and to_iso(self.until),
        )
        return "\n".join(part or "" for part in parts).encode()
