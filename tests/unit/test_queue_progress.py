from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.due import QUEUE_GRACE
from sms_gateway.domain.queue_progress import (
    LONGEST_IN_QUEUE,
    SLOWEST_TRY,
    TOLD_LATE,
    QueueProgress,
)
from tests.fakes.clock import START

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("backlog", "at_a_time", "needs"),
    [
        (0, 5, timedelta()),
        (1, 5, 3 * SECOND),
        (100, 5, 5 * MINUTE),
        (100, 50, 30 * SECOND),
        (600, 5, 30 * MINUTE),
        (1_000_000, 5, 30 * MINUTE),
    ],
)
def test_what_a_queue_held_is_handed_out_the_later_the_more_it_was_and_the_fewer_are_tried(
    backlog: int, at_a_time: int, needs: timedelta
) -> None:
    progress = QueueProgress(at_a_time)
    due_at = START + QUEUE_GRACE - TOLD_LATE

    progress.note(backlog, START)

    assert not progress.has_lost(due_at, START + needs - SECOND)
    assert progress.has_lost(due_at, START + needs)


@pytest.mark.parametrize("backlog", [0, 1, 500])
def test_what_came_after_a_look_is_not_told_by_it(backlog: int) -> None:
    progress = QueueProgress(5)
    progress.note(backlog, START)

    due_at = START + QUEUE_GRACE - TOLD_LATE + SECOND

    assert not progress.has_lost(due_at, START + LONGEST_IN_QUEUE)


def test_a_queue_that_gets_shorter_tells_nothing_of_what_was_behind_before() -> None:
    """Each look tells of what was there, and that takes its time, however little is left now."""
    progress = QueueProgress(5)
    last = START + QUEUE_GRACE  # it could be handed out from START on, behind 200 others

    for minute, backlog in enumerate((200, 170, 140, 110, 80, 50, 20), start=1):
        progress.note(backlog, START + minute * MINUTE)
        assert not progress.has_lost(last, START + minute * MINUTE)


def test_an_empty_queue_has_handed_out_everything() -> None:
    progress = QueueProgress(5)
    progress.note(200, START)
    now = START + 2 * MINUTE
    progress.note(0, now)

    assert progress.has_lost(now, now), "due now: it could be handed out 90 seconds ago"


@given(
    st.lists(st.tuples(st.integers(1, 300), st.integers(0, 2000)), max_size=40),
    st.integers(1, 1000),
)
def test_no_message_is_believed_to_be_in_the_queue_for_longer_than_the_bound(
    looks: list[tuple[int, int]], at_a_time: int
) -> None:
    progress, now = QueueProgress(at_a_time), START
    for seconds, backlog in looks:
        now += seconds * SECOND
        progress.note(backlog, now)

    assert progress.has_lost(now - LONGEST_IN_QUEUE - TOLD_LATE + QUEUE_GRACE, now)


@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=60),
    st.integers(1, 300),
)
def test_what_waits_behind_others_is_never_taken_for_lost(
    tried_in_each_minute: list[int], ahead: int
) -> None:
    """`dispatch` tries as many as come, 20 a minute at least (five at a time, 15 s each)."""
    progress, now, left = QueueProgress(5), START, ahead
    due_at = START + QUEUE_GRACE
    for tried in tried_in_each_minute:
        now += MINUTE
        left -= 20 + tried
        if left <= 0 or now >= START + LONGEST_IN_QUEUE:
            return
        progress.note(left, now)
        assert not progress.has_lost(due_at, now)


def test_what_is_remembered_does_not_grow() -> None:
    progress = QueueProgress(2)
    for minute in range(600):
        progress.note(minute % 500, START + minute * MINUTE)

    assert len(progress._seen) <= 33  # noqa: SLF001  what is bounded
    assert SLOWEST_TRY < LONGEST_IN_QUEUE
