"""So many a second and no more."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Pace:
    """Holds a loop back: on average it spends `per_second` of what it counts."""

    per_second: float
    _free_at: float = field(default=0, init=False)

    def spend(self, count: float) -> None:
        """Wait until everything that was spent before is paid for, then note these."""
        now = time.monotonic()
        if self._free_at > now:
            time.sleep(self._free_at - now)
        self._free_at = max(self._free_at, now) + count / self.per_second
