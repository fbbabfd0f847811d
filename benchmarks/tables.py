"""Tables of a run: for the terminal and, the same ones, for the page."""

from collections.abc import Iterator, Sequence
from typing import Final

from benchmarks import must_show
from benchmarks.figures import Run, Samples, calls_in, spread
from benchmarks.memory import ROWS, SIZES, cost_of, message_cost

VERSIONS: Final = ("today", "then", "lean", "tutorial")
GATEWAYS: Final = VERSIONS[:2]
NONE: Final = ""
_RATIOS: Final = tuple(f"today ÷ {name}" for name in VERSIONS[1:])
_WHOLE_FROM: Final = 0.02
"""Seconds from which on milliseconds are shown without a fraction."""


def report(run: Run) -> str:
    """All tables, with what they are about; last what has to be shown."""
    return "\n\n".join(f"{title}\n\n{text}" for _, title, text in sections(run) if text)


def sections(run: Run) -> list[tuple[str, str, str]]:
    """Name of its place on the page, title and Markdown table; empty if it was not measured."""
    return [
        ("run", "This run", _about(run)),
        ("warm", "Warm", _calls(run, "warm ")),
        ("rested", "Rested: every connection gone", _calls(run, "rested ")),
        ("cold", "Cold: from the start of the process to its first answer", _cold(run)),
        ("growth", "Growth", _grown(run, "growth ")),
        ("delayed", "With AWS-like delays", _grown(run, "delayed ")),
        (
            "memory",
            "Memory: ms until the answer, and USD per million calls (computed)",
            _memory(run),
        ),
        ("cost", "USD per million messages, straight, guards on, id of one's own", _cost(run)),
        ("must-show", "What has to be shown", _must_show(run)),
    ]


def _about(run: Run) -> str:
    return table(["", ""], [[n, v] for n, v in run.about.items() if isinstance(v, str)])


def _with(run: Run, prefix: str) -> Iterator[tuple[str, str, dict[str, Samples]]]:
    """Whole name, name without the prefix, and samples by version."""
    for call, versions in run.figures.items():
        if call.startswith(prefix):
            yield call, call.removeprefix(prefix), versions


def _calls(run: Run, prefix: str) -> str:
    rows = []
    for call, name, versions in _with(run, prefix):
        counts = versions.get("today", Samples()).counts
        rows.append(
            [
                name,
                *(milliseconds(versions.get(version)) for version in VERSIONS),
                *(times(run.ratio(call, to)) for to in VERSIONS[1:]),
                f"{calls_in(counts):.0f}",
                f"{counts.get('connections', 0):.0f}",
                _units(counts),
                f"{counts.get('log', 0):.0f}",
            ]
        )
    counted = ["calls", "connections", "write / read units", "log bytes"]
    return table(["CPU, ms", *VERSIONS, *_RATIOS, *counted], rows)


def _cold(run: Run) -> str:
    rows = [
        [
            f"{name}, {shown}",
            *(milliseconds(versions.get(version), measure) for version in VERSIONS),
            *(times(run.ratio(call, to, measure)) for to in VERSIONS[1:]),
        ]
        for call, name, versions in _with(run, "cold ")
        for measure, shown in (
            ("wall", "wall"),
            ("cpu", "CPU"),
            ("first cpu", "CPU of the first call"),
        )
    ]
    return table(["ms", *VERSIONS, *_RATIOS], rows)


def _grown(run: Run, prefix: str) -> str:
    rows = [
        [
            name,
            version,
            milliseconds(samples),
            milliseconds(samples, "wall"),
            f"{calls_in(samples.counts):.0f}",
            f"{samples.counts['rows']:.0f}",
            f"{samples.counts['enqueued']:.0f}",
            _units(samples.counts),
        ]
        for _, name, versions in _with(run, prefix)
        for version, samples in sorted(versions.items(), key=lambda each: VERSIONS.index(each[0]))
    ]
    heads = ["", "version", "CPU, ms", "wall, ms", "calls", "rows read by key", "queued"]
    return table([*heads, "write / read units"], rows)


def _memory(run: Run) -> str:
    rows = []
    for title, call, measure in ROWS:
        costs = [cost_of(run, call, measure, size, "today") for size in SIZES]
        if all(costs):
            cells = [f"{c.seconds * 1000:.0f} ms, {c.usd:.2f}" for c in costs if c]
            rows.append([title, *cells])
    return table(["", *(f"{size} MB" for size in SIZES)], rows)


def _cost(run: Run) -> str:
    costs = {version: message_cost(run, version) for version in GATEWAYS}
    by_version = {version: cost for version, cost in costs.items() if cost}
    if len(by_version) < len(GATEWAYS):
        return ""
    services = list(by_version["today"])
    rows = [[s, *(f"{by_version[version][s]:.2f}" for version in GATEWAYS)] for s in services]
    sums = [f"{sum(by_version[version].values()):.1f}" for version in GATEWAYS]
    return table(["USD", *GATEWAYS], [*rows, ["together", *sums]])


def _must_show(run: Run) -> str:
    rows = [
        [row.what, row.before, row.target, row.measured, row.verdict] for row in must_show.rows(run)
    ]
    return table(["", "before", "target", "measured", "met"], rows)


def milliseconds(samples: Samples | None, measure: str = "cpu") -> str:
    """The median with its spread; empty if it was not measured."""
    value = samples.median(measure) if samples else None
    if samples is None or value is None:
        return NONE
    shown = f"{value * 1000:.0f}" if value >= _WHOLE_FROM else f"{value * 1000:.2g}"
    return f"{shown} ± {spread(samples.measures[measure]):.0%}"


def times(ratio: float | None) -> str:
    """A ratio; empty if there is none."""
    return NONE if ratio is None else f"{ratio:.2f}"


def _units(counts: dict[str, float]) -> str:
    shown = (f"{counts.get(kind, 0):.1f}".removesuffix(".0") for kind in ("write", "read"))
    return " / ".join(shown)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown, in columns; empty without rows."""
    if not rows:
        return ""
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        return f"| {' | '.join(padded)} |"

    rule = f"| {' | '.join('-' * max(width, 3) for width in widths)} |"
    return "\n".join([line(heads), rule, *map(line, rows)])
