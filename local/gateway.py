"""What users of the gateway wait for: a status of a message, and events in a subscribed queue."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from local.processes import LocalStackError
from local.stack import LocalStack
from sms_gateway_client import Gateway
from sms_gateway_client.models import Message

Json = dict[str, Any]


@dataclass(slots=True)
class SubscribedQueue:
    """A queue subscribed to the topic, with everything that has been read from it so far."""

    stack: LocalStack
    queue_url: str
    _sqs: Any = None
    _events: dict[str, list[Json]] = field(default_factory=dict)

    def events_of(self, message_id: str) -> list[Json]:
        """The events of one message that have arrived by now, in the order of arrival."""
        self._read()
        return self._events.get(message_id, [])

    def all_events(self) -> list[Json]:
        """All events that have arrived by now."""
        self._read()
        return [event for events in self._events.values() for event in events]

    def wait_for_event(self, message_id: str, status: str, timeout: float = 60.0) -> Json:
        """The event that tells of this status. Raises `LocalStackError` if none comes."""
        found: list[Json] = []

        def arrived() -> bool:
            found[:] = [
                e for e in self.events_of(message_id) if e["type"] == f"sms.message.{status}"
            ]
            return bool(found)

        wait_until(arrived, lambda: f"no event told that {message_id} is {status}", timeout=timeout)
        return found[0]

    def _read(self) -> None:
        for event in self._arriving():
            self._events.setdefault(event["subject"], []).append(event)

    def _arriving(self) -> Iterator[Json]:
        self._sqs = self._sqs or self.stack.aws("sqs")
        while True:
            answer = self._sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10)
            messages = answer.get("Messages", [])
            if not messages:
                return
            yield from [json.loads(message["Body"]) for message in messages]
            self._sqs.delete_message_batch(
                QueueUrl=self.queue_url,
                Entries=[
                    {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
                    for place, message in enumerate(messages)
                ],
            )


def wait_until(
    condition: Callable[[], bool], otherwise: Callable[[], str], *, timeout: float
) -> None:
    """Wait for a condition; `LocalStackError` with what `otherwise` says if it stays away."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise LocalStackError(f"After {timeout:.0f} s, {otherwise()}.")
        time.sleep(0.1)


def wait_for_status(api: Gateway, message_id: str, *wanted: str, timeout: float = 30.0) -> Message:
    """The message, once it has one of the wanted statuses. Raises `LocalStackError`."""
    message = api.message(message_id)

    def arrived() -> bool:
        nonlocal message
        message = api.message(message_id)
        return message["status"] in wanted

    wait_until(
        arrived, lambda: f"{message_id} is {message['status']}, not {wanted}", timeout=timeout
    )
    return message
