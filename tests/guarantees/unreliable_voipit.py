"""A Voipit that does whatever voipit-api.md §3 leaves open, and remembers what it did."""

import json
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote

import requests

from sms_gateway.adapters.voipit.transport import AnswerTooLongError, FormBody, VoipitSession
from sms_gateway.domain.message_id import MessageKey
from tests.fakes.boundary import Boundary
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable

BASE_URL: Final = "https://voipit.test"
SECONDS_UNTIL_TIME_OUT: Final = 10.0


class Answer(Enum):
    """What Voipit does with one request, and what we hear of it. `TAKEN`: it sends the SMS."""

    OK = auto()
    LOST_TAKEN = auto()
    CUT_TAKEN = auto()
    CUT = auto()
    ERROR_500_TAKEN = auto()
    ERROR_500 = auto()
    GARBAGE_TAKEN = auto()
    GARBAGE = auto()
    REFUSED_400 = auto()
    ERROR_IN_200 = auto()
    UNREACHABLE = auto()
    THROTTLED_429 = auto()
    UNAUTHORIZED_401 = auto()
    NOT_FOUND_404 = auto()
    BLOCKED_403_6 = auto()
    UNAUTHORIZED_401_CUT = auto()
    UNAUTHORIZED_401_IN_200 = auto()
    NOT_FOUND_404_HTML = auto()
    NOT_FOUND_404_TOO_LONG = auto()
    FORBIDDEN_403_HTML = auto()
    FORBIDDEN_403_EMPTY = auto()
    BLOCKED_403_6_CUT = auto()
    THROTTLED_429_SLOW = auto()
    REFUSED_400_CUT = auto()


_TAKEN: Final = {
    Answer.OK,
    Answer.LOST_TAKEN,
    Answer.CUT_TAKEN,
    Answer.ERROR_500_TAKEN,
    Answer.GARBAGE_TAKEN,
}
_UNCLEAR: Final = {Answer.CUT, Answer.ERROR_500, Answer.GARBAGE}
_ERRORS: Final = {
    Answer.ERROR_500_TAKEN: (500, "500"),
    Answer.ERROR_500: (500, "500"),
    Answer.REFUSED_400: (400, "400"),
    Answer.ERROR_IN_200: (200, "77"),
    Answer.THROTTLED_429: (429, "429"),
    Answer.UNAUTHORIZED_401: (401, "401"),
    Answer.NOT_FOUND_404: (404, "404"),
    Answer.BLOCKED_403_6: (403, "403.6"),
    Answer.UNAUTHORIZED_401_IN_200: (200, "401"),
}
_ODD: Final[dict[Answer, tuple[int, bytes | Exception]]] = {
    Answer.UNAUTHORIZED_401_CUT: (401, requests.ConnectionError()),
    Answer.NOT_FOUND_404_HTML: (404, b"<html>"),
    Answer.NOT_FOUND_404_TOO_LONG: (404, AnswerTooLongError()),
    Answer.FORBIDDEN_403_HTML: (403, b"<html>"),
    Answer.FORBIDDEN_403_EMPTY: (403, b""),
    Answer.BLOCKED_403_6_CUT: (403, requests.exceptions.ChunkedEncodingError()),
    Answer.THROTTLED_429_SLOW: (429, requests.ReadTimeout()),
    Answer.REFUSED_400_CUT: (400, requests.ConnectionError()),
}
"""Errors whose body is not the documented one, or cannot be read at all."""
_BLOCKED: Final = {
    Answer.BLOCKED_403_6,
    Answer.BLOCKED_403_6_CUT,
    Answer.FORBIDDEN_403_HTML,
    Answer.FORBIDDEN_403_EMPTY,
}
_INVALID: Final = _BLOCKED | {
    Answer.UNAUTHORIZED_401,
    Answer.UNAUTHORIZED_401_CUT,
    Answer.UNAUTHORIZED_401_IN_200,
    Answer.NOT_FOUND_404,
    Answer.NOT_FOUND_404_HTML,
    Answer.NOT_FOUND_404_TOO_LONG,
}
_NOT_LET_IN: Final = _INVALID | {Answer.UNREACHABLE}


