"""Senders: each has one request under way, and makes the next when it is answered."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import requests

from benchmarks.load.figures import Answer

MOST: Final = 4_000
"""Requests of one sender in one step, at the most: what is kept of them stays small."""
_TIMEOUT: Final = (5.0, 35.0)
"""Seconds to connect and to wait: API Gateway gives up after 29."""


@dataclass(slots=True)
class Messages:
    """Messages that are all different, each to a number of its own: no number's limit is met."""

    _numbers: "count[int]" = field(default_factory=count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> dict[str, str]:
        """The body of one more request."""
        with self._lock:
            number = next(self._numbers)
        return {
            "messageId": f"load-{number:06}",
            "phoneNumber": f"+40721{number:06}",
            "message": "Your order is on its way.",
        }


@dataclass(slots=True)
class Route:
    """`POST /messages` of the deployed API."""

    url: str
    api_key: str
    messages: Messages = field(default_factory=Messages)

    def post(self, session: requests.Session) -> Answer:
        """Make one request. It is not repeated: what it met is what is measured."""
        body = self.messages.next()
        began = time.perf_counter()
        try:
            answer = session.post(
                self.url, json=body, headers={"x-api-key": self.api_key}, timeout=_TIMEOUT
            )
            status: int | None = answer.status_code
        except requests.RequestException:
            status = None
        return Answer(body["messageId"], time.perf_counter() - began, status)

    def at_once(self, senders: int) -> list[Answer]:
        """One request of each, all at the same time: as many functions start."""
        return _together(senders, lambda session, _: [self.post(session)])

    def steadily(self, senders: int, seconds: float) -> list[Answer]:
        """Requests of so many senders for so long; those under way at the end are waited for."""
        until = time.monotonic() + seconds

        def work(session: requests.Session, over: threading.Event) -> list[Answer]:
            answers: list[Answer] = []
            while time.monotonic() < until and len(answers) < MOST and not over.is_set():
                answers.append(self.post(session))
            return answers

        return _together(senders, work)


def _together(
    senders: int, work: Callable[[requests.Session, threading.Event], list[Answer]]
) -> list[Answer]:
    over = threading.Event()
    with ExitStack() as stack:
        sessions = [stack.enter_context(requests.Session()) for _ in range(senders)]
        pool = stack.enter_context(ThreadPoolExecutor(senders, thread_name_prefix="sender"))
        stack.callback(over.set)  # before the pool waits for them: Ctrl-C ends them early
        begun = [pool.submit(work, session, over) for session in sessions]
        return [answer for future in begun for answer in future.result()]
