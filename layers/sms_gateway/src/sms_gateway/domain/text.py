"""The text as the phone will show it.

Voipit strips diacritics and cuts at 160 in silence (voipit-api.md §2), so the gateway does the
first itself, shows the result, and refuses what would be cut.
"""

import unicodedata
from typing import Final

from sms_gateway.domain.errors import InvalidValueError

MAX_SEPTETS: Final = 160
"""Room of one SMS in the GSM 7-bit alphabet (3GPP TS 23.038)."""

_GSM_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION: Final = frozenset("^{}\\[~]|€")

_LATIN_WITHOUT_DECOMPOSITION: Final = {
    "Æ": "AE", "æ": "ae", "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Ħ": "H", "ħ": "h",
    "ı": "i", "Ł": "L", "ł": "l", "Ø": "O", "ø": "o", "Œ": "OE", "œ": "oe", "ß": "ss",
    "ẞ": "SS", "Þ": "Th", "þ": "th", "Ŧ": "T", "ŧ": "t",
}  # fmt: skip

_TYPOGRAPHY: Final = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'", "‹": "'", "›": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-",
    "\u2212": "-", "…": "...", "•": "*", "·": ".", "\t": " ", "\r": "\n",
    "\u00a0": " ", "\u1680": " ", "\u2000": " ", "\u2001": " ", "\u2002": " ", "\u2003": " ",
    "\u2004": " ", "\u2005": " ", "\u2006": " ", "\u2007": " ", "\u2008": " ", "\u2009": " ",
    "\u200a": " ", "\u202f": " ", "\u205f": " ", "\u3000": " ",
    "\u00ad": "", "\u200b": "", "\u2060": "", "\ufeff": "",
}  # fmt: skip
"""Characters word processors put where a keyboard has a plain one. The last four are invisible."""


def septets(text: str) -> int:
    """Room the text takes in the GSM 7-bit alphabet; characters of the extension take two."""
    return sum(2 if character in _GSM_EXTENSION else 1 for character in text)


def shown_text(text: str) -> str:
    """The text as the phone will show it: plain letters, plain punctuation, nothing lost.

    Doing it twice changes nothing.

    Raises:
        InvalidValueError: `blank-text`, `unsupported-characters` (naming each, with its position
            counted in characters from 1) or `text-too-long` (saying how long).
    """
    plain: list[str] = []
    unsupported: list[dict[str, str | int]] = []
    for position, character in enumerate(text, start=1):
        if character == "\r" and text[position : position + 1] == "\n":
            continue  # one line break, not two
        shown = _plain(character, before=plain[-1] if plain else "")
        if shown is None:
            unsupported.append({"character": _name(character), "position": position})
        elif shown:
            plain.append(shown)
    if unsupported:
        names = ", ".join(dict.fromkeys(str(entry["character"]) for entry in unsupported))
        raise InvalidValueError(
            "message",
            f"An SMS cannot show these characters: {names}.",
            "unsupported-characters",
            unsupportedCharacters=unsupported,
        )
    result = "".join(plain)
    if not result.strip():
        raise InvalidValueError("message", "The message is blank.", "blank-text")
    length = septets(result)
    if length > MAX_SEPTETS:
        raise InvalidValueError(
            "message",
            f"The message takes {length} characters of an SMS; there is room for {MAX_SEPTETS}.",
            "text-too-long",
            septets=length,
            maxSeptets=MAX_SEPTETS,
        )
    return result


def _plain(character: str, *, before: str) -> str | None:
    """What the phone shows for a character; `None` if an SMS has nothing for it."""
    if character.isascii() and (character in _GSM_BASIC or character in _GSM_EXTENSION):
        return "\n" if character == "\r" else character
    replacement = _TYPOGRAPHY.get(character) or _LATIN_WITHOUT_DECOMPOSITION.get(character)
    if replacement is not None or character in _TYPOGRAPHY:
        return replacement or ""
    base, *marks = list(unicodedata.normalize("NFD", character))
    if marks and all(map(unicodedata.combining, marks)):
        letter = _LATIN_WITHOUT_DECOMPOSITION.get(base, base)  # ǿ is ø with an accent
        if letter.isascii() and letter.isalpha():
            return letter
    elif not marks and base != character:
        return _plain(base, before=before)  # K of the Kelvin sign, ' of the Greek varia
    if unicodedata.combining(character) and before.isascii() and before.isalpha():
        return ""  # the mark of a decomposed letter, whose plain letter stands before it
    return character if character in _GSM_BASIC or character in _GSM_EXTENSION else None


def _name(character: str) -> str:
    """A character as people and fonts can tell it: `😀 (GRINNING FACE)`."""
    code_point = f"U+{ord(character):04X}"
    if not character.isprintable():
        return unicodedata.name(character, code_point)
    return f"{character} ({unicodedata.name(character, code_point)})"
