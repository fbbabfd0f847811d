"""Text in UTF-8 that a program has read as Windows-1252 or Windows-1250 and saved again.

`ș` is two bytes of UTF-8; read with such a code page they are two characters, `È™`. Plain letters
of them would be plausible rubbish, so they are found and told. What is looked for is computed from
a list of what people write, and not from all of Unicode, so that legitimate text is left alone.
See docs/decisions/2026-11-26-mis-decoded-text.md.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from string import ascii_lowercase
from typing import Final

_LATIN_1: Final = "".join(map(chr, [*range(0xC0, 0xD7), *range(0xD8, 0xF7), *range(0xF8, 0x100)]))
_EXTENDED_A: Final = "".join(
    chr(code) for code in range(0x100, 0x180) if chr(code) not in "ĔĕĬĭŉŎŏ"
)
_OTHER_LATIN: Final = "ȘșȚțẞƏəǤǥǦǧǨǩǮǯƷʒẀẁẂẃẄẅỲỳǞǟḐḑȬȭȮȯȰȱ"
LETTERS: Final = _LATIN_1 + _EXTENDED_A + _OTHER_LATIN
"""The letters of European languages in the Latin script. (Latin Extended-A has seven that no
language writes; `Ä”` and `ĹŽ`, which are good Finnish and Slovak, would be two of them.)"""
SIGNS: Final = (
    "\u00a0¡¢£¤¥¦§¨©«¬\u00ad®¯°±²³´µ¶·¸¹»¼½¾¿×÷"
    "\u2009\u200b\u200c\u200d\u200e\u202f\u2060\ufeff\ufffd"
    "\u2010\u2011\u2012\u2013\u2014\u2015‘’‚‛“”„‟‹›†•…‰′″€№™\u2212"
    "←→★☆☎♥✉✓✔✗✘❤"
)
"""Spaces, dashes, quotes and the like. (Not ª and º: `CÂŞTIG` is good Romanian.)"""
_OTHER_SCRIPTS: Final = "".join(
    chr(code)
    for code in (*range(0x370, 0x400), *range(0x400, 0x460), 0x490, 0x491)
    if chr(code).isalpha()
)
"""Greek and Cyrillic. All letters of a word are garbled then, so one pair alone proves nothing:
`Îş` can be κ, but it is how the Romanian `Îşi` begins."""
_EMOJI: Final = ("ðŸ", "đź", "ð\x9f")
"""An emoji becomes four characters that begin so."""
_EMOJI_LENGTH: Final = 4
_PAIR: Final = 2

_QUOTES: Final = "‘’‚‛“”„‟«»‹›"
_ELLIPSES: Final = "…\x85"
_SPACE: Final = "\u00a0"
_DASHES: Final = "–—"
_GOOD_IN_CAPITALS: Final = "ĂŞ"
"""As in `ORĂŞEL` (Romanian, with a cedilla), but for the shortest words: `VĂŞ` is `Vê`."""
_GOOD_ENDS: Final = ("PÄŤ", "EVÄŤ", "OVÄŤ", "AMÄŤ", "IMÄŤ")
"""As in `DEVÄŤ`, `PAMÄŤ` (Slovak); otherwise it is č: `KÄŤ` and `VÄŤ` are `Kč` and `Vč`."""
_GOOD_WORDS: Final = frozenset({"Ăşti", "Ăştia", "Ăştialalţi"})
"""Romanian, with a cedilla; otherwise it is ú."""
_LEFT_OF_A_SMALL_LETTER: Final = frozenset("ÄÅĹ")
"""What is left of ă, č, ň and others whose second byte the code page does not define, if it was
dropped. A capital behind a small letter: `casÄ`, `raÄun`."""


@dataclass(frozen=True, slots=True)
class Garbled:
    """Characters `start` to `end` (from 0, `end` excluded) that stand for one other character.

    `meant` is that character, if there is only one that it can have been.
    """

    start: int
    end: int
    meant: str | None


def garbled(text: str) -> list[Garbled]:
    """Where the text shows that it was read with the wrong code page.

    The text is in the composed form (NFC). It was read well, as far as this can tell, if the list
    is empty. What may as well be meant as it stands is not in the list.
    """
    if text.isascii():
        return []
    found = list(_candidates(text))
    if not found:
        return []
    covered = {index for each in found for index in range(each.start, each.end)}
    speaks = any(
        not character.isascii() and index not in covered and _is_written(character)
        for index, character in enumerate(text)
    )
    opened = next(
        (
            index
            for index, character in enumerate(text)
            if character in _QUOTES and index not in covered and not text[:index][-1:].isalpha()
        ),
        len(text),
    )
    return [each for each in found if not _is_meant(text, each, opened, speaks=speaks)]


def _candidates(text: str) -> Iterator[Garbled]:
    """What can be garbled, whether it is or not, from left to right."""
    start = 0
    while start < len(text):
        found = _at(text, start)
        yield from found
        start = found[-1].end if found else start + 1


def _at(text: str, start: int) -> list[Garbled]:
    """What can be garbled here; all the letters that follow, if it is in another script."""
    if text[start + 1 : start + 2].isascii():
        is_left_over = text[start] in _LEFT_OF_A_SMALL_LETTER and _is_behind_a_small(text, start)
        return [Garbled(start, start + 1, None)] if is_left_over else []
    table, longest = _garbles()
    for end in range(min(start + longest, len(text)), start + 1, -1):
        if text[start:end] in table:
            return [Garbled(start, end, table[text[start:end]])]
    end = start + _EMOJI_LENGTH
    if text[start : start + 2] in _EMOJI and end <= len(text):
        return [Garbled(start, end, None)]
    word: list[Garbled] = []
    others = _garbles_of_other_scripts()
    while text[start : start + 2] in others:
        word.append(Garbled(start, start + 2, others[text[start : start + 2]]))
        start += 2
    return word if len(word) > 1 else []


def _is_behind_a_small(text: str, at: int) -> bool:
    return at > 0 and text[at - 1] in ascii_lowercase and not text[at + 1 : at + 2].isupper()


def _is_written(character: str) -> bool:
    """Whether it is one that a garbled text would not have: a letter or a quote."""
    return character.isalpha() or character in _QUOTES


def _is_meant(text: str, found: Garbled, opened: int, *, speaks: bool) -> bool:
    """Whether the characters may well have been written as they stand.

    That is so of a capital letter and a sign behind it, where a word in capitals ends and the
    sign belongs there: „CASĂ”, HYVÄ…, SÂMBĂTĂ–DUMINICĂ. `opened` is where the first quote opens;
    `speaks` tells whether the text has letters or quotes that were read well.
    """
    start = found.start + text[found.start].isascii()  # the plain letter before a mark is as it was
    pair = text[start : found.end]
    if len(pair) != _PAIR or not pair[0].isupper():
        return False
    head, tail = _letters_before(text, start), _letters_from(text, found.end)
    if pair[1].isalpha():
        others = head + tail
        is_good = (pair == _GOOD_IN_CAPITALS and len(others) > 1) or (head + pair).endswith(
            _GOOD_ENDS
        )
        return (is_good and others.isupper()) or head + pair + tail in _GOOD_WORDS
    if not (head + pair[0] + tail).isupper():
        return False
    if pair[1] in _QUOTES and opened < start and tail == "":
        return True
    behind = text[found.end : found.end + 1]
    return pair[0] != "Â" and _ends_a_word(pair, found.meant or "", head, behind, speaks=speaks)


def _ends_a_word(pair: str, meant: str, head: str, behind: str, *, speaks: bool) -> bool:
    """Whether the pair, in a word of capitals that begins with `head`, is its end and a sign.

    `behind` is the character that follows. No quote was opened. (Â ends no word: `RONÂ\u00a0100`.)
    """
    letter, sign = pair[0], pair[1]
    joins = behind.isalpha()
    if not head or sign not in _QUOTES + _ELLIPSES + _DASHES + _SPACE:
        return False
    if meant.islower():  # there is no small letter in a word of capitals
        return len(head) > 1 or (sign == _SPACE and joins)
    if sign == _SPACE:
        return behind.isdigit() or (joins and speaks)
    if sign in _DASHES:
        return speaks or (meant == "×" and not behind.isdigit())
    # `Ã…` was Å, in which many words end; after another letter an ellipsis is what it looks like.
    return not joins and (speaks or (sign in _ELLIPSES and letter != "Ã"))


def _letters_before(text: str, at: int) -> str:
    start = at
    while start and text[start - 1].isalpha():
        start -= 1
    return text[start:at]


def _letters_from(text: str, at: int) -> str:
    end = at
    while end < len(text) and text[end].isalpha():
        end += 1
    return text[at:end]


@cache
def _garbles() -> tuple[Mapping[str, str | None], int]:
    """What each character of the list becomes, and how long the longest of that is.

    A letter that is written as a plain one and a mark (NFD) is found by the two of them: `Ì¦` is a
    comma below only where the letter before has one.
    """
    table: dict[str, str | None] = {}
    for character in LETTERS + SIGNS:
        for garble in _read_wrongly(character):
            _note(table, garble, character)
    for letter in LETTERS:
        decomposed = unicodedata.normalize("NFD", letter)
        if decomposed[0].isascii() and len(decomposed) > 1:
            for garble in _read_wrongly(decomposed[1:]):
                _note(table, decomposed[0] + garble, letter)
    return table, max(map(len, table))


@cache
def _garbles_of_other_scripts() -> Mapping[str, str | None]:
    table: dict[str, str | None] = {}
    for character in _OTHER_SCRIPTS:
        for garble in _read_wrongly(character):
            _note(table, garble, character)
    return table


def _note(table: dict[str, str | None], garble: str, character: str) -> None:
    table[garble] = character if table.get(garble, character) == character else None


def _read_wrongly(characters: str) -> set[str]:
    """What the UTF-8 of the characters is read as."""
    as_latin_1 = characters.encode().decode("latin-1")
    return {as_latin_1.translate(page) for page in _pages()}


@cache
def _pages() -> list[dict[int, str]]:
    """What each byte from 0x80 on is read as.

    One that a code page does not define becomes a control character (so decodes the Web, and so
    does Windows) or U+FFFD. To Latin-1 all those up to 0x9F are control characters.
    """
    pages: list[dict[int, str]] = [{}]
    for page in ("cp1252", "cp1250"):
        defined = {byte: bytes([byte]).decode(page, "ignore") for byte in range(0x80, 0x100)}
        pages.append({byte: character or chr(byte) for byte, character in defined.items()})
        pages.append({byte: character or "\ufffd" for byte, character in defined.items()})
    return pages
