from datetime import UTC, datetime, timedelta, timezone

from hypothesis import example, given
from hypothesis import strategies as st

from sms_gateway.domain.clock import from_iso, from_milliseconds, to_iso, to_milliseconds, utc_now
from sms_gateway.domain.guards import end_of_day
from tests.fakes.clock import START

ZONES = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-11))])
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001


def test_the_time_is_told_in_utc() -> None:
    before = datetime.now(UTC)

    now = utc_now()

    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


@example(datetime(2038, 1, 24, 22, 7, 28, 2000, UTC))
@given(MOMENTS)
def test_milliseconds_say_what_the_text_says(moment: datetime) -> None:
    assert from_milliseconds(to_milliseconds(moment)) == from_iso(to_iso(moment))


@given(st.integers(0, 10**13))
def test_milliseconds_are_read_back_to_the_last(milliseconds: int) -> None:
    assert to_milliseconds(from_milliseconds(milliseconds)) == milliseconds


def test_milliseconds_are_counted_from_1970() -> None:
    assert to_milliseconds(START) == 1795358100123


@given(MOMENTS)
def test_a_day_ends_at_the_next_midnight_utc(moment: datetime) -> None:
    end = end_of_day(moment)

    assert (end.tzinfo, end.time()) == (UTC, datetime.min.time())
    assert timedelta() < end - moment <= timedelta(days=1)
