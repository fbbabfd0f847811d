import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.adapters.queues import (
    SqsDispatchQueue,
    SqsReportFallback,
    read_dispatch,
    read_kept_report,
)
from sms_gateway.domain.due import UNUSED_PAUSE
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.report import ReportStatus
from sms_gateway.use_cases.ports import HINTS_AT_ONCE
from tests.fakes.builders import KEY, a_report, key

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from sms_gateway.use_cases.ports import DispatchQueue, ReportFallback

TROUBLE = [
    ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "SendMessage"),
    ClientError({"Error": {"Code": "AWS.SimpleQueueService.NonExistentQueue"}}, "SendMessage"),
    EndpointConnectionError(endpoint_url="https://sqs.test"),
    ConnectTimeoutError(endpoint_url="https://sqs.test"),
    ReadTimeoutError(endpoint_url="https://sqs.test"),
    NoCredentialsError(),
]


class RecordingClient:
    """An SQS client that keeps what it is asked, or fails."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self._trouble = trouble

    def send_message(self, **request: Any) -> None:
        self.asked.append(request)
        if self._trouble:
            raise self._trouble

    send_message_batch = get_queue_attributes = send_message


def delay_of(delay: timedelta) -> object:
    client: Any = RecordingClient()
    SqsDispatchQueue(lambda: client, "https://sqs.test/dispatch").enqueue(key("m"), delay)
    return client.asked[0]["DelaySeconds"]


@pytest.fixture(scope="module")
def sqs(aws: None) -> "SQSClient":  # noqa: ARG001  what the client speaks to
    return boto3.client("sqs")


@pytest.fixture
def queue_url(sqs: "SQSClient") -> str:
    return sqs.create_queue(QueueName=f"queue-{uuid4()}")["QueueUrl"]


def received(sqs: "SQSClient", queue_url: str) -> list[str]:
    answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
    return [message["Body"] for message in answer.get("Messages", [])]


@pytest.mark.parametrize("message_id", ["appointment-17", "01", "a~1", "A.b_c-d"])
def test_what_was_put_into_the_queue_is_read_back(
    sqs: "SQSClient", queue_url: str, message_id: str
) -> None:
    queue: DispatchQueue = SqsDispatchQueue(lambda: sqs, queue_url)

    queue.enqueue(key(message_id), timedelta())

    assert [read_dispatch(body) for body in received(sqs, queue_url)] == [(key(message_id), None)]


def test_a_queue_message_holds_the_key_and_nothing_else(sqs: "SQSClient", queue_url: str) -> None:
    SqsDispatchQueue(lambda: sqs, queue_url).enqueue(key("m"), timedelta())

    assert [json.loads(body) for body in received(sqs, queue_url)] == [
        {"client": "clinic", "messageId": "m"}
    ]


def test_a_claim_that_was_not_used_is_told_of_once_the_write_that_made_it_is_over() -> None:
    client: Any = RecordingClient()

    SqsDispatchQueue(lambda: client, "https://sqs.test/dispatch").enqueue_unused(
        key("m"), "a-claim", UNUSED_PAUSE
    )

    [asked] = client.asked
    assert read_dispatch(asked["MessageBody"]) == (key("m"), "a-claim")
    assert asked["DelaySeconds"] == 20


def test_a_delayed_message_is_not_there_yet(sqs: "SQSClient", queue_url: str) -> None:
    SqsDispatchQueue(lambda: sqs, queue_url).enqueue(key("m"), timedelta(minutes=15))

    assert received(sqs, queue_url) == []


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [
        (timedelta(), 0),
        (timedelta(seconds=7), 7),
        (timedelta(minutes=15), 900),
        (timedelta(minutes=15, milliseconds=1), 900),
        (timedelta(days=400), 900),
        (timedelta(seconds=-1), 0),
        (timedelta(days=-400), 0),
    ],
    ids=str,
)
def test_the_delay_is_what_sqs_takes(delay: timedelta, seconds: int) -> None:
    assert delay_of(delay) == seconds


@given(st.timedeltas(timedelta(days=-2), timedelta(days=2)))
def test_every_delay_becomes_whole_seconds_of_a_quarter_of_an_hour(delay: timedelta) -> None:
    seconds = delay_of(delay)

    assert isinstance(seconds, int)
    assert 0 <= seconds <= 900


@given(st.timedeltas(timedelta(), timedelta(minutes=15)))
def test_a_message_never_comes_before_its_time(delay: timedelta) -> None:
    seconds = delay_of(delay)

    assert isinstance(seconds, int)
    assert timedelta() <= timedelta(seconds=seconds) - delay < timedelta(seconds=1)


@pytest.mark.parametrize("trouble", TROUBLE, ids=str)
def test_a_queue_in_trouble_is_no_error_since_the_due_index_is_the_guarantee(
    trouble: Exception,
) -> None:
    client: Any = RecordingClient(trouble)

    queue = SqsDispatchQueue(lambda: client, "https://sqs.test/dispatch")
    queue.enqueue(key("m"), timedelta())
    assert not queue.enqueue_unused(key("m"), "a-claim", UNUSED_PAUSE)

    assert len(client.asked) == 2


@pytest.mark.parametrize("count", [1, 9, HINTS_AT_ONCE])
def test_many_are_put_into_the_queue_each_once(
    sqs: "SQSClient", queue_url: str, count: int
) -> None:
    queue: DispatchQueue = SqsDispatchQueue(lambda: sqs, queue_url)
    ids = [f"m-{number}" for number in range(count)]

    assert queue.enqueue_all([(key(message_id), timedelta()) for message_id in ids])

    found: list[str] = []
    while bodies := received(sqs, queue_url):
        found += [read_dispatch(body)[0].message_id for body in bodies]
    assert sorted(found) == sorted(ids)


def test_many_are_put_into_the_queue_with_one_call_each_with_its_own_delay() -> None:
    client: Any = RecordingClient()
    waits = [(key(f"m-{number}"), timedelta(seconds=number * 110 - 50)) for number in range(10)]

    SqsDispatchQueue(lambda: client, "https://sqs.test/dispatch").enqueue_all(waits)

    (asked,) = client.asked
    assert asked["QueueUrl"] == "https://sqs.test/dispatch"
    assert [entry["DelaySeconds"] for entry in asked["Entries"]] == [
        0, 60, 170, 280, 390, 500, 610, 720, 830, 900,
    ]  # fmt: skip
    assert len({entry["Id"] for entry in asked["Entries"]}) == 10
    assert [json.loads(entry["MessageBody"]) for entry in asked["Entries"][:2]] == [
        {"client": "clinic", "messageId": "m-0"},
        {"client": "clinic", "messageId": "m-1"},
    ]


def test_a_delayed_one_of_many_is_not_there_yet(sqs: "SQSClient", queue_url: str) -> None:
    SqsDispatchQueue(lambda: sqs, queue_url).enqueue_all(
        [(key("now"), timedelta()), (key("later"), timedelta(minutes=15))]
    )

    assert [read_dispatch(body) for body in received(sqs, queue_url)] == [(key("now"), None)]


@pytest.mark.parametrize("trouble", TROUBLE, ids=str)
def test_a_queue_in_trouble_says_so(trouble: Exception) -> None:
    client: Any = RecordingClient(trouble)
    queue = SqsDispatchQueue(lambda: client, "https://sqs.test/dispatch")

    assert not queue.enqueue_all([(key("m-1"), timedelta()), (key("m-2"), timedelta())])


def test_the_backlog_is_what_waits_to_be_tried_now(sqs: "SQSClient", queue_url: str) -> None:
    queue: DispatchQueue = SqsDispatchQueue(lambda: sqs, queue_url)
    assert queue.backlog() == 0

    queue.enqueue_all([(key(f"m-{number}"), timedelta()) for number in range(5)])
    queue.enqueue(key("later"), timedelta(minutes=15))
    assert queue.backlog() == 5

    handed_out = len(received(sqs, queue_url))
    assert handed_out > 0
    assert queue.backlog() == 5 - handed_out


@pytest.mark.parametrize("trouble", TROUBLE, ids=str)
def test_a_queue_that_does_not_answer_does_not_tell_its_backlog(trouble: Exception) -> None:
    client: Any = RecordingClient(trouble)

    assert SqsDispatchQueue(lambda: client, "https://sqs.test/dispatch").backlog() is None
    assert len(client.asked) == 1


def test_a_queue_that_is_gone_is_no_error(sqs: "SQSClient", queue_url: str) -> None:
    sqs.delete_queue(QueueUrl=queue_url)

    SqsDispatchQueue(lambda: sqs, queue_url).enqueue(key("m"), timedelta())


@pytest.mark.parametrize("word", ReportStatus)
@pytest.mark.parametrize("attempt", [1, 20])
def test_a_kept_report_is_read_back_as_it_was(
    sqs: "SQSClient", queue_url: str, word: ReportStatus, attempt: int
) -> None:
    report = a_report(word, attempt=attempt)
    fallback: ReportFallback = SqsReportFallback(lambda: sqs, queue_url)

    fallback.keep(KEY, report)

    assert [read_kept_report(body) for body in received(sqs, queue_url)] == [(KEY, report)]


def test_the_words_of_a_kept_report_may_be_any() -> None:
    client: Any = RecordingClient()
    report = a_report(ReportStatus.ERROR, error_message='ț "quoted" \\ 😀 line\u2028end')

    SqsReportFallback(lambda: client, "https://sqs.test/reports").keep(key("m"), report)

    assert read_kept_report(client.asked[0]["MessageBody"]) == (key("m"), report)


@pytest.mark.parametrize(
    "words", ["a\ufffeb", "\uffff", "\x00", "\x0b", "\ud800", "ă😀"], ids=ascii
)
def test_a_kept_report_has_no_character_that_sqs_would_refuse(words: str) -> None:
    client: Any = RecordingClient()
    report = a_report(ReportStatus.ERROR, error_message=words)

    SqsReportFallback(lambda: client, "https://sqs.test/reports").keep(key("m"), report)

    [asked] = client.asked
    assert asked["MessageBody"].isascii()
    assert asked["MessageBody"].isprintable()
    assert read_kept_report(asked["MessageBody"]) == (key("m"), report)


@pytest.mark.parametrize("trouble", TROUBLE, ids=str)
def test_a_report_that_could_not_be_kept_is_not_acknowledged(trouble: Exception) -> None:
    client: Any = RecordingClient(trouble)

    with pytest.raises(StoreUnavailableError) as unavailable:
        SqsReportFallback(lambda: client, "https://sqs.test/reports").keep(key("m"), a_report())

    assert str(unavailable.value) == "The fallback queue did not answer."


Reader = Callable[[str], object]


@pytest.mark.parametrize("read", [read_dispatch, read_kept_report])
@pytest.mark.parametrize("body", ["", "{", "[]", "{}", "null", '"m"'])
def test_a_body_that_is_none_of_ours_is_an_error_for_the_dead_letter_queue(
    read: Reader, body: str
) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read(body)
