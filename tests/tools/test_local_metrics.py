"""The local stack hands over to CloudWatch what the functions' log lines say, each line once."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from local.log_lines import LogLines
from local.metrics import EmbeddedMetrics

AT: Final = 1795359600123
GROUP: Final = "/aws/lambda/sms-gateway/publish"


class Logs:
    """CloudWatch Logs with one group, and how far back it was last asked."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.asked_since = -1

    def write(self, line: str, at: int = AT) -> None:
        self.events.append({"logStreamName": "one", "timestamp": at, "message": line})

    def describe_log_groups(self) -> Any:
        return {"logGroups": [{"logGroupName": GROUP}]}

    def get_paginator(self, _: str) -> "Logs":
        return self

    def paginate(self, *, logGroupName: str, startTime: int) -> Iterator[Any]:  # noqa: N803  as AWS names them
        assert logGroupName == GROUP
        self.asked_since = startTime
        yield {"events": [each for each in self.events if each["timestamp"] >= startTime]}


class CloudWatch:
    """What it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.calls = 0

    def put_metric_data(self, *, Namespace: str, MetricData: list[dict[str, Any]]) -> None:  # noqa: N803  as AWS names them
        self.calls += 1
        assert 1 <= len(MetricData) <= 1000
        self.told += [(Namespace, datum) for datum in MetricData]


@pytest.fixture
def logs() -> Logs:
    return Logs()


@pytest.fixture
def cloudwatch() -> CloudWatch:
    return CloudWatch()


@pytest.fixture
def hand_over(logs: Logs, cloudwatch: CloudWatch) -> Callable[[], int]:
    return EmbeddedMetrics(LogLines(logs), cloudwatch).hand_over


def metrics_line(*names: str, value: Any = 1.0) -> str:
    """As Powertools writes it."""
    told = {
        "Namespace": "VoipitSmsGateway",
        "Dimensions": [["service"]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in names],
    }
    values = dict.fromkeys(names, value)
    of_aws = {"Timestamp": AT, "CloudWatchMetrics": [told]}
    return json.dumps({"_aws": of_aws, "service": "texting", **values})


def test_a_line_of_metrics_becomes_metrics_of_its_own_time(
    logs: Logs, cloudwatch: CloudWatch, hand_over: Callable[[], int]
) -> None:
    logs.write(metrics_line("StatusSent", "EventPublished", value=[1.0, 2.0]))
    logs.write('{"level": "INFO", "message": "published"}')
    logs.write("START RequestId: 1")

    assert hand_over() == 2

    (namespace, datum), (_, other) = cloudwatch.told
    assert (namespace, cloudwatch.calls) == ("VoipitSmsGateway", 1)
    assert datum["Timestamp"].isoformat(timespec="milliseconds") == "2026-11-22T15:00:00.123+00:00"
    assert datum | {"Timestamp": None} == {
        "MetricName": "StatusSent",
        "Dimensions": [{"Name": "service", "Value": "texting"}],
        "Timestamp": None,
        "Unit": "Count",
        "Values": [1.0, 2.0],
    }
    assert other["MetricName"] == "EventPublished"


def test_each_line_is_handed_over_once_also_one_that_comes_late(
    logs: Logs, cloudwatch: CloudWatch, hand_over: Callable[[], int]
) -> None:
    logs.write(metrics_line("StatusSent"))
    logs.write(metrics_line("StatusSent"))  # the same words in the same millisecond, twice
    assert [hand_over(), hand_over()] == [2, 0]

    logs.write(metrics_line("StatusFailed"), AT + 60_000)
    logs.write(metrics_line("StatusSent"), AT + 31_000)
    assert [hand_over(), hand_over()] == [2, 0]
    logs.write(metrics_line("StatusQueued"), AT + 35_000)
    assert [hand_over(), hand_over()] == [1, 0]
    assert logs.asked_since == AT + 30_000
    assert len(cloudwatch.told) == 5


def test_many_metrics_are_handed_over_in_as_many_calls_as_cloudwatch_wants(
    logs: Logs, cloudwatch: CloudWatch, hand_over: Callable[[], int]
) -> None:
    for number in range(1001):
        logs.write(metrics_line(f"Metric{number}"))

    assert hand_over() == 1001
    assert cloudwatch.calls == 2
