"""`GET /statistics` of an operator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.statistics import LATELY, Statistics, StatusesReason, hour_of
from sms_gateway.domain.status import Status
from sms_gateway.use_cases.ports import Backlog, FiguresUnavailableError, StatusFigures

COUNTS_REMEMBERED: Final = timedelta(seconds=10)
"""How long an answer is given again, however many consoles are open."""
FIGURES_REMEMBERED: Final = timedelta(seconds=60)
"""How long CloudWatch is not asked again: each metric of a call has a price, and is late anyway."""
TROUBLE_REMEMBERED: Final = timedelta(seconds=15)
"""How long it is not asked again after it gave no figures."""

_Statuses = Mapping[Status, Sequence[int]] | StatusesReason


@dataclass(frozen=True, slots=True)
class _Figures:
    since: datetime
    asked_at: datetime
    statuses: _Statuses

    def still_hold(self, since: datetime, now: datetime) -> bool:
        trouble = isinstance(self.statuses, StatusesReason)
        kept = TROUBLE_REMEMBERED if trouble else FIGURES_REMEMBERED
        return self.since == since and _is_within(kept, self.asked_at, now)


class ReadStatistics:
    """Reads what is not remembered. One object for a process."""

    def __init__(self, figures: StatusFigures, backlog: Backlog, now: Clock) -> None:
        self._figures = figures
        self._backlog = backlog
        self._now = now
        self._last: Statistics | None = None
        self._last_figures: _Figures | None = None

    def __call__(self) -> Statistics:
        """The last hour, what waits, and what needs attention; a few seconds old at most.

        Raises `StoreUnavailableError`: the table does not answer.
        """
        now = self._now()
        if self._last is None or not _is_within(COUNTS_REMEMBERED, self._last.as_of, now):
            since = hour_of(now)
            waiting = self._backlog.waiting(now)
            attention = self._backlog.attention(now - LATELY, now)
            self._last = Statistics(now, since, self._statuses(since, now), waiting, attention)
        return self._last

    def _statuses(self, since: datetime, now: datetime) -> _Statuses:
        if self._last_figures is None or not self._last_figures.still_hold(since, now):
            self._last_figures = _Figures(since, now, self._asked(since))
        return self._last_figures.statuses

    def _asked(self, since: datetime) -> _Statuses:
        try:
            figures = self._figures.of_hour(since)
        except FiguresUnavailableError:
            return StatusesReason.NOT_ANSWERED
        return StatusesReason.NO_DATA if figures is None else figures


def _is_within(kept: timedelta, then: datetime, now: datetime) -> bool:
    """Also after the clock was set back, what is remembered ends."""
    return abs(now - then) < kept
