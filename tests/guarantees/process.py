"""One execution environment: the real use cases, wired on whatever ports a world has."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from sms_gateway.adapters.voipit.client import VoipitClient
from sms_gateway.domain.callback_url import CallbackKey
from sms_gateway.domain.clock import Clock
from sms_gateway.domain.errors import LeftToQueueError
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.queue_progress import QueueProgress
from sms_gateway.domain.report import ReportStatus
from sms_gateway.domain.text import TextRules
from sms_gateway.entrypoints.callback import Callback
from sms_gateway.use_cases.cancel_message import CancelMessage
from sms_gateway.use_cases.dispatch_message import DispatchMessage
from sms_gateway.use_cases.gate import Gate
from sms_gateway.use_cases.hand_over import HandOver
from sms_gateway.use_cases.list_messages import ListMessages
from sms_gateway.use_cases.ports import (
    Accounts,
    Batches,
    CallbackUrls,
    Circuits,
    DispatchQueue,
    Intake,
    Lookout,
    Messages,
    Publisher,
    ReportFallback,
    Suppressions,
)
from sms_gateway.use_cases.prepare_message import PrepareMessage, SendRequest
from sms_gateway.use_cases.publish_changes import PublishChanges
from sms_gateway.use_cases.read_message import ReadMessage
from sms_gateway.use_cases.record_report import RecordReport
from sms_gateway.use_cases.send_batch import SendBatch
from sms_gateway.use_cases.send_message import SendMessage
from sms_gateway.use_cases.store_message import SendResult, StoreMessage
from sms_gateway.use_cases.suppress import Suppress, Unsuppress
from sms_gateway.use_cases.watch import Watch
from tests.fakes.builders import CLIENT, NUMBER, TEXT
from tests.fakes.cursor_keys import FakeCursorKeys
from tests.fakes.phone_numbers import FakePhoneNumbers
from tests.guarantees.unreliable_voipit import BASE_URL, Request, UnreliableVoipit

REPORT_DEADLINE: Final = timedelta(minutes=20)
"""Less than an hour, so that a second try counts beside the first."""
CALLBACK_URL: Final = "https://callback.test"
EVENT_SOURCE: Final = "/test"
GIVEN: Final = "id-"
"""How the ids begin that the gateway gives to messages without one."""


class Death(BaseException):
    """The process is gone, from one instruction to the next: no handler may catch it."""


class Keys(CallbackUrls, Protocol):
    """The key that signs callback URLs: mints them, and is found again."""

    def find(self, key_id: str) -> CallbackKey | None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """What a world offers to its processes."""

    intake: Intake
    messages: Messages
    batches: Batches
    suppressions: Suppressions
    lookout: Lookout
    circuits: Circuits
    accounts: Accounts
    queue: DispatchQueue
    fallback: ReportFallback
    keys: Keys
    publisher: Publisher
    voipit: UnreliableVoipit
    now: Clock
    new_id: Callable[[datetime], str]


class Process:
    """All functions in one; `time_left` is what Lambda would tell them."""

    def __init__(self, ports: Ports) -> None:
        messages, queue, now = ports.messages, ports.queue, ports.now
        client = VoipitClient(BASE_URL, ports.voipit)
        gate = Gate(ports.circuits, ports.accounts, client, now)
        hand_over = HandOver(
            messages, client, gate, ports.keys, queue, now, _no_chance, REPORT_DEADLINE
        )
        prepare = PrepareMessage(
            FakePhoneNumbers(), TextRules(), now, ports.new_id, timedelta(days=30)
        )
        store = StoreMessage(ports.intake, messages)
        self._send = SendMessage(
            prepare=prepare,
            store=store,
            gate=gate,
            hand_over=hand_over,
            queue=queue,
            lookout=ports.lookout,
            now=now,
            chance=_no_chance,
        )
        self._send_batch = SendBatch(
            prepare,
            store,
            ports.batches,
            queue,
            ports.suppressions,
            now,
            ports.new_id,
            joins_equal=True,
            most_at_once=1,  # in order, so that a crash point is the same one in each run
        )
        self._dispatch = DispatchMessage(
            messages=messages,
            intake=ports.intake,
            gate=gate,
            hand_over=hand_over,
            queue=queue,
            lookout=ports.lookout,
            now=now,
            chance=_no_chance,
            new_id=ports.new_id,
        )
        self._suppress = Suppress(ports.suppressions, FakePhoneNumbers(), now)
        self._unsuppress = Unsuppress(ports.suppressions, FakePhoneNumbers())
        self._watch = Watch(messages, gate, queue, now, REPORT_DEADLINE, 10, QueueProgress(5), 1)
        self.read = ReadMessage(messages)
        self.list = ListMessages(messages, FakePhoneNumbers(), FakeCursorKeys())
        self.cancel = CancelMessage(messages, self.read, now)
        self.callback = Callback(RecordReport(messages), ports.keys, ports.fallback, now)
        self.publish = PublishChanges(ports.publisher, EVENT_SOURCE)
        self.seconds_left = 44.9

    def time_left(self) -> float:
        return self.seconds_left

    def send(self, request: SendRequest) -> MessageKey:
        """The key of the message that was acknowledged."""
        return self._send(request, self.time_left).message.key

    def send_batch(self, requests: Sequence[SendRequest]) -> list[MessageKey]:
        """The keys of the messages that were acknowledged."""
        digest = repr([(request.phone_number, request.text) for request in requests])
        results = self._send_batch(requests, batch_id=None, digest=digest, time_left=self.time_left)
        return [r.message.key for r in results if isinstance(r, SendResult)]

    def dispatch(self, key: MessageKey, unused_claim: str | None = None) -> None:
        with suppress(LeftToQueueError):  # then the queue message is done with
            self._dispatch(key, self.time_left, unused_claim)

    def watch(self) -> None:
        self._watch(self.time_left)

    def suppress(self, phone_number: PhoneNumber) -> None:
        self._suppress("clinic", phone_number.e164)

    def unsuppress(self, phone_number: PhoneNumber) -> None:
        self._unsuppress(phone_number.e164)

    def take_report(self, about: Request, status: ReportStatus) -> bool:
        """Whether Voipit's report was acknowledged."""
        event: dict[str, Any] = {
            "rawPath": about.send_result_to.removeprefix(CALLBACK_URL),
            "requestContext": {"http": {"method": "POST"}},
            "headers": {"content-type": "application/x-www-form-urlencoded"},
            "body": f"apiName=sms&type=deliveryReport&status={status}&id={about.message_id}",
            "isBase64Encoded": False,
        }
        answer = self.callback(event)
        return bool(answer["statusCode"] == 200)


def a_request(
    message_id: str | None,
    phone_number: PhoneNumber = NUMBER,
    client: str = CLIENT,
    **values: Any,
) -> SendRequest:
    """An ordinary request, except for `values`; without an id of its own if there is none."""
    return SendRequest(client, phone_number.e164, TEXT, message_id, **values)


def _no_chance() -> float:
    return 0.5
