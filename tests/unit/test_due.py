from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.circuit import OPENS
from sms_gateway.domain.due import (
    LEASE,
    MAX_QUEUE_DELAY,
    QUEUE_GRACE,
    RECHECK,
    Wait,
    retry_pause,
    wait_after,
    wait_at_least,
    wait_for,
    wait_unclaimed,
)
from sms_gateway.domain.message import Message, OnUnconfirmed
from sms_gateway.domain.patience import MAX_TRIES, Step, next_step
from sms_gateway.domain.status import Reason, Status
from tests.fakes.builders import a_message
from tests.fakes.clock import START

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TINY = timedelta(microseconds=1)


def queued(**values: Any) -> Message:
    return a_message(Status.QUEUED, **values)


@pytest.mark.parametrize(
    ("values", "now", "step"),
    [
        pytest.param({}, START, Step.TRY, id="at once"),
        pytest.param({"attempt": 0}, START, Step.TRY, id="never tried"),
        pytest.param({"attempt": MAX_TRIES - 1}, START, Step.TRY, id="one try left"),
        pytest.param({"attempt": MAX_TRIES}, START, Step.GIVE_UP, id="no try left"),
        pytest.param({"attempt": MAX_TRIES + 9}, START, Step.GIVE_UP, id="too many tries"),
        pytest.param({}, START + DAY - TINY, Step.TRY, id="just in time"),
        pytest.param({}, START + DAY, Step.TOO_LATE, id="a day later"),
        pytest.param({"valid_until": START + MINUTE}, START, Step.TRY, id="valid"),
        pytest.param({"valid_until": START}, START, Step.TOO_LATE, id="no longer valid"),
        pytest.param({"valid_until": START + 9 * DAY}, START + 8 * DAY, Step.TRY, id="long valid"),
        pytest.param({"send_at": START + MINUTE}, START, Step.WAIT, id="before its time"),
        pytest.param(
            {"send_at": START + MINUTE}, START + MINUTE - TINY, Step.WAIT, id="just before"
        ),
        pytest.param({"send_at": START + MINUTE}, START + MINUTE, Step.TRY, id="at its time"),
        pytest.param({"send_at": START - 9 * DAY}, START, Step.TRY, id="its time is long past"),
        pytest.param({"send_at": START + DAY}, START + 2 * DAY, Step.TOO_LATE, id="a day after"),
        pytest.param(
            {"valid_until": START, "attempt": MAX_TRIES}, START, Step.TOO_LATE, id="both ends"
        ),
    ],
)
def test_the_next_step_of_a_queued_message(
    values: dict[str, Any], now: datetime, step: Step
) -> None:
    assert next_step(queued(**values), now, HOUR) is step


RESEND = {"on_unconfirmed": OnUnconfirmed.RESEND}
DOUBTED = START + SECOND


@pytest.mark.parametrize(
    ("values", "now", "step"),
    [
        pytest.param({}, START + DAY, Step.REST, id="held"),
        pytest.param(RESEND, DOUBTED + HOUR - TINY, Step.WAIT, id="before the report is overdue"),
        pytest.param(RESEND, DOUBTED + HOUR, Step.TRY, id="when the report is overdue"),
        pytest.param(RESEND | {"resent": True}, DOUBTED + HOUR, Step.REST, id="spent"),
        pytest.param(
            RESEND | {"valid_until": START}, DOUBTED, Step.WAIT, id="too late, but not overdue"
        ),
        pytest.param(
            RESEND | {"valid_until": DOUBTED + HOUR}, DOUBTED + HOUR, Step.TOO_LATE, id="too late"
        ),
        pytest.param(
            RESEND | {"attempt": MAX_TRIES}, DOUBTED + HOUR, Step.GIVE_UP, id="no try left"
        ),
        pytest.param(
            RESEND | {"send_at": START + DAY, "valid_until": START + 9 * DAY},
            DOUBTED + HOUR,
            Step.TRY,
            id="its time has come before the first try",
        ),
    ],
)
def test_the_next_step_of_an_unconfirmed_message(
    values: dict[str, Any], now: datetime, step: Step
) -> None:
    assert next_step(a_message(Status.UNCONFIRMED, **values), now, HOUR) is step


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.QUEUED, Status.UNCONFIRMED}))
def test_all_others_rest(status: Status) -> None:
    assert next_step(a_message(status, **RESEND), START + DAY, HOUR) is Step.REST


