"""docs/scale.md and its picture, from the walls that are reckoned and the runs that are stored."""

from typing import Any, Final

from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from pages.calls import SECONDS, VOIPIT_SECONDS, Calls, bill
from pages.lives import LIVES
from pages.markdown import head, row
from pages.scale.drawing import Panel, drawing
from pages.scale.gateway import (
    COLD_SECONDS,
    GUARDS_UNITS,
    MESSAGES_UNITS,
    NEW_TABLE_UNITS,
    REPORT_SECONDS,
    ROWS,
    TRANSACTION_SECONDS,
    Settings,
)
from pages.scale.scenarios import EVERY, RAISED, RAMP_SECONDS, RAMP_TO, SCENARIOS, stored
from pages.scale.walls import CHANGES, DUE_UNITS, Wall, published, walls
from tools.repository import ROOT, TEMPLATE

PAGE: Final = ROOT / "docs" / "scale.md"
PICTURE: Final = ROOT / "docs" / "img" / "scale-ramp.svg"
PROSE: Final = ROOT / "pages" / "scale" / "page.md.in"
RATES: Final = (1, 100, 1_000)
_A_MONTH: Final = 30 * 24 * 60 * 60


def page() -> str:
    """The whole page."""
    found = stored()
    raised = {rate: found["steady"][f"all raised, {rate:,} a second"] for rate in RATES}
    open_api = found["steady"]["limits of the API raised, 1,000 a second"]
    return PROSE.read_text(encoding="utf-8").format(
        walls=_table(
            head("", "As deployed", "All raised", "Holds up", "Moved by"),
            *(
                (now.what, _rate(now.rate), _rate(then.rate), now.of, now.moved_by)
                for now, then in _both()
            ),
        ),
        needs=_table(
            head("", *(f"{rate:,} a second" for rate in RATES)),
            *(_needs(name, raised, key) for name, key in _NEEDED.items()),
        ),
        runs=_table(
            head(
                "Run", "Taken", "Refused", "Unconfirmed", "Answered in, s", "Event after, s",
                "`send` at once", "USD per million",
            ),
            *(_run(name, found["steady"][name]) for name in SCENARIOS),
        ),
        events_at=f"{published(Settings()) / CHANGES:.0f}",
        tables_at=f"{NEW_TABLE_UNITS / max(GUARDS_UNITS, MESSAGES_UNITS):,.0f}",
        open_taken=f"{open_api['taken']:.0f}",
        open_conflicts=f"{open_api['refused'].get(ROWS, 0):.0f}",
        sends=raised[1_000]["at once"]["send"],
        seconds=", ".join(f"`{name}` {SECONDS[name]} s" for name in ("send", "callback")),
        cold=COLD_SECONDS,
        report=REPORT_SECONDS,
        transaction=TRANSACTION_SECONDS,
        ramp_to=f"{RAMP_TO:,}",
        ramp_seconds=RAMP_SECONDS,
        guards_units=GUARDS_UNITS,
        messages_units=MESSAGES_UNITS,
        clients=RAISED.clients,
        lanes=RAISED.lanes,
        concurrency=f"{RAISED.concurrency:,}",
        table_units=f"{RAISED.table_units:,}",
    )  # fmt: skip


def picture() -> str:
    """What is seen while the rate grows."""
    seen = stored()["ramp"]
    rates = [(at + 0.5) * EVERY / RAMP_SECONDS * RAMP_TO for at in range(len(seen["offered"]))]
    return drawing(
        [0.0, *rates[1:-1], float(RAMP_TO)],
        "messages a second that are offered",
        [
            Panel(
                "Messages a second",
                {"offered": seen["offered"], "taken": seen["taken"]},
            ),
            Panel(
                "Refused a second (503, repeat)",
                seen["refused"],
            ),
            Panel("Functions at once", seen["at once"]),
            Panel(
                "Seconds, of 99 in 100",
                {"until the answer": seen["answered"], "until the event": seen["published"]},
            ),
        ],
        title="The gateway while the rate grows, with the limits of the API raised",
    )


