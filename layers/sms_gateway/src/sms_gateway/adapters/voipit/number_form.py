"""How a destination number is written toward Voipit, which does not say what it expects.

See voipit-api.md, part 3.
"""

from dataclasses import dataclass
from enum import StrEnum, unique

import phonenumbers
from phonenumbers import PhoneNumberFormat

from sms_gateway.domain.phone_number import PhoneNumber


@unique
class NumberFormat(StrEnum):
    """The forms there are, by the names the setting has for them."""

    E164 = "e164"
    """`+40721234567`"""
    DOUBLE_ZERO = "00"
    """`0040721234567`"""
    NATIONAL = "national"
    """`0721234567` for numbers of the default region, `00…` for all others."""


@dataclass(frozen=True, slots=True)
class VoipitNumberForm:
    """Writes numbers in one of the formats. `default_region` (`RO`) matters to `national` only."""

    number_format: NumberFormat = NumberFormat.E164
    default_region: str = ""

    def write(self, phone_number: PhoneNumber) -> str:
        """The value of the form field `phoneNumber`."""
        if self.number_format is NumberFormat.E164:
            return phone_number.e164
        if self.number_format is NumberFormat.NATIONAL:
            parsed = phonenumbers.parse(phone_number.e164)
            if phonenumbers.region_code_for_number(parsed) == self.default_region:
                return self._national(parsed)
        return f"00{phone_number.e164.removeprefix('+')}"

    def _national(self, parsed: phonenumbers.PhoneNumber) -> str:
        written = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
        digits = phonenumbers.normalize_digits_only(written)
        if phonenumbers.is_valid_number(parsed):
            return digits
        # libphonenumber knows no format for some ranges it does not list, and leaves the zero out.
        significant = phonenumbers.national_significant_number(parsed)
        prefix = phonenumbers.ndd_prefix_for_region(self.default_region, strip_non_digits=True)
        return f"{prefix or ''}{significant}" if digits == significant else digits
