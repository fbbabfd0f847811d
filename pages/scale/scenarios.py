"""The runs of the simulation that docs/scale.md shows. `make scale` stores them."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pages.scale.gateway import Gateway, Settings, quantile
from tools.repository import ROOT

RESULTS: Final = ROOT / "pages" / "scale" / "results.json"
SECONDS_OF_A_RUN: Final = 120
WARM_UP: Final = 30
"""Seconds at the beginning that no figure counts: every environment is new then."""
RAMP_SECONDS: Final = 400
RAMP_TO: Final = 1_200
"""Messages a second at the end of the ramp."""
EVERY: Final = 4
"""Seconds of the ramp that are one point of the picture."""
_OPEN: Final = Settings(key_rate=3_000, key_burst=6_000, route_rate=3_000, route_burst=6_000)
RAISED: Final = replace(_OPEN, clients=10, lanes=4, table_units=40_000, concurrency=3_000)
"""The limits of API Gateway out of the way, ten clients, four calls of `publish` for each shard,
tables that are used to the load, 3,000 executions at once."""
SCENARIOS: Final[Mapping[str, tuple[Settings, float]]] = {
    "as deployed, 1 a second": (Settings(), 1),
    "as deployed, 100 a second": (Settings(), 100),
    "as deployed, 1,000 a second": (Settings(), 1_000),
    "limits of the API raised, 1,000 a second": (_OPEN, 1_000),
    "all raised, 1 a second": (RAISED, 1),
    "all raised, 100 a second": (RAISED, 100),
    "all raised, 1,000 a second": (RAISED, 1_000),
    "Voipit takes 5 s, 100 a second": (replace(_OPEN, voipit_seconds=5), 100),
    "Voipit takes 5 s, 300 a second": (replace(_OPEN, voipit_seconds=5), 300),
    "Voipit works on 50 at once, 300 a second": (replace(_OPEN, voipit_places=50), 300),
}


def steady(settings: Settings, rate: float, seconds: int = SECONDS_OF_A_RUN) -> dict[str, Any]:
    """What a run at an even rate comes to, per second and per message."""
    run = Gateway(settings, lambda _: rate).run(seconds)
    seen = run.seconds[WARM_UP:]
    refused: Counter[str] = sum((each.refused for each in seen), Counter())
    latencies = [each for second in seen for each in second.latencies]
    lags = [each for second in seen for each in second.lags]
    per_message = {
        "publish": run.calls["publish"] / run.taken,
        "topic": run.topic_requests / run.taken,
    }
    return {
        "taken": round(sum(each.taken for each in seen) / len(seen), 1),
        "unconfirmed": round(sum(each.unconfirmed for each in seen) / len(seen), 1),
        "refused": {why: round(number / len(seen), 1) for why, number in sorted(refused.items())},
        "answered": [round(quantile(latencies, share), 2) for share in (0.5, 0.99)],
        "published": [round(quantile(lags, share), 2) for share in (0.5, 0.99)],
        "waiting": run.waiting,
        "at once": {
            name: max(each.functions.get(name, 0) for each in seen)
            for name in ("send", "callback", "publish")
        },
        "publish per message": round(per_message["publish"], 2),
        "requests of SNS per message": round(per_message["topic"], 2),
        "seconds of publish": round(run.publish_seconds / max(1, run.calls["publish"]), 4),
    }


def ramp(settings: Settings = _OPEN, seconds: int = RAMP_SECONDS) -> dict[str, Any]:
    """What is seen while the rate grows evenly from nothing to `RAMP_TO`."""
    run = Gateway(settings, lambda now: max(0.5, now / seconds * RAMP_TO)).run(seconds)
    points = [run.seconds[at : at + EVERY] for at in range(0, seconds, EVERY)]
    causes = sorted({why for seen in run.seconds for why in seen.refused})
    return {
        "offered": [round(sum(s.offered for s in p) / EVERY) for p in points],
        "taken": [round(sum(s.taken for s in p) / EVERY) for p in points],
        "at once": {
            name: [max(s.functions.get(name, 0) for s in p) for p in points]
            for name in ("send", "callback", "publish")
        },
        "answered": [round(quantile([x for s in p for x in s.latencies], 0.99), 2) for p in points],
        "published": [round(quantile([x for s in p for x in s.lags], 0.99), 1) for p in points],
        "refused": {
            why: [round(sum(s.refused[why] for s in p) / EVERY, 1) for p in points]
            for why in causes
        },
    }


def results() -> dict[str, Any]:
    """Everything, as results.json holds it. It takes a minute."""
    return {
        "steady": {name: steady(*of) for name, of in SCENARIOS.items()},
        "ramp": ramp(),
    }


def stored() -> dict[str, Any]:
    """What the last `make scale` came to."""
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def store(found: Mapping[str, Any]) -> None:
    """Write results.json, one scenario or line to a line of it."""
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
