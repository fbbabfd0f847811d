"""What waits: the queues, who reads them, and what happens to what cannot be worked on."""

from typing import Any, Final

import pytest

from sms_gateway.domain.due import MAX_QUEUE_DELAY, QUEUE_GRACE
from tests.support.template import TEMPLATE, named, properties
from tests.template.test_functions import slowest_aws_call, timeout

QUEUES = properties(TEMPLATE, "AWS::SQS::Queue")
DISPATCH_QUEUE = QUEUES["DispatchQueue"]
CONSUMERS: Final = {"DispatchQueue": "DispatchFunction", "ReportFallbackQueue": "CallbackFunction"}
FOURTEEN_DAYS: Final = 14 * 24 * 3600
"""The longest SQS keeps anything."""
WRITES_OF_ONE_REPORT: Final = 3
"""The change, and for a contradicting report two more (`MessagesTable.note_contradiction`)."""


@pytest.fixture
def sources(cloudformation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The event sources that read a queue, by the queue."""
    mappings = properties(cloudformation, "AWS::Lambda::EventSourceMapping").values()
    by_source = {named(m["EventSourceArn"]).removesuffix(".Arn"): m for m in mappings}
    return {source: m for source, m in by_source.items() if source in QUEUES}


def dead_letter_queue(queue: str) -> str:
    return named(QUEUES[queue]["RedrivePolicy"]["deadLetterTargetArn"]).removesuffix(".Arn")


def dead_letter_queues() -> set[str]:
    return {dead_letter_queue(queue) for queue in CONSUMERS} | {"PublishFailures"}


def test_a_queue_is_read_by_the_function_it_is_for(sources: dict[str, dict[str, Any]]) -> None:
    assert {queue: named(m["FunctionName"]) for queue, m in sources.items()} == CONSUMERS


def test_a_queue_is_either_read_or_looked_at_by_people() -> None:
    assert set(QUEUES) == set(CONSUMERS) | dead_letter_queues()


@pytest.mark.parametrize("queue", CONSUMERS)
def test_a_queue_that_is_read_has_a_dead_letter_queue_of_its_own(queue: str) -> None:
    assert dead_letter_queue(queue) not in CONSUMERS
    assert [dead_letter_queue(q) for q in CONSUMERS].count(dead_letter_queue(queue)) == 1
    assert 5 <= QUEUES[queue]["RedrivePolicy"]["maxReceiveCount"] <= 1000


@pytest.mark.parametrize("queue", sorted(dead_letter_queues()))
def test_a_dead_letter_queue_keeps_what_it_has_as_long_as_can_be(queue: str) -> None:
    assert QUEUES[queue]["MessageRetentionPeriod"] == FOURTEEN_DAYS
    assert "RedrivePolicy" not in QUEUES[queue]


@pytest.mark.parametrize("queue", CONSUMERS)
def test_a_message_stays_out_of_sight_six_times_as_long_as_its_function_may_run(queue: str) -> None:
    assert QUEUES[queue]["VisibilityTimeout"] >= 6 * timeout(CONSUMERS[queue])


@pytest.mark.parametrize("queue", CONSUMERS)
def test_one_bad_message_of_a_batch_does_not_bring_the_others_back(
    sources: dict[str, dict[str, Any]], queue: str
) -> None:
    assert sources[queue]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_so_many_call_voipit_at_once_as_whoever_deploys_has_chosen(
    sources: dict[str, dict[str, Any]],
) -> None:
    assert sources["DispatchQueue"]["ScalingConfig"] == {
        "MaximumConcurrency": {"Ref": "DispatchConcurrency"}
    }
    parameter = TEMPLATE["Parameters"]["DispatchConcurrency"]
    assert (parameter["MinValue"], parameter["MaxValue"]) == (2, 1000), "all that Lambda takes"
    assert 2 <= parameter["Default"] <= 10


def test_dispatch_takes_one_message_at_a_time(sources: dict[str, dict[str, Any]]) -> None:
    """A second one would wait for the first one's call, and be killed with it."""
    assert sources["DispatchQueue"]["BatchSize"] == 1


def test_a_batch_of_kept_reports_is_recorded_in_time_by_the_slowest_table(
    sources: dict[str, dict[str, Any]],
) -> None:
    writes = sources["ReportFallbackQueue"]["BatchSize"] * WRITES_OF_ONE_REPORT
    assert writes * slowest_aws_call() < timeout("CallbackFunction")


def test_a_kept_report_is_tried_for_a_day_and_the_queue_keeps_it_longer() -> None:
    queue = QUEUES["ReportFallbackQueue"]
    tried_for = queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"]
    assert 24 * 3600 <= tried_for < queue["MessageRetentionPeriod"]


def test_the_due_index_waits_until_the_queue_has_had_its_chance(
    sources: dict[str, dict[str, Any]],
) -> None:
    """A message is let in again at `QUEUE_GRACE` after its time: not while it is being tried."""
    assert sources["DispatchQueue"].get("MaximumBatchingWindowInSeconds", 0) == 0
    assert timeout("DispatchFunction") < QUEUE_GRACE.total_seconds()


def test_a_delayed_message_is_in_the_queue_still_when_its_time_comes() -> None:
    kept_for = DISPATCH_QUEUE.get("MessageRetentionPeriod", 4 * 24 * 3600)
    tries = DISPATCH_QUEUE["RedrivePolicy"]["maxReceiveCount"]
    assert MAX_QUEUE_DELAY.total_seconds() + tries * DISPATCH_QUEUE["VisibilityTimeout"] < kept_for
