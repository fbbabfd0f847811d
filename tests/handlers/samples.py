"""The sample events of `events/`, and what all of them are about."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
EVENTS: Final = ROOT / "events"

SIGNING_KEY: Final = "a-signing-key-of-the-sample-events"
"""What the callback URLs of the sample events are signed with."""
API_KEY: Final = "a-made-up-api-key-of-the-sample-events"
API_KEY_ID: Final = "k3y1d0f5am"
NUMBER: Final = "+40721234567"
MESSAGE_ID: Final = "order-1042"


def sample(name: str) -> dict[str, Any]:
    """The event in `events/<name>.json`, new each time: a test may change it."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return event


def with_headers(event: dict[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """The REST API's event with these headers added."""
    several = {name: [value] for name, value in headers.items()}
    return event | {
        "headers": event["headers"] | dict(headers),
        "multiValueHeaders": event["multiValueHeaders"] | several,
    }


def failures(*records: Mapping[str, Any]) -> dict[str, Any]:
    """What a function answers if these records of a queue have to come again."""
    return {"batchItemFailures": [{"itemIdentifier": r["messageId"]} for r in records]}
