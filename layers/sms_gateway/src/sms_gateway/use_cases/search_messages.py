"""What operators look at: the messages of all clients, and the whole do-not-contact list."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.cursor import mint_place, read_cursor
from sms_gateway.domain.errors import (
    MalformedRequestError,
    SecretUnavailableError,
    StoreUnavailableError,
)
from sms_gateway.domain.guards import Suppression
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.search import Search
from sms_gateway.use_cases.ports import (
    CursorKeys,
    MessageSearch,
    PhoneNumbers,
    Searched,
    Suppressions,
)

_OF_A_SEARCH: Final = b"#search"
_OF_THE_LIST: Final = b"#suppressions"
"""What these cursors are signed for besides. No client's name begins like this, so none of them is
a cursor of a client's list."""


@dataclass(frozen=True, slots=True)
class SignedPlaces:
    """The cursors of operators: each is good for one list alone."""

    keys: CursorKeys

    def place(self, cursor_text: str | None, *of: bytes) -> str | None:
        """Where this list goes on; `None` is its beginning.

        Raises:
            MalformedRequestError: the cursor is none of this list.
            StoreUnavailableError: the key cannot be read.
        """
        if cursor_text is None:
            return None
        cursor = read_cursor(cursor_text)
        try:
            key = self.keys.find(cursor.key_id) if cursor else None
        except SecretUnavailableError as error:
            raise _key_not_read() from error
        place = cursor.place(key, *of) if cursor and key else None
        if place is None:
            raise MalformedRequestError(
                "cursor",
                "This cursor does not belong to this list. Leave it out to begin the list anew.",
            )
        return place

    def cursor(self, place: str | None, *of: bytes) -> str | None:
        """The cursor for this place. Raises `StoreUnavailableError`."""
        try:
            return None if place is None else mint_place(place, self.keys.current(), *of)
        except SecretUnavailableError as error:
            raise _key_not_read() from error


@dataclass(frozen=True, slots=True)
class SearchMessages:
    """`GET /messages` of an operator."""

    messages: MessageSearch
    phone_numbers: PhoneNumbers
    places: SignedPlaces
    now: Clock

    def checked(self, search: Search, phone_number: str | None) -> Search:
        """The search, with the number as it is read. `phone_number` is as the operator wrote it.

        Raises:
            InvalidValueError: `invalid-phone-number`.
            MalformedRequestError: there is no index for this search, or its time ends before it
                begins.
        """
        if phone_number is not None:
            search = replace(search, phone_number=self.phone_numbers.read(phone_number))
        search.check()
        return search

    def __call__(
        self, search: Search, limit: int, cursor_text: str | None
    ) -> tuple[Searched, str | None]:
        """At most `limit` (1 to 100) messages, and the cursor of the next ones.

        `search` is one that `checked` has given.

        Raises:
            MalformedRequestError: the cursor is of another search.
            StoreUnavailableError: the table or the cursor's key cannot be read.
        """
        place = self.places.place(cursor_text, _OF_A_SEARCH, search.signed)
        found = self.messages.search(search, limit, place, self.now())
        return found, self.places.cursor(found.place, _OF_A_SEARCH, search.signed)


@dataclass(frozen=True, slots=True)
class ListSuppressions:
    """`GET /suppressions` of an operator."""

    suppressions: Suppressions
    places: SignedPlaces

    def __call__(
        self, limit: int, cursor_text: str | None
    ) -> tuple[Sequence[Suppression], str | None]:
        """At most `limit` entries in the order of their numbers, and the cursor of the next ones.

        Raises:
            MalformedRequestError: the cursor is none of this list.
            StoreUnavailableError: the table or the cursor's key cannot be read.
        """
        place = self.places.place(cursor_text, _OF_THE_LIST)
        after = None if place is None else PhoneNumber(place)
        found = self.suppressions.page(limit + 1, after)
        page = found[:limit]
        last = page[-1].phone_number.e164 if len(found) > limit else None
        return page, self.places.cursor(last, _OF_THE_LIST)


def _key_not_read() -> StoreUnavailableError:
    # Which of our stores fails makes no difference to the caller: try again in a moment.
    return StoreUnavailableError("The gateway cannot read the key of its cursors now.")
