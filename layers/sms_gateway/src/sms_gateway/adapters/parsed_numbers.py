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
