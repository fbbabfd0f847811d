"""The receiver over HTTPS, and the template of its subscription."""

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from http.server import HTTPServer
from typing import Any

import pytest

from examples.https_subscriber.receiver import MAX_BYTES, Receiver, request_handler
from sms_gateway_client.events import Event, parse_event
from sms_gateway_client.signature import Verifier
from tests.support.examples import example_template, faults_of_template
from tests.support.lives import Life
from tests.support.samples import subscriber_sample
from tests.support.sns_sender import NOW, SnsSender
from tests.support.template import properties

NOTIFICATION: dict[str, Any] = subscriber_sample("https-notification")
CONFIRMATION = subscriber_sample("https-subscription-confirmation") | {
    "Timestamp": NOTIFICATION["Timestamp"]
}
TEMPLATE = example_template("https_subscriber")


@pytest.fixture(scope="module")
def sns() -> SnsSender:
    return SnsSender()


@pytest.fixture
def handled() -> list[Event]:
    return []


@pytest.fixture
def receiver(sns: SnsSender, handled: list[Event]) -> Receiver:
    sns.fetched.clear()
    verifier = Verifier({NOTIFICATION["TopicArn"]}, fetch=sns.fetch, now=lambda: NOW)
    return Receiver(verifier, handled.append)


def told(event: Any) -> dict[str, Any]:
    return NOTIFICATION | {"Message": json.dumps(event)}


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_signed_event_is_handled_once_and_its_repeat_is_acknowledged(
    receiver: Receiver, sns: SnsSender, handled: list[Event], version: str
) -> None:
    body = sns.signed(NOTIFICATION, version)

    assert [receiver.receive(body) for _ in range(2)] == [HTTPStatus.NO_CONTENT] * 2
    assert [event.status for event in handled] == ["sent"]


def test_one_changed_byte_of_the_event_is_refused_and_nothing_is_handled(
    receiver: Receiver, sns: SnsSender, handled: list[Event]
) -> None:
    changed = sns.signed(NOTIFICATION).replace(b"+40721234567", b"+40721234568")

    assert receiver.receive(changed) is HTTPStatus.FORBIDDEN
    assert handled == []


def test_a_hundred_lives_leave_each_message_with_its_right_status(
    receiver: Receiver,
    sns: SnsSender,
    handled: list[Event],
    as_they_arrive: Life,
    right: dict[tuple[str, str], str],
) -> None:
    answers = {receiver.receive(sns.signed(told(event), "2")) for event in as_they_arrive}

    assert answers == {HTTPStatus.NO_CONTENT}
    assert {event.message: event.status for event in handled} == right


def test_the_subscription_is_confirmed(
    receiver: Receiver, sns: SnsSender, handled: list[Event]
) -> None:
    assert receiver.receive(sns.signed(CONFIRMATION)) is HTTPStatus.NO_CONTENT
    assert any("Action=ConfirmSubscription" in url for url in sns.fetched)
    assert handled == []


def test_the_end_of_the_subscription_is_acknowledged_and_not_taken_back(
    receiver: Receiver, sns: SnsSender
) -> None:
    ended = CONFIRMATION | {"Type": "UnsubscribeConfirmation"}

    assert receiver.receive(sns.signed(ended)) is HTTPStatus.NO_CONTENT
    assert not any("Action=ConfirmSubscription" in url for url in sns.fetched)


def test_a_genuine_message_that_cannot_be_read_comes_again_until_sns_keeps_it(
    receiver: Receiver, sns: SnsSender
) -> None:
    assert receiver.receive(sns.signed(told({"no": "event"}))) is HTTPStatus.SERVICE_UNAVAILABLE


def test_a_stale_message_is_not_handled_and_not_lost_to_a_wrong_clock(
    receiver: Receiver, sns: SnsSender, handled: list[Event]
) -> None:
    stale = NOTIFICATION | {"Timestamp": "2026-11-21T15:00:02.530Z"}

    assert receiver.receive(sns.signed(stale)) is HTTPStatus.SERVICE_UNAVAILABLE
    assert handled == []


def test_what_cannot_be_handled_now_comes_again(sns: SnsSender, handled: list[Event]) -> None:
    verifier = Verifier({NOTIFICATION["TopicArn"]}, fetch=sns.fetch, now=lambda: NOW)

    def fail(_: Event) -> None:
        message = "the database is down"
        raise OSError(message)

    receiver = Receiver(verifier, fail)
    assert receiver.receive(sns.signed(NOTIFICATION)) is HTTPStatus.SERVICE_UNAVAILABLE

    receiver.handle = handled.append
    assert receiver.receive(sns.signed(NOTIFICATION)) is HTTPStatus.NO_CONTENT
    assert len(handled) == 1


