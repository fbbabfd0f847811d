"""What each life of a message costs in request units of DynamoDB.

`tests/handlers/test_units.py` lives each of them on the code and compares; docs/costs.md is held
against the same numbers. So a change that makes a message dearer shows here first.

Counted is the message's own share. What is spent whatever is sent is counted once, by itself
(`watch`, every minute). Rows are those of an ordinary message: below 1 KB, except where a longer
history makes one larger.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Units(NamedTuple):
    """Write and read request units."""

    writes: float
    reads: float


LIVES: Final[Mapping[str, Mapping[str, Units]]] = {
    "all guards": {
        "straight": Units(14, 2),
        "straight, without an id": Units(16, 2),
        "straight, from a page": Units(16, 2),
        "refused by Voipit": Units(12, 2),
        "tried twice": Units(23, 6),
        "submitted, no report": Units(15, 3),
        "unconfirmed, no report": Units(17, 3),
        "unconfirmed, sent again": Units(30, 6),
        "scheduled": Units(23, 4),
        "each of a batch": Units(20, 5),
        "replayed": Units(6, 2),
        "refused by a limit": Units(6, 3),
        "refused by the list": Units(8, 3),
        "one run of watch, nothing due": Units(0, 5),
    },
    "no guard": {
        "straight": Units(12, 1),
        "straight, from a page": Units(14, 1),
        "tried twice": Units(18, 3),
        "each of a batch": Units(15, 2),
    },
}
"""By guards and life. `all guards`: both limits, the do-not-contact list, the double click."""
