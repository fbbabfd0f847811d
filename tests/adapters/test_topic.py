import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.adapters.topic import MAX_BATCH, MAX_BYTES, Topic
from sms_gateway.domain.events import status_event
from sms_gateway.domain.status import Status
from tests.fakes.builders import a_message

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient


def none_refused(event_id: str, code: str) -> None:
    raise AssertionError(event_id, code)


def events(number: int) -> list[tuple[dict[str, Any], str]]:
    return [
        (status_event(a_message(message_id=f"m-{n}"), None, "//sms.test"), "clinic")
        for n in range(number)
    ]


class Subscriber:
    """A queue that gets what the topic tells."""

    def __init__(self) -> None:
        self.sns: SNSClient = boto3.client("sns")
        self._sqs: SQSClient = boto3.client("sqs")
        self._queue = self._sqs.create_queue(QueueName=f"subscriber-{uuid4()}")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        self.topic_arn = self.sns.create_topic(Name=f"Events-{uuid4()}")["TopicArn"]
        self.sns.subscribe(
            TopicArn=self.topic_arn, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"]
        )

    def received(self) -> list[dict[str, Any]]:
        received: list[dict[str, Any]] = []
        while messages := self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10
        ).get("Messages"):
            received.extend(json.loads(message["Body"]) for message in messages)
        return received


@pytest.fixture
def subscriber(aws: None) -> Subscriber:  # noqa: ARG001  SNS and SQS stand on it
    return Subscriber()


def test_an_event_is_told_with_the_attributes_filters_choose_by(subscriber: Subscriber) -> None:
    event = status_event(a_message(Status.FAILED, metadata={"ă": "😀"}), Status.SENDING, "s")

    assert (
        Topic(subscriber.sns, subscriber.topic_arn, none_refused).publish([(event, "clinic")])
        == set()
    )

    [received] = subscriber.received()
    assert json.loads(received["Message"]) == event
    assert received["MessageAttributes"] == {
        "status": {"Type": "String", "Value": "failed"},
        "type": {"Type": "String", "Value": "sms.message.failed"},
        "client": {"Type": "String", "Value": "clinic"},
    }


@pytest.mark.parametrize("number", [0, 1, 10, 11, 25])
def test_any_number_of_events_is_told(subscriber: Subscriber, number: int) -> None:
    assert (
        Topic(subscriber.sns, subscriber.topic_arn, none_refused).publish(events(number)) == set()
    )

    told = {json.loads(message["Message"])["subject"] for message in subscriber.received()}
    assert told == {f"m-{n}" for n in range(number)}


def test_a_topic_that_is_not_there_loses_everything_and_says_so(subscriber: Subscriber) -> None:
    gone = Topic(subscriber.sns, f"{subscriber.topic_arn}-gone", none_refused)

    assert gone.publish(events(12)) == set(range(12))


class FakeSns:
    """An SNS client that keeps what it took.

    It refuses what real SNS refuses: too much at once, and characters that XML does not have.
    `entries` are the (code, words, sender's fault) with which it refuses an entry, by its event's
    id; `calls` what is raised for the n-th call, counted from 1; `spoils` the ids of events for
    which any call that holds them is refused as a whole.
    """

    def __init__(
        self,
        *,
        entries: dict[str, tuple[str, str, bool]] | None = None,
        calls: dict[int, Exception] | None = None,
        spoils: dict[str, Exception] | None = None,
    ) -> None:
        self._entries, self._calls, self._spoils = entries or {}, calls or {}, spoils or {}
        self.batches: list[list[str]] = []
        self.taken: list[str] = []
        self.sizes: list[int] = []

    def publish_batch(self, **request: Any) -> dict[str, Any]:
        entries = request["PublishBatchRequestEntries"]
        ids = [json.loads(entry["Message"])["id"] for entry in entries]
        self.batches.append(ids)
        self.sizes.append(sum(map(size_of, entries)))
        if error := self._calls.get(len(self.batches)):
            raise error
        for name in ids:
            if error := self._spoils.get(name):
                raise error
        assert 0 < len(entries) <= MAX_BATCH
        assert len(entries) == 1 or self.sizes[-1] <= MAX_BYTES
        failed = []
        for name, entry in zip(ids, entries, strict=True):
            if name in self._entries:
                code, words, senders = self._entries[name]
                error_entry = {"Id": entry["Id"], "Code": code, "SenderFault": senders}
                failed.append(error_entry | ({"Message": words} if words else {}))
            else:
                self.taken.append(name)
        return {"Successful": [], "Failed": failed} if failed else {"Successful": []}