@dataclass(slots=True)
class Request:
    """One request that reached Voipit. `excused`: trouble kept us from noting its answer.

    `known_to`: the one process that can know of its answer, since no circuit could be written.
    """

    at: datetime
    password: str
    answer: Answer
    message_id: str | None
    send_result_to: str
    excused: bool = False
    known_to: str = ""

    @property
    def is_ping(self) -> bool:
        return self.message_id is None

    @property
    def accepted(self) -> bool:
        """Whether an SMS goes out for it."""
        return not self.is_ping and self.answer in _TAKEN

    @property
    def may_have_been_taken(self) -> bool:
        """Whether the gateway cannot know, or knows better, that no SMS goes out for it."""
        return not self.is_ping and self.answer in _TAKEN | _UNCLEAR

    @property
    def is_known_to_voipit(self) -> bool:
        """Whether Voipit has looked at the message, so that a report may follow."""
        return not self.is_ping and self.answer not in _NOT_LET_IN

    @property
    def is_invalid(self) -> bool:
        """Whether it counts against our IP. One that is dropped because of a block does not."""
        return self.answer in _INVALID and not (self.is_ping and self.answer in _BLOCKED)

    @property
    def is_blocked(self) -> bool:
        """Whether it was answered 403."""
        return self.answer in _BLOCKED

    @property
    def is_forbidden(self) -> bool:
        """Whether it was answered 403 without a word of our address."""
        return self.answer in _BLOCKED - {Answer.BLOCKED_403_6}

    @property
    def key(self) -> MessageKey:
        """Which message it asked for: the client is known from the callback's URL alone."""
        return MessageKey(unquote(self.send_result_to.split("/")[-4]), self.message_id or "")

    @property
    def attempt(self) -> int:
        return int(self.send_result_to.split("/")[-2])


class UnreliableVoipit(VoipitSession):
    """In place of the session: the client and all it makes of an answer are real.

    `passwords` are let in; `always` is what it answers to everything; `next_answers` come first;
    `forbidden` are the messages whose text its firewall dislikes, by their `messageId`.
    `during_call` is what happens after it has the request and before its answer is on the way.
    """

    def __init__(self, clock: FakeClock, boundary: Boundary, *passwords: str) -> None:
        # The real session's sockets are not wanted: no `super().__init__()`.
        self.passwords = set(passwords)
        self.always: Answer | None = None
        self.next_answers: deque[Answer] = deque()
        self.forbidden: set[str] = set()
        self.during_call: Callable[[], object] = lambda: None
        self.requests: list[Request] = []
        self._clock = clock
        self._boundary = boundary

    def post(self, url: str, body: FormBody) -> tuple[int, bytes | Exception]:
        with self._boundary.crossing("voipit.post"):
            request = self._take(url, body)
            self.during_call()
        return self._answer(request)

    def close(self) -> None:
        pass

    def _take(self, url: str, body: FormBody) -> Request:
        planned = self.next_answers.popleft() if self.next_answers else None
        answer = planned or self.always or Answer.OK
        form = {} if answer is Answer.UNREACHABLE else _read(body)
        password = form.get("password", "")
        known = answer is Answer.UNREACHABLE or password in self.passwords
        is_ping = url.endswith("/ping/")
        if not is_ping and form.get("messageId") in self.forbidden:
            answer, known = Answer.FORBIDDEN_403_HTML, True  # a firewall asks for no password
        request = Request(
            at=self._clock(),
            password=password,
            answer=answer if known else Answer.UNAUTHORIZED_401,
            message_id=None if is_ping else form.get("messageId", "?"),
            send_result_to=form.get("sendResultTo", ""),
        )
        self.requests.append(request)
        return request

    def _answer(self, request: Request) -> tuple[int, bytes | Exception]:
        if request.answer in _ODD:
            return _ODD[request.answer]
        match request.answer:
            case Answer.OK:
                return 200, b'{"type":"pong"}' if request.is_ping else b'{ "type" : "ok" }'
            case Answer.LOST_TAKEN:
                self._clock.advance(SECONDS_UNTIL_TIME_OUT)
                raise requests.ReadTimeout
            case Answer.CUT_TAKEN | Answer.CUT | Answer.UNREACHABLE:
                raise requests.ConnectionError
            case Answer.GARBAGE_TAKEN | Answer.GARBAGE:
                return 200, b"<html>"
            case _:
                status, code = _ERRORS[request.answer]
                body = {"type": "Error", "message": "no", "code": code}
                return status, json.dumps(body).encode()


def _read(body: FormBody) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(body.read().decode()).items()}
