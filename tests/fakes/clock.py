from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 14, 35, 0, 123000, tzinfo=UTC)


class FakeClock:
    """Tells the time it was set to, as a moment (`clock()`) and in epoch seconds (`clock.time`)."""

    def __init__(self, at: datetime = START) -> None:
        self._at = at

    def __call__(self) -> datetime:
        return self._at

    def time(self) -> float:
        return self._at.timestamp()

    def advance(self, seconds: float) -> None:
        self._at += timedelta(seconds=seconds)