def parameters() -> dict[str, float]:
    """The template's parameters that are numbers, by name."""
    template: dict[str, Any] = yaml_parse(TEMPLATE.read_text(encoding="utf-8"))
    return {
        name: float(each["Default"])
        for name, each in template["Parameters"].items()
        if each["Type"] == "Number"
    }


_NEEDED: Final = {
    "`send`, `callback`, `publish` at once, at most": "at once",
    "connections to Voipit, at most": "connections",
    "the answer, half and 99 in 100, s": "answered",
    "the event after the change, half and 99 in 100, s": "published",
    "write units a second: Messages, Guards, index `due`, each other index": "writes",
    "read units a second": "reads",
    "events a second; requests of SNS": "events",
    "calls of `publish` a second": "publish",
    "messages a month": "month",
    "USD per million": "million",
    "USD a month": "usd",
}


def _needs(name: str, raised: dict[int, dict[str, Any]], key: str) -> tuple[str, ...]:
    return name, *(_need(key, rate, run) for rate, run in raised.items())


def _need(key: str, rate: int, run: dict[str, Any]) -> str:
    units = (MESSAGES_UNITS, GUARDS_UNITS, DUE_UNITS, 1)
    topic = run["requests of SNS per message"] * rate
    a_month = rate * _A_MONTH / 1e6
    return {
        "at once": " · ".join(f"{number:,}" for number in run["at once"].values()),
        "connections": f"{run['at once']['send']:,}",
        "answered": " · ".join(map(str, run["answered"])),
        "published": " · ".join(map(str, run["published"])),
        "writes": " · ".join(f"{each * rate:,}" for each in units),
        "reads": f"{LIVES['all guards']['straight'].reads * rate:,g}",
        "events": f"{CHANGES * rate:,} · {topic:,.0f}",
        "publish": f"{run['publish per message'] * rate:,.0f}",
        "month": f"{a_month:,.1f} million",
        "million": f"{per_million(run):.2f}",
        "usd": f"{per_million(run) * a_month:,.0f}",
    }[key]


def per_million(run: dict[str, Any], voipit_seconds: float = VOIPIT_SECONDS) -> float:
    """USD per million straight messages, with the calls and requests that this run has needed."""
    calls = Calls(
        {"send": 1, "callback": 1, "publish": run["publish per message"]},
        topic=run["requests of SNS per message"],
        seconds={
            **SECONDS,
            "send": SECONDS["send"] - VOIPIT_SECONDS + voipit_seconds,
            "publish": run["seconds of publish"],
        },
    )
    return bill(LIVES["all guards"]["straight"], calls).all * 1e6


def _run(name: str, run: dict[str, Any]) -> tuple[str, ...]:
    refused = ", ".join(f"{number:g} {why}" for why, number in run["refused"].items())
    return (
        name,
        f"{run['taken']:g}",
        refused or "none",
        f"{run['unconfirmed']:g}",
        " · ".join(map(str, run["answered"])),
        " · ".join(map(str, run["published"])),
        f"{run['at once']['send']:,}",
        f"{per_million(run, SCENARIOS[name][0].voipit_seconds):.2f}",
    )


def _both() -> list[tuple[Wall, Wall]]:
    numbers = parameters()
    raised = {wall.what: wall for wall in walls(RAISED, numbers)}
    return [(wall, raised[wall.what]) for wall in walls(Settings(), numbers)]


def _rate(rate: float) -> str:
    return f"{rate:.2f}" if rate < 10 else f"{rate:,.0f}"  # noqa: PLR2004  two digits are enough


def _table(first: list[str], *rows: tuple[str, ...]) -> str:
    return "\n".join([*first, *(row(*cells) for cells in rows)])


def write() -> None:
    """Write the page and its picture."""
    PAGE.write_text(page(), encoding="utf-8")
    PICTURE.write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    write()
