"""How long a program waits before it asks again."""

import random
from collections.abc import Callable, Iterator
from typing import Final

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0


def growing_pauses(
    chance: Callable[[], float] = random.random, longest: float = LONGEST_PAUSE
) -> Iterator[float]:
    """Seconds: 1, 2, 4 … up to the longest, each up to a half shorter by chance."""
    pause = min(FIRST_PAUSE, longest)
    while True:
        yield pause * (1 - chance() / 2)
        pause = min(pause * 2, longest)
