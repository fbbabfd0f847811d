"""The use cases `MintToken` and `CheckToken`."""

from datetime import timedelta
from typing import Any

import pytest

from sms_gateway.domain.access_token import AccessToken, TokenKey, mint_token
from sms_gateway.domain.errors import (
    InvalidValueError,
    StoreUnavailableError,
    TokenInvalidError,
    TokenNotAllowedError,
)
from sms_gateway.domain.guards import Suppression
from sms_gateway.domain.message_id import new_message_id
from sms_gateway.use_cases.access_tokens import CheckToken, MintToken, TokenRequest
from tests.fakes.builders import NUMBER
from tests.fakes.clock import START, FakeClock
from tests.fakes.intake import FakeSuppressions
from tests.fakes.phone_numbers import FakePhoneNumbers
from tests.fakes.token_keys import FakeTokenKeys

PAGE = "https://crm.example.com"
SHOP = "https://shop.example.com"


class Tokens:
    """Both use cases on the same keys."""

    def __init__(self, *origins: str, listed: bool = True) -> None:
        self.keys = FakeTokenKeys()
        self.clock = FakeClock()
        self.suppressions = FakeSuppressions()
        self.check = CheckToken(self.keys, origins, self.clock)
        self._mint = MintToken(
            self.keys,
            FakePhoneNumbers(),
            self.suppressions if listed else None,
            origins,
            self.clock,
            new_message_id,
        )

    def mint(self, **values: Any) -> tuple[str, AccessToken]:
        ordinary: dict[str, Any] = {
            "client": "crm",
            "max_messages": 1,
            "lives_for": timedelta(minutes=15),
        }
        return self._mint(TokenRequest(**ordinary | values))


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(PAGE, SHOP)


def test_what_is_minted_is_what_is_found_in_it_later(tokens: Tokens) -> None:
    minted, token = tokens.mint(
        phone_number=NUMBER.e164, origin=PAGE, max_messages=3, metadata={"case": "4711"}
    )

    assert tokens.check(minted) == token
    assert (token.client, token.max_messages, token.phone_number) == ("crm", 3, NUMBER)
    assert (token.origin, token.metadata) == (PAGE, {"case": "4711"})
    assert token.expires_at == START + timedelta(minutes=15)


def test_no_two_tokens_are_counted_as_one(tokens: Tokens) -> None:
    assert len({tokens.mint()[1].token_id for _ in range(50)}) == 50


def test_a_number_that_must_not_be_texted_gets_no_token(tokens: Tokens) -> None:
    with pytest.raises(InvalidValueError) as invalid:
        tokens.mint(phone_number="no number")
    assert invalid.value.field == "phoneNumber"
    tokens.suppressions.put(Suppression(NUMBER, START, "crm"))
    with pytest.raises(InvalidValueError) as suppressed:
        tokens.mint(phone_number=NUMBER.e164)
    assert suppressed.value.code == "suppressed"


def test_the_list_is_not_looked_at_where_it_is_switched_off() -> None:
    tokens = Tokens(PAGE, listed=False)
    tokens.suppressions.put(Suppression(NUMBER, START, "crm"))

    assert tokens.mint(phone_number=NUMBER.e164)[1].phone_number == NUMBER


@pytest.mark.parametrize(
    ("allowed", "origin"),
    [
        ([PAGE], SHOP),
        ([PAGE], "https://crm.example.com:443"),
        ([PAGE], "http://crm.example.com"),
        ([PAGE], "null"),
        (["*"], "null"),
        (["*"], "https://crm.example.com/"),
        (["*"], "https://CRM.example.com"),
        (["*"], "*"),
        ([], PAGE),
        ([], None),
    ],
)
def test_a_token_that_no_page_could_use_is_not_minted(
    allowed: list[str], origin: str | None
) -> None:
    with pytest.raises(InvalidValueError) as refused:
        Tokens(*allowed).mint(origin=origin)
    assert (refused.value.code, refused.value.field) == ("origin-not-allowed", "origin")


@pytest.mark.parametrize("origin", [SHOP, "null", "https://crm.example.com.evil.example", "", None])
def test_a_token_is_good_for_pages_of_its_origin_alone(tokens: Tokens, origin: str | None) -> None:
    _, token = tokens.mint(origin=PAGE)

    tokens.check.check_origin(token, PAGE)
    with pytest.raises(TokenNotAllowedError) as refused:
        tokens.check.check_origin(token, origin)
    assert refused.value.field == "Origin"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_token_without_an_origin_is_good_for_pages_of_allowed_ones(
    tokens: Tokens, origin: str | None
) -> None:
    _, token = tokens.mint()

    for allowed in (PAGE, SHOP):
        tokens.check.check_origin(token, allowed)
    with pytest.raises(TokenNotAllowedError):
        tokens.check.check_origin(token, origin)


def test_an_origin_that_is_not_allowed_any_more_is_refused() -> None:
    _, token = Tokens(PAGE).mint(origin=PAGE)

    with pytest.raises(TokenNotAllowedError):
        Tokens(SHOP).check.check_origin(token, PAGE)


def test_where_all_origins_are_allowed_a_page_without_one_is_not() -> None:
    everywhere = Tokens("*")
    _, token = everywhere.mint()

    everywhere.check.check_origin(token, "https://any.example")
    for origin in (None, "null", "file://", "*"):
        with pytest.raises(TokenNotAllowedError):
            everywhere.check.check_origin(token, origin)


@pytest.mark.parametrize("text", [None, "", "v1.e30.0123abcd", "Bearer x", "v1.é.0123abcd.AAAA"])
def test_what_has_not_the_shape_of_a_token_costs_no_look_up_of_a_key(
    tokens: Tokens, text: str | None
) -> None:
    with pytest.raises(TokenInvalidError):
        tokens.check(text)
    assert tokens.keys.asked == []


def test_a_token_of_another_stack_is_not_taken(tokens: Tokens) -> None:
    _, token = tokens.mint()

    with pytest.raises(TokenInvalidError):
        tokens.check(mint_token(token, TokenKey("the key of another stack")))


def test_a_rotation_keeps_the_tokens_that_are_out_and_a_second_one_ends_them(
    tokens: Tokens,
) -> None:
    minted, token = tokens.mint()

    tokens.keys.rotate("a second key")
    assert tokens.check(minted) == token
    tokens.keys.rotate("a third key")
    with pytest.raises(TokenInvalidError):
        tokens.check(minted)


def test_a_stranger_with_made_up_key_ids_does_not_make_the_gateway_look_ill(
    tokens: Tokens,
) -> None:
    _, token = tokens.mint()
    tokens.keys.look_ups_left = False

    with pytest.raises(TokenInvalidError):
        tokens.check(mint_token(token, TokenKey("made up")))


def test_a_signing_key_that_cannot_be_read_is_a_store_that_does_not_answer(
    tokens: Tokens,
) -> None:
    minted, _ = tokens.mint()
    tokens.keys.available = False

    for ask in (tokens.mint, lambda: tokens.check(minted)):
        with pytest.raises(StoreUnavailableError):
            ask()
