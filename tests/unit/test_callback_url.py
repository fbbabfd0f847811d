import re
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sms_gateway.domain.callback_url import (
    CallbackKey,
    CallbackReference,
    mint_callback_url,
    read_callback_path,
)
from sms_gateway.domain.message_id import MessageKey
from tests.fakes.builders import KEY, key

SIGNING = CallbackKey("a-secret-of-the-callback")
BASE = "https://callback.test"
M = key("m")
MESSAGE_IDS = st.from_regex(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}", fullmatch=True)
CLIENTS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
ATTEMPTS = st.integers(1, 999_999)


def minted_path(
    message_id: str = "appointment-17", attempt: int = 1, client: str = "clinic"
) -> str:
    return urlsplit(mint_callback_url(BASE, key(message_id, client), attempt, SIGNING)).path


def is_ours(path: str, signing: CallbackKey = SIGNING) -> bool:
    reference = read_callback_path(path)
    return reference is not None and reference.is_signed_by(signing)


@given(
    st.builds(MessageKey, CLIENTS, MESSAGE_IDS),
    ATTEMPTS,
    st.text(st.characters(codec="utf-8"), min_size=1),
)
def test_a_minted_url_is_read_back(of: MessageKey, attempt: int, secret: str) -> None:
    signing = CallbackKey(secret)

    reference = read_callback_path(urlsplit(mint_callback_url(BASE, of, attempt, signing)).path)

    assert reference == CallbackReference(
        of, attempt, signing.key_id, signing.signature(of, attempt)
    )
    assert reference.is_signed_by(signing)


def test_a_base_url_may_end_in_a_slash() -> None:
    assert mint_callback_url(f"{BASE}/", M, 1, SIGNING) == mint_callback_url(BASE, M, 1, SIGNING)


def test_a_signature_has_128_bits_and_fits_a_path() -> None:
    assert re.fullmatch(r"/clinic/m/2/[0-9a-f]{8}\.[A-Za-z0-9_-]{22}", minted_path("m", 2))


def test_a_url_is_the_same_whenever_it_is_minted() -> None:
    again = CallbackKey(SIGNING.secret)

    assert mint_callback_url(BASE, M, 1, SIGNING) == (
        f"{BASE}/clinic/m/1/{again.key_id}.{again.signature(M, 1)}"
    )


@pytest.mark.parametrize(
    ("signing", "of", "attempt", "url"),
    [
        (SIGNING, KEY, 2, "clinic/appointment-17/2/b50ecff2.sH9ifRwnl7pkStt-utwnhg"),
        (CallbackKey("ș"), key("m", "a/b"), 1, "a%2Fb/m/1/99d73079.lXnsz4eO_QEoyQPX7CpvJQ"),
    ],
)
def test_the_urls_that_are_under_way_at_voipit_stay_good(
    signing: CallbackKey, of: MessageKey, attempt: int, url: str
) -> None:
    assert mint_callback_url(BASE, of, attempt, signing) == f"{BASE}/{url}"


@given(st.data())
def test_a_path_with_any_other_character_in_it_is_not_ours(data: st.DataObject) -> None:
    path = minted_path()
    names_the_key = range(path.rindex("/") + 1, path.rindex("."))
    position = data.draw(
        st.integers(1, len(path) - 1).filter(lambda number: number not in names_the_key)
    )
    character = data.draw(st.characters(codec="utf-8", exclude_characters=path[position]))

    assert not is_ours(path[:position] + character + path[position + 1 :])


@given(st.integers(1, 60))
def test_a_path_that_was_cut_off_is_not_ours(kept: int) -> None:
    path = minted_path()
    assume(kept < len(path))

    assert not is_ours(path[:kept])


