from datetime import timedelta
from typing import Any

from sms_gateway.domain.circuit import Circuit
from sms_gateway.domain.guards import Limits
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey, new_message_id
from sms_gateway.domain.queue_progress import QueueProgress
from sms_gateway.domain.report import DeliveryReport
from sms_gateway.domain.text import TextRules
from sms_gateway.use_cases.cancel_message import CancelMessage
from sms_gateway.use_cases.dispatch_message import DispatchMessage
from sms_gateway.use_cases.gate import Gate
from sms_gateway.use_cases.hand_over import HandOver
from sms_gateway.use_cases.list_messages import ListMessages, Page
from sms_gateway.use_cases.prepare_message import PrepareMessage, SendRequest
from sms_gateway.use_cases.read_message import ReadMessage
from sms_gateway.use_cases.record_report import Recorded, RecordReport
from sms_gateway.use_cases.send_batch import SendBatch
from sms_gateway.use_cases.send_message import SendMessage
from sms_gateway.use_cases.store_message import SendResult, StoreMessage
from sms_gateway.use_cases.watch import Watch, Watched
from tests.fakes.accounts import FakeAccounts
from tests.fakes.batches import FakeBatches
from tests.fakes.boundary import Boundary
from tests.fakes.builders import CLIENT, ID, KEY, NUMBER, TEXT
from tests.fakes.callback_urls import FakeCallbackUrls
from tests.fakes.circuits import FakeCircuits
from tests.fakes.clock import FakeClock
from tests.fakes.cursor_keys import FakeCursorKeys
from tests.fakes.intake import FakeIntake, FakeSuppressions
from tests.fakes.lookout import FakeLookout
from tests.fakes.messages import InMemoryMessages
from tests.fakes.phone_numbers import FakePhoneNumbers
from tests.fakes.provider import FakeProvider
from tests.fakes.queues import FakeDispatchQueue, FakeReportFallback

REPORT_DEADLINE = timedelta(minutes=60)


class FakeGateway:
    """The real use cases on fakes: everything the gateway decides, nothing outside it.

    An ordinary day: the account `v1` has been answered before, and the circuit is closed.
    """

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.boundary = Boundary()
        self.messages = InMemoryMessages(boundary=self.boundary)
        self.voipit = FakeProvider()
        self.circuits = FakeCircuits(Circuit(proven="v1"))
        self.accounts = FakeAccounts("v1")
        self.queue = FakeDispatchQueue(self.clock, boundary=self.boundary)
        self.batches = FakeBatches(boundary=self.boundary)
        self.fallback = FakeReportFallback()
        self.callback_urls = FakeCallbackUrls()
        self.seconds_left = 44.9
        self.chance = 0.0
        self.gate = Gate(self.circuits, self.accounts, self.voipit, self.clock)
        self.read_message = ReadMessage(self.messages)
        self.cursor_keys = FakeCursorKeys()
        self.list_messages = ListMessages(self.messages, FakePhoneNumbers(), self.cursor_keys)
        self.hand_over = HandOver(
            messages=self.messages,
            provider=self.voipit,
            gate=self.gate,
            callback_urls=self.callback_urls,
            queue=self.queue,
            now=self.clock,
            chance=lambda: self.chance,
            report_deadline=REPORT_DEADLINE,
        )
        self.suppressions = FakeSuppressions()
        self.intake = FakeIntake(self.messages, Limits(suppressions=True), self.suppressions)
        self.lookout = FakeLookout(self.circuits, self.suppressions, self.clock)
        self.prepare_message = PrepareMessage(
            phone_numbers=FakePhoneNumbers(),
            text_rules=TextRules(),
            now=self.clock,
            new_id=new_message_id,
            kept_for=timedelta(days=30),
        )
        self.store_message = StoreMessage(self.intake, self.messages)
        self.send_message = SendMessage(
            prepare=self.prepare_message,
            store=self.store_message,
            gate=self.gate,
            hand_over=self.hand_over,
            queue=self.queue,
            lookout=self.lookout,
            now=self.clock,
            chance=lambda: self.chance,
        )
        self.send_batch = SendBatch(
            prepare=self.prepare_message,
            store=self.store_message,
            batches=self.batches,
            queue=self.queue,
            suppressions=self.suppressions,
            now=self.clock,
            new_id=new_message_id,
            joins_equal=True,
            most_at_once=1,
        )
        self.dispatch_message = DispatchMessage(
            messages=self.messages,
            intake=self.intake,
            gate=self.gate,
            hand_over=self.hand_over,
            queue=self.queue,
            lookout=self.lookout,
            now=self.clock,
            chance=lambda: self.chance,
            new_id=new_message_id,
        )
        self.watch_messages = Watch(
            messages=self.messages,
            gate=self.gate,
            queue=self.queue,
            now=self.clock,
            report_deadline=REPORT_DEADLINE,
            drain_per_second=10,
            progress=QueueProgress(at_a_time=5),
            most_at_once=1,
        )
        self.cancel_message = CancelMessage(self.messages, self.read_message, self.clock)
        self._record_report = RecordReport(self.messages)

    def time_left(self) -> float:
        return self.seconds_left

    def send(self, **values: Any) -> SendResult:
        """Ask for an ordinary message, except for `values`."""
        ordinary = {
            "client": CLIENT,
            "phone_number": NUMBER.e164,
            "text": TEXT,
            "message_id": ID,
            "metadata": {"patient": "4711"},
        }
        return self.send_message(SendRequest(**ordinary | values), self.time_left)

    def dispatch(self, key: MessageKey = KEY, unused_claim: str | None = None) -> Message | None:
        """Let `dispatch` have one queue message."""
        return self.dispatch_message(key, self.time_left, unused_claim)

    def run_queue(self) -> list[Message | None]:
        """Let `dispatch` have everything the queue hands out by now."""
        return [self.dispatch(w.key, w.unused_claim) for w in self.queue.take()]

    def watch(self) -> Watched:
        """One run of `watch`."""
        return self.watch_messages(self.time_left)

    def cancel(self, message_id: str = ID, client: str = CLIENT) -> Message:
        """Take a message back."""
        return self.cancel_message(client, message_id)

    def list(self, client: str = CLIENT, cursor: str | None = None, limit: int = 20) -> Page:
        """What a client has sent to the ordinary number."""
        return self.list_messages(client, NUMBER.e164, limit, cursor)

    def report(self, report: DeliveryReport, key: MessageKey = KEY) -> Recorded:
        """Let Voipit report."""
        return self._record_report(key, report)
