"""How the callback answers Voipit: in the form of Voipit's own answers (voipit-api.md §2)."""

from http import HTTPStatus

ACKNOWLEDGED = {"type": "ok"}
"""The report is stored, or would change nothing if it came again."""

STATUS_IS_MISSING = "status is missing. Send it with the value sent or error."
TWO_STATUSES = "status says both sent and error. Send one of them."


def error_answer(status: HTTPStatus, sentence: str, **members: str) -> dict[str, str]:
    """The body of an answer that is no acknowledgement."""
    return {"type": "Error", "message": sentence, "code": str(int(status)), **members}
