"""A preview as callers see it."""

from typing import Any

from sms_gateway.domain.text import MAX_SEPTETS
from sms_gateway.domain.verdict import Verdict
from sms_gateway.entrypoints.problems import document_for
from sms_gateway.use_cases.preview_message import Preview


def preview_view(preview: Preview) -> dict[str, Any]:
    """The JSON object of a preview. What could not be told, or is not lost, is left out."""
    number, text = preview.number, preview.text
    view = {
        "accepted": preview.accepted,
        "phoneNumber": number.number and number.number.e164,
        "country": number.country,
        "numberType": number.number_type,
        "message": text.shown,
        "septets": text.septets,
        "maxSeptets": MAX_SEPTETS,
        "changedCharacters": [
            {"position": entry.position, "character": entry.character, "shown": entry.shown}
            for entry in text.changed
        ],
        "unsupportedCharacters": [
            {"position": entry.position, "character": entry.character} for entry in text.unsupported
        ],
        "lostText": text.lost or None,
        "rules": [_rule(verdict) for verdict in preview.verdicts],
    }
    return {name: value for name, value in view.items() if value is not None}


def _rule(verdict: Verdict) -> dict[str, Any]:
    if verdict.problem:
        problem = document_for(verdict.problem)
        return {"rule": verdict.rule, "verdict": "failed", "problem": problem}
    return {"rule": verdict.rule, "verdict": "passed" if verdict.checked else "not-checked"}
