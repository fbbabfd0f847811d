"""What a run shows: the table of its steps, its account, and what may be concluded from them."""

from typing import Final

from benchmarks.load.figures import Load, Side, Step, first_errors
from benchmarks.tables import table

PAIRS: Final = "Latencies and their ratio: median / p95. 202s a second: empty function / gateway."
CAN_SHOW: Final = (
    "This can show the shape of the curves, where errors begin, and that nothing is lost or sent"
    " twice under load. It cannot show AWS's speed: here every function, the local AWS, Voipit's"
    " simulator and the senders share this machine's cores, and on AWS each function has its own."
)


def report(load: Load) -> str:
    """All that the terminal shows at the end."""
    return "\n\n".join([steps(load), PAIRS, account(load), reading(load), CAN_SHOW])


def steps(load: Load) -> str:
    """A row for each step, as Markdown. Pairs are median / p95, or empty function / gateway."""
    heads = ["senders", "empty, ms", "gateway, ms", "gateway ÷ empty", "202s a second", "not 202"]
    return table(heads, [_row(step) for step in load.steps])


def account(load: Load) -> str:
    """The outcome of all messages, as Markdown."""
    told = load.account
    rows = [
        ["answered 202", f"{told['taken']:,}"],
        *([f"… that ended {status}", f"{count:,}"] for status, count in told["statuses"].items()),
        ["not answered 202", f"{told['refused']:,}"],
        ["SMS at Voipit", f"{told['sms']:,}"],
        *(
            [name.replace("_", " "), str(len(told[name]))]
            for name in ("lost", "doubled", "lies", "error_lines")
        ),
        ["dead letters", str(told["dead_letters"])],
    ]
    return table(["what", "number"], rows)


def reading(load: Load) -> str:
    """In words: where errors begin."""
    begin = first_errors(load.steps)
    if begin is not None:
        return f"From {begin} senders on, not every request was answered 202."
    most = max((step.senders for step in load.steps), default=0)
    return f"Up to {most} senders every measured request was answered 202."


def about(load: Load) -> str:
    """Where and when, as Markdown."""
    return table(["", ""], [[name, value] for name, value in load.about.items()])


def _row(step: Step) -> list[str]:
    return [
        str(step.senders),
        _pair(step.empty.median, step.empty.p95, 1000, ".0f"),
        _pair(step.gateway.median, step.gateway.p95, 1000, ".0f"),
        _pair(step.ratio("median"), step.ratio("p95"), 1, ".1f"),
        _pair(step.empty.per_second, step.gateway.per_second, 1, ".0f"),
        ", ".join([f"{step.gateway.error_share:.1%}", *_errors(step.gateway)]),
    ]


def _errors(side: Side) -> list[str]:
    return [f"{what}: {count}" for what, count in side.errors.items()]


def _pair(one: float | None, other: float | None, times: int, form: str) -> str:
    shown = ("none" if value is None else format(value * times, form) for value in (one, other))
    return " / ".join(shown)
