import unicodedata

import pytest

from local.simulator.text import carried_text


@pytest.mark.parametrize(
    ("received", "carried"),
    [
        ("Plain text, 100% [ok] €", "Plain text, 100% [ok] €"),
        ("ășțâî ĂȘȚÂÎ şţ ŞŢ", "astai ASTAI st ST"),
        ("é ü ñ ç å ő ž", "e u n c a o z"),
        ("ł đ ø \u0131", "l d o i"),
        ("Ёлка ά 안녕 👍🏽 ❤️", "Ёлка ά 안녕 👍🏽 ❤️"),
        ("", ""),
    ],
)
def test_latin_letters_lose_their_diacritics_and_nothing_else_changes(
    received: str, carried: str
) -> None:
    assert carried_text(received) == carried


def test_decomposed_letters_lose_their_diacritics_too() -> None:
    assert carried_text(unicodedata.normalize("NFD", "ștăncuță ǘ")) == "stancuta u"


def test_a_text_of_160_characters_is_carried_whole() -> None:
    assert carried_text("ș" * 160) == "s" * 160


def test_a_longer_text_is_cut_at_160_characters() -> None:
    assert carried_text("a" * 159 + "șb") == "a" * 159 + "s"
