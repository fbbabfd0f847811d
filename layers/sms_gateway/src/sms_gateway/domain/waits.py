"""For what a message waits that is not settled: three lines, and `watch` looks after each apart."""

from enum import Enum, auto

from sms_gateway.domain.status import Status


class Waits(Enum):
    """For what a message waits until it is due."""

    FOR_VOIPIT = auto()
    """For the end of a call, or for a report. When it is due, `watch` looks at it in any case."""
    OUTSIDE = auto()
    """For its time, or for the circuit. When it is due, `watch` lets it into the queue, in turn."""
    IN_QUEUE = auto()
    """For its turn in the queue. It is due when the queue should have handed it out by then."""


def waits(status: Status, *, in_queue: bool) -> Waits:
    """For what a message with this status waits; `in_queue`: the queue is told of it."""
    if in_queue:
        return Waits.IN_QUEUE
    return Waits.OUTSIDE if status is Status.QUEUED else Waits.FOR_VOIPIT
