"""Every way Voipit may misbehave: what becomes of the message, and what the world is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from local.gateway import SubscribedQueue, wait_for_status, wait_until
from local.simulator.behaviours import BEHAVIOURS
from sms_gateway_client import Gateway
from tests.e2e.circumstances import ELSEWHERE
from tests.support import raw
from tests.support.simulator import Simulator


@dataclass(frozen=True)
class Life:
    """What is expected of a message; `history` in the order of its statuses."""

    history: tuple[str, ...]
    accepted: int
    reason: str | None = None
    contradictions: int = 0


SENT = Life(("sending", "submitted", "sent"), accepted=1)
SENT_AFTER_ALL = Life(("sending", "unconfirmed", "sent"), accepted=1)


def never_known(reason: str, *, accepted: int) -> Life:
    """Nobody can tell whether it was sent, and no report ever comes."""
    return Life(("sending", "unconfirmed", "no_report"), accepted, reason)


REFUSED = Life(("sending", "failed"), accepted=0, reason="refused")

EXPECTED = {
    "error-report": Life(("sending", "submitted", "failed"), 1, "transmission-error"),
    "no-report": Life(("sending", "submitted", "no_report"), accepted=1),
    "report-twice": SENT,
    "report-before-answer": Life(("sending", "sent"), accepted=1),
    "late-report": SENT,
    "sent-then-error": Life(("sending", "submitted", "sent"), accepted=1, contradictions=1),
    "cut-with-report": SENT_AFTER_ALL,
    "cut-without-report": never_known("connection-cut", accepted=1),
    "500-with-effect": SENT_AFTER_ALL,
    "500-without-effect": never_known("server-error", accepted=0),
    "400": REFUSED,
    "413": REFUSED,
    "400-cut": REFUSED,
    "200-cut": never_known("connection-cut", accepted=1),
    "slow-with-report": SENT_AFTER_ALL,
    "garbage": never_known("unreadable-answer", accepted=1),
    "200-with-error": REFUSED,
    "report-by-get": SENT,
    "report-as-multipart": SENT,
    "report-as-json": SENT,
    "cut-without-effect": never_known("connection-cut", accepted=0),
    "500-with-effect-no-report": never_known("server-error", accepted=1),
    "unknown-status": SENT,
    "other-api-name": SENT,
    "slow-without-effect": never_known("no-answer-in-time", accepted=0),
}
SETTLED_WITHIN = 150.0
"""Seconds: the report deadline of a minute, a minute until `watch` runs, and some to spare."""


def test_every_way_to_misbehave_is_tried() -> None:
    assert {b.name for b in BEHAVIOURS} == EXPECTED.keys() | ELSEWHERE


@pytest.mark.timeout(SETTLED_WITHIN + 60)
@pytest.mark.parametrize("name", EXPECTED)
def test_the_message_ends_as_the_design_says(
    name: str,
    message_ids: Mapping[str, str],
    api: Gateway,
    simulator: Simulator,
    queue: SubscribedQueue,
) -> None:
    expected, message_id = EXPECTED[name], message_ids[name]

    message = wait_for_status(api, message_id, expected.history[-1], timeout=SETTLED_WITHIN)
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
    assert wait_for_status(api, message_id, expected.history[-1], timeout=0) == message


def _contradictions(api: Gateway, message_id: str) -> list[Any]:
    answer = raw.get(api, message_id)
    assert answer.status_code == 200, answer.text
    reports: list[Any] = answer.json().get("contradictingReports", [])
    return reports