def size_of(entry: dict[str, Any]) -> int:
    """Bytes of an entry, as SNS counts them."""
    attributes = entry["MessageAttributes"].items()
    texts = [entry["Message"]]
    texts += [f"{name}{value['DataType']}{value['StringValue']}" for name, value in attributes]
    return sum(len(text.encode()) for text in texts)


class Refusals:
    """Keeps what it is told of events that are refused for good."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def __call__(self, event_id: str, code: str) -> None:
        self.told.append((event_id, code))


def ids(*numbers: int) -> list[str]:
    return [f"m-{n}:1" for n in numbers]


def published(
    sns: FakeSns, what: Sequence[tuple[dict[str, Any], str]]
) -> tuple[set[int], list[tuple[str, str]]]:
    """(what has to be tried again, what was refused for good)"""
    client: Any = sns
    refusals = Refusals()
    return Topic(client, "arn", refusals).publish(what), refusals.told


def call_error(code: str, words: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": words}}, "PublishBatch")


LOST = ("InternalError", "", False)
BAD = ("InvalidParameter", "Invalid parameter: Message Reason: Invalid characters", True)
UNREACHABLE = EndpointConnectionError(endpoint_url="https://sns.test")
THROTTLED = call_error("Throttled")


@pytest.mark.parametrize(
    ("lost", "broken", "failed"),
    [
        pytest.param([], {}, set(), id="nothing"),
        pytest.param([0, 9, 10, 24], {}, {0, 9, 10, 24}, id="some entries"),
        pytest.param([24], {1: THROTTLED}, {*range(10), 24}, id="a batch refused and an entry"),
        pytest.param([], {1: THROTTLED, 2: THROTTLED, 3: THROTTLED}, set(range(25)), id="all"),
    ],
)
def test_what_was_lost_is_named_by_its_place_and_the_rest_is_told(
    lost: list[int], broken: dict[int, Exception], failed: set[int]
) -> None:
    sns = FakeSns(entries=dict.fromkeys(ids(*lost), LOST), calls=broken)

    assert published(sns, events(25)) == (failed, [])
    assert [len(batch) for batch in sns.batches] == [10, 10, 5]
    assert sns.taken == ids(*(n for n in range(25) if n not in failed))


@pytest.mark.parametrize(
    "error",
    [UNREACHABLE, ReadTimeoutError(endpoint_url="https://sns.test"), NoCredentialsError()],
    ids=["unreachable", "no answer", "no credentials"],
)
def test_after_a_call_that_got_no_answer_no_other_is_made_and_the_rest_comes_again(
    error: BotoCoreError,
) -> None:
    sns = FakeSns(entries={"m-3:1": LOST}, calls={2: error})

    assert published(sns, events(25)) == ({3, *range(10, 25)}, [])
    assert [len(batch) for batch in sns.batches] == [10, 10]


def test_an_event_that_is_refused_for_good_does_not_come_again_and_the_rest_is_told() -> None:
    sns = FakeSns(entries={"m-1:1": BAD, "m-2:1": LOST})

    assert published(sns, events(4)) == ({2}, [("m-1:1", "InvalidParameter")])
    assert sns.taken == ids(0, 3)


@pytest.mark.parametrize(
    ("code", "senders", "for_good"),
    [
        ("InvalidParameter", True, True),
        ("InvalidParameter", False, True),
        ("ParameterValueInvalid", False, True),
        ("InvalidParameterValue", False, True),
        ("InvalidBatchEntryId", False, True),
        ("BatchEntryIdsNotDistinct", False, True),
        ("BatchRequestTooLong", False, True),
        ("InvalidMessageContents", False, True),
        ("ValidationError", False, True),
        ("ValidationException", False, True),
        ("AnErrorOfTomorrow", True, True),
        ("AnErrorOfTomorrow", False, False),
        ("InternalError", False, False),
        ("InternalFailure", False, False),
        ("ServiceUnavailable", False, False),
        ("Throttled", True, False),
        ("ThrottlingException", True, False),
        ("AuthorizationError", True, False),
        ("AccessDenied", True, False),
        ("AccessDeniedException", True, False),
        ("KMSAccessDenied", True, False),
        ("KMSDisabled", True, False),
        ("KMSThrottling", True, False),
        ("NotFound", True, False),
        ("NotAuthorized", True, False),
        ("OptInRequired", True, False),
        ("InvalidSecurity", True, False),
        ("InvalidClientTokenId", True, False),
        ("ExpiredToken", True, False),
        ("SignatureDoesNotMatch", True, False),
        ("EndpointDisabled", True, False),
        ("TopicLimitExceeded", True, False),
        ("ConcurrentAccess", True, False),
        ("InvalidState", True, False),
    ],
)
def test_only_what_would_be_refused_again_is_given_up(
    code: str, *, senders: bool, for_good: bool
) -> None:
    sns = FakeSns(entries={"m-0:1": (code, "no", senders)})

    assert published(sns, events(1)) == (set() if for_good else {0}, [("m-0:1", code)] * for_good)


@pytest.mark.parametrize("whole_call", [False, True], ids=["an entry", "a call"])
def test_a_mistake_in_the_topic_is_not_held_against_the_events(*, whole_call: bool) -> None:
    words = "Invalid parameter: TopicArn Reason: no value for required parameter"
    entries = {"m-0:1": ("InvalidParameter", words, True)}
    calls: dict[int, Exception] = {1: call_error("InvalidParameter", words)}
    sns = FakeSns(calls=calls) if whole_call else FakeSns(entries=entries)

    assert published(sns, events(1)) == ({0}, [])


PARAMETER = ParamValidationError(report="Invalid type for parameter")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (call_error("InvalidParameter", "Invalid parameter: Message"), "InvalidParameter"),
        (call_error("ValidationException"), "ValidationException"),
        (call_error("BatchRequestTooLong"), "BatchRequestTooLong"),
        (PARAMETER, "ParamValidation"),
    ],
    ids=["parameter", "validation", "too long", "found by botocore"],
)
def test_one_event_that_spoils_its_call_fails_alone(error: Exception, code: str) -> None:
    sns = FakeSns(entries={"m-7:1": LOST}, spoils={"m-4:1": error})

    assert published(sns, events(12)) == ({7}, [("m-4:1", code)])
    assert sns.taken == ids(*(n for n in range(12) if n not in {4, 7}))
    assert [len(batch) for batch in sns.batches] == [10, *[1] * 10, 2]


def test_of_two_events_the_one_that_spoils_their_call_fails_alone() -> None:
    sns = FakeSns(spoils={"m-1:1": call_error("InvalidParameter")})

    assert published(sns, events(2)) == (set(), [("m-1:1", "InvalidParameter")])
    assert sns.taken == ids(0)


@pytest.mark.parametrize("error", [call_error("KMSDisabled"), call_error("X"), THROTTLED], ids=str)
def test_a_call_that_may_be_answered_later_is_not_taken_apart(error: Exception) -> None:
    sns = FakeSns(spoils={"m-4:1": error})

    assert published(sns, events(12)) == (set(range(10)), [])
    assert [len(batch) for batch in sns.batches] == [10, 2]


def test_no_answer_while_each_event_is_tried_alone_brings_all_of_them_back() -> None:
    """Those that were published already are published twice then, under the same ids."""
    sns = FakeSns(calls={1: call_error("InvalidParameter"), 3: UNREACHABLE})

    assert published(sns, events(25)) == (set(range(25)), [])
    assert [len(batch) for batch in sns.batches] == [10, 1, 1]


def large(number: int, bytes_each: int) -> list[tuple[dict[str, Any], str]]:
    """Events of so many bytes each, attributes included."""
    made = []
    for event, client in events(number):
        entry: dict[str, Any] = {}

        class Recorder:
            def publish_batch(self, **request: Any) -> dict[str, Any]:
                entry.update(request["PublishBatchRequestEntries"][0])  # noqa: B023  used at once
                return {}

        recorder: Any = Recorder()
        Topic(recorder, "arn", none_refused).publish([(event, client)])
        event["data"]["metadata"] |= {"x": ""}
        room = bytes_each - size_of(entry) - len(', "x": ""')
        event["data"]["metadata"]["x"] = "x" * room
        made.append((event, client))
    return made


@pytest.mark.parametrize(
    ("number", "bytes_each", "batches"),
    [
        pytest.param(4, MAX_BYTES // 4, [4], id="to the byte"),
        pytest.param(8, MAX_BYTES // 4, [4, 4], id="to the byte, twice"),
        pytest.param(4, MAX_BYTES // 4 + 1, [3, 1], id="a byte more"),
        pytest.param(3, MAX_BYTES, [1, 1, 1], id="each fills a call"),
        pytest.param(2, MAX_BYTES + 1, [1, 1], id="each too large"),
        pytest.param(11, MAX_BYTES // 10, [10, 1], id="entries and bytes"),
    ],
)
def test_a_call_is_bounded_in_bytes_too(number: int, bytes_each: int, batches: list[int]) -> None:
    sns = FakeSns()

    assert published(sns, large(number, bytes_each)) == (set(), [])
    assert [len(batch) for batch in sns.batches] == batches
    assert max(sns.sizes) == bytes_each * batches[0]
    assert MAX_BYTES == 262_144


TEXTS = st.text(st.characters(), max_size=8)


@given(TEXTS, TEXTS, TEXTS, TEXTS.filter(bool))
def test_no_character_is_such_that_sns_would_refuse_it(
    name: str, value: str, error: str, client: str
) -> None:
    message = a_message(Status.FAILED, metadata={name: value}, error_message=error)
    event = status_event(message, Status.SENDING, f"//{client}")
    told: list[dict[str, Any]] = []

    class Recorder:
        def publish_batch(self, **request: Any) -> dict[str, Any]:
            told.extend(request["PublishBatchRequestEntries"])
            return {}

    recorder: Any = Recorder()
    Topic(recorder, "arn", none_refused).publish([(event, client)])

    [entry] = told
    assert json.loads(entry["Message"]) == event
    assert entry["Message"].isascii()
    texts = [entry["Message"]]
    texts += [value["StringValue"] for value in entry["MessageAttributes"].values()]
    assert [c for text in texts for c in text if not is_xml(c)] == []
    assert all(texts)


def is_xml(character: str) -> bool:
    """XML 1.0, production 2: what SNS and SQS take."""
    point = ord(character)
    return (
        point in {0x9, 0xA, 0xD}
        or 0x20 <= point <= 0xD7FF
        or 0xE000 <= point <= 0xFFFD
        or 0x10000 <= point <= 0x10FFFF
    )


@pytest.mark.parametrize(
    ("client", "told"),
    [
        ("clinic", "clinic"),
        ("Iași 😀\t", "Iași 😀\t"),
        ("a\x00b\x0bc\x1fd", "a\ufffdb\ufffdc\ufffdd"),
        ("\ud7ff\ud800\udfff\ue000", "\ud7ff\ufffd\ufffd\ue000"),
        ("\ufffd\ufffe\uffff\U00010000\U0010ffff", "\ufffd\ufffd\ufffd\U00010000\U0010ffff"),
    ],
    ids=ascii,
)
def test_a_client_is_named_in_its_attribute_as_far_as_sns_allows(
    subscriber: Subscriber, client: str, told: str
) -> None:
    topic = Topic(subscriber.sns, subscriber.topic_arn, none_refused)

    assert topic.publish([(events(1)[0][0], client)]) == set()

    [received] = subscriber.received()
    assert received["MessageAttributes"]["client"]["Value"] == told
