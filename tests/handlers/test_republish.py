"""A day of the functions' events, once more by `make republish`, to one subscriber."""

import json
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from tests.fakes.clock import FakeClock
from tests.handlers.cloud import TABLE, Cloud
from tests.handlers.lambdas import ColdStart
from tests.handlers.monitored import Monitored, Traffic
from tests.handlers.output import Output
from tests.handlers.voipit import FakeVoipit
from tests.support.deployed import QuickSession, a_stack
from tools.operators import republish
from tools.operators.parts.frame import Exit

STACK: Final = "test"
"""As in the EVENT_SOURCE of the handlers' environment."""
DAY: Final = ["--since", "2026-11-22T15:00Z", "--until", "2026-11-23T15:00Z"]
FUNCTIONS: Final = ("send", "status", "callback", "dispatch", "watch", "publish")
HOURS: Final = 4 * 3600

Heard = tuple[str, tuple[tuple[str, str], ...]]
"""The body of an event, byte for byte, and its attributes."""


@pytest.fixture
def gateway(  # noqa: PLR0913, PLR0917  what pytest hands in, all by name
    cold_start: ColdStart,
    cloud: Cloud,
    voipit: FakeVoipit,
    clock: FakeClock,
    output: Output,
    monkeypatch: pytest.MonkeyPatch,
) -> Monitored:
    monkeypatch.setattr("tools.operators.parts.frame.a_session", lambda *_: QuickSession())
    monkeypatch.setattr("sms_gateway.entrypoints.metrics.metrics.provider.service", "texting")
    cloud.clients.dynamodb.update_table(
        TableName=TABLE,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    functions = {name: cold_start(name) for name in FUNCTIONS}
    return Monitored(functions, cloud, voipit, clock, output)


def a_day(gateway: Monitored) -> None:
    """Some traffic every four hours, and in some of them trouble with Voipit."""
    for hour in range(0, 24, 4):
        gateway.voipit.reachable = hour != 4
        gateway.voipit.cuts_off = hour == 8
        gateway.voipit_reports = hour != 12
        for _ in gateway.minutes(2, Traffic(messages=2)):
            pass
        gateway.clock.advance(HOURS - 120)
    lost = urlsplit(gateway.voipit.taken[-1]["sendResultTo"]).path
    gateway.call_back(lost, "apiName=sms&type=deliveryReport&status=error&error=no+route&id=x")
    gateway.one_round()


def heard(cloud: Cloud) -> list[Heard]:
    """What the subscriber got since the last look."""
    got = []
    while messages := cloud.clients.sqs.receive_message(
        QueueUrl=cloud.queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    ).get("Messages"):
        for message in messages:
            handle = message["ReceiptHandle"]
            cloud.clients.sqs.delete_message(QueueUrl=cloud.queue, ReceiptHandle=handle)
            attributes = message["MessageAttributes"].items()
            values = sorted((name, value["StringValue"]) for name, value in attributes)
            got.append((message["Body"], tuple(values)))
    return got


def identity(event: Heard) -> tuple[str, str]:
    """What a repeated event is known by."""
    told = json.loads(event[0])
    return told["source"], told["id"]


def test_a_day_published_again_is_nothing_new_to_a_subscriber_that_drops_repeats(
    gateway: Monitored, output: Output, tmp_path: Path
) -> None:
    a_day(gateway)
    first = heard(gateway.cloud)
    outputs = {"MessagesTable": TABLE, "TopicArn": gateway.cloud.topic}
    a_stack(outputs, STACK)
    output.new_metrics()

    resume = ["--resume-file", str(tmp_path / "resume.json")]
    assert republish.main(["--stack-name", STACK, "--yes", *DAY, *resume]) == Exit.DONE

    again = heard(gateway.cloud)
    statuses = {json.loads(body)["data"]["status"] for body, _ in first}
    assert statuses >= {"sending", "queued", "submitted", "unconfirmed", "no_report", "sent"}
    assert len({identity(event) for event in again}) == len(again), "each once"
    assert set(again) == set(first), "the same source, id, body and attributes, byte for byte"
    assert list(output.new_metrics()) == []
