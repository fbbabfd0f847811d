from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from sms_gateway.domain.message import Message
from sms_gateway.domain.outcome import ACCEPTED, Outcome


@dataclass(frozen=True, slots=True)
class Handed:
    """What one call of `sms/send` handed over."""

    message: Message
    send_result_to: str


DuringCall = Callable[[Handed], None]


class FakeVoipit:
    """The port `Provider`: takes every message, unless told what to answer.

    `during_call` runs after Voipit has the message and before its answer is known: the place for
    a report that overtakes the answer, or for a crash.
    """

    def __init__(self) -> None:
        self.handed: list[Handed] = []
        self.during_call: DuringCall = lambda _: None
        self.seconds_needed = 13.0
        self._outcomes: deque[Outcome] = deque()
        self._lock = Lock()

    def will_answer(self, *outcomes: Outcome) -> None:
        """What the next calls come to; after them everything is accepted again."""
        self._outcomes.extend(outcomes)

    def send(self, message: Message, send_result_to: str) -> Outcome:
        handed = Handed(message, send_result_to)
        with self._lock:
            self.handed.append(handed)
            outcome = self._outcomes.popleft() if self._outcomes else ACCEPTED
        self.during_call(handed)
        return outcome
