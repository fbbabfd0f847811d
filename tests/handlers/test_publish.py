"""`publish`: one event per change of status, and nothing lost when the topic has trouble."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.handlers.cloud import Calls, Cloud
from tests.handlers.lambdas import Function
from tests.handlers.output import Output
from tests.support.samples import API_KEY_ID, MESSAGE_ID, NOTHING_FAILED, sample

CHANGES_OF_STATUS = [0, 1, 2, 3]
"""Positions in the sample batch; then a report that was only noted, then a removal."""
IDS = ["order-1042:1", "order-1042:2", "order-1043:1", "order-1042:3"]
RECORDS = sample("publish-stream-batch")["Records"]


def numbers(positions: list[int]) -> list[dict[str, str]]:
    return [{"itemIdentifier": RECORDS[i]["dynamodb"]["SequenceNumber"]} for i in positions]


def inserts(how_many: int) -> dict[str, Any]:
    """A batch of so many new messages."""
    records = []
    for n in range(how_many):
        record = sample("publish-stream-batch")["Records"][0]
        record["dynamodb"]["NewImage"]["messageId"] = {"S": f"m{n:03}"}
        record["dynamodb"]["SequenceNumber"] = f"{49000000000000200000000 + n}"
        records.append(record)
    return {"Records": records}


def test_every_change_of_status_is_published_once_in_order(
    publish: Function, cloud: Cloud, output: Output
) -> None:
    assert publish.invoke(sample("publish-stream-batch")) == NOTHING_FAILED
    assert [event["id"] for event, _ in cloud.published()] == IDS
    assert (output.counted()["EventPublished"], output.lines()) == (len(IDS), [])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda image: image.pop("phoneNumber"),
        lambda image: image.update(status={"S": "a status of a later release"}),
        lambda image: image.update(history={"S": "not a list"}),
    ],
    ids=["incomplete", "unknown status", "another type"],
)
def test_a_change_that_nobody_can_read_is_told_of_and_does_not_hold_up_the_others(
    publish: Function, cloud: Cloud, output: Output, spoil: Callable[[dict[str, Any]], object]
) -> None:
    batch = inserts(3)
    spoil(batch["Records"][1]["dynamodb"]["NewImage"])

    assert publish.invoke(batch) == NOTHING_FAILED

    assert [event["subject"] for event, _ in cloud.published()] == ["m000", "m002"]
    assert output.line("a change cannot be read")["record"] == "49000000000000200000001"
    assert output.counted()["UnreadableChange"] == 1


def test_a_reason_of_a_later_release_is_left_out_of_the_event(
    publish: Function, cloud: Cloud
) -> None:
    batch = inserts(1)
    batch["Records"][0]["dynamodb"]["NewImage"]["reason"] = {"S": "of-a-later-release"}

    assert publish.invoke(batch) == NOTHING_FAILED

    ((event, _),) = cloud.published()
    assert "reason" not in event["data"]


def test_an_event_says_what_changed_and_never_the_text(publish: Function, cloud: Cloud) -> None:
    publish.invoke(sample("publish-stream-batch"))
    event, attributes = cloud.published()[3]
    assert event == {
        "specversion": "1.0",
        "id": "order-1042:3",
        "source": f"/voipit-sms-gateway/test/{API_KEY_ID}",
        "subject": MESSAGE_ID,
        "type": "sms.message.sent",
        "time": "2026-11-22T15:00:02.456Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:event-schema:sms-gateway:message:1",
        "data": {
            "messageId": MESSAGE_ID,
            "sequence": 3,
            "status": "sent",
            "final": True,
            "previousStatus": "submitted",
            "phoneNumber": "+40721234567",
            "attempt": 1,
            "metadata": {"orderId": "1042"},
        },
    }
    assert attributes == {"status": "sent", "type": "sms.message.sent", "client": API_KEY_ID}


def test_a_new_message_has_no_previous_status(publish: Function, cloud: Cloud) -> None:
    publish.invoke({"Records": RECORDS[:1]})
    ((event, _),) = cloud.published()
    assert (event["type"], event["data"]["sequence"]) == ("sms.message.sending", 1)
    assert "previousStatus" not in event["data"]


@pytest.mark.parametrize(
    "position", [pytest.param(4, id="a report only noted"), pytest.param(5, id="a removal")]
)
def test_what_is_no_change_of_status_is_not_published(
    publish: Function, calls: Calls, position: int
) -> None:
    assert publish.invoke({"Records": [RECORDS[position]]}) == NOTHING_FAILED
    assert calls.made == []


def test_a_batch_that_comes_again_is_published_under_the_same_ids(
    publish: Function, cloud: Cloud
) -> None:
    publish.invoke(sample("publish-stream-batch"))
    first = [event for event, _ in cloud.published()]
    publish.invoke(sample("publish-stream-batch"))
    assert [event for event, _ in cloud.published()] == first


@pytest.mark.parametrize("refused", [[0], [2], [1, 3]], ids=str)
def test_records_whose_event_was_refused_come_again_and_the_others_are_published(
    publish: Function, calls: Calls, cloud: Cloud, output: Output, refused: list[int]
) -> None:
    calls.refused_entries = {str(position) for position in refused}
    result = publish.invoke(sample("publish-stream-batch"))
    assert result == {"batchItemFailures": numbers(refused)}
    published = [event["id"] for event, _ in cloud.published()]
    assert published == [IDS[i] for i in CHANGES_OF_STATUS if i not in refused]
    counted = output.counted()
    assert counted["PublishFailed"] == len(refused)
    assert counted["EventPublished"] == min(refused), "what comes again is counted then"


def test_a_refused_event_behind_a_record_that_is_no_news_is_found_by_its_own_number(
    publish: Function, calls: Calls
) -> None:
    calls.refused_entries = {"0"}
    result = publish.invoke({"Records": [RECORDS[5], RECORDS[4], RECORDS[2]]})
    assert result == {"batchItemFailures": numbers([2])}


def test_a_topic_that_does_not_answer_brings_every_change_of_status_back(
    publish: Function, calls: Calls, output: Output
) -> None:
    calls.does_not_answer("sns")
    result = publish.invoke(sample("publish-stream-batch"))
    assert result == {"batchItemFailures": numbers(CHANGES_OF_STATUS)}
    assert output.counted() == {"PublishFailed": 4}
    line = output.line("changes were not published")
    assert (line["level"], line["records"], line["failed"]) == ("WARNING", 5, 4)


def test_an_event_that_sns_refuses_for_good_is_told_of_and_does_not_hold_up_its_shard(
    publish: Function, calls: Calls, cloud: Cloud, output: Output
) -> None:
    calls.refused_entries = {"1"}
    calls.refusal = {"Code": "InvalidParameter", "Message": "+40721234567", "SenderFault": True}

    assert publish.invoke(sample("publish-stream-batch")) == NOTHING_FAILED

    assert [event["id"] for event, _ in cloud.published()] == [IDS[0], *IDS[2:]]
    line = output.line("an event was refused for good")
    assert (line["event_id"], line["code"]) == (IDS[1], "InvalidParameter")
    assert line["level"] == "ERROR"
    assert output.counted()["EventRefused"] == 1


def test_what_no_subscriber_could_be_told_as_it_is_arrives_as_it_was(
    publish: Function, cloud: Cloud
) -> None:
    """A row of an earlier release: today such metadata is refused."""
    words = "a\x00b\ufffe \U0001ffff"
    batch = inserts(1)
    image = batch["Records"][0]["dynamodb"]["NewImage"]
    image["metadata"] = {"M": {"note": {"S": words}}}
    image["client"] = {"S": "c\x00\uffff"}

    assert publish.invoke(batch) == NOTHING_FAILED

    ((event, attributes),) = cloud.published()
    assert event["data"]["metadata"] == {"note": words}
    assert attributes["client"] == "c\ufffd\ufffd"


def test_a_full_batch_goes_out_in_tens_and_in_order(
    publish: Function, calls: Calls, cloud: Cloud
) -> None:
    assert publish.invoke(inserts(25)) == NOTHING_FAILED
    assert calls.made == ["sns:PublishBatch"] * 3
    assert [event["subject"] for event, _ in cloud.published()] == [f"m{n:03}" for n in range(25)]
