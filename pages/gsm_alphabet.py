"""The GSM alphabet and the plain letters as pages in a browser count them (`make docs`).

The component and the console show what a phone will show before they ask the gateway, so the
domain's table is written into `web/shared` as JavaScript, and beside it what Python answers to some
texts, which the JavaScript is tested against. Tests fail when either says something else than the
domain.
"""

import json
import unicodedata
from typing import Final

from sms_gateway.domain.text import MAX_SEPTETS, TextRules, septets
from tools.repository import ROOT

TABLE: Final = ROOT / "web" / "shared" / "gsm.js"
EXAMPLES: Final = ROOT / "web" / "shared" / "gsm.examples.json"

_WIDTH: Final = 100
_FULL_WIDTH: Final = range(0xFF01, 0xFF5F)
_TO_ASCII: Final = 0xFEE0
_KNOWN: Final = (range(0x180), range(0x2B0, 0x300), range(0x370, 0x400), range(0x2000, 0x2270))
"""The blocks of what people write here, and the signs of word processors. Pages leave rarer Latin
letters to the gateway. (Unicode has filled these blocks: releases of Python agree about them.)"""
_SINGLE: Final = "\ufb01\ufb02\ufe0e\ufe0f\ufeff"
_HEAD: Final = """\
/**
 * @file The GSM 7-bit alphabet (3GPP TS 23.038), and what a phone shows in the place of other
 * characters. Made from the gateway's own table by `make docs`; never change it by hand.
 */

export const MAX_SEPTETS = {maximum};
/** Characters that take two septets. */
export const EXTENSION = {extension};
/** What is shown as it is, besides the printable ASCII characters. */
export const ALPHABET = {alphabet};
/**
 * What is shown, and the characters it is shown for, where neither Unicode's decomposition
 * (`é` is `e` and a mark) nor the full-width forms tell.
 *
 * @type {{readonly (readonly [shown: string, characters: string])[]}}
 */
export const SHOWN_AS = [
"""
_TEXTS: Final = (
    "",
    "   ",
    "Buna ziua",
    "Bună ziua, ești așteptat la ora 10 \u2013 mulțumim…",
    "BUNĂ ZIUA, ÎN SFÂRȘIT",
    "Cu sedilă: ŞşŢţ",
    "În două părți: s\u0326i t\u0326 a\u0306",
    "Preț: 10€ [reducere] {azi} ~ ^ | \\",
    "„Ghilimele” și «altele»",
    "  spații la capete\u00a0\n",
    "rând\r\nnou\rși\u2028altul",
    "La mulți ani! 🎂",
    "👨\u200d👩\u200d👧 familie",
    "Łódź, Þór, Ærø, ŒUVRE, straße, İstanbul",
    "\ufb01nal\uff0c\uff11\uff12\uff13\uff01",
    "Привет",
    "Γει \u03c3\u03bf\u03c5",
    "ΔΦΓΛΩΠΨΣΘΞ",
    "x\u0338 = 5\u0338",
    "fără\u202eîntoarcere",
    "€" * 80,
    "€" * 81,
    "a" * 160,
    "a" * 161,
    "a" * 158 + "ș€",
    "a" * 159 + "€",
    "a" * 157 + "…",
    "a" * 158 + "…",
    "\t\u200bzero\ufeff",
)


def table() -> str:
    """The alphabet and the exceptions as a module."""
    shown = {character: _shown(character) for character in _characters()}
    alphabet = "".join(character for character, as_ in shown.items() if as_ == character)
    shown_as: dict[str, str] = {}
    for character, as_ in shown.items():
        by_rule = _by_rule(character, alphabet)
        if as_ is None and by_rule is not None:
            raise ValueError(f"JavaScript would show U+{ord(character):04X}, and an SMS cannot.")
        if as_ is not None and as_ != by_rule:
            shown_as[as_] = shown_as.get(as_, "") + character
    head = _HEAD.format(
        maximum=MAX_SEPTETS,
        extension=_literal("".join(each for each in alphabet if septets(each) > 1)),
        alphabet=_literal("".join(each for each in alphabet if not " " <= each <= "~")),
    )
    return head + "".join(_pair(*pair) for pair in sorted(shown_as.items())) + "];\n"


def examples() -> str:
    """What the domain says about some texts, as JSON."""
    answers = []
    for text in _TEXTS:
        examined = TextRules().examine(text)
        answers.append(
            {
                "text": text,
                "shown": examined.shown,
                "septets": examined.septets,
                "refused": [each.position for each in examined.unsupported],
                "changed": [each.position for each in examined.changed],
            }
        )
    return "[\n" + ",\n".join(map(_as_biome_has_it, answers)) + "\n]\n"


def write() -> None:
    """Put both where the pages' sources are."""
    TABLE.write_text(table(), encoding="utf-8")
    EXAMPLES.write_text(examples(), encoding="utf-8")


def _characters() -> list[str]:
    """All characters of the known blocks that can stand alone, but for the carriage return."""
    every = [*(chr(code) for block in _KNOWN for code in block), *_SINGLE]
    return [each for each in every if each != "\r" and not unicodedata.combining(each)]


def _shown(character: str) -> str | None:
    """What a phone shows for it inside a text; `None` if an SMS has nothing for it."""
    examined = TextRules().examine(f"a{character}a")
    return None if examined.unsupported else examined.shown[1:-1]


def _by_rule(character: str, alphabet: str) -> str | None:
    """What `web/shared/text.js` shows where the table has nothing."""
    decomposed = unicodedata.normalize("NFD", character)
    if decomposed != character and decomposed[0].isascii() and decomposed[0].isalpha():
        return decomposed[0]
    if ord(character) in _FULL_WIDTH:
        return chr(ord(character) - _TO_ASCII)
    return character if character in alphabet else None


def _pair(shown: str, characters: str) -> str:
    line = f"  [{_literal(shown)}, {_literal(characters)}],\n"
    if len(line) <= _WIDTH:
        return line
    return f"  [\n    {_literal(shown)},\n    {_literal(characters)},\n  ],\n"


def _literal(text: str) -> str:
    """A string of JavaScript, in which everything can be seen."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    escaped = text.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n")
    return quote + "".join(map(_visible, escaped)) + quote


def _visible(character: str) -> str:
    is_seen = character.isprintable() and not unicodedata.category(character).startswith("M")
    return character if is_seen else f"\\u{ord(character):04x}"


def _as_biome_has_it(answer: dict[str, object]) -> str:
    lines = (f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in answer.items())
    return "  {\n" + ",\n".join(lines) + "\n  }"


if __name__ == "__main__":
    write()
