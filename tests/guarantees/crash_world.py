"""The real adapters on AWS in memory; the process dies where it is told to."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sms_gateway.adapters.batches_table import BatchesTable
from sms_gateway.adapters.circuit_table import CircuitTable
from sms_gateway.adapters.guard_items import of_suppression
from sms_gateway.adapters.intake import GuardedIntake
from sms_gateway.adapters.lookout import TableLookout
from sms_gateway.adapters.messages_table import MessagesTable
from sms_gateway.adapters.queues import (
    SqsDispatchQueue,
    SqsReportFallback,
    read_dispatch,
    read_kept_report,
)
from sms_gateway.adapters.secrets import CallbackKeys, RememberedSecret, VoipitAccounts
from sms_gateway.adapters.suppressions_table import SuppressionsTable
from sms_gateway.adapters.topic import Topic
from sms_gateway.domain.errors import GatewayError, StoreUnavailableError
from sms_gateway.domain.guards import Limits
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import ReportStatus
from sms_gateway.use_cases.publish_changes import RowChange
from tests.fakes.accounts import an_account
from tests.fakes.boundary import Boundary
from tests.fakes.builders import NUMBER, key
from tests.fakes.clock import FakeClock
from tests.guarantees.interruptible_cloud import (
    GUARDS,
    MESSAGES,
    InterruptibleCloud,
    Listener,
    Received,
)
from tests.guarantees.invariants import Evidence, Heard, Suppressed, Told, note_suppressions
from tests.guarantees.process import CALLBACK_URL, GIVEN, Death, Ports, Process, a_request
from tests.guarantees.unreliable_voipit import BASE_URL, Request, UnreliableVoipit

VISIBILITY_TIMEOUT: Final = timedelta(seconds=270)
ID: Final = "m-1"
LIMITS: Final = Limits(3, 50, 10_000, timedelta(seconds=10), suppressions=True)
"""All guards on, so the first write is a transaction; and one limit that is soon reached."""
Action = Callable[[Process], object]


class CrashPoint(Listener):
    """Counts the calls that leave the process, and kills it at one of them."""

    def __init__(self, number: int | None = None, *, before: bool = True) -> None:
        self.passed = 0
        self.names: list[str] = []
        self._number = number
        self._kills_before = before
        self._under_way: list[int] = []

    def before(self, name: str) -> None:
        self.passed += 1
        self.names.append(name)
        if self._kills_before and self.passed == self._number:
            raise Death
        self._under_way.append(self.passed)

    def after(self, name: str) -> None:
        assert name
        if self._under_way.pop() == self._number and not self._kills_before:
            raise Death


class CrashWorld:
    """One life of a message. `point` is listened to while the scenario goes on, not afterwards."""

    def __init__(self, cloud: InterruptibleCloud, point: CrashPoint) -> None:
        cloud.clean()
        cloud.put_secret("v1")
        self.cloud = cloud
        self.clock = FakeClock()
        self._boundary = Boundary()
        self.voipit = UnreliableVoipit(self.clock, self._boundary, an_account("v1").password)
        self._waiting: list[tuple[datetime, Received]] = []
        self._writes: list[RowChange] = []
        self._published: list[tuple[str, str]] = []
        self._told_up_to = 0
        self._acknowledged: set[MessageKey] = set()
        self._heard: list[Heard] = []
        self._reports: list[Told] = []
        self._unanswered: list[tuple[Request, ReportStatus]] = []
        self._kept: list[Received] = []
        self._suppressed: list[Suppressed] = []
        self._processes: dict[str, Process] = {}
        self._listen(point)

    def _listen(self, listener: Listener) -> None:
        self.cloud.listener = listener
        self._boundary.before, self._boundary.after = listener.before, listener.after

    # what happens in scenarios

    def run(self, function: str, action: Action) -> bool:
        """Have a function's process do something; whether it came to its end."""
        requests = len(self.voipit.requests)
        process = self._processes.setdefault(function, self._new_process())
        try:
            action(process)
        except Death:
            del self._processes[function]
            for request in self.voipit.requests[requests:]:
                request.excused = True
            return False
        except StoreUnavailableError:
            return False
        except GatewayError:
            return True
        return True

    def post(self, message_id: str | None = ID, **values: Any) -> None:
        def action(process: Process) -> None:
            request = a_request(message_id, **values)
            key = process.send(request)
            self._heard.append(Heard(request.client, key))
            self._acknowledged.add(key)

        self.run("send", action)

    def post_batch(self, *phone_numbers: PhoneNumber) -> None:
        """A batch without a name or ids; the same numbers make the same batch."""
        requests = [a_request(None, number) for number in phone_numbers]

        def action(process: Process) -> None:
            self._acknowledged.update(process.send_batch(requests))

        self.run("send", action)

    @contextmanager
    def given(self) -> Iterator[None]:
        """What is done in here is another scenario's; nobody dies of it."""
        point = self.cloud.listener
        self._listen(Listener())
        yield
        self._listen(point)

    def cancel(self) -> None:
        """The caller takes back what it has posted last."""
        posted = list(self.rows())
        last = posted[-1] if posted else key(ID)
        self.run("send", lambda process: process.cancel(last.client, last.message_id))

    def suppress(self) -> None:
        self.run("send", lambda process: process.suppress(NUMBER))
        self._note_suppressions()

    def unsuppress(self) -> None:
        self.run("send", lambda process: process.unsuppress(NUMBER))
        self._note_suppressions()

    def _note_suppressions(self) -> None:
        on_the_list = {g["guard"]["S"] for g in self.cloud.guards() if "phoneNumber" in g}
        assert on_the_list <= {of_suppression(NUMBER)}
        self.rows()
        note_suppressions(self._suppressed, {NUMBER} if on_the_list else (), len(self._writes))

    def report(self, status: ReportStatus = ReportStatus.SENT) -> None:
        """Voipit reports what it has last taken; and again later, if it got no good answer."""
        known = [r for r in self.voipit.requests if r.is_known_to_voipit]
        if known and not self._deliver(known[-1], status):
            self._unanswered.append((known[-1], status))

    def _deliver(self, about: Request, status: ReportStatus) -> bool:
        def action(process: Process) -> None:
            if process.take_report(about, status):
                self._reports.append(Told(about, status))

        told = len(self._reports)
        self.run("callback", action)
        return len(self._reports) > told

    def take_from_queue(self) -> None:
        """The dispatch queue hands out all that is ready; what went wrong comes again."""
        self._look_into_queue()
        ready = sorted((w for w in self._waiting if w[0] <= self.clock()), key=lambda w: w[0])
        for at, received in ready:
            self._waiting.remove((at, received))
            if self._dispatch(received.body):
                self.cloud.delete(self.cloud.dispatch, received)
            else:
                self._waiting.append((self.clock() + VISIBILITY_TIMEOUT, received))

    def take_kept_reports(self) -> None:
        """The fallback queue hands out all it holds; what went wrong comes again."""
        self._look_into_fallback()
        for received in tuple(self._kept):
            if self._record(received.body):
                self._kept.remove(received)
                self.cloud.delete(self.cloud.fallback, received)

    def watch(self) -> None:
        self.run("watch", Process.watch)

    def publish(self) -> None:
        """The stream hands out what was not acknowledged, again and again until it is."""
        self.rows()
        while self._told_up_to < len(self._writes):
            batch = self._writes[self._told_up_to :]
            self._told_up_to += self._publish(batch)

    def wait(self, **span: float) -> None:
        self.clock.advance(timedelta(**span).total_seconds())

    def wait_until_due(self) -> None:
        """The next moment at which `watch` has something to do."""
        due = [row.due_at for row in self.rows().values() if row.due_at is not None]
        if due:
            self.clock.advance(max(0.0, (min(due) - self.clock()).total_seconds()))

    def _dispatch(self, body: str) -> bool:
        told = read_dispatch(body)
        return self.run("dispatch", lambda process: process.dispatch(*told))

    def _record(self, body: str) -> bool:
        kept = read_kept_report(body)
        return self.run("callback", lambda process: process.callback.record_kept(*kept))

    def _publish(self, batch: list[RowChange]) -> int:
        """How many of the batch are done with: up to the first that was not published."""
        failed = {0}

        def action(process: Process) -> None:
            nonlocal failed
            failed = process.publish(batch)

        self.run("publish", action)
        return min(failed, default=len(batch))

    # the world runs on

    def survive(self) -> None:
        """From here on nothing dies."""
        self._listen(Listener())

    @property
    def evidence(self) -> Evidence:
        self._published += self.cloud.new_events()
        self._look_into_fallback()
        return Evidence(
            rows=self.rows(),
            writes=self._writes,
            requests=self.voipit.requests,
            published=self._published,
            acknowledged=self._acknowledged,
            reports=self._reports,
            heard=self._heard,
            forged=(),
            kept_reports={read_kept_report(received.body)[0] for received in self._kept},
            limits=LIMITS,
            suppressed=self._suppressed,
            counted=self._counted(),
        )

    def _counted(self) -> dict[str, int]:
        guards = self.cloud.guards()
        return {
            "clients": _sum_of(guards, "client#"),
            "tokens": _sum_of(guards, "token#"),
            "recipients": sum(len(g["sent"]["L"]) for g in guards if "sent" in g),
        }

    def recover(self) -> None:
        self.cloud.away.clear()
        self.voipit.next_answers.clear()

    def rows(self) -> Mapping[MessageKey, Message]:
        """What is stored now: the last that the stream has told of each message."""
        self._writes += self.cloud.new_writes()
        return {write.after.key: write.after for write in self._writes}

    def holds_reports(self) -> bool:
        return bool(self._unanswered or self._kept)

    def queued_for(self) -> list[datetime]:
        self._look_into_queue()
        return [at for at, _ in self._waiting]

    def one_round(self, number: int) -> None:
        assert number
        self._unanswered = [again for again in self._unanswered if not self._deliver(*again)]
        self.take_kept_reports()
        self.take_from_queue()
        self.watch()

    def _look_into_fallback(self) -> None:
        self._kept += self.cloud.receive(self.cloud.fallback)

    def _look_into_queue(self) -> None:
        now = self.clock()
        self._waiting += [(now + r.delay, r) for r in self.cloud.receive(self.cloud.dispatch)]

    def _new_process(self) -> Process:
        cloud, now = self.cloud, self.clock

        def remembered(secret_id: str, stage: str = "AWSCURRENT") -> RememberedSecret:
            return RememberedSecret(cloud.secrets, secret_id, stage=stage, now=now.time)

        keys = CallbackKeys(
            remembered(cloud.key), remembered(cloud.key, "AWSPREVIOUS"), CALLBACK_URL
        )
        messages = MessagesTable(cloud.dynamodb, MESSAGES)
        circuits = CircuitTable(cloud.dynamodb, GUARDS)
        return Process(
            Ports(
                intake=GuardedIntake(messages, GUARDS, LIMITS),
                messages=messages,
                batches=BatchesTable(cloud.dynamodb, GUARDS),
                suppressions=SuppressionsTable(cloud.dynamodb, GUARDS),
                lookout=TableLookout(circuits, now, LIMITS.suppressions),
                circuits=circuits,
                accounts=VoipitAccounts(remembered(cloud.account), BASE_URL),
                queue=SqsDispatchQueue(lambda: cloud.sqs, cloud.dispatch),
                fallback=SqsReportFallback(lambda: cloud.sqs, cloud.fallback),
                keys=keys,
                publisher=Topic(cloud.sns, cloud.topic, _none_is_refused),
                voipit=self.voipit,
                now=now,
                new_id=lambda _: f"{GIVEN}{uuid4()}",
            )
        )


def _sum_of(guards: Iterable[Mapping[str, Any]], kind: str) -> int:
    """All that the rows of one kind have counted."""
    of_kind = (g for g in guards if g["guard"]["S"].startswith(kind))
    return sum(int(g["messages"]["N"]) for g in of_kind)


def _none_is_refused(event_id: str, code: str) -> None:
    raise AssertionError(event_id, code)
