"""The kinds of items in `Guards` do not get in each other's way."""

from itertools import permutations

from sms_gateway.adapters import guard_items
from sms_gateway.domain.phone_number import PhoneNumber

NUMBER = PhoneNumber("+40721234567")
KEYS = {
    "circuit": guard_items.CIRCUIT,
    "known-clients": guard_items.KNOWN_CLIENTS,
    "key#<API key id>": guard_items.of_api_key("k1"),
    "suppressed#<E.164>": guard_items.of_suppression(NUMBER),
    "recipient#<E.164>": guard_items.of_recipient(NUMBER),
    "client#<client>#<day>#<shard>": guard_items.of_client_and_day("crm", "2026-11-26", 3),
    "last#<client>#<E.164>": guard_items.of_last_message("crm", NUMBER),
    "token#<id>": guard_items.of_token("0a1b"),
    "batch#<digest>": guard_items.of_batch("0a1b"),
    "forgotten#<time>#<random>": guard_items.of_forgotten("2026-11-27T10:00:00.000Z", "0a1b2c3d"),
}


def test_no_kind_of_item_begins_like_another() -> None:
    kinds = [key.partition("#")[0] for key in KEYS.values()]
    assert not [(a, b) for a, b in permutations(kinds, 2) if a.startswith(b)]


def test_the_list_of_kinds_is_whole() -> None:
    text = guard_items.__doc__ or ""
    listed = {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")}
    assert listed - {"guard"} == set(KEYS)
    makers = {name for name in vars(guard_items) if name.startswith("of_")}
    assert len(makers) + 2 == len(KEYS), "a maker without a key above"


def test_the_key_is_in_dynamodbs_own_form() -> None:
    assert guard_items.key(guard_items.of_client_and_day("crm", "2026-11-26", 3)) == {
        "guard": {"S": "client#crm#2026-11-26#3"}
    }
