"""A preview as callers see it, alone or in a batch."""

from typing import Any

from sms_gateway.domain.errors import GatewayError
from sms_gateway.domain.text import MAX_LISTED, MAX_SEPTETS
from sms_gateway.domain.verdict import Verdict
from sms_gateway.entrypoints.problems import document_for
from sms_gateway.use_cases.preview_message import BatchPreview, Preview


def preview_view(preview: Preview, *, most_listed: int | None = None) -> dict[str, Any]:
    """The JSON object of a preview. What could not be told, or is not lost, is left out.

    `most_listed`: how many entries each list of characters shows, from its beginning; `None`: all.
    """
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
            for entry in text.changed[:most_listed]
        ],
        "unsupportedCharacters": [
            {"position": entry.position, "character": entry.character}
            for entry in text.unsupported[:most_listed]
        ],
        "lostText": text.lost or None,
        "rules": [_rule(verdict) for verdict in preview.verdicts],
    }
    return {name: value for name, value in view.items() if value is not None}


def batch_preview_view(result: BatchPreview) -> dict[str, Any]:
    """One result of a batch. Its lists of characters are as short as a problem's own.

    A hundred long ones would be more than Lambda lets out (6 MB).
    """
    if isinstance(result, GatewayError):
        return {"problem": document_for(result)}
    return {"preview": preview_view(result, most_listed=MAX_LISTED)}


def _rule(verdict: Verdict) -> dict[str, Any]:
    if verdict.problem:
        problem = document_for(verdict.problem)
        return {"rule": verdict.rule, "verdict": "failed", "problem": problem}
    return {"rule": verdict.rule, "verdict": "passed" if verdict.checked else "not-checked"}
