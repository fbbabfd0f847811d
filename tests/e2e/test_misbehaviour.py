"""Every way Voipit may misbehave: what becomes of the message, and what the world is told."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from local.gateway import GatewayApi, SubscribedQueue, wait_until
from local.simulator.behaviours import BEHAVIOURS
from tests.e2e.simulator import Simulator


@dataclass(frozen=True)
class Life:
    """What is expected of a message; `history` in the order of its statuses."""

    history: tuple[str, ...]
    accepted: int
    reason: str | None = None
    contradictions: int = 0


SENT = Life(("sending", "submitted", "sent"), accepted=1)
SENT_AFTER_ALL = Life(("sending", "unconfirmed", "sent"), accepted=1)


def queued(reason: str) -> Life:
    return Life(("sending", "queued"), accepted=0, reason=reason)


def unconfirmed(reason: str, *, accepted: int) -> Life:
    return Life(("sending", "unconfirmed"), accepted, reason)


REFUSED = Life(("sending", "failed"), accepted=0, reason="refused")

EXPECTED = {
    "error-report": Life(("sending", "submitted", "failed"), 1, "transmission-error"),
    "no-report": Life(("sending", "submitted"), accepted=1),
    "report-twice": SENT,
    "report-before-answer": Life(("sending", "sent"), accepted=1),
    "late-report": SENT,
    "sent-then-error": Life(("sending", "submitted", "sent"), accepted=1, contradictions=1),
    "cut-with-report": SENT_AFTER_ALL,
    "cut-without-report": unconfirmed("connection-cut", accepted=1),
    "500-with-effect": SENT_AFTER_ALL,
    "500-without-effect": unconfirmed("server-error", accepted=0),
    "400": REFUSED,
    "401": queued("credentials-rejected"),
    "403.6": queued("ip-blocked"),
    "413": REFUSED,
    "slow-with-report": SENT_AFTER_ALL,
    "garbage": unconfirmed("unreadable-answer", accepted=1),
    "200-with-error": REFUSED,
    "report-by-get": SENT,
    "report-as-multipart": SENT,
    "report-as-json": SENT,
    "404": queued("path-not-found"),
    "429": queued("throttled"),
    "cut-without-effect": unconfirmed("connection-cut", accepted=0),
    "500-with-effect-no-report": unconfirmed("server-error", accepted=1),
    "unknown-status": SENT,
    "other-api-name": SENT,
    "slow-without-effect": unconfirmed("no-answer-in-time", accepted=0),
}

AT_ONCE = 6
"""Messages under way at the same time: enough to be quick, few enough for two cores."""


@pytest.fixture(scope="module")
def message_ids(api: GatewayApi) -> Mapping[str, str]:
    """One message to each misbehaving number; what Voipit calls it and its id."""

    def post(name: str, number: str) -> str:
        answer = api.post({"phoneNumber": number, "message": f"Try {name}"})
        assert answer.status_code == 202, answer.text
        message_id: str = answer.json()["messageId"]
        return message_id

    numbers = {b.name: f"+407990000{b.suffix:02}" for b in BEHAVIOURS if b.suffix is not None}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(numbers, pool.map(post, numbers.keys(), numbers.values()), strict=True))


def test_every_way_to_misbehave_is_tried() -> None:
    assert {b.name for b in BEHAVIOURS} == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_the_message_ends_as_the_design_says(
    name: str,
    message_ids: Mapping[str, str],
    api: GatewayApi,
    simulator: Simulator,
    queue: SubscribedQueue,
) -> None:
    expected, message_id = EXPECTED[name], message_ids[name]

    message = api.wait_for_status(message_id, expected.history[-1])
    wait_until(
        lambda: len(_contradictions(api, message_id)) >= expected.contradictions,
        lambda: "the contradicting report was not kept",
        timeout=15,
    )

    assert tuple(change["status"] for change in message["history"]) == expected.history
    assert message.get("reason") == expected.reason
    assert len(_contradictions(api, message_id)) == expected.contradictions
    assert simulator.acceptances(message_id) == expected.accepted
    queue.wait_for_event(message_id, expected.history[-1])
    events = {event["id"]: event for event in queue.events_of(message_id)}
    assert (
        tuple(
            events[f"{message_id}:{sequence}"]["data"]["status"]
            for sequence in range(1, len(events) + 1)
        )
        == expected.history
    )
    assert api.wait_for_status(message_id, expected.history[-1], timeout=0) == message


def _contradictions(api: GatewayApi, message_id: str) -> list[Any]:
    answer = api.get(message_id)
    assert answer.status_code == 200, answer.text
    reports: list[Any] = answer.json().get("contradictingReports", [])
    return reports
