import json
import re
import string
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sms_gateway.domain.access_token import (
    LONGEST_LIFE,
    MAX_CHARACTERS,
    MAX_MESSAGES,
    MAX_METADATA,
    AccessToken,
    TokenKey,
    mint_token,
    read_token,
)
from sms_gateway.domain.callback_url import CallbackKey
from sms_gateway.domain.cursor import CursorKey
from sms_gateway.domain.errors import (
    InvalidValueError,
    TokenExpiredError,
    TokenInvalidError,
    TokenNotAllowedError,
)
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.signing import to_base64url
from tests.fakes.builders import NUMBER
from tests.fakes.clock import START
from tools.rotate import LONGEST_LIFE_OF_A_TOKEN

OTHER_NUMBER = PhoneNumber("+40721234568")
KEY = TokenKey("a-secret-of-the-tokens")
TOKEN = AccessToken(
    token_id="01a203d8-1f9b-741d-b137-2711b49bfaa4",
    client="crm",
    expires_at=START + timedelta(minutes=15),
    max_messages=1,
    phone_number=NUMBER,
    origin="https://crm.example.com",
    metadata={"case": "4711", "clinic": "Iași"},
)
BASE64URL = string.ascii_letters + string.digits + "-_"

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
TOKENS = st.builds(
    AccessToken,
    token_id=st.uuids().map(str),
    client=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True),
    expires_at=st.integers(1, 3_600_000).map(lambda ms: START + timedelta(milliseconds=ms)),
    max_messages=st.integers(1, MAX_MESSAGES),
    phone_number=st.none() | st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True).map(PhoneNumber),
    origin=st.none() | st.just("https://crm.example.com"),
    metadata=st.dictionaries(TEXTS, TEXTS, max_size=3),
)


def opened(text: str, key: TokenKey = KEY) -> AccessToken:
    """What the gateway takes the text for, if this is the only key that it knows."""
    claimed = read_token(text)
    if claimed is None or claimed.key_id != key.key_id:
        raise TokenInvalidError
    return claimed.opened(key, START)


@given(TOKENS)
def test_a_token_says_what_it_allows(token: AccessToken) -> None:
    minted = mint_token(token, KEY)

    assert opened(minted) == token
    claimed = read_token(minted)
    assert claimed is not None
    assert claimed.key_id == KEY.key_id


def test_a_token_survives_a_header() -> None:
    assert re.fullmatch(r"v1(\.[A-Za-z0-9_-]+){3}", mint_token(TOKEN, KEY))


def test_nothing_but_what_is_given_is_in_a_token() -> None:
    """It travels with every request of a page, and the person at the page can read it."""
    bare = AccessToken("id", "crm", TOKEN.expires_at, 1)
    _, payload, _, _ = mint_token(bare, KEY).split(".")

    content = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert content.keys() == {"id", "client", "until", "messages"}


@given(st.data())
def test_no_character_of_a_token_can_be_another(data: st.DataObject) -> None:
    """Not even where base64 has bits to spare, and no capital for a small letter."""
    minted = mint_token(TOKEN, KEY)
    at = data.draw(st.integers(0, len(minted) - 1))
    other = data.draw(st.sampled_from([*BASE64URL, ".", "=", " ", "\n", "é"]))
    assume(minted[at] != other)

    with pytest.raises(TokenInvalidError):
        opened(minted[:at] + other + minted[at + 1 :])


@pytest.mark.parametrize("last", BASE64URL)
def test_the_spare_bits_of_a_signature_are_not_forgiven(last: str) -> None:
    minted = mint_token(TOKEN, KEY)
    if minted.endswith(last):
        assert opened(minted) == TOKEN
    else:
        with pytest.raises(TokenInvalidError):
            opened(minted[:-1] + last)


@pytest.mark.parametrize(
    "change",
    [
        lambda minted: minted + "=",
        lambda minted: minted + "\n",
        lambda minted: " " + minted,
        lambda minted: minted + ".",
        lambda minted: minted + "A",
        lambda minted: minted[:-1],
        lambda minted: minted.replace("v1.", "v2."),
        lambda minted: minted.replace("v1.", "V1."),
        lambda minted: minted.replace("v1.", "v\uff11."),
        lambda minted: minted.removeprefix("v1."),
        lambda minted: ".".join([*minted.split(".")[:2], "", minted.split(".")[3]]),
        lambda minted: ".".join([*minted.split(".")[:3], ""]),
        lambda minted: minted.upper(),
        lambda minted: minted.replace(".", "%2E"),
    ],
)
def test_a_token_has_one_spelling(change: object) -> None:
    assert callable(change)
    with pytest.raises(TokenInvalidError):
        opened(change(mint_token(TOKEN, KEY)))


@given(st.text(max_size=100) | st.text(BASE64URL + ".", max_size=100))
@example("")
@example("v1...")
def test_what_a_stranger_makes_up_is_no_token(text: str) -> None:
    with pytest.raises(TokenInvalidError):
        opened(text)


