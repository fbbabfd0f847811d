"""Numbers that no other test uses: one number gets ten messages an hour, and no more."""

from itertools import count
from typing import Final

_USED: Final = count(1)


def a_number() -> str:
    """A mobile number that behaves, and has not had a message yet."""
    return f"+40731{next(_USED):06}"
