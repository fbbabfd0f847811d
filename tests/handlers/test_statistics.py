"""Operators see the last hour by status, what waits, and what needs attention."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sms_gateway.adapters import backlog
from sms_gateway.adapters.message_item import to_item
from sms_gateway.domain.client import Client, Role
from sms_gateway.domain.statistics import LATELY, STEP, STEPS
from sms_gateway.domain.status import Status
from sms_gateway.entrypoints.metrics import NAMESPACE, metrics
from tests.fakes.builders import a_message
from tests.fakes.clock import FakeClock
from tests.handlers.cloud import Cloud
from tests.handlers.lambdas import ColdStart, Function
from tests.handlers.output import Output
from tests.support.samples import API_KEY_ID, OPERATORS_KEY_ID, by, sample

Json = dict[str, Any]
ASKING = sample("status-get-statistics")
SINCE = datetime.fromisoformat("2026-11-22T14:05:00+00:00")
MINUTE = timedelta(minutes=1)
NOTHING = [0] * STEPS
STATUSES = {"queued", "submitted", "unconfirmed", "no_report", "sent", "failed", "cancelled"}


@pytest.fixture(autouse=True)
def _stack(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> None:
    # As POWERTOOLS_SERVICE_NAME does in a process of its own.
    monkeypatch.setattr(metrics.provider, "service", "texting")
    cloud.enter(Client("ana", Role.OPERATOR), OPERATORS_KEY_ID)
    assert SINCE + (STEPS - 1) * STEP <= clock() < SINCE + STEPS * STEP


@pytest.fixture
def status(cold_start: ColdStart) -> Function:
    return cold_start("status", knows=(OPERATORS_KEY_ID,))


def tell(
    cloud: Cloud, metric: str, at: datetime, value: float = 1, *, service: str = "texting"
) -> None:
    """As CloudWatch learns it from a log line of that minute."""
    datum = {
        "MetricName": metric,
        "Dimensions": [{"Name": "service", "Value": service}],
        "Timestamp": at,
        "Value": value,
    }
    cloud.clients.cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=[datum])


def store(cloud: Cloud, message_id: str, status: Status, **values: Any) -> None:
    cloud.store(to_item(a_message(status, message_id=message_id, **values)))


def test_the_last_hour_is_shown_step_by_step(status: Function, cloud: Cloud) -> None:
    tell(cloud, "WatchRan", SINCE + 55 * MINUTE)
    tell(cloud, "StatusSent", SINCE - MINUTE, 100)
    tell(cloud, "StatusSent", SINCE, 3)
    tell(cloud, "StatusSent", SINCE + 4 * MINUTE, 4)
    tell(cloud, "StatusSent", SINCE + 59 * MINUTE, 2)
    tell(cloud, "StatusFailed", SINCE + 5 * MINUTE)
    tell(cloud, "StatusNoReport", SINCE + 30 * MINUTE)
    tell(cloud, "StatusSent", SINCE + 9 * MINUTE, 50, service="another stack")

    answer = status(ASKING)

    assert answer.status == 200
    assert answer.body["since"] == "2026-11-22T14:05:00.000Z"
    assert answer.body["until"] == "2026-11-22T15:05:00.000Z"
    assert (answer.body["stepSeconds"], answer.body["statusesReason"]) == (300, None)
    statuses = answer.body["statuses"]
    assert statuses.keys() == STATUSES
    assert statuses["sent"] == [7, *NOTHING[2:], 2]
    assert statuses["failed"] == [0, 1, *NOTHING[2:]]
    assert statuses["no_report"] == [*NOTHING[:6], 1, *NOTHING[7:]]
    assert statuses["submitted"] == NOTHING


def test_an_hour_in_which_nothing_happened_is_zeros_and_not_unknown(
    status: Function, cloud: Cloud
) -> None:
    tell(cloud, "WatchRan", SINCE + 47 * MINUTE)

    assert status(ASKING).body["statuses"] == dict.fromkeys(STATUSES, NOTHING)


def test_where_cloudwatch_knows_nothing_of_this_gateway_the_rest_is_there(
    status: Function, cloud: Cloud
) -> None:
    tell(cloud, "WatchRan", SINCE + 7 * MINUTE, service="another stack")
    store(cloud, "q", Status.QUEUED)

    answer = status(ASKING)

    assert (answer.body["statuses"], answer.body["statusesReason"]) == (None, "no-data")
    assert answer.body["waiting"]["count"] == 1


def test_where_cloudwatch_does_not_answer_the_rest_is_there_and_it_is_asked_again_later(
    status: Function, cloud: Cloud, clock: FakeClock, output: Output
) -> None:
    cloud.calls.does_not_answer("monitoring")
    cloud.calls.does_not_answer("cloudwatch")
    store(cloud, "f", Status.FAILED, updated_at=clock())

    answer = status(ASKING)

    assert answer.status == 200
    assert (answer.body["statuses"], answer.body["statusesReason"]) == (None, "not-answered")
    assert answer.body["attention"]["count"] == 1
    assert output.line("CloudWatch gave no figures")["level"] == "WARNING"

    cloud.calls.trouble.clear()
    tell(cloud, "WatchRan", SINCE + 55 * MINUTE)
    clock.advance(14)
    assert status(ASKING).body["statusesReason"] == "not-answered"
    clock.advance(11)
    assert status(ASKING).body["statusesReason"] is None


def test_what_waits_is_what_is_queued_and_could_go_out_now(
    status: Function, cloud: Cloud, clock: FakeClock
) -> None:
    early, late = clock() - 30 * MINUTE, clock() - MINUTE
    assert status(ASKING).body["waiting"] == {
        "count": 0, "countIsMinimum": False, "oldest": None
    }  # fmt: skip
    store(cloud, "stored lately", Status.QUEUED, created_at=late)
    store(cloud, "was to go", Status.QUEUED, created_at=clock() - LATELY, send_at=early)
    store(cloud, "for later", Status.QUEUED, created_at=early - MINUTE, send_at=clock() + MINUTE)
    store(cloud, "waits for a report", Status.SUBMITTED, created_at=early - MINUTE)
    clock.advance(10)

    assert status(ASKING).body["waiting"] == {
        "count": 2, "countIsMinimum": False, "oldest": "2026-11-22T14:30:00.123Z"
    }  # fmt: skip


def test_what_needs_attention_is_that_of_a_day_and_what_no_longer_needs_it_is_left_out(
    status: Function, cloud: Cloud, clock: FakeClock
) -> None:
    for number, kind in enumerate((Status.FAILED, Status.UNCONFIRMED, Status.NO_REPORT)):
        store(cloud, f"today-{number}", kind, updated_at=clock())
    store(cloud, "yesterday", Status.FAILED, updated_at=clock() - LATELY)
    store(cloud, "before", Status.FAILED, updated_at=clock() - LATELY - MINUTE)
    store(cloud, "sent", Status.SENT, updated_at=clock())

    attention = status(ASKING).body["attention"]

    assert attention == {
        "since": "2026-11-21T15:00:00.123Z", "count": 4, "countIsMinimum": False
    }  # fmt: skip


def test_counting_stops_somewhere_and_says_so(
    status: Function, cloud: Cloud, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (backlog.KEYS_OF_A_SHARD, backlog.COUNTED_OF_A_DAY) == (150, 1000)
    monkeypatch.setattr(backlog, "KEYS_OF_A_SHARD", 1)
    monkeypatch.setattr(backlog, "COUNTED_OF_A_DAY", 2)
    for number in range(20):
        store(cloud, f"q-{number}", Status.QUEUED)
        store(cloud, f"f-{number}", Status.FAILED, updated_at=clock())

    body = status(ASKING).body

    assert body["waiting"]["countIsMinimum"] is True
    assert 1 <= body["waiting"]["count"] <= 4
    assert (body["attention"]["count"], body["attention"]["countIsMinimum"]) == (2, True)


def test_many_open_consoles_cost_what_one_costs(
    status: Function, cloud: Cloud, clock: FakeClock
) -> None:
    tell(cloud, "WatchRan", SINCE + 55 * MINUTE)
    first = status(ASKING)
    cloud.calls.made.clear()

    for _ in range(10):
        assert status(ASKING).body == first.body
    assert cloud.calls.made == []

    clock.advance(11)
    assert status(ASKING).body["asOf"] > first.body["asOf"]
    assert {call.partition(":")[0] for call in cloud.calls.made} == {"dynamodb"}
    clock.advance(60)
    status(ASKING)
    assert [call for call in cloud.calls.made if "GetMetricData" in call] == [
        "cloudwatch:GetMetricData"
    ]


def test_a_look_is_logged_with_the_key_and_a_clients_key_is_refused(
    status: Function, cloud: Cloud, output: Output
) -> None:
    status(ASKING)
    line = output.line("statistics looked at by an operator")
    assert (line["key_id"], line["client"]) == (OPERATORS_KEY_ID, "ana")
    assert line["level"] == "AUDIT", "whatever LogLevel is"
    cloud.calls.made.clear()

    answer = status(by(API_KEY_ID, ASKING))

    assert (answer.status, answer.is_problem("operator-only")) == (403, True)
    assert cloud.calls.made == ["dynamodb:GetItem"], "which client the key belongs to"