def test_without_sns_certificate_the_message_comes_again(sns: SnsSender) -> None:
    def unreachable(_: str) -> bytes:
        raise TimeoutError

    verifier = Verifier({NOTIFICATION["TopicArn"]}, fetch=unreachable, now=lambda: NOW)
    receiver = Receiver(verifier, lambda _: None)

    assert receiver.receive(sns.signed(NOTIFICATION)) is HTTPStatus.SERVICE_UNAVAILABLE


@pytest.mark.parametrize("days", [-60, 2])
def test_a_certificate_that_is_not_valid_by_this_clock_costs_no_message(days: int) -> None:
    sns = SnsSender(valid_from=NOW + timedelta(days=days))
    verifier = Verifier({NOTIFICATION["TopicArn"]}, fetch=sns.fetch, now=lambda: NOW)

    answer = Receiver(verifier, lambda _: None).receive(sns.signed(NOTIFICATION))

    assert answer is HTTPStatus.SERVICE_UNAVAILABLE


@contextmanager
def served(receiver: Receiver) -> Iterator[http.client.HTTPConnection]:
    with HTTPServer(("127.0.0.1", 0), request_handler(receiver)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, HTTPStatus.NO_CONTENT),
        ({"x-amz-sns-rawdelivery": "true"}, HTTPStatus.SERVICE_UNAVAILABLE),
        ({"Content-Length": str(MAX_BYTES + 1)}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        ({"Content-Length": "many"}, HTTPStatus.SERVICE_UNAVAILABLE),
        ({"Transfer-Encoding": "chunked"}, HTTPStatus.SERVICE_UNAVAILABLE),
    ],
)
def test_the_server_hands_over_whole_signed_bodies_only(
    receiver: Receiver,
    sns: SnsSender,
    handled: list[Event],
    headers: dict[str, str],
    status: HTTPStatus,
) -> None:
    with served(receiver) as connection:
        connection.request("POST", "/", sns.signed(NOTIFICATION), headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()

    assert answer.status == status
    assert len(handled) == (status == HTTPStatus.NO_CONTENT)


def test_a_body_that_trickles_in_is_given_up_and_not_handled(
    receiver: Receiver, sns: SnsSender, handled: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte is in time, and the whole is not."""
    monkeypatch.setattr("examples.https_subscriber.receiver.TIMEOUT", 0.3)
    body = sns.signed(NOTIFICATION)
    started = time.monotonic()

    def trickle() -> Iterator[bytes]:
        for place in range(12):
            yield body[place : place + 1]
            time.sleep(0.1)
        yield body[12:]

    with served(receiver) as connection:
        headers = {"Content-Length": str(len(body))}
        with contextlib.suppress(OSError):  # the server has gone before the last byte
            connection.request("POST", "/", trickle(), headers)
        connection.close()

    assert time.monotonic() - started < 5
    assert handled == []


def test_the_template_of_the_subscription_is_one_that_cloudformation_takes() -> None:
    assert faults_of_template("https_subscriber") == []


def test_the_subscription_signs_retries_for_less_than_an_hour_and_keeps_what_it_gives_up() -> None:
    (subscription,) = properties(TEMPLATE, "AWS::SNS::Subscription").values()
    retries = subscription["DeliveryPolicy"]["healthyRetryPolicy"]
    between = (
        retries["numRetries"]
        - retries["numNoDelayRetries"]
        - retries["numMinDelayRetries"]
        - retries["numMaxDelayRetries"]
    )
    longest = (
        retries["numMinDelayRetries"] * retries["minDelayTarget"]
        + (between + retries["numMaxDelayRetries"]) * retries["maxDelayTarget"]
    )

    assert subscription["RawMessageDelivery"] is False
    assert subscription["Protocol"] == "https"
    assert "deadLetterTargetArn" in subscription["RedrivePolicy"]
    assert longest <= 3600, "SNS takes no policy that tries for longer"


def test_what_sns_has_given_up_is_read_from_the_queue_and_would_be_refused_by_the_receiver(
    sns: SnsSender, handled: list[Event]
) -> None:
    """So the alarm must not send its reader to the receiver with it."""
    later = Verifier(
        {NOTIFICATION["TopicArn"]}, fetch=sns.fetch, now=lambda: NOW + timedelta(hours=2)
    )
    body = sns.signed(NOTIFICATION)
    (alarm,) = properties(TEMPLATE, "AWS::CloudWatch::Alarm").values()

    assert Receiver(later, handled.append).receive(body) is HTTPStatus.SERVICE_UNAVAILABLE
    assert handled == []
    assert parse_event(body).status == "sent"
    assert "read them from the queue with parse_event" in alarm["AlarmDescription"]
