"""What subscribers have heard during all the tests before this one."""

from local.gateway import SubscribedQueue
from tests.support.event_schema import all_faults


def test_every_event_of_the_run_is_valid(queue: SubscribedQueue) -> None:
    events = queue.all_events()

    assert events
    assert all_faults(events) == []
