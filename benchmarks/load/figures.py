"""What was measured under load, and what is read off it: latencies, errors, ratios."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Literal

NO_ANSWER: Final = "no answer"
Measure = Literal["median", "p95"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One request: `status` is `None` if there was no answer."""

    message_id: str
    seconds: float
    status: int | None

    @property
    def is_taken(self) -> bool:
        """Whether it was answered 202."""
        return self.status == HTTPStatus.ACCEPTED


@dataclass(frozen=True, slots=True)
class Side:
    """The requests of one step to one function.

    `median` and `p95` are seconds until a 202, and `None` without one; `errors` counts the other
    answers by their status, and `NO_ANSWER`.
    """

    requests: int
    taken: int
    seconds: float
    median: float | None
    p95: float | None
    errors: dict[str, int]

    @property
    def per_second(self) -> float:
        """How many were answered 202 in a second."""
        return self.taken / self.seconds

    @property
    def error_share(self) -> float:
        """The share of the requests that were not answered 202."""
        return 1 - self.taken / self.requests if self.requests else 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """So many senders at once, each with one request under way, to either function in turn."""

    senders: int
    empty: Side
    gateway: Side

    def ratio(self, measure: Measure) -> float | None:
        """The gateway's latency as a multiple of the empty function's, if both were measured."""
        ours, floor = getattr(self.gateway, measure), getattr(self.empty, measure)
        return ours / floor if ours and floor else None


@dataclass(slots=True)
class Load:
    """A whole run: where and when, each step, and the account at its end."""

    about: dict[str, Any]
    steps: list[Step]
    account: dict[str, Any]

    def save(self, path: Path) -> None:
        """As JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Load":
        """What `save` wrote."""
        told = json.loads(path.read_text(encoding="utf-8"))
        steps = [
            Step(step["senders"], Side(**step["empty"]), Side(**step["gateway"]))
            for step in told["steps"]
        ]
        return cls(told["about"], steps, told["account"])


def side(answers: Sequence[Answer], seconds: float) -> Side:
    """What `answers`, which came within so many seconds, say together."""
    taken = [answer.seconds for answer in answers if answer.is_taken]
    errors = Counter(
        NO_ANSWER if answer.status is None else str(answer.status)
        for answer in answers
        if not answer.is_taken
    )
    return Side(
        requests=len(answers),
        taken=len(taken),
        seconds=seconds,
        median=percentile(taken, 0.5),
        p95=percentile(taken, 0.95),
        errors=dict(sorted(errors.items())),
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share of the values does not exceed."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def first_errors(steps: Sequence[Step]) -> int | None:
    """The smallest number of senders at which the gateway did not answer every request 202."""
    return min((step.senders for step in steps if step.gateway.errors), default=None)
