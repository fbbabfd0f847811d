"""The rules for destination numbers, on libphonenumber."""

import re
from dataclasses import dataclass
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from sms_gateway.domain.errors import InvalidValueError
from sms_gateway.domain.phone_number import PhoneNumber

_FIELD: Final = "phoneNumber"
_ALLOWED_KINDS: Final = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
"""Kinds an SMS can reach at an ordinary price. Never premium, shared-cost or short numbers."""

_PASTED: Final = re.compile(r"[\s\u00a0\u00ad\u200b-\u200f\u202a-\u202f\u2060-\u2069\ufeff]+")
"""White space and the invisible marks that come along when a number is copied from a page."""
_WRITTEN: Final = re.compile(r"\+?[0-9().\-/]+", re.ASCII)
"""Digits and the punctuation people put between them. libphonenumber alone would also take letters
for digits (`0721 CALL ME`)."""
_TRUNK_PREFIX: Final = re.compile(r"^(\+[0-9]{1,3})\(0\)")
"""`+40 (0)721 …`: the national zero, shown in brackets, is not dialled after a country code."""


@dataclass(frozen=True, slots=True)
class PhoneNumberRules:
    """Implements the port `PhoneNumbers`.

    `default_region` (ISO 3166, `RO`) is where a number without country code belongs;
    `allowed_countries` are the only ones served.
    """

    default_region: str
    allowed_countries: frozenset[str]

    def normalise(self, text: str) -> PhoneNumber:
        """The number in E.164 form.

        Raises:
            InvalidValueError: `invalid-phone-number`, `country-not-allowed` or
                `number-type-not-allowed`; the sentence does not repeat the number.
        """
        written = _TRUNK_PREFIX.sub(r"\1", _PASTED.sub("", text).removeprefix("tel:"))
        if not _WRITTEN.fullmatch(written):
            raise _invalid("This is not a phone number.")
        try:
            number = phonenumbers.parse(written, self.default_region)
        except NumberParseException as error:
            raise _invalid("This is not a phone number.") from error
        if not phonenumbers.is_valid_number(number):
            raise _invalid("No phone has this number.")
        country = phonenumbers.region_code_for_number(number)
        if country not in self.allowed_countries:
            raise InvalidValueError(
                _FIELD,
                f"Messages to this country ({country or 'none'}) are not allowed.",
                "country-not-allowed",
                country=country,
            )
        if phonenumbers.number_type(number) not in _ALLOWED_KINDS:
            raise InvalidValueError(
                _FIELD, "Messages go to mobile numbers only.", "number-type-not-allowed"
            )
        return PhoneNumber(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _invalid(sentence: str) -> InvalidValueError:
    return InvalidValueError(_FIELD, sentence, "invalid-phone-number")