@pytest.mark.parametrize(
    "path",
    [
        minted_path("other").replace("/other/", "/appointment-17/"),
        minted_path(client="crm").replace("/crm/", "/clinic/"),
        minted_path(attempt=2).replace("/2/", "/1/"),
        minted_path().replace("/1/", "/11/"),
        minted_path().replace("/1/", "/01/"),
        minted_path().replace("/1/", "/+1/"),
        minted_path().replace("/1/", "/\u0661/"),
        minted_path().replace("/1/", "/1234567/"),
        minted_path() + "=",
        minted_path() + "/more",
        minted_path().replace("/clinic", ""),
        minted_path().replace("appointment", "APPOINTMENT"),
    ],
    ids=[
        "other message", "other client", "other attempt", "longer attempt", "leading zero", "sign",
        "other digits", "huge attempt", "padding", "one part more", "no client", "other case",
    ],
)  # fmt: skip
def test_a_signature_is_good_for_one_attempt_of_one_message(path: str) -> None:
    assert is_ours(minted_path())
    assert not is_ours(path)


def test_another_key_is_refused() -> None:
    assert not is_ours(minted_path(), CallbackKey("another secret"))


def test_client_message_id_and_attempt_cannot_lend_each_other_letters() -> None:
    assert SIGNING.signature(key("m1"), 1) != SIGNING.signature(key("m"), 11)
    assert SIGNING.signature(key("bc", "a"), 1) != SIGNING.signature(key("c", "ab"), 1)


@pytest.mark.parametrize("encoded", [quote("a~b-c", safe="").replace("~", "%7E"), "a%7eb%2Dc"])
def test_percent_encoding_is_undone(encoded: str) -> None:
    assert is_ours(minted_path("a~b-c").replace("a~b-c", encoded))


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "//", "/c/a/1", "/c/a/1/k", "/c/a/1/.", "/c/../1/k.s", "/c/a/b/c", "//a/1/k.s",
        "/%20/a/1/k.s", "/%C3%A9/a/1/k.s", f"/{'c' * 65}/a/1/k.s",
    ],
)  # fmt: skip
def test_what_has_not_our_shape_is_not_ours(path: str) -> None:
    assert not is_ours(path)


PIECES = st.sampled_from(["/", "%", ".", "..", "%2F", "%00", "%FF", "1", "m", "é", "\ud800", "?"])


@given(st.text() | st.lists(PIECES).map("".join))
@example("/c/m/1/k.\ud800")
@example("/c/m/1/k.%ED%A0%80")
@example("/c/m/²/k.s")
def test_no_path_is_too_strange_to_be_refused(path: str) -> None:
    assert not is_ours(path)


def test_a_key_id_is_stable_and_belongs_to_one_secret() -> None:
    assert CallbackKey("x").key_id == CallbackKey("x").key_id
    assert CallbackKey("x").key_id != CallbackKey("y").key_id


@given(st.text(st.characters(codec="utf-8"), min_size=9))
def test_a_key_shows_nothing_of_its_secret(secret: str) -> None:
    key = CallbackKey(secret)

    assert re.fullmatch(r"[0-9a-f]{8}", key.key_id)
    assert key.key_id not in key.signature(M, 1)
    assert secret not in f"{key} {key!r}"


TOKEN = "b50ecff2.sH9ifRwnl7pkStt-utwnhg"


@pytest.mark.parametrize(
    "place",
    [
        "cli nic/m/1", "%2F/m/1", "clinic/../1", "clinic/a b/1", f"clinic/{'m' * 65}/1",
        "clinic/m/0", "clinic/m/01", "clinic/m/-1", "clinic/m/1.0", "clinic/m/x",
        "clinic/m/1234567", "clinic/m/%D9%A3", "clinic/m/%C2%B2",
    ],
)  # fmt: skip
def test_a_token_of_the_right_shape_does_not_make_up_for_a_part_that_is_none_of_ours(
    place: str,
) -> None:
    assert read_callback_path(f"/{place}/{TOKEN}") is None
    assert read_callback_path(f"/clinic/m/123456/{TOKEN}") is not None
