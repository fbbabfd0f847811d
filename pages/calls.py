"""What a life of a message takes beside units of DynamoDB: calls, their time, their log lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from pages import prices
from pages.lives import Units

MEMORY_GB: Final = 0.5
"""`MemorySize` in template.yaml, of all functions but these."""
OWN_MEMORY_GB: Final[Mapping[str, float]] = MappingProxyType({"watch": 1769 / 1024})
SECONDS: Final[Mapping[str, float]] = MappingProxyType(
    {"send": 0.35, "callback": 0.03, "publish": 0.05, "dispatch": 0.35, "watch": 0.08}
)
"""Assumed, until they are measured on AWS: how long a call takes. Most of `send` and `dispatch` is
`VOIPIT_SECONDS`."""
VOIPIT_SECONDS: Final = 0.3
"""Assumed: how long Voipit takes for its answer."""
LOG_BYTES: Final[Mapping[str, int]] = MappingProxyType(
    {"send": 670, "callback": 420, "publish": 340, "dispatch": 530, "watch": 540}
)
"""Counted (`tests/handlers/test_log_volume.py`): the line of a call, and the 26 bytes that
CloudWatch adds to each line."""
LAMBDA_LOG_BYTES: Final = 346
"""START, END and REPORT of a call (268), and 26 for each; by the form of these lines."""


@dataclass(frozen=True)
class Calls:
    """What one message needs on a quiet gateway, where no two messages share a call.

    `functions` are calls by the function's name; `topic` and `queue` are requests of SNS and SQS.
    """

    functions: Mapping[str, float]
    api: float = 1
    topic: float = 2
    queue: float = 0
    seconds: Mapping[str, float] = field(default_factory=lambda: SECONDS)


_STRAIGHT: Final[Mapping[str, float]] = {"send": 1, "callback": 1, "publish": 2}
_UNREPORTED: Final[Mapping[str, float]] = {"send": 1, "publish": 2}
_REFUSED: Final[Mapping[str, float]] = {"send": 1}
_LATER: Final[Mapping[str, float]] = {"send": 1, "dispatch": 1, "callback": 1, "publish": 3}
_IN_A_BATCH: Final[Mapping[str, float]] = {
    "send": 0.01,
    "dispatch": 1,
    "callback": 1,
    "publish": 2.1,
}
_QUICK: Final[Mapping[str, float]] = {**SECONDS, "send": SECONDS["send"] - VOIPIT_SECONDS}
CALLS: Final[Mapping[str, Calls]] = MappingProxyType(
    {
        "straight": Calls(_STRAIGHT),
        "straight, without an id": Calls(_STRAIGHT),
        "straight, from a page": Calls(_STRAIGHT),
        "refused by Voipit": Calls({"send": 1, "publish": 1}, topic=1),
        "tried twice": Calls(_LATER, topic=3, queue=3),
        "submitted, no report": Calls(_UNREPORTED),
        "unconfirmed, no report": Calls(_UNREPORTED),
        "unconfirmed, sent again": Calls({**_LATER, "publish": 4}, topic=4, queue=3),
        "scheduled": Calls(_LATER, topic=3, queue=3, seconds=_QUICK),
        "each of a batch": Calls(
            _IN_A_BATCH, api=0.01, topic=2.1, queue=2.1, seconds={**SECONDS, "send": 2.0}
        ),
        "replayed": Calls(_REFUSED, topic=0, seconds=_QUICK),
        "refused by a limit": Calls(_REFUSED, topic=0, seconds=_QUICK),
        "refused by the list": Calls(_REFUSED, topic=0, seconds=_QUICK),
    }
)
"""By life, as in `pages.lives`. A batch has 100 messages, and its events are published ten at a
time."""


@dataclass(frozen=True, slots=True)
class Bill:
    """US dollars for one message, by what they are paid for."""

    writes: float
    reads: float
    api: float
    functions: float
    logs: float
    topic: float
    queue: float

    @property
    def all(self) -> float:
        """The sum."""
        return sum((self.writes, self.reads, self.api, self.functions, self.logs)) + (
            self.topic + self.queue
        )


def bill(units: Units, calls: Calls, *, memory_gb: float = MEMORY_GB) -> Bill:
    """What a message costs that spends these units and calls."""
    return Bill(
        writes=units.writes * prices.WRITE_UNIT,
        reads=units.reads * prices.READ_UNIT,
        api=calls.api * prices.API_REQUEST,
        functions=sum(
            number
            * (
                prices.FUNCTION_CALL
                + gb_seconds(calls.seconds[name], OWN_MEMORY_GB.get(name, memory_gb))
            )
            for name, number in calls.functions.items()
        ),
        logs=log_bytes(calls) / 1e9 * prices.LOG_GB,
        topic=calls.topic * prices.TOPIC_REQUEST,
        queue=calls.queue * prices.QUEUE_REQUEST,
    )


def gb_seconds(seconds: float, memory_gb: float = MEMORY_GB) -> float:
    """US dollars for the time of a call."""
    return seconds * memory_gb * prices.FUNCTION_GB_SECOND


def log_bytes(calls: Calls) -> float:
    """What these calls leave in the logs, Lambda's own lines included."""
    return sum(
        number * (LOG_BYTES[name] + LAMBDA_LOG_BYTES) for name, number in calls.functions.items()
    )
