"""What libphonenumber reads in the text of a number, remembered for the message at hand."""

from functools import lru_cache

import phonenumbers


@lru_cache(maxsize=64)
def parse_number(text: str, region: str) -> phonenumbers.PhoneNumber:
    """The number; without a country code it is one of this region. It is shared: do not change it.

    Several rules ask about one number, and parsing is most of the work. Raises
    `phonenumbers.NumberParseException`.
    """
    return phonenumbers.parse(text, region)


@lru_cache(maxsize=64)
def type_of_number(text: str, region: str) -> int:
    """The `PhoneNumberType` of what `parse_number` reads; `UNKNOWN` if it is in no known range.

    libphonenumber looks through the ranges of a country for this, and once more to tell whether a
    number is valid, which is the same question.
    """
    number_type: int = phonenumbers.number_type(parse_number(text, region))
    return number_type
