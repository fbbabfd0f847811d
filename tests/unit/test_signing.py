import re

from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.callback_url import CallbackKey
from sms_gateway.domain.cursor import CursorKey
from sms_gateway.domain.signing import SIGNATURE_BYTES, to_base64url

SECRETS = st.text(st.characters(codec="utf-8"), min_size=9)
PARTS = st.lists(st.binary(min_size=1).filter(lambda part: b"\x00" not in part), min_size=1)


@given(SECRETS, PARTS)
def test_one_secret_is_another_key_for_another_purpose(secret: str, parts: list[bytes]) -> None:
    callback, cursor = CallbackKey(secret), CursorKey(secret)

    assert callback.key_id != cursor.key_id
    assert callback.sign(*parts) != cursor.sign(*parts)


@given(SECRETS, PARTS, PARTS)
def test_parts_cannot_lend_each_other_bytes(
    secret: str, parts: list[bytes], others: list[bytes]
) -> None:
    key = CursorKey(secret)

    assert (key.sign(*parts) == key.sign(*others)) is (parts == others)


@given(SECRETS)
def test_a_key_shows_nothing_of_its_secret(secret: str) -> None:
    key = CursorKey(secret)

    assert re.fullmatch(r"[0-9a-f]{8}", key.key_id)
    assert secret not in f"{key} {key!r}"


def test_a_signature_has_128_bits() -> None:
    assert len(CursorKey("secret").sign(b"part")) == SIGNATURE_BYTES == 16


@given(st.binary())
def test_what_is_encoded_survives_any_url(content: bytes) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]*", to_base64url(content))
