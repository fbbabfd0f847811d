"""What the gateway costs: docs/costs.md, reckoned from prices, counted units and counted calls."""

from typing import Final, NamedTuple

from pages import prices
from pages.calls import (
    CALLS,
    LAMBDA_LOG_BYTES,
    LOG_BYTES,
    SECONDS,
    VOIPIT_SECONDS,
    Calls,
    bill,
    gb_seconds,
    log_bytes,
)
from pages.lives import LIVES, Units
from pages.markdown import head, row
from tools.repository import ROOT

PAGE: Final = ROOT / "docs" / "costs.md"
PROSE: Final = ROOT / "pages" / "costs.md.in"
MILLION: Final = 1_000_000
RUNS_A_MONTH: Final = 60 * 24 * 30
"""Of `watch`."""
QUEUE_READS_A_MONTH: Final = 1_300_000
"""Lambda looks into the queues of `dispatch` and of kept reports, also into empty ones."""
SECRETS: Final = 4
ALARM_METRICS: Final = 37
COMPOSITE_ALARMS: Final = 2
METRICS_AT_REST: Final = 4
_GUARDED: Final = LIVES["all guards"]
_STRAIGHT: Final = "straight"


class Part(NamedTuple):
    """Write and read units of a straight life, and what they are for."""

    what: str
    writes: float
    reads: float
    why: str


PARTS: Final = (
    Part(
        "the message, before Voipit is called",
        2,
        0,
        "promises 1 and 2; two units, since message and guards are one transaction",
    ),
    Part("its entry in the index `due`", 1, 0, "promise 2: `watch` finds it, whatever dies"),
    Part("its entry in the index `recipient`", 1, 0, "the list of what a number was sent"),
    Part("its entry in the index `client`", 1, 0, "operators' lists by client; the console"),
    Part(
        "the count of its client",
        2,
        0,
        "`ClientDailyLimit`, and `make usage`, which needs it without a limit too",
    ),
    Part(
        "the row of its number",
        2,
        0,
        "`RecipientHourlyLimit`, `RecipientDailyLimit`; none with both at 0",
    ),
    Part("the look at the do-not-contact list", 0, 1, "`SuppressionList`; none with `off`"),
    Part("the look at the circuit", 0, 1, "promise 6"),
    Part("Voipit's answer", 1, 0, "promises 1 and 5"),
    Part(
        "its place in `due`, from the claim's end to the report's deadline",
        2,
        0,
        "promise 2: a message without a report becomes `no_report`",
    ),
    Part("the report", 1, 0, "promises 3 and 5"),
    Part("out of `due`", 1, 0, "`watch` reads what is due and nothing else"),
)
"""Of `LIVES["all guards"]["straight"]`: a test compares the sums."""


def per_million() -> float:
    """USD per million straight messages on a quiet gateway, with every guard."""
    return bill(_GUARDED[_STRAIGHT], CALLS[_STRAIGHT]).all * MILLION


def at_rest() -> list[tuple[str, str, float]]:
    """(what, how it is reckoned, USD a month) of a gateway that sends nothing."""
    watch = _GUARDED["one run of watch, nothing due"]
    run = bill(watch, Calls({"watch": 1}, api=0, topic=0)).all
    alarms = (
        f"{ALARM_METRICS} metrics at {prices.ALARM_METRIC:.2f} each, {COMPOSITE_ALARMS} composite"
        f" alarms at {prices.COMPOSITE_ALARM:.2f} each; the account's first ten metrics are free"
    )
    return [
        (
            f"{SECRETS} secrets (the account at Voipit, three signing keys)",
            f"{prices.SECRET:.2f} each",
            SECRETS * prices.SECRET,
        ),
        (
            "Lambda looks into two queues all the time",
            "about 1.3 million requests at 0.40 per million; the account's first million is free",
            QUEUE_READS_A_MONTH * prices.QUEUE_REQUEST,
        ),
        (
            "`watch`, every minute",
            f"{RUNS_A_MONTH:,} short runs, {watch.reads:g} read units each, a log line",
            RUNS_A_MONTH * run,
        ),
        (
            "[alarms](runbook.md)",
            alarms,
            ALARM_METRICS * prices.ALARM_METRIC + COMPOSITE_ALARMS * prices.COMPOSITE_ALARM,
        ),
        (
            "the four metrics of `watch`, in every hour",
            f"{prices.METRIC:.2f} each; the account's first ten are free",
            METRICS_AT_REST * prices.METRIC,
        ),
    ]


