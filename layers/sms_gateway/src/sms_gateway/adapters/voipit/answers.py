"""What an answer of `sms/send` or `ping` means (voipit-api.md §1 and §2)."""

import json
import re
from typing import Any, Final

from sms_gateway.adapters.voipit.provider_text import clean_provider_text
from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken, refused, unclear
from sms_gateway.domain.status import Reason

_OK: Final = "200"
_REFUSALS: Final = {"400", "413"}
"""A definite no about this message; the same request would be refused again."""
_NOT_TAKEN: Final = {
    "401": Reason.CREDENTIALS_REJECTED,
    "403": Reason.FORBIDDEN,
    "403.6": Reason.IP_BLOCKED,
    "404": Reason.PATH_NOT_FOUND,
    "429": Reason.THROTTLED,
}
_SERVER_ERROR: Final = re.compile("[5-9][0-9]{2}")


def judge_answer(http_status: int, body: bytes | Reason, good: str = "ok") -> Outcome:
    """The outcome an answer stands for; `good` is the `type` that says yes (`pong` for a ping).

    The status decides, and the body only adds what the status leaves open: whether a 200 is a yes,
    whether a 403 is about our address, in what words a refusal is put. A `Reason` in the body's
    place says why it cannot be read.

    Whatever is not documented is unclear: Voipit has not promised that it means "not sent",
    and a second try could be a second SMS.
    """
    answer = _json_object(body) if isinstance(body, bytes) else {}
    status = str(http_status)
    if status == _OK:
        return _judge_ok(answer, good, unclear(_why_unreadable(body)))
    if status == "403" and _code(answer) == "403.6":
        status = "403.6"
    return _judge_error(status, answer) or unclear(Reason.UNREADABLE_ANSWER)


def _judge_ok(answer: dict[str, Any], good: str, otherwise: Outcome) -> Outcome:
    """What a 200 means. An error inside one (erigones/esdc-ce#230) is the error that it names.

    But for a 404: a path that answers 200 is there, so it is something else that was not found.
    """
    kind = answer.get("type")
    kind = kind.strip().casefold() if isinstance(kind, str) else None
    if kind == good:
        return ACCEPTED
    if kind == "error":
        code = _code(answer)
        named = _judge_error(code, answer) if code != "404" else None
        return named or refused(_words(answer) or "Voipit answered with an error.")
    return otherwise


def _judge_error(status: str, answer: dict[str, Any]) -> Outcome | None:
    """What an error with this status means; `None` if nothing is documented about it."""
    if status in _REFUSALS:
        return refused(_words(answer) or f"Voipit answered {status}.")
    if status in _NOT_TAKEN:
        return not_taken(_NOT_TAKEN[status])
    if _SERVER_ERROR.fullmatch(status):
        return unclear(Reason.SERVER_ERROR)
    return None


def _why_unreadable(body: bytes | Reason) -> Reason:
    return body if isinstance(body, Reason) else Reason.UNREADABLE_ANSWER


def _json_object(body: bytes) -> dict[str, Any]:
    """The object that a body holds, whatever white space or byte order mark is around it."""
    text = body.decode(json.detect_encoding(body), errors="replace")
    try:
        answer = json.loads(text.strip().strip("\ufeff").strip())
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _code(answer: dict[str, Any]) -> str:
    """The `code`, documented as a text, and read as a number too."""
    code = answer.get("code")
    if isinstance(code, float):
        return f"{code:g}"
    return str(code).strip()


def _words(answer: dict[str, Any]) -> str | None:
    words = answer.get("message")
    return clean_provider_text(words) if isinstance(words, str) else None
