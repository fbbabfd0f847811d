"""What a call takes and costs at each memory size: computed, not measured.

Lambda gives a function processor time in proportion to its memory, a whole virtual processor at
1,769 MB. So a call takes its CPU seconds divided by that share, and the time it waits for AWS and
Voipit (`stubs/delays.py`). A virtual processor is taken to be as fast as a core of the measuring
machine. The init phase has a whole processor whatever the memory is, and is billed.
"""

from dataclasses import dataclass
from typing import Final

from benchmarks.figures import Counts, Run
from benchmarks.stubs.delays import LIKE_AWS
from pages import prices
from pages.calls import CALLS, LAMBDA_LOG_BYTES

SIZES: Final = (256, 512, 1024, 1769)
OURS: Final = 512
"""The template's `MemorySize`; a test compares them."""
WHOLE_PROCESSOR: Final = 1769
_MEGABYTES: Final = 1024
CONNECTING: Final = 0.003
"""Assumed: seconds of two round trips until a new TLS connection within a region stands."""
MILLION: Final = 1_000_000
STRAIGHT: Final = CALLS["straight"]
PUBLISHES: Final = {"today": STRAIGHT.functions["publish"], "then": 3}
"""Calls of `publish` for one message, if no other one's changes come at the same time. The older
version had no window in which the stream's changes are gathered, so each change was a call.
"""
_SEND, _CALLBACK, _PUBLISH = "warm send, own id", "warm callback", "warm publish, one record"
ROWS: Final = (
    ("send, warm", "warm send, own id", "cpu"),
    ("send, rested", "rested send, own id", "cpu"),
    ("send, cold", "cold send, own id", "first cpu"),
    ("callback, warm", "warm callback", "cpu"),
    ("callback, rested", "rested callback", "cpu"),
    ("callback, cold", "cold callback", "first cpu"),
    ("watch, nothing due", "warm watch, nothing due", "cpu"),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds until the answer, and USD per million calls."""

    seconds: float
    usd: float


def share(megabytes: int) -> float:
    """Of one processor; a Python function uses no more than one."""
    return min(1.0, megabytes / WHOLE_PROCESSOR)


def waits(counts: Counts) -> float:
    """Seconds that a call waits for others, if it makes its calls one behind the other."""
    answers = sum(LIKE_AWS.get(name, 0) * count for name, count in counts.items())
    return answers + counts.get("connections", 0) * CONNECTING


def cost_of(run: Run, call: str, measure: str, megabytes: int, version: str) -> Cost | None:
    """`None` if the call was not measured."""
    cpu = run.value(call, version, measure)
    if cpu is None:
        return None
    counts = run.figures[call][version].counts
    init = run.value(call, version, "init cpu") or 0.0
    seconds = init + cpu / share(megabytes) + waits(counts)
    return Cost(seconds, (_for_time(seconds, megabytes) + prices.FUNCTION_CALL) * MILLION)


def _for_time(seconds: float, megabytes: int) -> float:
    return seconds * megabytes / _MEGABYTES * prices.FUNCTION_GB_SECOND


def message_cost(run: Run, version: str, megabytes: int = OURS) -> dict[str, float] | None:
    """USD per million messages by service: id of one's own, sent at once, reported once.

    `None` unless its calls were measured warm.
    """
    life = {_SEND: 1, _CALLBACK: 1, _PUBLISH: PUBLISHES[version]}
    costs = {call: cost_of(run, call, "cpu", megabytes, version) for call in life}
    functions = sum(life[call] * cost.usd for call, cost in costs.items() if cost)
    if not all(costs.values()):
        return None
    counts = {call: run.figures[call][version].counts for call in life}

    def total(name: str) -> float:
        return sum(life[call] * counts[call][name] for call in life)

    logged = total("log") + sum(life.values()) * LAMBDA_LOG_BYTES
    return {
        "DynamoDB, writes": total("write") * prices.WRITE_UNIT * MILLION,
        "DynamoDB, reads": total("read") * prices.READ_UNIT * MILLION,
        "API Gateway": STRAIGHT.api * prices.API_REQUEST * MILLION,
        "Lambda": functions,
        "CloudWatch Logs": logged / 1e9 * prices.LOG_GB * MILLION,
        "SNS": PUBLISHES[version] * prices.TOPIC_REQUEST * MILLION,
    }
