import re
import string
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sms_gateway.domain.callback_url import CallbackKey
from sms_gateway.domain.cursor import CursorKey, Position, mint_cursor, read_cursor
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.signing import to_base64url
from tests.fakes.builders import NUMBER, a_message
from tests.fakes.clock import START

KEY_ID_AND_SIGNATURE = 4 + 16

KEY = CursorKey("a-secret-of-the-cursors")
CLIENT = "k3y1d0f5am"
POSITION = Position(START, "appointment-17")

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
MESSAGE_IDS = st.from_regex(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}", fullmatch=True)
POSITIONS = st.builds(Position, MOMENTS, MESSAGE_IDS)
NUMBERS = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True).map(PhoneNumber)
CLIENTS = st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=30)


def position_in(
    text: str, client: str = CLIENT, number: PhoneNumber = NUMBER, key: CursorKey = KEY
) -> Position | None:
    cursor = read_cursor(text)
    if cursor is None or cursor.key_id != key.key_id:
        return None
    return cursor.position(client, number, key)


@given(POSITIONS, CLIENTS, NUMBERS, st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_cursor_says_where_to_go_on(
    position: Position, client: str, number: PhoneNumber, secret: str
) -> None:
    key = CursorKey(secret)

    assert position_in(mint_cursor(position, client, number, key), client, number, key) == position


@given(POSITIONS)
def test_a_cursor_survives_any_url_and_stays_short(position: Position) -> None:
    cursor = mint_cursor(position, CLIENT, NUMBER, KEY)

    assert re.fullmatch(r"[A-Za-z0-9_-]{60,144}", cursor)


def test_a_cursor_does_not_hold_the_number() -> None:
    content = urlsafe_b64decode(mint_cursor(POSITION, CLIENT, NUMBER, KEY) + "==")

    assert NUMBER.e164.removeprefix("+").encode() not in content
    assert CLIENT.encode() not in content


@given(POSITIONS, st.data())
def test_a_cursor_with_any_other_character_in_it_is_none(
    position: Position, data: st.DataObject
) -> None:
    cursor = mint_cursor(position, CLIENT, NUMBER, KEY)
    place = data.draw(st.integers(0, len(cursor) - 1))
    character = data.draw(st.characters(codec="utf-8", exclude_characters=cursor[place]))

    assert position_in(cursor[:place] + character + cursor[place + 1 :]) is None


@pytest.mark.parametrize("message_id", ["a", "ab", "abc"])
def test_nor_is_one_that_differs_in_the_bits_that_base64_ignores(message_id: str) -> None:
    cursor = mint_cursor(Position(START, message_id), CLIENT, NUMBER, KEY)
    alphabet = string.ascii_letters + string.digits + "-_"

    good = [last for last in alphabet if position_in(cursor[:-1] + last)]

    assert good == [cursor[-1]]


@given(POSITIONS, st.integers(0, 143))
def test_a_cursor_that_was_cut_off_is_none(position: Position, kept: int) -> None:
    cursor = mint_cursor(position, CLIENT, NUMBER, KEY)
    assume(kept < len(cursor))

    assert position_in(cursor[:kept]) is None


@given(POSITIONS, st.text(min_size=1))
@example(POSITION, "=")
@example(POSITION, "==")
@example(POSITION, "\n")
@example(POSITION, "A")
def test_nor_is_one_with_something_added(position: Position, more: str) -> None:
    cursor = mint_cursor(position, CLIENT, NUMBER, KEY)

    assert position_in(cursor + more) is None
    assert position_in(more + cursor) is None


@given(POSITIONS, CLIENTS, CLIENTS, NUMBERS, NUMBERS)
def test_a_cursor_is_good_for_one_client_and_one_number(
    position: Position, client: str, other_client: str, number: PhoneNumber, other: PhoneNumber
) -> None:
    cursor = mint_cursor(position, client, number, KEY)

    good = position_in(cursor, other_client, other) is not None

    assert good is ((client, number) == (other_client, other))


def test_client_and_number_cannot_lend_each_other_characters() -> None:
    cursor = mint_cursor(POSITION, "client", PhoneNumber("+40721234567"), KEY)

    assert position_in(cursor, "client+", PhoneNumber("+40721234567")) is None
    assert position_in(cursor, "clien", PhoneNumber("+40721234567")) is None


def test_another_key_has_not_signed_it() -> None:
    cursor = read_cursor(mint_cursor(POSITION, CLIENT, NUMBER, KEY))

    assert cursor is not None
    assert cursor.position(CLIENT, NUMBER, CursorKey("another secret")) is None


def test_a_cursor_names_its_key_and_no_key_of_another_purpose() -> None:
    cursor = read_cursor(mint_cursor(POSITION, CLIENT, NUMBER, KEY))

    assert cursor is not None
    assert cursor.key_id == KEY.key_id != CallbackKey(KEY.secret).key_id


@given(st.text() | st.text(string.ascii_letters + string.digits + "-_", max_size=200))
@example("")
@example("\ud800")
@example("%")
@example("A" * 28)
def test_no_text_is_too_strange_to_be_refused(text: str) -> None:
    assert position_in(text) is None


def test_the_later_of_two_positions_is_the_greater_and_of_one_millisecond_the_id_decides() -> None:
    later = Position(START + timedelta(milliseconds=1), "a")

    assert Position(START, "a") < Position(START, "b") < later


def test_a_message_stands_where_the_table_has_it_to_the_millisecond() -> None:
    message = a_message(created_at=START + timedelta(microseconds=456))

    assert Position.of(message) == Position.of(a_message()) == Position(START, "appointment-17")


def test_a_cursor_without_a_position_is_none() -> None:
    assert read_cursor(to_base64url(bytes(KEY_ID_AND_SIGNATURE))) is None
    assert read_cursor(to_base64url(bytes(KEY_ID_AND_SIGNATURE + 1))) is not None
