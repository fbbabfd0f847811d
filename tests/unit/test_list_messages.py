from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.cursor import CursorKey, Position, mint_cursor
from sms_gateway.domain.errors import (
    InvalidValueError,
    MalformedRequestError,
    StoreUnavailableError,
)
from sms_gateway.domain.message import Message
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.status import Status, Trigger
from sms_gateway.use_cases.list_messages import ListMessages, Page
from tests.fakes.builders import NUMBER, a_change, a_message, key
from tests.fakes.clock import START
from tests.fakes.cursor_keys import FakeCursorKeys
from tests.fakes.messages import InMemoryMessages
from tests.fakes.phone_numbers import FakePhoneNumbers

CLIENT = "clinic"
OTHER_NUMBER = "+40721234568"


class World:
    """Messages, the keys, and the use case between them."""

    def __init__(self, *messages: Message) -> None:
        self.messages = InMemoryMessages(*messages)
        self.keys = FakeCursorKeys()
        self.list = ListMessages(self.messages, FakePhoneNumbers(), self.keys)

    def walk(self, limit: int) -> Iterator[Page]:
        cursor = None
        while True:
            page = self.list(CLIENT, NUMBER.e164, limit, cursor)
            yield page
            cursor = page.cursor
            if cursor is None:
                return


def sent(number: int, **changes: Any) -> Message:
    """The so-maniest message, each a second after the one before."""
    at = START + timedelta(seconds=number)
    return a_message(message_id=f"m-{number}", created_at=at, **changes)


def ids(page: Page) -> list[str]:
    return [message.message_id for message in page.messages]


def test_a_list_that_fits_one_page_has_no_cursor_and_needs_no_key() -> None:
    world = World(*map(sent, range(3)))
    world.keys.available = False

    page = world.list(CLIENT, NUMBER.e164, 3)

    assert (ids(page), page.cursor, world.keys.asked) == (["m-2", "m-1", "m-0"], None, 0)


@given(st.integers(0, 40), st.integers(1, 12))
def test_page_by_page_each_message_is_shown_once_newest_first(number: int, limit: int) -> None:
    pages = list(World(*map(sent, range(number))).walk(limit))

    assert [i for page in pages for i in ids(page)] == [f"m-{n}" for n in reversed(range(number))]
    assert [page for page in pages[1:] if not page.messages] == []


def test_a_message_is_shown_as_it_stands_when_its_page_is_read() -> None:
    world = World(*map(sent, range(3)))
    first = world.list(CLIENT, NUMBER.e164, 2)
    world.messages.change(key("m-0"), a_change(Trigger.ACCEPTED))

    second = world.list(CLIENT, NUMBER.e164, 2, first.cursor)

    assert [message.status for message in second.messages] == [Status.SUBMITTED]


def test_a_client_lists_its_own_messages_only() -> None:
    world = World(sent(1), sent(2, client="crm"))

    assert ids(world.list(CLIENT, NUMBER.e164, 20)) == ["m-1"]
    assert ids(world.list("crm", NUMBER.e164, 20)) == ["m-2"]
    assert ids(world.list("stranger", NUMBER.e164, 20)) == []


def test_a_number_nobody_can_read_is_refused_before_anything_is_read() -> None:
    world = World(sent(1))
    world.messages.be_unavailable("list_for")

    with pytest.raises(InvalidValueError) as refused:
        world.list(CLIENT, "no number", 20)

    assert (refused.value.code, refused.value.field) == ("invalid-phone-number", "phoneNumber")


def a_cursor(client: str = CLIENT, number: str = NUMBER.e164) -> tuple[World, str]:
    """A world with two messages of each of two clients to each of two numbers, and a cursor."""
    lists = product((CLIENT, "crm"), (NUMBER.e164, OTHER_NUMBER), range(2))
    world = World(
        *(
            sent(place, client=whose, phone_number=PhoneNumber(to))
            for place, (whose, to, _) in enumerate(lists)
        )
    )
    cursor = world.list(client, number, 1).cursor
    assert cursor
    return world, cursor


@pytest.mark.parametrize(
    ("client", "number"),
    [("crm", NUMBER.e164), (CLIENT, OTHER_NUMBER), ("crm", OTHER_NUMBER)],
    ids=["client", "number", "both"],
)
def test_a_cursor_is_of_no_use_to_another_client_or_for_another_number(
    client: str, number: str
) -> None:
    world, cursor = a_cursor()

    with pytest.raises(MalformedRequestError) as refused:
        world.list(client, number, 1, cursor)

    assert (refused.value.code, refused.value.field) == ("malformed-request", "cursor")
    assert len(world.list(CLIENT, NUMBER.e164, 1, cursor).messages) == 1


@given(st.data())
def test_a_cursor_that_was_altered_is_refused(data: st.DataObject) -> None:
    world, cursor = a_cursor()
    place = data.draw(st.integers(0, len(cursor) - 1))
    character = data.draw(st.characters(codec="utf-8", exclude_characters=cursor[place]))
    world.messages.be_unavailable("list_for")

    with pytest.raises(MalformedRequestError) as refused:
        world.list(CLIENT, NUMBER.e164, 1, cursor[:place] + character + cursor[place + 1 :])

    assert refused.value.field == "cursor"


def test_nor_is_one_that_somebody_signed_himself() -> None:
    world, _ = a_cursor()
    forged = mint_cursor(Position(START, "m-1"), CLIENT, NUMBER, CursorKey("a guess"))

    with pytest.raises(MalformedRequestError):
        world.list(CLIENT, NUMBER.e164, 1, forged)


def test_an_empty_cursor_is_not_the_beginning() -> None:
    world, _ = a_cursor()

    with pytest.raises(MalformedRequestError):
        world.list(CLIENT, NUMBER.e164, 1, "")


def test_a_cursor_survives_one_rotation_of_its_key_and_not_two() -> None:
    world, cursor = a_cursor()

    world.keys.rotate("second")
    assert len(world.list(CLIENT, NUMBER.e164, 1, cursor).messages) == 1
    world.keys.rotate("third")
    with pytest.raises(MalformedRequestError):
        world.list(CLIENT, NUMBER.e164, 1, cursor)


@pytest.mark.parametrize("with_cursor", [True, False], ids=["checked", "made"])
def test_a_key_that_cannot_be_read_is_an_outage_of_ours(*, with_cursor: bool) -> None:
    world, cursor = a_cursor()
    world.keys.available = False

    with pytest.raises(StoreUnavailableError):
        world.list(CLIENT, NUMBER.e164, 1, cursor if with_cursor else None)


def test_a_table_that_does_not_answer_is_not_an_empty_list() -> None:
    world = World(sent(1))
    world.messages.be_unavailable("list_for")

    with pytest.raises(StoreUnavailableError):
        world.list(CLIENT, NUMBER.e164, 1)
