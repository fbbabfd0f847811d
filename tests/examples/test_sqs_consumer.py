"""The consumer of a queue leaves a table with the right status of each message."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from examples.sqs_consumer.consumer import AT_ONCE, Statuses, consume
from sms_gateway_client.events import parse_event
from tests.support.aws_region import REGION
from tests.support.lives import Life
from tests.support.samples import subscriber_sample

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def sqs(aws: None) -> "SQSClient":
    assert aws is None
    return boto3.client("sqs", region_name=REGION)


@pytest.fixture
def queue_url(sqs: "SQSClient") -> str:
    return sqs.create_queue(QueueName="sms-events")["QueueUrl"]


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        yield connection


def put(sqs: "SQSClient", queue_url: str, bodies: list[str]) -> None:
    for start in range(0, len(bodies), AT_ONCE):
        sqs.send_message_batch(
            QueueUrl=queue_url,
            Entries=[
                {"Id": str(n), "MessageBody": body}
                for n, body in enumerate(bodies[start : start + AT_ONCE])
            ],
        )


def left(sqs: "SQSClient", queue_url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found: Any = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)  # type: ignore[arg-type]  # the names are two of the literals
    return sum(int(found["Attributes"][name]) for name in names)


def rows(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    found = connection.execute("SELECT source, message_id, status FROM sms")
    return {(source, message_id): status for source, message_id, status in found}


def test_a_hundred_lives_shuffled_and_repeated_leave_each_message_with_its_right_status(
    sqs: "SQSClient",
    queue_url: str,
    connection: sqlite3.Connection,
    as_they_arrive: Life,
    right: dict[tuple[str, str], str],
) -> None:
    bodies = [json.dumps(event) for event in as_they_arrive]
    statuses = Statuses(connection)

    for start in range(0, len(bodies), AT_ONCE):  # a long queue takes moto long
        put(sqs, queue_url, bodies[start : start + AT_ONCE])
        consume(sqs, queue_url, statuses, wait=0)

    assert rows(connection) == right
    assert left(sqs, queue_url) == 0


def test_the_table_remembers_after_a_restart(
    sqs: "SQSClient", queue_url: str, connection: sqlite3.Connection
) -> None:
    events = subscriber_sample("lives")[:3]
    put(sqs, queue_url, [json.dumps(event) for event in events])
    consume(sqs, queue_url, Statuses(connection), wait=0)
    put(sqs, queue_url, [json.dumps(event) for event in events])

    consume(sqs, queue_url, Statuses(connection), wait=0)

    assert list(rows(connection).values()) == ["sent"]


def test_the_row_holds_the_latest_event_whole(connection: sqlite3.Connection) -> None:
    statuses, lives = Statuses(connection), subscriber_sample("lives")
    claimed, failed, late = (parse_event(lives[place]) for place in (4, 5, 3))
    taken = [statuses.take(event) for event in (claimed, failed, late)]

    (row,) = connection.execute("SELECT sequence, status, final, reason, changed_at FROM sms")
    assert taken == [True, True, False]
    assert row == (3, "failed", 1, "refused", "2026-11-22T15:10:00.310000+00:00")


def test_what_cannot_be_read_stays_in_the_queue_and_holds_nothing_up(
    sqs: "SQSClient", queue_url: str, connection: sqlite3.Connection
) -> None:
    put(sqs, queue_url, ["no event", json.dumps(subscriber_sample("lives")[0])])

    assert consume(sqs, queue_url, Statuses(connection), wait=0) == 2

    assert list(rows(connection).values()) == ["sending"]
    assert left(sqs, queue_url) == 1
