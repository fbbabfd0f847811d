"""What was measured, and what is read off it: medians, spread, and ratios within a round.

Everything that is shown (the terminal, the page, the picture) is made of `Run`, which is the file
`.local/bench.json`.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

Counts = dict[str, float]
"""Of one call: AWS's and Voipit's calls by name; `connections`; `write` and `read` units; bytes of
`log`; `rows` of the table `Messages` that were asked for by key; messages `enqueued`."""


@dataclass(slots=True)
class Samples:
    """One kind of call of one version: a value a round for each measure, in seconds, and counts.

    Measures are `cpu` and `wall`; of cold starts also `init cpu`, `first cpu` and `first wall`.
    """

    measures: dict[str, list[float]] = field(default_factory=dict)
    counts: Counts = field(default_factory=dict)

    def add(self, **measures: float) -> None:
        """The values of one more round; `first_cpu` is the measure `first cpu`."""
        for name, value in measures.items():
            self.measures.setdefault(name.replace("_", " "), []).append(value)

    def median(self, measure: str) -> float | None:
        """In seconds; `None` if it was not measured."""
        values = self.measures.get(measure)
        return median(values) if values else None


@dataclass(slots=True)
class Run:
    """One run: figures by kind of call and version, and where and when they were taken."""

    about: dict[str, Any]
    figures: dict[str, dict[str, Samples]] = field(default_factory=dict)

    def of(self, call: str, version: str) -> Samples:
        """The samples, which can be empty."""
        return self.figures.setdefault(call, {}).setdefault(version, Samples())

    def value(self, call: str, version: str, measure: str = "cpu") -> float | None:
        """The median in seconds, if it was measured."""
        samples = self.figures.get(call, {}).get(version)
        return samples.median(measure) if samples else None

    def count(self, call: str, version: str, *names: str) -> float | None:
        """The sum of these counts of a call, if it was measured."""
        samples = self.figures.get(call, {}).get(version)
        return sum(samples.counts.get(name, 0) for name in names) if samples else None

    def ratio(
        self, call: str, to: str, measure: str = "cpu", version: str = "today"
    ) -> float | None:
        """Median of the ratios within a round, if both versions were measured."""
        return self.across((call, version), (call, to), measure)

    def across(
        self, one: tuple[str, str], other: tuple[str, str], measure: str = "cpu"
    ) -> float | None:
        """The same of two (call, version) that can be of different calls."""
        ours, theirs = (
            self.figures.get(call, {}).get(version, Samples()).measures.get(measure, [])
            for call, version in (one, other)
        )
        pairs = list(zip(ours, theirs, strict=False))
        return median(a / b for a, b in pairs) if pairs else None

    def save(self, path: Path) -> None:
        """As JSON, in the order in which it was measured: tables keep to it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Run":
        """What `save` wrote."""
        told = json.loads(path.read_text(encoding="utf-8"))
        figures = {
            call: {version: Samples(**samples) for version, samples in versions.items()}
            for call, versions in told["figures"].items()
        }
        return cls(told["about"], figures)


def spread(values: Sequence[float]) -> float:
    """Half the distance between the quartiles, as a share of the median: ± so much."""
    ordered = sorted(values)
    if not ordered or not median(ordered):
        return 0.0
    low, high = (ordered[_place(len(ordered), share)] for share in (0.25, 0.75))
    return (high - low) / 2 / median(ordered)


def _place(length: int, share: float) -> int:
    return min(length - 1, math.floor(share * (length - 1) + 0.5))


def counts_of(tally: Mapping[str, Any], calls: int, logged: int) -> Counts:
    """What the stubs counted, by call of the function."""
    units = tally["units"]
    counted: Counts = {
        **tally["calls"],
        "connections": tally["connections"],
        "write": units.get("write", 0) + units.get("index write", 0),
        "read": units.get("read", 0),
        "log": logged,
        "rows": tally["rows"],
        "enqueued": tally["enqueued"],
    }
    return {name: count / calls for name, count in counted.items()}


COUNTS = frozenset({"connections", "write", "read", "log", "rows", "enqueued"})
"""The counts that are no calls."""


def calls_in(counts: Counts, chosen: Callable[[str], bool] = lambda _: True) -> float:
    """How many calls of AWS and Voipit are in it."""
    return sum(n for name, n in counts.items() if name not in COUNTS and chosen(name))
