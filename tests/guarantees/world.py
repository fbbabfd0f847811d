"""The real use cases on fakes, in several processes, any of which may die or be late."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Final

from sms_gateway.domain.callback_url import CallbackKey, mint_callback_url
from sms_gateway.domain.circuit import Circuit
from sms_gateway.domain.errors import (
    AlreadyTriedError,
    GatewayError,
    MessageIdReusedError,
    SecretUnavailableError,
    StoreUnavailableError,
)
from sms_gateway.domain.guards import Limits
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import ReportStatus
from sms_gateway.use_cases.prepare_message import SendRequest
from tests.fakes.accounts import FakeAccounts, FakeSecret, an_account
from tests.fakes.batches import FakeBatches
from tests.fakes.boundary import Boundary
from tests.fakes.circuits import FakeCircuits
from tests.fakes.clock import FakeClock
from tests.fakes.intake import FakeIntake, FakeSuppressions
from tests.fakes.lookout import FakeLookout
from tests.fakes.messages import InMemoryMessages
from tests.fakes.publisher import FakePublisher
from tests.fakes.queues import FakeDispatchQueue, FakeReportFallback
from tests.guarantees.invariants import Evidence, Heard, Suppressed, Told, note_suppressions
from tests.guarantees.process import CALLBACK_URL, GIVEN, Death, Ports, Process
from tests.guarantees.unreliable_voipit import Request, UnreliableVoipit

PROCESSES: Final = 3
KEY: Final = CallbackKey("a key of the tests")
VISIBILITY_TIMEOUT: Final = timedelta(seconds=270)
LIMITS: Final = Limits(5, 9, 11, timedelta(seconds=10), suppressions=True)
"""Low enough to be reached now and then."""

LATE_IN_THE_EVENING: Final = datetime(2026, 11, 22, 23, 35, 0, 123000, tzinfo=UTC)
"""The hour of a limit goes across midnight."""

Action = Callable[[Process], object]


class Kind(Enum):
    """What happens at a boundary."""

    AWAY = auto()
    DEATH = auto()
    MEANWHILE = auto()


@dataclass(frozen=True, slots=True)
class Fault:
    """At the so-maniest boundary, before or after it takes effect."""

    kind: Kind
    position: int
    before: bool


class FakeKeys:
    """The key that signs callback URLs."""

    def find(self, key_id: str) -> CallbackKey | None:
        return KEY if key_id == KEY.key_id else None

    def url_for(self, key: MessageKey, attempt: int) -> str:
        return mint_callback_url(CALLBACK_URL, key, attempt, KEY)


class World:
    """Tables, queues, topic, Voipit and three processes; one clock, one boundary."""

    def __init__(self) -> None:
        self.clock = FakeClock(LATE_IN_THE_EVENING)
        self.boundary = Boundary()
        self.messages = InMemoryMessages(boundary=self.boundary)
        self.suppressions = FakeSuppressions(boundary=self.boundary)
        self.batches = FakeBatches(boundary=self.boundary)
        self.intake = FakeIntake(self.messages, LIMITS, self.suppressions)
        self.secret = FakeSecret()
        self.circuits = FakeCircuits(Circuit(proven="v1"), boundary=self.boundary)
        self.lookout = FakeLookout(self.circuits, self.suppressions, self.clock)
        self.queue = FakeDispatchQueue(self.clock, boundary=self.boundary)
        self.fallback = FakeReportFallback(boundary=self.boundary)
        self.voipit = UnreliableVoipit(self.clock, self.boundary, an_account("v1").password)
        self.publisher = FakePublisher()
        self.published_up_to = 0
        self.acknowledged: dict[MessageKey, SendRequest] = {}
        self.reports: list[Told] = []
        self.heard: list[Heard] = []
        self.forged: list[MessageKey] = []
        self.suppressed: list[Suppressed] = []
        self._ids = 0
        self._deaths = 0
        self.processes = [self._new_process() for _ in range(PROCESSES)]
        self._names = [f"process {number}" for number in range(PROCESSES)]

    @property
    def evidence(self) -> Evidence:
        return Evidence(
            rows=self.messages.rows,
            writes=self.messages.stream,
            requests=self.voipit.requests,
            published=[(event["source"], event["id"]) for event, _ in self.publisher.published],
            acknowledged=self.acknowledged,
            reports=self.reports,
            heard=self.heard,
            forged=self.forged,
            kept_reports={key for key, _ in self.fallback.kept},
            limits=LIMITS,
            suppressed=self.suppressed,
            counted={},
        )

    def run(
        self,
        who: int,
        action: Action,
        fault: Fault | None = None,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> bool:
        """Have a process do something; whether it came to its end."""
        before = len(self.voipit.requests)
        name = self._names[who]
        hooks = self.boundary.before, self.boundary.after
        struck = self._lay(fault, meanwhile)
        try:
            action(self.processes[who])
        except Death:
            self.processes[who] = self._new_process()
            self._deaths += 1
            self._names[who] = f"process {who}, after death {self._deaths}"
            return False
        except (StoreUnavailableError, SecretUnavailableError):
            return False
        except GatewayError:
            return True  # a definite no to the caller
        finally:
            self.boundary.before, self.boundary.after = hooks
            note_suppressions(self.suppressed, self.suppressions.entries, len(self.messages.stream))
            for request in self.voipit.requests[before:]:
                request.excused = request.excused or bool(struck)
                if self.circuits.is_read_only and not request.known_to:
                    request.known_to = name
        return True

    # what a process may do

    def send(self, request: SendRequest) -> Action:
        def action(process: Process) -> None:
            try:
                key = process.send(request)
            except MessageIdReusedError:
                self._hears_of(MessageKey(request.client, request.message_id or ""))
                raise
            self.heard.append(Heard(request.client, key))
            self.acknowledged.setdefault(key, request)

        return action

    def dispatch(self, key: MessageKey, unused_claim: str | None = None) -> Action:
        return lambda process: process.dispatch(key, unused_claim)

    def cancel(self, key: MessageKey) -> Action:
        def action(process: Process) -> None:
            try:
                self.heard.append(Heard(key.client, process.cancel(key.client, key.message_id).key))
            except AlreadyTriedError:
                self._hears_of(key)
                raise

        return action

    def look(self, key: MessageKey, number: PhoneNumber) -> Action:
        """A client lists what it has sent to a number, and reads one of its messages."""

        def action(process: Process) -> None:
            page = process.list(key.client, number.e164, 100)
            self.heard += [Heard(key.client, message.key) for message in page.messages]
            self.heard.append(Heard(key.client, process.read(key.client, key.message_id).key))

        return action

    def _hears_of(self, key: MessageKey) -> None:
        """An error has told the client that it has such a message."""
        self.heard.append(Heard(key.client, key))

    def suppress(self, phone_number: PhoneNumber) -> Action:
        return lambda process: process.suppress(phone_number)

    def unsuppress(self, phone_number: PhoneNumber) -> Action:
        return lambda process: process.unsuppress(phone_number)

    def report(self, about: Request, status: ReportStatus) -> Action:
        def action(process: Process) -> None:
            if process.take_report(about, status):
                self.reports.append(Told(about, status))

        return action

    def forge(self, about: Request, client: str) -> Action:
        """Make a report about another client's message out of the URL of this one's."""
        ours, theirs = f"/{about.key.client}/", f"/{client}/"
        forged = replace(about, send_result_to=about.send_result_to.replace(ours, theirs, 1))

        def action(process: Process) -> None:
            if process.take_report(forged, ReportStatus.ERROR):
                self.forged.append(forged.key)

        return action

    # what the queues and the stream do

    def take_from_queue(self, who: int, fault: Fault | None = None) -> None:
        """The queue hands out its first message, and again later if that went wrong."""
        first = min(self.queue.waiting, key=lambda waiting: waiting.at)
        self.queue.waiting.remove(first)
        if not self.run(who, self.dispatch(first.key, first.unused_claim), fault):
            self.queue.waiting.append(replace(first, at=self.clock() + VISIBILITY_TIMEOUT))

    def take_kept_report(self, who: int, fault: Fault | None = None) -> None:
        """The fallback queue hands out a report; it is gone once it was recorded."""
        if self.fallback.kept:
            kept = self.fallback.kept[0]
            if self.run(who, lambda process: process.callback.record_kept(*kept), fault):
                self.fallback.kept.remove(kept)

    def publish(self, lost: int | None = None) -> None:
        """The stream hands out a batch; it goes on behind what was published."""
        batch = self.messages.stream[self.published_up_to :]
        if lost is not None and lost < len(batch):
            after = batch[lost].after
            self.publisher.will_lose = {f"{after.message_id}:{after.version}"}
        failed = self.processes[0].publish(batch)
        self.publisher.will_lose = set()
        self.published_up_to += min(failed, default=len(batch))

    # the world runs on

    def recover(self) -> None:
        self.secret.available = self.fallback.available = True
        self.circuits.is_read_only = False

    def rows(self) -> Mapping[MessageKey, Message]:
        return self.messages.rows

    def holds_reports(self) -> bool:
        return bool(self.fallback.kept)

    def queued_for(self) -> list[datetime]:
        return [waiting.at for waiting in self.queue.waiting]

    def one_round(self, number: int) -> None:
        while self.queue.waiting and min(self.queued_for()) <= self.clock():
            self.take_from_queue(number % PROCESSES)
        self.take_kept_report(0)
        self.run(number % PROCESSES, Process.watch)

    # processes and boundaries

    def _new_process(self) -> Process:
        return Process(
            Ports(
                intake=self.intake,
                messages=self.messages,
                batches=self.batches,
                suppressions=self.suppressions,
                lookout=self.lookout,
                circuits=self.circuits,
                accounts=FakeAccounts(secret=self.secret, boundary=self.boundary),
                queue=self.queue,
                fallback=self.fallback,
                keys=FakeKeys(),
                publisher=self.publisher,
                voipit=self.voipit,
                now=self.clock,
                new_id=self._new_id,
            )
        )

    def _new_id(self, _: datetime) -> str:
        self._ids += 1
        return f"{GIVEN}{self._ids}"

    def _lay(self, fault: Fault | None, meanwhile: Callable[[], object]) -> list[str]:
        """Have the fault strike; the names in the answer tell where it made trouble."""
        trouble: list[str] = []
        self._calm()
        if fault is None:
            return trouble
        passed = 0

        def hook(name: str) -> None:
            nonlocal passed
            passed += 1
            if passed == fault.position:
                self._calm()
                if fault.kind is Kind.MEANWHILE:
                    meanwhile()
                else:
                    trouble.append(name)
                    _strike(fault.kind, name)

        if fault.before:
            self.boundary.before = hook
        else:
            self.boundary.after = hook
        return trouble

    def _calm(self) -> None:
        calm = Boundary()
        self.boundary.before, self.boundary.after = calm.before, calm.after


def _strike(kind: Kind, name: str) -> None:
    if kind is Kind.DEATH:
        raise Death
    if name.startswith("accounts."):
        raise SecretUnavailableError("away")
    if not name.startswith("voipit."):  # what Voipit answers is planned elsewhere
        raise StoreUnavailableError("away")
