"""The text as the phone will show it.

Voipit strips diacritics and cuts at 160 in silence (voipit-api.md §2), so the gateway does the
first itself, shows the result, and refuses what would be cut, or cuts it for all to see.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from sms_gateway.domain.errors import InvalidValueError
from sms_gateway.domain.mis_decoded import Garbled, garbled
from sms_gateway.domain.verdict import Verdict

MAX_SEPTETS: Final = 160
"""Room of one SMS in the GSM 7-bit alphabet (3GPP TS 23.038)."""
NAMED_IN_A_SENTENCE: Final = 5
"""How many unsupported or garbled characters the sentence names."""
MAX_LISTED: Final = 20
"""How many the list beside it has: what is wrong is clear by then, and the answer to a batch must
not grow beyond what Lambda lets out (6 MB)."""
_MAX_NAMED_PARTS: Final = 6
"""How many code points of one character are named: a letter may carry any number of marks."""
_REMEMBERED: Final = 1024
"""Characters whose reading is remembered. A text has a few dozen, mostly those of the last one."""

_FIELD: Final = "message"
_GSM_EXTENSION: Final = frozenset("^{}\\[~]|€")
_GSM: Final = _GSM_EXTENSION | frozenset(
    "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)

_LETTER_WITH_A_MARK: Final = re.compile(
    r"LATIN (CAPITAL|SMALL) LETTER ([A-Z]) WITH (?!SMALL LETTER).+"
)
"""Names of letters whose mark is part of them, such as ł, đ, ħ or ɓ: Unicode takes none of them
apart, but names the letter. (Not ǅ, `D WITH SMALL LETTER Z …`, which is two letters.)"""

_OTHER_LETTERS: Final = {
    # Europe
    "Æ": "Ae", "æ": "ae", "Œ": "Oe", "œ": "oe", "ß": "ss", "ẞ": "SS", "Ð": "D", "ð": "d",
    "Þ": "Th", "þ": "th", "ı": "i", "ȷ": "j", "ĸ": "q", "Ŋ": "Ng", "ŋ": "ng", "Ə": "E", "ə": "e",
    "Ʒ": "Zh", "ʒ": "zh",
    # Africa
    "Ɔ": "O", "ɔ": "o", "Ɛ": "E", "ɛ": "e", "Ɖ": "D", "Ǝ": "E", "ǝ": "e", "Ɣ": "G", "ɣ": "g",
    "Ɩ": "I", "ɩ": "i", "Ʊ": "U", "ʊ": "u", "Ʃ": "Sh", "ʃ": "sh",
}  # fmt: skip
"""Letters of living languages that even by name are no plain letter with a mark."""

_TYPOGRAPHY: Final = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'", "‹": "'", "›": "'",
    "\u02bb": "'", "\u02bc": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-",
    "\u2043": "-", "\u2212": "-",
    "․": ".", "‥": "..", "…": "...", "·": ".", "‧": ".", "⋅": ".", "•": "*", "×": "x", "⁄": "/",
    "\v": "\n", "\f": "\n", "\u0085": "\n", "\u2028": "\n", "\u2029": "\n",
    "\t": " ", "\u00a0": " ", "\u1680": " ", "\u2000": " ", "\u2001": " ", "\u2002": " ",
    "\u2003": " ", "\u2004": " ", "\u2005": " ", "\u2006": " ", "\u2007": " ", "\u2008": " ",
    "\u2009": " ", "\u200a": " ", "\u202f": " ", "\u205f": " ", "\u3000": " ",
    "\u00ad": "", "\u180e": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u200e": "",
    "\u202a": "", "\u202c": "", "\u2060": "", "\u2066": "", "\u2068": "", "\u2069": "",
    "\ufe0e": "", "\ufe0f": "", "\ufeff": "",
}  # fmt: skip
"""Characters word processors put where a keyboard has a plain one. The last of them are invisible
and mean nothing between plain letters; those that turn the reading direction are not among them."""


@dataclass(frozen=True, slots=True)
class ShownText:
    """A text as the phone will show it; `cut_from` is its septets before it was cut, if it was."""

    text: str = field(repr=False)
    cut_from: int | None = None


@dataclass(frozen=True, slots=True)
class ChangedCharacter:
    """A character that is shown as something else; nothing, if it is invisible.

    `position` counts the characters (code points) of the text that was sent, from 1.
    """

    position: int
    character: str
    shown: str


@dataclass(frozen=True, slots=True)
class UnsupportedCharacter:
    """A character an SMS has nothing for. `position` as in `ChangedCharacter`."""

    position: int
    character: str


@dataclass(frozen=True, slots=True)
class ExaminedText:
    """The form in which a text would be sent, whether a rule refuses it or not.

    `shown` is what the phone shows: without white space at the ends, without unsupported characters
    and, where that is the setting, cut, without the end that is `lost`. `septets` counts what there
    was before cutting. White space that was dropped is among what `changed`.
    """

    shown: str = field(repr=False)
    lost: str = field(repr=False)
    septets: int
    changed: tuple[ChangedCharacter, ...] = field(repr=False)
    unsupported: tuple[UnsupportedCharacter, ...] = field(repr=False)
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class TextRules:
    """What may be sent. `cuts_long_text`: whether what is too long is cut, or refused."""

    cuts_long_text: bool = False

    def read(self, text: str) -> ShownText:
        """The text as the phone will show it: plain letters, plain punctuation.

        White space at its ends is dropped. Doing it twice changes nothing.

        Raises:
            InvalidValueError: `blank-text`, `mis-decoded-text` (naming what is garbled),
                `unsupported-characters` (naming each, with its position) or `text-too-long`
                (saying how long).
        """
        examined = self.examine(text)
        for verdict in examined.verdicts:
            if verdict.problem:
                raise verdict.problem
        return ShownText(examined.shown, examined.septets if examined.lost else None)

    def examine(self, text: str) -> ExaminedText:
        """The form of the text as it would be sent, and the verdict of every rule. Never raises."""
        characters = [(position, _read(given)) for position, given in _characters(text)]
        start, end = _without_blank_ends(characters)
        plain: list[str] = []
        changed: list[ChangedCharacter] = []
        unsupported: list[UnsupportedCharacter] = []
        for index, (position, character) in enumerate(characters):
            shown = character.shown if start <= index < end else ""
            if shown is None:
                unsupported.append(UnsupportedCharacter(position, _name(character.written)))
                continue
            plain.append(shown)
            if character.marks and not _is_plain_letter(shown):
                marks_position = position + character.length - len(character.marks)
                unsupported.append(UnsupportedCharacter(marks_position, _name(character.marks)))
            elif shown != character.written:
                changed.append(ChangedCharacter(position, _name(character.written), shown))
        whole = "".join(plain)
        kept = len(whole[: _room(whole)].rstrip()) if self.cuts_long_text else len(whole)
        return ExaminedText(
            shown=whole[:kept],
            lost=whole[kept:],
            septets=septets(whole),
            changed=tuple(changed),
            unsupported=tuple(unsupported),
            verdicts=(
                Verdict("blank-text", _blank(whole, unsupported)),
                Verdict("mis-decoded-text", _mis_decoded(characters)),
                Verdict("unsupported-characters", _unsupported(unsupported)),
                Verdict("text-too-long", _too_long(septets(whole[:kept]))),
            ),
        )


@dataclass(frozen=True, slots=True)
class _Character:
    """A character as people count them. `written` is composed only in `letter` and `marks`.

    `letter` is its first code point in the composed form, `marks` are those that could not be
    composed with it and stand last; `length` is how many code points it was sent as. `is_blank`:
    it is white space or a line end, or nothing is seen of it.
    """

    length: int
    written: str
    letter: str
    marks: str
    shown: str | None
    is_blank: bool


@lru_cache(maxsize=_REMEMBERED)
def _read(given: str) -> _Character:
    written = given.replace("\r\n", "\n").replace("\r", "\n")
    composed = unicodedata.normalize("NFC", written)
    letter, marks = composed[0], composed[1:]
    shown = _shown(letter)
    is_blank = shown is not None and not marks and not shown.strip()
    return _Character(len(given), written, letter, marks, shown, is_blank)


def _without_blank_ends(characters: list[tuple[int, _Character]]) -> tuple[int, int]:
    """Where what can be seen starts and ends; (0, 0) if there is nothing."""
    start, end = 0, len(characters)
    while end and characters[end - 1][1].is_blank:
        end -= 1
    while start < end and characters[start][1].is_blank:
        start += 1
    return (start, end) if end else (0, 0)


def septets(text: str) -> int:
    """Room the text takes in the GSM 7-bit alphabet; characters of the extension take two."""
    return len(text) + sum(map(text.count, _GSM_EXTENSION))


def _room(text: str) -> int:
    """How many characters of a plain text one SMS has room for."""
    room, taken = len(text), septets(text)
    while taken > MAX_SEPTETS:
        room -= 1
        taken -= 2 if text[room] in _GSM_EXTENSION else 1
    return room


def _characters(text: str) -> Iterator[tuple[int, str]]:
    """(position, character) as people count them: a letter with its marks, a line end."""
    if "\r\n" not in text and not any(map(unicodedata.combining, text)):
        yield from enumerate(text, start=1)
        return
    start = 0
    for end in range(1, len(text) + 1):
        following = text[end : end + 1]
        is_half_a_line_end = text[start:end] == "\r" and following == "\n"
        if is_half_a_line_end or unicodedata.combining(following or " "):
            continue
        yield start + 1, text[start:end]
        start = end


def _shown(character: str) -> str | None:
    """What the phone shows for a character; `None` if an SMS has nothing for it."""
    if character in _TYPOGRAPHY:
        return _TYPOGRAPHY[character]
    plain = None if character.isascii() else _plain(character)
    return plain or (character if character in _GSM else None)


def _plain(character: str) -> str | None:
    """The plain letters of a Latin letter, or what a character is only another form of."""
    if character in _OTHER_LETTERS:
        return _OTHER_LETTERS[character]
    name = unicodedata.name(character, "")
    if with_a_mark := _LETTER_WITH_A_MARK.fullmatch(name):
        case, letter = with_a_mark.groups()
        return letter if case == "CAPITAL" else letter.lower()
    form, parts = _taken_apart(character)
    if not parts:
        return None
    if form == "" and len(parts) > 1:
        return _plain(parts[0])  # ǽ is æ with an accent
    if form in ("", "<wide>") or (form == "<compat>" and name.startswith("LATIN ")):
        shown = [_shown(part) for part in parts]  # the sign for kelvin is a K, ǆ is d and ž
        return None if None in shown else "".join(map(str, shown))
    return None


def _taken_apart(character: str) -> tuple[str, str]:
    """(kind, parts) as in the Unicode database; the kind `""` stands for 'the very same'."""
    parts = unicodedata.decomposition(character).split()
    form = parts.pop(0) if parts and parts[0].startswith("<") else ""
    return form, "".join(chr(int(part, 16)) for part in parts)


def _blank(shown: str, unsupported: list[UnsupportedCharacter]) -> InvalidValueError | None:
    if unsupported or shown.strip():
        return None
    return InvalidValueError(_FIELD, "The message is blank. Write a text into it.", "blank-text")


def _mis_decoded(characters: list[tuple[int, _Character]]) -> InvalidValueError | None:
    text = "".join([character.letter for _, character in characters])
    found = garbled(text)
    if not found:
        return None
    named = list(dict.fromkeys(_guess(text, each, characters[each.start][0]) for each in found))
    more = len(named) - NAMED_IN_A_SENTENCE
    listed = ", ".join(named[:NAMED_IN_A_SENTENCE]) + (f" and {more} more" if more > 0 else "")
    return InvalidValueError(
        _FIELD,
        "The message seems to be text in UTF-8 that a program has read as Windows-1252 or "
        f"Windows-1250: {listed}. Have the program read it as UTF-8, or save the file as UTF-8 "
        "again from where the text is still right, and send that.",
        "mis-decoded-text",
        misDecodedCharacters=[
            {
                "position": characters[each.start][0],
                "characters": _name(text[each.start : each.end]),
                **({"meant": _name(each.meant)} if each.meant else {}),
            }
            for each in found[:MAX_LISTED]
        ],
    )


def _guess(text: str, found: Garbled, position: int) -> str:
    """What is garbled, in a few words: `È™ at position 5 (probably ș)`."""
    piece = "".join(map(_visible, text[found.start : found.end]))
    meant = f" (probably {_visible(found.meant)})" if found.meant else ""
    return f"{piece} at position {position}{meant}"


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return f"[{unicodedata.name(character, f'U+{ord(character):04X}')}]"


def _unsupported(unsupported: list[UnsupportedCharacter]) -> InvalidValueError | None:
    if not unsupported:
        return None
    names = list(dict.fromkeys(entry.character for entry in unsupported))
    more = len(names) - NAMED_IN_A_SENTENCE
    named = ", ".join(names[:NAMED_IN_A_SENTENCE]) + (f" and {more} more" if more > 0 else "")
    return InvalidValueError(
        _FIELD,
        f"An SMS cannot show these characters: {named}. Leave them out, or replace them.",
        "unsupported-characters",
        unsupportedCharacters=[
            {"character": entry.character, "position": entry.position}
            for entry in unsupported[:MAX_LISTED]
        ],
    )


def _too_long(length: int) -> InvalidValueError | None:
    if length <= MAX_SEPTETS:
        return None
    return InvalidValueError(
        _FIELD,
        f"The message takes {length} characters of an SMS; there is room for {MAX_SEPTETS}."
        " Shorten it.",
        "text-too-long",
        septets=length,
        maxSeptets=MAX_SEPTETS,
    )


def _is_plain_letter(shown: str) -> bool:
    """Whether it ends in a letter, so that marks upon it can go with those of the Latin script."""
    return shown.isascii() and shown[-1:].isalpha()


def _name(written: str) -> str:
    """A character as people and fonts can tell it: `😀 (GRINNING FACE)`."""
    composed = unicodedata.normalize("NFC", written) if len(written) > 1 else written
    parts = composed[:_MAX_NAMED_PARTS]
    names = ", ".join(unicodedata.name(part, f"U+{ord(part):04X}") for part in parts)
    if len(composed) > len(parts):
        names += f" and {len(composed) - len(parts)} more"
    return f"{parts} ({names})" if parts.isprintable() else names
