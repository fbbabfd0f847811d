import json
from datetime import timedelta

import pytest

from sms_gateway.domain.circuit import OPENS, Circuit, OpenReason
from sms_gateway.entrypoints.provider_view import provider_view
from tests.fakes.clock import START


@pytest.mark.parametrize(
    "circuit",
    [Circuit(), Circuit(proven="v1"), Circuit(probe_until=START)],
    ids=["new", "proven", "being tried"],
)
def test_a_closed_circuit_is_available_and_nothing_more(circuit: Circuit) -> None:
    assert provider_view(circuit) == {"available": True}


@pytest.mark.parametrize("reason", OPENS.values())
def test_an_open_circuit_says_since_when_why_and_when_voipit_is_asked_again(
    reason: OpenReason,
) -> None:
    circuit = Circuit(
        reason, since=START, pings=3, next_ping_at=START + timedelta(hours=1), failed="the-version"
    )

    shown = json.loads(json.dumps(provider_view(circuit)))

    assert shown == {
        "available": False,
        "reason": str(reason),
        "since": "2026-11-22T14:35:00.123Z",
        "nextPingAt": "2026-11-22T15:35:00.123Z",
    }


def test_a_missing_account_is_said_and_no_ping_is_promised() -> None:
    assert provider_view(Circuit(OpenReason.ACCOUNT_MISSING, since=START)) == {
        "available": False,
        "reason": "account-missing",
        "since": "2026-11-22T14:35:00.123Z",
    }


def test_a_ping_nobody_has_planned_is_left_out() -> None:
    assert "nextPingAt" not in provider_view(Circuit(OpenReason.IP_BLOCKED, since=START))
