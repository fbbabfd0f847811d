"""Send rows in batches, and later ask for their statuses.

Every row has an id that comes from its content, so whatever is cut short here is simply done again.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final, Protocol

from sms_gateway_client import NotFoundError
from sms_gateway_client.gateway import in_batches
from sms_gateway_client.models import BatchResult, Message, PreviewResult, SendRequest
from sms_gateway_client.pauses import growing_pauses
from tools.csv_results import DUPLICATE, NOT_READ, REFUSED, SETTLED, UNKNOWN, Result, ResultFile
from tools.csv_rows import Fault, Row

_NOT_NOW: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""Problems with these statuses can be over in a moment."""


class Gateway(Protocol):
    """What is asked of the gateway; see `sms_gateway_client`."""

    url: str
    """Its address, by which its results are told from those of others."""

    def send_batch(self, messages: Iterable[SendRequest]) -> list[BatchResult]:
        """One result per message, in order."""

    def preview_batch(self, messages: Iterable[SendRequest]) -> list[PreviewResult]:
        """What would become of each message, in order."""

    def message(self, message_id: str) -> Message:
        """The message as it stands now. Raises `NotFoundError`."""


class Watcher(Protocol):
    """Shows the progress to a person."""

    def done(self, rows: int) -> None:
        """So many rows more are done with."""

    def pausing(self, why: str, seconds: float) -> None:
        """Nothing happens for so long."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One send: `rows` by their message id, and the `duplicates` of them, all in order.

    `left_out` is the part of the file that cannot be read; it is never sent.
    """

    name: str
    rows: Mapping[str, Row]
    duplicates: Sequence[tuple[str, Row]]
    left_out: Sequence[Fault] = ()

    @property
    def size(self) -> int:
        """How many rows the file has."""
        return len(self.rows) + len(self.duplicates) + len(self.left_out)

    @classmethod
    def of(cls, rows: Iterable[Row], name: str, left_out: Sequence[Fault] = ()) -> "Plan":
        """What the send of this name consists of."""
        first: dict[str, Row] = {}
        duplicates = []
        for row in rows:
            message_id = row.message_id(name)
            if first.setdefault(message_id, row) is not row:
                duplicates.append((message_id, row))
        return cls(name, first, duplicates, left_out)


@dataclass(frozen=True, slots=True)
class Bulk:
    """One run of one send. `known` is what the file of results says, and is kept up to date.

    What other gateways have said (`elsewhere`) stays in the file, and says nothing about this one.

    `wait`: how many seconds rows are offered again that cannot be taken just now.
    """

    plan: Plan
    known: dict[str, Result]
    elsewhere: Sequence[Result]
    file: ResultFile
    gateway: Gateway
    watcher: Watcher
    wait: float
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic

    def to_send(self) -> list[str]:
        """The ids of the rows of which no message is known, also of those refused earlier."""
        taken = set(self.taken())
        return [i for i in self.plan.rows if i not in taken]

    def send(self) -> None:
        """Send what is to be sent. Raises what the gateway raises; what is known is on the disk."""
        later = self._offer(self.to_send())
        give_up_at = self.now() + self.wait
        for growing in growing_pauses():
            pause = max(growing, min(later.values(), default=0))
            if not later or self.now() + pause > give_up_at:
                break
            self.watcher.pausing(f"{len(later)} of the rows cannot be taken just now", pause)
            self.sleep(pause)
            later = self._offer(list(later))
        self.watcher.done(len(later))

    def _offer(self, message_ids: Sequence[str]) -> dict[str, float]:
        """Offer rows; returns those that may be taken later, and after how many seconds."""
        later: dict[str, float] = {}
        for ids in in_batches(message_ids):
            answers = self.gateway.send_batch([self._message(i) for i in ids])
            self._note([self._result(i, a) for i, a in zip(ids, answers, strict=True)])
            not_now = {
                i: float(answer["problem"].get("retryAfter", 0))
                for i, answer in zip(ids, answers, strict=True)
                if "problem" in answer and answer["problem"]["status"] in _NOT_NOW
            }
            later |= not_now
            self.watcher.done(len(ids) - len(not_now))
        return later

    def follow(self) -> None:
        """Ask for every message until all are settled. Raises what the gateway raises."""
        for pause in growing_pauses():
            unsettled = self.unsettled()
            if not unsettled:
                return
            self.sleep(pause)
            for message_id in unsettled:
                before = self.known[message_id]
                try:
                    message = self.gateway.message(message_id)
                except NotFoundError:
                    gone = "the gateway does not know this message any more"
                    after = replace(before, status=UNKNOWN, detail=gone)
                else:
                    after = self._result(message_id, {"message": message})
                self.known[message_id] = after
                self.watcher.done(int(after.status in SETTLED))
            self.rewrite()

    def taken(self) -> list[str]:
        """The ids of this send's messages."""
        known = self.known
        return [i for i in self.plan.rows if i in known and known[i].is_taken]

    def unsettled(self) -> list[str]:
        """The ids of those of them of which more is to be heard."""
        return [i for i in self.taken() if self.known[i].status not in SETTLED]

    def results(self) -> list[Result]:
        """Of this send's rows in their order, as far as they are known."""
        rows = self.plan.rows
        results = [
            replace(self.known[i], line=row.line, number=row.number)
            for i, row in rows.items()
            if i in self.known
        ]
        results += [
            self._said(row, i, DUPLICATE, detail=f"the same as line {rows[i].line}")
            for i, row in self.plan.duplicates
        ]
        results += [
            Result(fault.line, "", "", REFUSED, NOT_READ, fault.sentence)
            for fault in self.plan.left_out
        ]
        return sorted(results, key=lambda result: result.line)

    def rewrite(self) -> None:
        """Put the file of results in order. What it tells of others stays."""
        others = [result for i, result in self.known.items() if i not in self.plan.rows]
        self.file.rewrite([*self.results(), *others, *self.elsewhere])

    def _message(self, message_id: str) -> SendRequest:
        row = self.plan.rows[message_id]
        return {"messageId": message_id, "phoneNumber": row.number, "message": row.message}

    def _result(self, message_id: str, answer: BatchResult) -> Result:
        row = self.plan.rows[message_id]
        if "problem" in answer:
            problem = answer["problem"]
            return self._said(row, message_id, REFUSED, problem["type"], problem["detail"])
        message = answer["message"]
        why = [message.get("reason"), message.get("errorMessage")]
        return self._said(row, message_id, message["status"], detail=": ".join(filter(None, why)))

    def _said(
        self, row: Row, message_id: str, status: str, problem: str = "", detail: str = ""
    ) -> Result:
        """A result of this gateway."""
        url = self.gateway.url
        return Result(row.line, row.number, message_id, status, problem, detail, url)

    def _note(self, results: Iterable[Result]) -> None:
        news = [result for result in results if self.known.get(result.message_id) != result]
        self.file.append(news)
        self.known.update({result.message_id: result for result in news})
