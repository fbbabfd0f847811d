from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.guards import DAY, HOUR, Limits, end_of_day, with_sending

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 27, tzinfo=UTC)
TWO_AN_HOUR = Limits(recipient_hourly=2)
TWO_A_DAY = Limits(recipient_daily=2)


def ago(*minutes: float, now: datetime = NOON) -> list[datetime]:
    return [now - m * MINUTE for m in minutes]


@pytest.mark.parametrize(
    ("limits", "sent", "now", "room_at"),
    [
        pytest.param(Limits(), ago(*range(99)), NOON, None, id="no limit"),
        pytest.param(TWO_AN_HOUR, [], NOON, None, id="none yet"),
        pytest.param(TWO_AN_HOUR, ago(1), NOON, None, id="one of two in the hour"),
        pytest.param(TWO_AN_HOUR, ago(1, 2), NOON, NOON + 58 * MINUTE, id="two in the hour"),
        pytest.param(TWO_AN_HOUR, ago(1, 60), NOON, None, id="one is just over an hour old"),
        pytest.param(TWO_AN_HOUR, ago(1, 2, 90), NOON, NOON + 58 * MINUTE, id="older ones too"),
        pytest.param(
            TWO_AN_HOUR,
            ago(5, 10, now=MIDNIGHT),
            MIDNIGHT,
            MIDNIGHT + 50 * MINUTE,
            id="the hour goes across midnight",
        ),
        pytest.param(TWO_A_DAY, ago(1, 700), NOON, MIDNIGHT, id="two today"),
        pytest.param(TWO_A_DAY, ago(1, 721), NOON, None, id="one today and one yesterday"),
        pytest.param(TWO_A_DAY, ago(5, 10, now=MIDNIGHT), MIDNIGHT, None, id="a new day"),
        pytest.param(
            Limits(recipient_hourly=1, recipient_daily=2),
            ago(30, 700),
            NOON,
            MIDNIGHT,
            id="the day lasts longer than the hour",
        ),
        pytest.param(
            Limits(recipient_hourly=1, recipient_daily=2),
            ago(30),
            NOON,
            NOON + 30 * MINUTE,
            id="the hour alone",
        ),
    ],
)
def test_a_number_has_room_once_its_sendings_are_old_enough(
    limits: Limits, sent: list[datetime], now: datetime, room_at: datetime | None
) -> None:
    assert limits.room_for_recipient(sent, now) == room_at


@pytest.mark.parametrize(
    ("limits", "remembered"),
    [(Limits(), 0), (Limits(10, 50), 50), (Limits(10, 0), 10), (Limits(10, 3), 10)],
)
def test_as_many_sendings_are_remembered_as_the_larger_limit_needs(
    limits: Limits, remembered: int
) -> None:
    assert limits.recipient_remembered == remembered


def test_a_limit_that_is_not_named_is_switched_off() -> None:
    assert Limits(client_daily=5) == Limits(0, 0, 5, timedelta(), suppressions=False)


moments = st.integers(0, 3 * 24 * 60).map(lambda minutes: NOON - DAY + minutes * MINUTE)


@given(sent=st.lists(moments, max_size=12), now=moments)
def test_there_is_room_if_and_only_if_fewer_than_the_limit_fall_into_the_hour_and_the_day(
    sent: list[datetime], now: datetime
) -> None:
    limits = Limits(recipient_hourly=2, recipient_daily=4)
    sent = sorted((at for at in sent if at <= now), reverse=True)
    in_the_hour = sum(at > now - HOUR for at in sent)
    today = sum(end_of_day(at) == end_of_day(now) for at in sent)

    room_at = limits.room_for_recipient(sent, now)

    assert (room_at is None) == (in_the_hour < 2 and today < 4)
    if room_at is not None:
        assert room_at > now
        assert limits.room_for_recipient(sent, room_at) is None
        assert limits.room_for_recipient(sent, room_at - timedelta(microseconds=1)) is not None


@pytest.mark.parametrize(
    "since_midnight", [timedelta(), timedelta(seconds=7), DAY - timedelta.resolution]
)
def test_a_day_ends_at_midnight_to_the_microsecond(since_midnight: timedelta) -> None:
    midnight = datetime(2026, 11, 26, tzinfo=UTC)

    assert end_of_day(midnight + since_midnight) == MIDNIGHT


def test_a_sending_is_added_in_its_place_among_the_latest_first() -> None:
    assert with_sending(ago(1, 9), NOON - 5 * MINUTE) == ago(1, 5, 9)


def test_a_sending_that_moves_leaves_its_old_place() -> None:
    assert with_sending(ago(1, 9), NOON, instead_of=NOON - 9 * MINUTE) == ago(0, 1)


def test_of_two_sendings_at_the_same_time_one_moves() -> None:
    assert with_sending(ago(9, 9), NOON, instead_of=NOON - 9 * MINUTE) == ago(0, 9)


def test_a_sending_whose_place_is_forgotten_is_added() -> None:
    assert with_sending(ago(1), NOON, instead_of=NOON - DAY) == ago(0, 1)
