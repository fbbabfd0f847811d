"""What the carrier gets of a text (`voipit-api.md §2`, Text)."""

import unicodedata
from typing import Final

LONGEST_TEXT: Final = 160

# Letters whose mark is part of the letter: Unicode decomposes none of them.
_STROKES: Final = str.maketrans("ĐđĦħıŁłØøŦŧ", "DdHhiLlOoTt")


def carried_text(message: str) -> str:
    """`message` as it is carried: its first 160 characters, Latin letters without diacritics.

    The cut comes first: which characters Voipit counts is not documented, and counting a
    combining mark as one loses the most text, so it is the assumption to be ready for.
    """
    plain: list[str] = []
    after_latin_letter = False
    for character in unicodedata.normalize("NFD", message[:LONGEST_TEXT]):
        if unicodedata.combining(character):
            if after_latin_letter:
                continue
        else:
            after_latin_letter = unicodedata.name(character, "").startswith("LATIN ")
        plain.append(character)
    return unicodedata.normalize("NFC", "".join(plain)).translate(_STROKES)
