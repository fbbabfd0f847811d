"""What clients have used: the messages of each day (UTC), and for how long that is known."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

USAGE_KEPT: Final = timedelta(days=400)
"""How long a client's count of a day is kept for reports of usage: thirteen months."""


@dataclass(frozen=True, slots=True)
class Count:
    """What one client had on one day: messages that were taken, and those sent a second time."""

    client: str
    day: date
    taken: int
    resent: int


def days_of_month(first: date, today: date) -> Sequence[date]:
    """The days of the month that begins on this day, up to today."""
    days = (first.replace(day=number) for number in range(1, _length(first) + 1))
    return [day for day in days if day <= today]


def days_gone(first: date, today: date) -> int:
    """How many days of the month are over for longer than counts are kept."""
    return max(0, min(_length(first), (today - USAGE_KEPT - first).days))


def _length(first: date) -> int:
    return monthrange(first.year, first.month)[1]
