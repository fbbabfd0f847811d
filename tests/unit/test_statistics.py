"""The hour that operators see, and for how long an answer is remembered."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone

import pytest

from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.statistics import (
    LATELY,
    STEP,
    STEPS,
    Attention,
    StatusesReason,
    Waiting,
    hour_of,
)
from sms_gateway.domain.status import Status
from sms_gateway.use_cases.ports import FiguresUnavailableError
from sms_gateway.use_cases.read_statistics import (
    COUNTS_REMEMBERED,
    FIGURES_REMEMBERED,
    TROUBLE_REMEMBERED,
    ReadStatistics,
)
from tests.fakes.clock import FakeClock

HOUR = {Status.SENT: [1] * STEPS}
NOW = datetime(2026, 11, 22, 14, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        ("2026-11-22T14:35:00Z", "2026-11-22T13:40:00Z"),
        ("2026-11-22T14:39:59.999999Z", "2026-11-22T13:40:00Z"),
        ("2026-11-22T00:04:00Z", "2026-11-21T23:05:00Z"),
        ("2026-11-22T05:34:00+05:30", "2026-11-21T23:05:00Z"),
    ],
)
def test_the_last_of_twelve_steps_on_the_clock_is_under_way(now: str, begins: str) -> None:
    since = hour_of(datetime.fromisoformat(now))
    assert since == datetime.fromisoformat(begins)
    assert since + STEPS * STEP - datetime.fromisoformat(now) <= STEP


def test_an_hour_of_a_clock_elsewhere_is_the_same_hour() -> None:
    there = timezone(timedelta(hours=2))
    assert hour_of(NOW.astimezone(there)) == hour_of(NOW)


class Asked:
    """Both ports; it counts how often each is asked."""

    def __init__(self) -> None:
        self.figures: Mapping[Status, Sequence[int]] | Exception | None = HOUR
        self.of_figures = 0
        self.of_counts = 0
        self.table_answers = True

    def of_hour(self, since: datetime) -> Mapping[Status, Sequence[int]] | None:
        assert since.minute % 5 == 0
        self.of_figures += 1
        if isinstance(self.figures, Exception):
            raise self.figures
        return self.figures

    def waiting(self, now: datetime) -> Waiting:
        self.of_counts += 1
        if not self.table_answers:
            raise StoreUnavailableError("no")
        return Waiting(self.of_counts, is_minimum=False, oldest=now)

    def attention(self, since: datetime, now: datetime) -> Attention:
        assert now - since == LATELY
        return Attention(since, 0, is_minimum=False)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def read(asked: Asked, clock: FakeClock) -> ReadStatistics:
    return ReadStatistics(asked, asked, clock)


def test_an_answer_is_given_again_for_some_seconds(
    read: ReadStatistics, asked: Asked, clock: FakeClock
) -> None:
    first = read()
    clock.advance(COUNTS_REMEMBERED.total_seconds() - 1)
    assert read() is first
    clock.advance(1)
    assert read().waiting.count == 2
    assert (asked.of_counts, asked.of_figures) == (2, 1)


def test_figures_are_asked_for_once_a_minute_and_in_every_new_step(
    read: ReadStatistics, asked: Asked, clock: FakeClock
) -> None:
    read()
    clock.advance(FIGURES_REMEMBERED.total_seconds() - 1)
    read()
    assert asked.of_figures == 1
    clock.advance(241 - 20)
    read()
    assert asked.of_figures == 2
    clock.advance(20)  # a new step begins
    assert read().since == NOW - 10 * STEP
    assert asked.of_figures == 3


@pytest.mark.parametrize(
    ("figures", "reason"),
    [(None, StatusesReason.NO_DATA), (FiguresUnavailableError(), StatusesReason.NOT_ANSWERED)],
)
def test_missing_figures_have_a_reason_and_are_asked_for_again_soon(
    read: ReadStatistics,
    asked: Asked,
    clock: FakeClock,
    figures: Exception | None,
    reason: StatusesReason,
) -> None:
    asked.figures = figures
    assert read().statuses is reason
    asked.figures = HOUR
    clock.advance(TROUBLE_REMEMBERED.total_seconds() - 1)
    assert read().statuses is reason
    clock.advance(COUNTS_REMEMBERED.total_seconds())
    assert read().statuses == HOUR


def test_a_table_that_does_not_answer_is_not_remembered(
    read: ReadStatistics, asked: Asked, clock: FakeClock
) -> None:
    asked.table_answers = False
    with pytest.raises(StoreUnavailableError):
        read()
    asked.table_answers = True
    clock.advance(1)
    assert read().waiting.count == 2


def test_a_clock_that_was_set_back_does_not_keep_an_answer_for_ever(
    read: ReadStatistics, asked: Asked, clock: FakeClock
) -> None:
    read()
    clock.advance(-3600)
    read()
    assert asked.of_counts == 2
