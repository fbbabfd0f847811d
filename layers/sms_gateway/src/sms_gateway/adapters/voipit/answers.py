"""What an answer of `sms/send` means (voipit-api.md §1 and §2)."""

import json
from typing import Any, Final

from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken, refused, unclear
from sms_gateway.domain.report import clean_provider_text
from sms_gateway.domain.status import Reason

_OK: Final = 200
_REFUSALS: Final = {400, 413}
"""A definite no about this message; the same request would be refused again."""
_NOT_TAKEN: Final = {
    401: Reason.CREDENTIALS_REJECTED,
    404: Reason.PATH_NOT_FOUND,
    429: Reason.THROTTLED,
}
_IP_BLOCKED: Final = (403, "403.6")
_FIRST_SERVER_ERROR: Final = 500


def judge_answer(http_status: int, body: bytes, good: str = "ok") -> Outcome:
    """The outcome an answer stands for; `good` is the `type` that says yes (`pong` for a ping).

    Whatever is not documented is unclear: nobody has promised that it means "not sent", and a
    second try may be a second SMS.
    """
    answer = _json_object(body)
    if http_status == _OK:
        return _judge_ok(answer, good)
    if http_status in _REFUSALS:
        return refused(_words(answer) or f"Voipit answered {http_status}.")
    if http_status in _NOT_TAKEN:
        return not_taken(_NOT_TAKEN[http_status])
    if (http_status, answer.get("code")) == _IP_BLOCKED:
        return not_taken(Reason.IP_BLOCKED)
    if http_status >= _FIRST_SERVER_ERROR:
        return unclear(Reason.SERVER_ERROR)
    return unclear(Reason.UNREADABLE_ANSWER)


def _judge_ok(answer: dict[str, Any], good: str) -> Outcome:
    kind = answer.get("type")
    if kind == good:
        return ACCEPTED
    if kind == "Error":  # an error inside a 200 (erigones/esdc-ce#230)
        return refused(_words(answer) or "Voipit answered with an error.")
    return unclear(Reason.UNREADABLE_ANSWER)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _words(answer: dict[str, Any]) -> str | None:
    words = answer.get("message")
    return clean_provider_text(words) if isinstance(words, str) else None
