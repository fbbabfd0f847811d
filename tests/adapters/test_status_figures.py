"""What CloudWatch is asked for, and what is made of its answers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.session import Session
from botocore.stub import Stubber

from sms_gateway.adapters.status_figures import CloudWatchFigures
from sms_gateway.domain.statistics import STEP, STEPS
from sms_gateway.domain.status import Status
from sms_gateway.entrypoints.status_metrics import STATUS_METRICS
from sms_gateway.use_cases.ports import FiguresUnavailableError

SINCE = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
ALIVE = [(SINCE + (STEPS - 3) * STEP, 1.0)]
Answer = Callable[..., Any]


class CloudWatch:
    """Answers with these points by the id of what is asked for; it remembers what that was."""

    def __init__(self, code: str = "Complete", **points: list[tuple[datetime, float]]) -> None:
        self.points = points
        self.code = code
        self.asked: list[dict[str, Any]] = []
        self.left_out: set[str] = set()

    def get_metric_data(self, **asked: Any) -> Any:
        self.asked.append(asked)
        idents = [query["Id"] for query in asked["MetricDataQueries"]]
        return {"MetricDataResults": [self._result(i) for i in idents if i not in self.left_out]}

    def _result(self, ident: str) -> dict[str, Any]:
        points = self.points.get(ident, [])
        return {
            "Id": ident,
            "StatusCode": self.code if ident == "sent" else "Complete",
            "Timestamps": [at for at, _ in points],
            "Values": [value for _, value in points],
        }


def figures(client: Any, told: list[Exception] | None = None) -> CloudWatchFigures:
    told = [] if told is None else told
    return CloudWatchFigures(
        lambda: client, "VoipitSmsGateway", "texting", STATUS_METRICS, "WatchRan", told.append
    )


def test_one_call_asks_for_every_status_on_the_clock() -> None:
    cloudwatch = CloudWatch()

    figures(cloudwatch).of_hour(SINCE)

    (asked,) = cloudwatch.asked
    assert (asked["StartTime"], asked["EndTime"]) == (SINCE, SINCE + timedelta(hours=1))
    stats = [query["MetricStat"] for query in asked["MetricDataQueries"]]
    assert {stat["Metric"]["MetricName"] for stat in stats} == {
        "WatchRan",
        *STATUS_METRICS.values(),
    }
    assert {(stat["Period"], stat["Stat"]) for stat in stats} == {(300, "Sum")}
    assert {str(stat["Metric"]["Dimensions"]) for stat in stats} == {
        "[{'Name': 'service', 'Value': 'texting'}]"
    }


def test_what_is_asked_is_what_the_real_client_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    client = Session().create_client("cloudwatch", region_name="eu-central-1")
    with Stubber(client) as stubber:
        stubber.add_response("get_metric_data", {"MetricDataResults": []})
        with pytest.raises(FiguresUnavailableError):
            figures(client).of_hour(SINCE)


def test_points_come_into_their_steps_in_whatever_order_they_come() -> None:
    points = [(SINCE + (STEPS - 1) * STEP, 2.0), (SINCE, 7.0), (SINCE + STEP, 1.0)]
    cloudwatch = CloudWatch(alive=ALIVE, sent=points)

    found = figures(cloudwatch).of_hour(SINCE)

    assert found is not None
    assert found[Status.SENT] == [7, 1, *[0] * 9, 2]
    assert found[Status.FAILED] == [0] * STEPS


def test_without_a_sign_of_life_nothing_is_known() -> None:
    assert figures(CloudWatch(sent=[(SINCE, 1.0)])).of_hour(SINCE) is None


def test_zeros_of_a_cloudwatch_that_is_behind_are_not_taken_for_a_quiet_hour() -> None:
    told: list[Exception] = []
    behind = CloudWatch(alive=[(SINCE, 1.0), (SINCE + (STEPS - 4) * STEP, 1.0)])
    with pytest.raises(FiguresUnavailableError):
        figures(behind, told).of_hour(SINCE)
    assert "nothing since 2026-11-22 14:45" in str(told[0])


@pytest.mark.parametrize("code", ["PartialData", "InternalError", "Forbidden"])
def test_a_part_of_the_figures_is_not_taken_for_the_whole(code: str) -> None:
    told: list[Exception] = []
    with pytest.raises(FiguresUnavailableError):
        figures(CloudWatch(code, alive=ALIVE), told).of_hour(SINCE)
    assert code in str(told[0])

    cloudwatch = CloudWatch(alive=ALIVE)
    cloudwatch.left_out = {"failed"}
    with pytest.raises(FiguresUnavailableError):
        figures(cloudwatch).of_hour(SINCE)


@pytest.mark.parametrize(
    "trouble",
    [
        ReadTimeoutError(endpoint_url="https://monitoring.invalid"),
        ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetMetricData"),
    ],
)
def test_a_cloudwatch_that_does_not_answer_or_refuses_is_told_of(trouble: Exception) -> None:
    class Silent:
        def get_metric_data(self, **_: Any) -> None:
            raise trouble

    told: list[Exception] = []
    with pytest.raises(FiguresUnavailableError):
        figures(Silent(), told).of_hour(SINCE)
    assert told == [trouble]
