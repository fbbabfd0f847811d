"""The account at the end of a run: whether anything was lost, or sent twice, under load."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from benchmarks.load.figures import Answer
from sms_gateway_client import SETTLED

_ERRORS: Final = {"ERROR", "CRITICAL"}
_BROKEN_OFF: Final = ("Traceback", "[ERROR]", "Task timed out")


@dataclass(slots=True)
class Account:
    """The outcome of every request that was made, the unanswered ones too.

    `statuses` are those of the messages that were answered 202. The lists hold sentences.
    """

    taken: int = 0
    refused: int = 0
    """Answered with something else than 202, or not at all."""
    statuses: dict[str, int] = field(default_factory=dict)
    sms: int = 0
    """How many SMS Voipit took, of these requests."""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    lies: list[str] = field(default_factory=list)
    """Messages that Voipit took, and of which the gateway says otherwise."""
    dead_letters: int = 0
    error_lines: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether the promises held: nothing lost, doubled, misstated, left behind or broken."""
        wrong = self.lost or self.doubled or self.lies or self.dead_letters or self.error_lines
        return not wrong


def account_of(
    answers: Iterable[Answer], statuses: Mapping[str, str], sms: Mapping[str, int]
) -> Account:
    """Compare three witnesses: the answers, the rows' statuses, and the SMS that Voipit took.

    Of a request without an answer, or with a 5xx, the message was stored or it was not: if it was,
    it has to settle as any other, and it is sent once at the most.
    """
    account = Account()
    ended: Counter[str] = Counter()
    for answer in answers:
        name, status, times = (
            answer.message_id,
            statuses.get(answer.message_id),
            sms.get(answer.message_id, 0),
        )
        account.sms += times
        if answer.is_taken:
            account.taken += 1
            ended[status or "no row"] += 1
        else:
            account.refused += 1
        if status is None and (answer.is_taken or times):
            account.lost.append(f"{name} has no row")
        elif status is not None and status not in SETTLED:
            account.lost.append(f"{name} is still {status}")
        elif status == "sent" and not times:
            account.lost.append(f"{name} is sent, and Voipit never took it")
        if times > 1:
            account.doubled.append(f"{name} went out {times} times")
        if times and status in {"failed", "cancelled"}:
            account.lies.append(f"{name} is {status}, and Voipit took it")
        elif times and _is_certain_refusal(answer):
            account.lies.append(f"{name} was answered {answer.status}, and Voipit took it")
    account.statuses = dict(sorted(ended.items()))
    return account


def trouble(lines: Iterable[str]) -> list[str]:
    """The lines in which a function tells of an error, or has broken off.

    A warning is none: that another service did not answer in time is what a load may lead to, and
    the answer to the request says so.
    """
    return [line for line in lines if _tells_of_trouble(line)]


def _tells_of_trouble(line: str) -> bool:
    if line.startswith("{"):
        return json.loads(line).get("level") in _ERRORS
    return any(word in line for word in _BROKEN_OFF)


def _is_certain_refusal(answer: Answer) -> bool:
    return answer.status is not None and (
        HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    )
