from datetime import timedelta
from typing import Any

from sms_gateway.domain.message_id import new_message_id
from sms_gateway.domain.report import DeliveryReport
from sms_gateway.use_cases.hand_over import HandOver
from sms_gateway.use_cases.read_message import ReadMessage
from sms_gateway.use_cases.record_report import Recorded, RecordReport
from sms_gateway.use_cases.send_message import SendMessage, SendRequest, SendResult
from tests.fakes.builders import NUMBER, TEXT
from tests.fakes.callback_urls import FakeCallbackUrls
from tests.fakes.clock import FakeClock
from tests.fakes.messages import InMemoryMessages
from tests.fakes.phone_numbers import FakePhoneNumbers
from tests.fakes.voipit import FakeVoipit


class FakeGateway:
    """The real use cases on fakes: everything the gateway decides, nothing outside it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.messages = InMemoryMessages()
        self.voipit = FakeVoipit()
        self.callback_urls = FakeCallbackUrls()
        self.seconds_left = 25.0
        self.read_message = ReadMessage(self.messages)
        self._record_report = RecordReport(self.messages)
        self._send_message = SendMessage(
            messages=self.messages,
            phone_numbers=FakePhoneNumbers(),
            hand_over=HandOver(self.messages, self.voipit, self.callback_urls, self.clock),
            now=self.clock,
            new_id=new_message_id,
            kept_for=timedelta(days=30),
        )

    def send(self, **values: Any) -> SendResult:
        """Ask for an ordinary message, except for `values`."""
        ordinary = {
            "client": "clinic",
            "phone_number": NUMBER.e164,
            "text": TEXT,
            "message_id": "appointment-17",
            "metadata": {"patient": "4711"},
        }
        return self._send_message(SendRequest(**ordinary | values), lambda: self.seconds_left)

    def report(self, report: DeliveryReport, message_id: str = "appointment-17") -> Recorded:
        """Let Voipit report."""
        return self._record_report(message_id, report)