def page() -> str:
    """The whole page: pages/costs.md.in with the tables and figures that it names."""
    units, calls = _GUARDED[_STRAIGHT], CALLS[_STRAIGHT]
    own_id = bill(units, calls)
    no_guard = LIVES["no guard"][_STRAIGHT]
    number = sum(calls.functions.values())
    return PROSE.read_text(encoding="utf-8").format(
        region=prices.REGION,
        of=prices.OF,
        million=_of_a_million(units, calls),
        parts=_table(
            head("", "Write units", "Read units", "USD per million", "For"),
            *(
                (p.what, f"{p.writes:g}", f"{p.reads:g}", _of_units(p.writes, p.reads), p.why)
                for p in PARTS
            ),
            (
                "**together**",
                f"**{units.writes:g}**",
                f"**{units.reads:g}**",
                f"**{_of_units(*units)}**",
                "",
            ),
        ),
        lives=_table(
            head("Life", "Write units", "Read units", "Calls of functions", "USD"),
            *(_life(name, of) for name, of in CALLS.items()),
        ),
        at_rest=_table(
            head("", "Price", "USD"),
            *((what, how, _dollars(usd)) for what, how, usd in at_rest()),
            ("**idle**", "", f"**about {idle():.2f}**"),
        ),
        busy=_dollars(at_ten_a_second()),
        free=_dollars(first_million()),
        voipit=VOIPIT_SECONDS,
        tenth=_dollars(gb_seconds(0.1) * MILLION),
        seconds=", ".join(f"`{name}` {SECONDS[name]} s" for name in calls.functions),
        ours=f"{sum(n * LOG_BYTES[f] for f, n in calls.functions.items()) / 1000:.1f}",
        lambdas=f"{number * LAMBDA_LOG_BYTES / 1000:.1f}",
        bare=_dollars(bill(no_guard, calls).all * MILLION),
        guards=_of_units(units.writes - no_guard.writes, units.reads - no_guard.reads),
        unit=_of_units(1),
        memory=_dollars((own_id.all - bill(units, calls, memory_gb=0.25).all) * MILLION),
        platform=_dollars(number * LAMBDA_LOG_BYTES * prices.LOG_GB / 1000),
    )


def idle() -> float:
    """USD a month of a gateway that sends nothing, to ten cents."""
    return round(sum(usd for _, _, usd in at_rest()), 1)


def at_ten_a_second() -> float:
    """USD per million where four shards of the stream bring their changes of a second together."""
    shared = {"send": 1, "callback": 1, "publish": 0.4}
    return bill(_GUARDED[_STRAIGHT], Calls(shared, topic=0.4)).all * MILLION


def first_million() -> float:
    """USD for a month's first million in an account that uses AWS's free tier for nothing else."""
    calls = CALLS[_STRAIGHT]
    number = sum(calls.functions.values()) * MILLION
    seconds = sum(SECONDS[name] * n for name, n in calls.functions.items()) * MILLION
    free = (
        min(number, prices.FREE_FUNCTION_CALLS) * prices.FUNCTION_CALL
        + min(gb_seconds(seconds), prices.FREE_GB_SECONDS * prices.FUNCTION_GB_SECOND)
        + min(log_bytes(calls) * MILLION / 1e9, prices.FREE_LOG_GB) * prices.LOG_GB
        + min(calls.topic * MILLION, prices.FREE_TOPIC_REQUESTS) * prices.TOPIC_REQUEST
    )
    return per_million() - free


def _of_a_million(units: Units, calls: Calls) -> str:
    paid = bill(units, calls)
    without = bill(_GUARDED["straight, without an id"], calls)
    functions = ", ".join(f"{n:g} of `{name}`" for name, n in calls.functions.items())
    a_second = f"{prices.FUNCTION_GB_SECOND:.10f} per GB-second"
    rows = [
        (f"DynamoDB, write units: {units.writes:g}", _each(prices.WRITE_UNIT), paid.writes),
        ("API Gateway, requests: 1", _each(prices.API_REQUEST), paid.api),
        (
            f"Lambda, arm64, 512 MB: {functions}",
            f"{a_second}, {_each(prices.FUNCTION_CALL)}",
            paid.functions,
        ),
        (
            f"CloudWatch Logs, {log_bytes(calls) / 1000:.1f} KB",
            f"{prices.LOG_GB:.2f} per GB",
            paid.logs,
        ),
        (f"SNS, requests: {calls.topic:g}", _each(prices.TOPIC_REQUEST), paid.topic),
        (f"DynamoDB, read units: {units.reads:g}", _each(prices.READ_UNIT), paid.reads),
    ]
    return _table(
        head("", "Price", "USD"),
        *((what, price, _dollars(usd * MILLION)) for what, price, usd in rows),
        ("**together**", "", f"**{_dollars(paid.all * MILLION)}**"),
        (
            "without an id of the caller's (the gateway looks for a double click)",
            "",
            _dollars(without.all * MILLION),
        ),
    )


def _life(name: str, calls: Calls) -> tuple[str, ...]:
    units = _GUARDED[name]
    number = f"{sum(calls.functions.values()):.3g}"
    usd = _dollars(bill(units, calls).all * MILLION)
    return name, f"{units.writes:g}", f"{units.reads:g}", number, usd


def _table(first: list[str], *rows: tuple[str, ...]) -> str:
    return "\n".join([*first, *(row(*cells) for cells in rows)])


def _each(price: float) -> str:
    return f"{price * MILLION:.4f} per million"


def _of_units(writes: float, reads: float = 0) -> str:
    return _dollars((writes * prices.WRITE_UNIT + reads * prices.READ_UNIT) * MILLION)


def _dollars(usd: float) -> str:
    return f"{usd:.2f}"


def write() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
