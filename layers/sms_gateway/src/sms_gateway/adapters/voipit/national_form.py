"""A number as it is dialled in its own country, by libphonenumber."""

import phonenumbers
from phonenumbers import PhoneNumberFormat

from sms_gateway.adapters.parsed_numbers import parse_number
from sms_gateway.domain.phone_number import PhoneNumber


def national_form(phone_number: PhoneNumber, region: str) -> str | None:
    """The digits dialled within the region, or `None` for a number of another one."""
    number = parse_number(phone_number.e164, region)
    if phonenumbers.region_code_for_number(number) != region:
        return None
    written = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    digits = phonenumbers.normalize_digits_only(written)
    if phonenumbers.is_valid_number(number):
        return digits
    # libphonenumber knows no format for some ranges it does not list, and leaves the zero out.
    significant = phonenumbers.national_significant_number(number)
    prefix = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True)
    return f"{prefix or ''}{significant}" if digits == significant else digits
