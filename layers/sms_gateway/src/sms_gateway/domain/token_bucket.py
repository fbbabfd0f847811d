"""A bound on how often something may be done: some times at once, then once in so many seconds."""

from threading import Lock


class TokenBucket:
    """Holds `at_once` tokens and gets a new one every `seconds_each`; one for each process."""

    def __init__(self, at_once: int, seconds_each: float) -> None:
        self._at_once = at_once
        self._seconds_each = seconds_each
        self._left = float(at_once)
        self._counted_at: float | None = None
        self._lock = Lock()

    def take(self, now: float) -> bool:
        """Whether a token is left at this time, in seconds; then there is one less."""
        with self._lock:
            counted_at = now if self._counted_at is None else self._counted_at
            # A clock that was set back must not leave the bucket empty until it has caught up.
            earned = abs(now - counted_at) / self._seconds_each
            self._left = min(self._left + earned, self._at_once)
            self._counted_at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True
