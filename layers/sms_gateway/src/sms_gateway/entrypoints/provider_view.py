"""The way to Voipit as callers see it."""

from typing import Any

from sms_gateway.domain.circuit import Circuit
from sms_gateway.domain.clock import to_iso


def provider_view(circuit: Circuit) -> dict[str, Any]:
    """`{"available": true}`, or since when not, why, and when Voipit is asked again."""
    if circuit.reason is None or circuit.since is None:
        return {"available": True}
    view = {"available": False, "reason": circuit.reason, "since": to_iso(circuit.since)}
    if circuit.next_ping_at:
        view["nextPingAt"] = to_iso(circuit.next_ping_at)
    return view