def test_a_text_that_is_longer_than_any_token_is_not_even_looked_at() -> None:
    assert read_token(f"v1.{'A' * MAX_CHARACTERS}.0123abcd.{'A' * 22}") is None


@pytest.mark.parametrize("secret", ["another-secret", "a-secret-of-the-tokens "])
def test_a_token_of_another_stack_is_not_taken(secret: str) -> None:
    other = TokenKey(secret)

    assert other.key_id != KEY.key_id
    with pytest.raises(TokenInvalidError):
        opened(mint_token(TOKEN, other))


def test_what_the_same_secret_signs_for_another_purpose_is_not_taken() -> None:
    """An operator might put one secret's text into another."""
    _, payload, _, _ = mint_token(TOKEN, KEY).split(".")

    for kind in (CallbackKey, CursorKey):
        other = kind(KEY.secret)
        assert other.key_id != KEY.key_id
        signature = to_base64url(other.sign(payload.encode()))
        with pytest.raises(TokenInvalidError):
            opened(f"v1.{payload}.{KEY.key_id}.{signature}")


def test_a_token_is_good_until_the_last_millisecond_and_not_longer() -> None:
    claimed = read_token(mint_token(TOKEN, KEY))
    assert claimed is not None
    end = TOKEN.expires_at

    assert claimed.opened(KEY, end - timedelta(milliseconds=1)) == TOKEN
    for now in (end, end + timedelta(days=1)):
        with pytest.raises(TokenExpiredError):
            claimed.opened(KEY, now)


def test_a_forged_token_is_not_told_that_it_is_over() -> None:
    claimed = read_token(mint_token(TOKEN, TokenKey("another-secret")))
    assert claimed is not None

    with pytest.raises(TokenInvalidError):
        claimed.opened(KEY, TOKEN.expires_at)


def test_a_token_that_a_wrong_clock_has_made_for_years_is_not_taken() -> None:
    """The clocks of two functions differ by seconds, and that is forgiven."""
    ahead = replace(TOKEN, expires_at=START + LONGEST_LIFE + timedelta(seconds=30))
    far_ahead = replace(TOKEN, expires_at=START + timedelta(days=365))

    assert opened(mint_token(ahead, KEY)) == ahead
    with pytest.raises(TokenInvalidError):
        opened(mint_token(far_ahead, KEY))


@pytest.mark.parametrize(
    "content", ["[]", "{}", '"text"', "not JSON", '{"id": "x", "client": "c", "until": "soon"}']
)
def test_a_payload_of_another_release_is_not_taken(content: str) -> None:
    payload = to_base64url(content.encode())
    signature = to_base64url(KEY.sign(payload.encode()))

    with pytest.raises(TokenInvalidError):
        opened(f"v1.{payload}.{KEY.key_id}.{signature}")


def test_a_token_is_two_kilobytes_long_at_most() -> None:
    def minted(length: int) -> str:
        return mint_token(replace(TOKEN, metadata={"note": "x" * length}), KEY)

    longest = max(length for length in range(1200, 1500) if _is_minted(minted, length))

    assert MAX_CHARACTERS - 2 <= len(minted(longest)) <= MAX_CHARACTERS
    assert opened(minted(longest)).metadata == {"note": "x" * longest}
    with pytest.raises(InvalidValueError) as refused:
        minted(longest + 1)
    assert (refused.value.code, refused.value.field) == ("token-too-long", "metadata")


def _is_minted(mint: object, length: int) -> bool:
    assert callable(mint)
    try:
        mint(length)
    except InvalidValueError:
        return False
    return True


def test_a_token_for_a_number_covers_no_other() -> None:
    TOKEN.check_covers(NUMBER)
    replace(TOKEN, phone_number=None).check_covers(OTHER_NUMBER)
    with pytest.raises(TokenNotAllowedError) as refused:
        TOKEN.check_covers(OTHER_NUMBER)
    assert refused.value.field == "phoneNumber"


def test_the_metadata_of_a_token_go_before_those_of_the_page() -> None:
    together = TOKEN.added_to({"case": "0815", "page": "1"})

    assert together == {"case": "4711", "clinic": "Iași", "page": "1"}


def test_the_metadata_of_both_are_ten_at_most() -> None:
    fitting = {f"n{number}": "" for number in range(MAX_METADATA - len(TOKEN.metadata))}

    assert len(TOKEN.added_to({**fitting, "case": "as well"})) == MAX_METADATA
    with pytest.raises(InvalidValueError) as refused:
        TOKEN.added_to(fitting | {"more": ""})
    assert (refused.value.code, refused.value.field) == ("too-much-metadata", "metadata")


def test_neither_a_token_nor_its_key_shows_itself() -> None:
    minted = mint_token(TOKEN, KEY)
    _, payload, _, signature = minted.split(".")

    shown = f"{TOKEN!r} {KEY!r} {read_token(minted)!r}"
    assert not [each for each in (payload, signature, KEY.secret, NUMBER.e164) if each in shown]
    assert "4711" not in shown


def test_the_tool_that_rotates_keys_knows_how_long_a_token_lives() -> None:
    assert LONGEST_LIFE_OF_A_TOKEN == LONGEST_LIFE