@pytest.mark.parametrize(
    ("values", "pause", "wait"),
    [
        pytest.param({}, 0 * SECOND, Wait(START + QUEUE_GRACE, 0 * SECOND), id="at once"),
        pytest.param(
            {}, 7 * SECOND, Wait(START + 7 * SECOND + QUEUE_GRACE, 7 * SECOND), id="a pause"
        ),
        pytest.param(
            {"send_at": START + MINUTE},
            7 * SECOND,
            Wait(START + MINUTE + QUEUE_GRACE, MINUTE),
            id="until sendAt",
        ),
        pytest.param(
            {"send_at": START + MINUTE},
            2 * MINUTE,
            Wait(START + 2 * MINUTE + QUEUE_GRACE, 2 * MINUTE),
            id="a pause beyond sendAt",
        ),
        pytest.param(
            {"send_at": START - DAY}, 0 * SECOND, Wait(START + QUEUE_GRACE, 0 * SECOND), id="past"
        ),
        pytest.param(
            {"send_at": START + MAX_QUEUE_DELAY},
            0 * SECOND,
            Wait(START + MAX_QUEUE_DELAY + QUEUE_GRACE, MAX_QUEUE_DELAY),
            id="the longest the queue takes",
        ),
        pytest.param(
            {"send_at": START + MAX_QUEUE_DELAY + TINY},
            0 * SECOND,
            Wait(START + MAX_QUEUE_DELAY + TINY - RECHECK, None),
            id="left to the index",
        ),
        pytest.param(
            {"send_at": START + 90 * DAY},
            0 * SECOND,
            Wait(START + 90 * DAY - RECHECK, None),
            id="months ahead",
        ),
        pytest.param(
            {"valid_until": START + MINUTE},
            0 * SECOND,
            Wait(START + MINUTE, 0 * SECOND),
            id="short",
        ),
    ],
)
def test_a_wait_is_a_hint_for_the_queue_and_a_time_that_is_guaranteed(
    values: dict[str, Any], pause: timedelta, wait: Wait
) -> None:
    assert wait_for(queued(**values), START, pause) == wait


LATER = st.timedeltas(timedelta(), timedelta(days=300))
MESSAGES = st.builds(
    lambda send, valid, attempt: queued(
        send_at=None if send is None else START + send,
        valid_until=None if valid is None else START + (send or timedelta()) + valid,
        attempt=attempt,
    ),
    st.none() | LATER | st.timedeltas(timedelta(), timedelta(minutes=20)),
    st.none() | LATER,
    st.integers(0, MAX_TRIES),
)
CHANCES = st.floats(0, 1)


@given(MESSAGES, LATER | st.timedeltas(timedelta(), timedelta(minutes=20)))
def test_every_wait_keeps_its_bounds(message: Message, pause: timedelta) -> None:
    wait = wait_for(message, START, pause)
    at = max(START + pause, message.send_at or START)

    assert wait.due_at <= message.valid_to
    if wait.enqueue_in is None:
        assert at - START > MAX_QUEUE_DELAY
        assert wait.due_at < at
    else:
        assert timedelta() <= wait.enqueue_in <= MAX_QUEUE_DELAY
        assert START + wait.enqueue_in == at
        assert wait.due_at in (at + QUEUE_GRACE, message.valid_to)


@given(st.timedeltas(MAX_QUEUE_DELAY, timedelta(days=300)))
def test_a_long_schedule_is_put_into_the_queue_before_its_time(ahead: timedelta) -> None:
    message = queued(send_at=START + ahead + TINY)

    due_at = wait_for(message, START).due_at
    wait = wait_for(message, due_at)

    assert due_at > START
    assert wait.enqueue_in == RECHECK


@pytest.mark.parametrize("reason", Reason)
def test_what_waits_for_the_circuit_waits_outside_the_queue(reason: Reason) -> None:
    in_the_queue = Wait(START + 5 * SECOND + QUEUE_GRACE, 5 * SECOND)
    outside = Wait(START + RECHECK, None)

    assert wait_after(reason, queued(), START, chance=0) == (
        outside if reason in OPENS else in_the_queue
    )
    waits_outside = {Reason.CIRCUIT_OPEN, Reason.ACCOUNT_MISSING}
    assert wait_unclaimed(reason, queued(), START, chance=0) == (
        outside if reason in waits_outside else in_the_queue
    )


