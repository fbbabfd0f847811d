"""The samples of what subscribers get are what the gateway and AWS would send."""

import hashlib
import json
import re
from typing import Any

import pytest

from tests.support.event_schema import all_faults
from tests.support.samples import EVENTS, subscriber_sample

NAMES = sorted(path.stem for path in (EVENTS / "subscribers").glob("*.json"))
LIVES = subscriber_sample("lives")


def events_in(name: str) -> list[dict[str, Any]]:
    content = subscriber_sample(name)
    if isinstance(content, list):
        return content
    if "Records" in content:
        return [json.loads(record["body"]) for record in content["Records"]]
    if "detail" in content:
        return [content["detail"]]
    return [json.loads(content["Message"])] if content["Type"] == "Notification" else []


def test_the_readme_lists_every_sample() -> None:
    readme = (EVENTS / "README.md").read_text(encoding="utf-8")

    assert re.findall(r"^\| `subscribers/([a-z-]+)\.json` \|", readme, re.MULTILINE) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_event_in_a_sample_is_valid_and_one_of_the_sample_lives(name: str) -> None:
    events = events_in(name)

    assert all_faults(events) == []
    assert [event for event in events if event not in LIVES] == []
    assert events or name == "https-subscription-confirmation"


def test_the_sample_lives_are_whole_and_in_order() -> None:
    seen: dict[str, list[dict[str, Any]]] = {}
    for event in LIVES:
        seen.setdefault(event["subject"], []).append(event["data"])

    assert len(seen) == 4
    for life in seen.values():
        assert [data["sequence"] for data in life] == list(range(1, len(life) + 1))
        previous = [data.get("previousStatus") for data in life]
        assert previous == [None, *(data["status"] for data in life[:-1])]
        assert [data["final"] for data in life] == [False] * (len(life) - 1) + [True]


def test_the_batch_holds_all_of_them_shuffled_and_some_repeated() -> None:
    events = events_in("queue-batch")
    ids = [event["id"] for event in events]

    assert set(ids) == {event["id"] for event in LIVES}
    assert len(set(ids)) < len(ids)
    assert ids != sorted(ids)
    for record in subscriber_sample("queue-batch")["Records"]:
        digest = hashlib.md5(record["body"].encode(), usedforsecurity=False).hexdigest()
        assert record["md5OfBody"] == digest
