from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from sms_gateway.domain.account import Account
from sms_gateway.domain.message import Message
from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken
from sms_gateway.domain.status import Reason


@dataclass(frozen=True, slots=True)
class Handed:
    """What one call of `sms/send` handed over."""

    message: Message
    send_result_to: str
    account: Account


DuringCall = Callable[[Handed], None]


class FakeProvider:
    """The port `Provider`: takes every message, unless told what to answer.

    `during_call` runs after Voipit has the message and before its answer is known: the place for
    a report that overtakes the answer, or for a crash. `knows` are the versions of the account it
    lets in (`None`: all of them); what the next calls were told to come to goes before that, and
    so does what it answers to every try of one message (`always`, by `messageId`).
    """

    def __init__(self) -> None:
        self.handed: list[Handed] = []
        self.pings: list[Account] = []
        self.knows: set[str] | None = None
        self.always: dict[str, Outcome] = {}
        self.during_call: DuringCall = lambda _: None
        self.seconds_needed = 13.0
        self._outcomes: deque[Outcome] = deque()
        self._pongs: deque[Outcome] = deque()
        self._lock = Lock()

    def will_answer(self, *outcomes: Outcome) -> None:
        """What the next calls come to; after them everything is accepted again."""
        self._outcomes.extend(outcomes)

    def will_answer_pings(self, *outcomes: Outcome) -> None:
        """What the next pings come to; after them each is answered `pong` again."""
        self._pongs.extend(outcomes)

    def send(self, account: Account, message: Message, send_result_to: str) -> Outcome:
        handed = Handed(message, send_result_to, account)
        with self._lock:
            self.handed.append(handed)
            ordinary = self.always.get(message.message_id) or self._ordinary(account)
            outcome = self._outcomes.popleft() if self._outcomes else ordinary
        self.during_call(handed)
        return outcome

    def ping(self, account: Account) -> Outcome:
        with self._lock:
            self.pings.append(account)
            return self._pongs.popleft() if self._pongs else self._ordinary(account)

    def _ordinary(self, account: Account) -> Outcome:
        if self.knows is None or account.version in self.knows:
            return ACCEPTED
        return not_taken(Reason.CREDENTIALS_REJECTED)
