"""Time as the gateway writes it: aware, UTC, to the millisecond."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)

Clock: TypeAlias = Callable[[], datetime]
"""Tells the time, aware and in UTC."""


def utc_now() -> datetime:
    """The time now, aware and in UTC."""
    return datetime.now(UTC)


def to_iso(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds: `2026-11-22T14:35:00.123Z`. Sorts like the time itself."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(text: str) -> datetime:
    """What `to_iso` wrote. Raises `ValueError` for anything that is not ISO 8601."""
    return datetime.fromisoformat(text)


def to_milliseconds(moment: datetime) -> int:
    """Whole epoch milliseconds, the rest cut off as in `to_iso`. No float is asked on the way."""
    return (moment - _EPOCH) // _MILLISECOND


def from_milliseconds(milliseconds: int) -> datetime:
    """What `to_milliseconds` wrote."""
    return _EPOCH + milliseconds * _MILLISECOND
