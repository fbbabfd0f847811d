"""The forms in which a destination number can be written toward Voipit (voipit-api.md, part 3)."""

from enum import StrEnum, unique


@unique
class NumberFormat(StrEnum):
    """The forms there are, by the names the setting has for them."""

    E164 = "e164"
    """`+40721234567`"""
    DOUBLE_ZERO = "00"
    """`0040721234567`"""
    NATIONAL = "national"
    """`0721234567` for numbers of the default region, `00…` for all others."""
