"""List what a client has sent to one number, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

from sms_gateway.domain.cursor import Position, mint_cursor, read_cursor
from sms_gateway.domain.errors import (
    MalformedRequestError,
    SecretUnavailableError,
    StoreUnavailableError,
)
from sms_gateway.domain.message import Message
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.use_cases.ports import CursorKeys, Messages, PhoneNumbers


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages, newest first; `cursor` asks for the next ones, if there are more.

    `unreadable` are the ids of messages whose rows another release has written.
    """

    messages: Sequence[Message]
    unreadable: Sequence[str]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class ListMessages:
    """`GET /messages`."""

    messages: Messages
    phone_numbers: PhoneNumbers
    keys: CursorKeys

    def __call__(
        self, client: str, phone_number_text: str, limit: int, cursor_text: str | None = None
    ) -> Page:
        """At most `limit` (1 to 100) messages as they stand, from where the cursor points.

        Raises:
            InvalidValueError: `invalid-phone-number`.
            MalformedRequestError: the cursor is not one that this client got for this number.
            StoreUnavailableError: the table did not answer, or the cursor's key cannot be told now.
        """
        number = self.phone_numbers.read(phone_number_text)
        try:
            after = None if cursor_text is None else self._position(cursor_text, client, number)
            listed = self.messages.list_for(client, number, limit, after)
            cursor = self._cursor(listed.last, client, number) if listed.last else None
            return Page(listed.messages, listed.unreadable, cursor)
        except SecretUnavailableError as error:
            # Which of our stores fails makes no difference to the caller: try again in a moment.
            raise StoreUnavailableError(
                "The gateway cannot read the key of its cursors now."
            ) from error

    def _position(self, text: str, client: str, number: PhoneNumber) -> Position:
        cursor = read_cursor(text)
        key = self.keys.find(cursor.key_id) if cursor else None
        position = cursor.position(client, number, key) if cursor and key else None
        if position is None:
            raise MalformedRequestError(
                "cursor",
                "This cursor does not belong to this list. Leave it out to begin the list anew.",
            )
        return position

    def _cursor(self, position: Position, client: str, number: PhoneNumber) -> str:
        return mint_cursor(position, client, number, self.keys.current())
