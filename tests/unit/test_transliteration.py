"""Our letters against those of a library that others keep: anyascii, which the layer does without.

See docs/decisions/2026-11-22-transliteration.md.
"""

import unicodedata
from collections.abc import Iterator

import pytest
from anyascii import anyascii

from sms_gateway.domain.text import TextRules
from tests.unit.alphabets import ALPHABETS

RULES = TextRules()

NOT_A_LETTER_WHEN_PLAIN = "ƄƅƧƨƼƽƻɁɂƾǀǁǂǃ"
"""Signs of tone, click and glottal stop: as digits and punctuation they would be misread."""
NOBODY_WRITES_TEXTS_IN_IT = "ƍƕǶƛƜƢƣƦƪƸƹƺƿǷȜȝȢȣȸȹɄɅɊẜẝẟỺỻỼỽ"
"""Letters of phoneticians, of the Middle Ages, and of alphabets that were given up: a guess."""
SPELLED_OTHERWISE = {
    "ẞ": "SS",  # stands among capitals only: STRASSE
    "ẚ": "a",  # its half ring is a mark, not an apostrophe
}
MEDIEVAL_ABBREVIATIONS = range(0xA740, 0xA760)
"""Letters with a scribe's stroke. anyascii writes a dot for what the stroke leaves out."""


def ours(text: str) -> str | None:
    examined = RULES.examine(text)
    return None if examined.unsupported else examined.shown


def letters(*code_points: int) -> Iterator[str]:
    for code_point in code_points:
        if unicodedata.category(chr(code_point)).startswith("L"):
            yield chr(code_point)


def all_latin() -> Iterator[str]:
    for character in letters(*range(0x80, 0x20000)):
        if unicodedata.name(character, "").startswith(("LATIN ", "FULLWIDTH LATIN ")):
            yield character


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(range(0xC0, 0x250), id="Latin-1, Extended-A and -B"),
        pytest.param(range(0x1E00, 0x1F00), id="Extended Additional"),
        pytest.param(range(0xFB00, 0xFB07), id="ligatures"),
        pytest.param(range(0xFF21, 0xFF5B), id="full width"),
    ],
)
def test_a_latin_letter_is_shown_as_the_library_has_it_but_for_named_differences(
    block: range,
) -> None:
    named: dict[str, str | None] = dict.fromkeys(
        NOT_A_LETTER_WHEN_PLAIN + NOBODY_WRITES_TEXTS_IN_IT
    )
    named |= SPELLED_OTHERWISE
    different = {letter: ours(letter) for letter in letters(*block)}
    different = {letter: shown for letter, shown in different.items() if shown != anyascii(letter)}

    assert different == {letter: named[letter] for letter in letters(*block) if letter in named}


def test_a_letter_of_the_whole_latin_script_is_shown_as_the_library_has_it_or_refused() -> None:
    different = {
        letter
        for letter in all_latin()
        if ours(letter) not in (None, anyascii(letter))
        and anyascii(letter)  # it may know an older Unicode than Python does
        and ord(letter) not in MEDIEVAL_ABBREVIATIONS
    }

    assert different == SPELLED_OTHERWISE.keys()


@pytest.mark.parametrize(("language", "alphabet"), ALPHABETS.items(), ids=ALPHABETS)
def test_every_letter_of_a_living_european_language_has_a_plain_form(
    language: str, alphabet: str
) -> None:
    shown = ours(alphabet)

    assert shown is not None, language
    assert shown.isascii()
    assert shown.isalpha()


@pytest.mark.parametrize(
    "text", ["Привет", "Αθήνα", "שלום", "مرحبا", "你好", "한국", "ᏣᎳᎩ", "№ ™ ½ ª º °"]
)
def test_other_scripts_and_signs_are_not_spelled_in_latin_letters(text: str) -> None:
    examined = RULES.examine(text)

    assert examined.shown.strip() == ""
    assert len(examined.unsupported) == len(unicodedata.normalize("NFC", text.replace(" ", "")))
