"""The key that signs callback URLs is rotated under traffic, and a stranger sends made-up ids."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import Mock
from urllib.parse import urlencode, urlsplit

import boto3
import pytest

from sms_gateway.adapters.secrets import (
    LOOK_UPS_AT_ONCE,
    REMEMBERED_FOR,
    SECONDS_PER_LOOK_UP,
)
from sms_gateway.domain.status import Status
from sms_gateway.entrypoints import callback as callback_module
from sms_gateway.entrypoints.callback import Callback
from sms_gateway.use_cases.record_report import RecordReport
from tests.adapters.secrets_manager import SecretsManager
from tests.fakes.builders import a_message, key
from tests.fakes.clock import FakeClock
from tests.fakes.messages import InMemoryMessages
from tests.fakes.queues import FakeReportFallback

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

PROCESSES: Final = 3
SECONDS: Final = 600
ROTATED_AT: Final = 100
LONGEST_DELAY: Final = 120
"""Seconds between the handing over of an SMS and its report."""


@pytest.fixture(scope="module")
def client(aws: None) -> "SecretsManagerClient":  # noqa: ARG001  what the client speaks to
    return boto3.client("secretsmanager")


@dataclass
class Report:
    """A delivery report under way to one of the processes."""

    message_id: str
    path: str
    at: int
    answers: list[int] = field(default_factory=list)


class Traffic:
    """One process that sends, one that starts cold at the rotation, three that hear reports."""

    def __init__(self, client: "SecretsManagerClient") -> None:
        self.clock = FakeClock()
        self.managers = [self._manager(client) for _ in range(PROCESSES)]
        self._sender = self._manager(client)
        self.messages = InMemoryMessages()
        self.callbacks = [
            Callback(RecordReport(self.messages), manager.keys(), FakeReportFallback(), self.clock)
            for manager in self.managers
        ]
        self.senders = [self._sender.keys()]
        self.under_way: list[Report] = []
        self.heard: list[Report] = []
        self.strangers: Counter[int] = Counter()

    def _manager(self, client: "SecretsManagerClient") -> SecretsManager:
        """A view of the one secret that counts the look-ups of one process."""
        manager = SecretsManager(client, "first")
        manager.clock = self.clock
        manager.secret_id = self.secret_id = getattr(self, "secret_id", manager.secret_id)
        return manager

    def rotate(self, text: str) -> None:
        self._sender.rotate(text)
        self.senders.append(self._sender.keys())

    def send(self, second: int) -> None:
        for number, sender in enumerate(self.senders):
            message_id = f"m-{second}-{number}"
            self.messages.create(a_message(Status.SUBMITTED, message_id=message_id))
            path = urlsplit(sender.url_for(key(message_id), 1)).path
            delay = (second * 7) % LONGEST_DELAY
            self.under_way.append(Report(message_id, path, second + delay))

    def strange(self, second: int) -> None:
        """A made-up id for every process."""
        for callback in self.callbacks:
            path = f"/clinic/m-1/1/{second:08x}.{'A' * 22}"
            self.strangers[self._answer(callback, path, "m-1")["statusCode"]] += 1

    def deliver(self, second: int) -> None:
        """What is due."""
        due = [report for report in self.under_way if report.at <= second]
        for number, report in enumerate(due):
            answer = self._answer(
                self.callbacks[number % PROCESSES], report.path, report.message_id
            )
            report.answers.append(answer["statusCode"])
            self.under_way.remove(report)
            self.heard.append(report)

    @staticmethod
    def _answer(callback: Callback, path: str, message_id: str) -> dict[str, Any]:
        values = {"apiName": "sms", "type": "deliveryReport", "status": "sent", "id": message_id}
        event = {
            "rawPath": path,
            "requestContext": {"http": {"method": "POST"}},
            "headers": {"content-type": "application/x-www-form-urlencoded"},
            "body": urlencode(values),
            "isBase64Encoded": False,
        }
        return callback(event)


@pytest.fixture(scope="module", autouse=True)
def _silence() -> Iterator[None]:
    """Log and metrics have tests of their own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("logger", "count", "tell"):
            patch.setattr(callback_module, name, Mock())
        yield


@pytest.fixture(scope="module")
def traffic(client: "SecretsManagerClient", _silence: None) -> Traffic:
    """After ten minutes."""
    traffic = Traffic(client)
    for second in range(SECONDS + LONGEST_DELAY + 60):
        if second == ROTATED_AT:
            traffic.rotate("second")
        if second < SECONDS:
            traffic.strange(second)
            traffic.send(second)
        traffic.deliver(second)
        traffic.clock.advance(1)
    return traffic


def test_reports_are_recorded_while_the_key_is_rotated_but_for_a_few_under_a_brand_new_key(
    traffic: Traffic,
) -> None:
    answers = Counter(tuple(report.answers) for report in traffic.heard)

    assert set(answers) == {(200,), (403,)}
    assert traffic.under_way == []
    refused = [report for report in traffic.heard if report.answers == [403]]
    assert all(0 <= each.at - ROTATED_AT <= SECONDS_PER_LOOK_UP for each in refused)
    recorded = [row.status is Status.SENT for row in traffic.messages.rows.values()]
    assert recorded.count(False) == len(refused) < 2 * SECONDS_PER_LOOK_UP


def test_a_stranger_with_an_id_a_second_costs_a_bounded_number_of_look_ups(
    traffic: Traffic,
) -> None:
    look_ups = LOOK_UPS_AT_ONCE + SECONDS / SECONDS_PER_LOOK_UP + SECONDS / REMEMBERED_FOR + 1

    assert {manager.secret_id for manager in traffic.managers} == {traffic.secret_id}
    for manager in traffic.managers:
        assert SECONDS / SECONDS_PER_LOOK_UP < len(manager.lookups) <= 2 * look_ups
    assert set(traffic.strangers) == {403}


def test_a_url_that_was_signed_two_rotations_ago_is_refused(traffic: Traffic) -> None:
    path = traffic.heard[0].path
    traffic.rotate("third")
    traffic.clock.advance(REMEMBERED_FOR)

    for callback in traffic.callbacks:
        assert traffic._answer(callback, path, "m-0-0")["statusCode"] == 403  # noqa: SLF001