@pytest.mark.parametrize(("put_off", "seconds"), [(0, 5), (1, 10), (4, 80), (8, 900), (999, 900)])
def test_a_message_that_may_not_be_tried_waits_longer_each_time(put_off: int, seconds: int) -> None:
    message = queued(put_off=put_off)
    pause = seconds * SECOND

    for reason in (Reason.ACCOUNT_UNPROVEN, Reason.SECRET_UNAVAILABLE):
        assert wait_unclaimed(reason, message, START, chance=0).enqueue_in == pause
    for reason in (Reason.CIRCUIT_OPEN, Reason.ACCOUNT_MISSING):
        outside = wait_unclaimed(reason, message, START, chance=0)
        assert outside == Wait(START + max(RECHECK, pause), None)
    assert wait_at_least(message, START, SECOND, chance=0).enqueue_in == max(SECOND, pause)
    assert wait_at_least(message, START, HOUR / 4, chance=0).enqueue_in == HOUR / 4


@pytest.mark.parametrize(
    ("waited", "pause"),
    [(timedelta(), MINUTE), (8 * MINUTE, MINUTE), (16 * MINUTE, 2 * MINUTE), (DAY, 3 * HOUR)],
)
@pytest.mark.parametrize("reason", [Reason.IP_BLOCKED, Reason.FORBIDDEN])
def test_a_message_that_met_a_403_waits_an_eighth_of_the_time_it_has_waited(
    reason: Reason, waited: timedelta, pause: timedelta
) -> None:
    for send_at in (None, START + 9 * DAY):
        message = queued(send_at=send_at, valid_until=START + 90 * DAY)
        now = (send_at or START) + waited

        assert wait_after(reason, message, now, chance=0) == Wait(now + pause, None)


@pytest.mark.parametrize(("attempt", "seconds"), [(0, 5), (1, 5), (2, 10), (5, 80), (20, 900)])
def test_a_message_that_was_not_taken_waits_longer_each_time(attempt: int, seconds: int) -> None:
    wait = wait_after(Reason.NO_CONNECTION, queued(attempt=attempt), START, chance=0)

    assert wait.enqueue_in == seconds * SECOND


@given(st.sampled_from(Reason), MESSAGES, CHANCES)
def test_whatever_the_reason_a_message_is_looked_at_again_while_it_is_valid(
    reason: Reason, message: Message, chance: float
) -> None:
    for wait in (
        wait_after(reason, message, START, chance),
        wait_unclaimed(reason, message, START, chance),
        wait_at_least(message, START, HOUR / 9, chance),
    ):
        assert wait.due_at <= message.valid_to
        assert wait.enqueue_in is None or timedelta() <= wait.enqueue_in <= MAX_QUEUE_DELAY


@pytest.mark.parametrize(
    ("attempt", "chance", "seconds"),
    [
        (1, 0, 5), (2, 0, 10), (3, 0, 20), (8, 0, 640), (9, 0, 900), (20, 0, 900),
        (1, 1, 2.5), (1, 0.5, 3.75), (20, 1, 450),
    ],
)  # fmt: skip
def test_the_pause_doubles_up_to_a_quarter_of_an_hour(
    attempt: int, chance: float, seconds: float
) -> None:
    assert retry_pause(attempt, chance) == timedelta(seconds=seconds)


@given(st.integers(1, 10**6), CHANCES)
def test_the_pause_keeps_its_bounds(attempt: int, chance: float) -> None:
    assert 2.5 * SECOND <= retry_pause(attempt, chance) <= MAX_QUEUE_DELAY


@given(st.integers(1, 10**6), CHANCES)
def test_the_pause_never_shrinks_with_the_tries_and_doubles_at_first(
    attempt: int, chance: float
) -> None:
    pause, longer = retry_pause(attempt, chance), retry_pause(attempt + 1, chance)

    assert longer >= pause
    if longer < retry_pause(99, chance):
        assert abs(longer - 2 * pause) <= timedelta(microseconds=2)


@given(st.integers(1, 99), CHANCES, CHANCES)
def test_chance_takes_away_up_to_half(attempt: int, chance: float, more: float) -> None:
    less, longer = sorted((chance, more))

    assert retry_pause(attempt, 0) / 2 <= retry_pause(attempt, longer)
    assert retry_pause(attempt, longer) <= retry_pause(attempt, less) <= retry_pause(attempt, 0)


def test_all_tries_fit_into_a_day_and_are_not_over_in_an_hour() -> None:
    pauses = [sum((retry_pause(n, c) for n in range(1, MAX_TRIES)), timedelta()) for c in (0, 1)]

    assert timedelta(hours=1) < pauses[1] <= pauses[0] < DAY


def test_a_claim_is_believed_in_for_longer_than_anything_may_run() -> None:
    assert timedelta(seconds=45) < LEASE <= QUEUE_GRACE
