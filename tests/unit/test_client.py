import hashlib
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.client import Client, Role, digest_identity, is_client_name

ALLOWED = string.ascii_letters + string.digits + "._-"


@pytest.mark.parametrize("name", ["crm", "CRM", "4", "web-shop.v2_eu", "a" * 64, "k3y1d0f5am"])
def test_a_name_is_letters_digits_dots_underscores_and_hyphens(name: str) -> None:
    assert is_client_name(name)


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a#b", "a/b", "a\n", "-a", ".a", "_a", "a" * 65, "ș", "٤", "a%20b"]
)
def test_what_would_need_care_in_a_url_or_an_index_key_is_no_name(name: str) -> None:
    assert not is_client_name(name)


@given(st.text(ALLOWED, min_size=1, max_size=64))
def test_whatever_begins_with_a_letter_or_a_digit_is_a_name(name: str) -> None:
    assert is_client_name(name) is name[0].isalnum()


def test_a_client_is_no_operator_unless_that_is_said() -> None:
    assert Client("crm") == Client("crm", Role.CLIENT)


@given(st.text())
def test_a_key_without_an_id_is_known_by_96_bits_of_its_digest(api_key: str) -> None:
    identity = digest_identity(api_key)

    assert re.fullmatch(r"key-[0-9a-f]{24}", identity)
    assert hashlib.sha256(api_key.encode()).hexdigest().startswith(identity[4:])
    assert is_client_name(identity), "a key that was never entered is a client of this name"
