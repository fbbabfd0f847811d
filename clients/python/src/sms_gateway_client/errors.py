"""What can go wrong, one class for each thing that callers do about it.

No error shows a key, a token, a text or a whole phone number.
"""

from http import HTTPStatus
from typing import cast

from sms_gateway_client.models import BatchResult, Message, Problem, SendRequest


class GatewayError(Exception):
    """The parent of all; its message says what happened, and mostly what to do next.

    `problem` is the gateway's own account of it (RFC 9457); `None` if the answer had none, or if
    there was no answer. `status` is the HTTP status, 0 without an answer.
    `retry_after` are the seconds that the gateway asks to wait.

    `unanswered` are the messages of this call whose outcome it has not learnt, each with its
    `messageId`: sent again as they are (`send_batch`), none of them goes out twice. `results` are
    the results of the messages before them.
    """

    def __init__(
        self,
        sentence: str,
        *,
        status: int = 0,
        problem: Problem | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.problem = problem
        self.retry_after = retry_after
        self.results: list[BatchResult] = []
        self.unanswered: list[SendRequest] = []

    @property
    def type(self) -> str:
        """The problem's type, `urn:problem-type:sms-gateway:…`; empty without a problem."""
        return self.problem["type"] if self.problem else ""

    @property
    def code(self) -> str:
        """The last part of the type: `suppressed`, `recipient-limit-reached` and so on."""
        return self.type.rpartition(":")[2]

    @property
    def detail(self) -> str:
        """What happened and what to do next, for people; empty without a problem."""
        return self.problem["detail"] if self.problem else ""

    @property
    def field(self) -> str | None:
        """The part of the request that is wrong, if it is one."""
        return self.problem.get("field") if self.problem else None


class RefusedError(GatewayError):
    """The gateway refuses this request, and would again: change it, or leave it."""


class NotAllowedError(RefusedError):
    """The key or the token is wrong, or does not allow this (401 and 403)."""


class NotFoundError(RefusedError):
    """There is no such message or route (404)."""


class AlreadyTriedError(RefusedError):
    """It is too late to cancel the message (409)."""


class TryLaterError(GatewayError):
    """The request was repeated for as long as the patience lasted. It can be sent again later."""


class LimitReachedError(TryLaterError):
    """A limit is reached (429): of the number, of the client, or of requests per second."""


class UnavailableError(TryLaterError):
    """The gateway does not answer, or answers that it cannot just now (5xx)."""


class NotSettledError(GatewayError):
    """The message was waited for and is not settled yet; `message` is how it stands."""

    def __init__(self, sentence: str, message: Message) -> None:
        super().__init__(sentence)
        self.message = message


class UnreadableMessagesError(GatewayError):
    """A later release of the gateway has written these messages, and this one cannot read them.

    `message_ids` are their ids.
    """

    def __init__(self, message_ids: list[str]) -> None:
        super().__init__(
            "A later release of the gateway has written messages that this one cannot read:"
            f" {', '.join(message_ids)}. Ask again when it is upgraded."
        )
        self.message_ids = message_ids


def error_of(status: int, reason: str, content: object, retry_after: float | None) -> GatewayError:
    """What an answer that is no success means. `content` is its JSON, or `None`."""
    problem = _problem(content)
    detail = content.get("detail") if isinstance(content, dict) else None
    kind = _KINDS.get(status, RefusedError)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        kind = UnavailableError
    return kind(
        f"{status} {detail or reason or ''}".strip(),
        status=status,
        problem=problem,
        retry_after=retry_after,
    )


_KINDS: dict[int, type[GatewayError]] = {
    HTTPStatus.UNAUTHORIZED: NotAllowedError,
    HTTPStatus.FORBIDDEN: NotAllowedError,
    HTTPStatus.NOT_FOUND: NotFoundError,
    HTTPStatus.CONFLICT: AlreadyTriedError,
    HTTPStatus.TOO_MANY_REQUESTS: LimitReachedError,
}


def _problem(content: object) -> Problem | None:
    """The content, if it is a problem document."""
    if not isinstance(content, dict):
        return None
    if not all(isinstance(content.get(name), str) for name in ("type", "detail")):
        return None
    return cast("Problem", content)
