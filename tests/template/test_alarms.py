"""What rings, on what, and what a person is told: alarms, topic, dashboard, saved queries."""

import json
import re
from typing import Any, Final

import pytest

from sms_gateway.entrypoints import metrics
from tests.support.cloudwatch import (
    Metric,
    Recorded,
    alarms,
    alarms_in,
    calculated,
    composites,
    in_alarm,
)
from tests.support.template import (
    TEMPLATE,
    named,
    of_type,
    properties,
    settled,
    several,
)

ALARM: Final = "AWS::CloudWatch::Alarm"
COMPOSITE: Final = "AWS::CloudWatch::CompositeAlarm"
ON_AWS: Final = {"AccountConcurrency": "1000"}
"""With everything that a parameter can add."""
LOCALLY: Final = {"FunctionUrlBase": "http://127.0.0.1:4566/_aws/lambda-url"}
AWS_METRICS: Final = {
    ("AWS/ApiGateway", "5XXError"): {"ApiName", "Stage"},
    ("AWS/Lambda", "Errors"): {"FunctionName"},
    ("AWS/Lambda", "Invocations"): {"FunctionName"},
    ("AWS/Lambda", "IteratorAge"): {"FunctionName"},
    ("AWS/Lambda", "Throttles"): {"FunctionName"},
    ("AWS/Lambda", "Url5xxCount"): {"FunctionName"},
    ("AWS/Lambda", "ConcurrentExecutions"): set(),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): {"QueueName"},
}
"""Of AWS's own metrics those that are watched, and the dimensions that AWS gives them."""
MOST_METRICS: Final = 10
"""Of one alarm with an expression."""
LONGEST_DESCRIPTION: Final = 1024


@pytest.fixture(scope="session")
def watched(cloudformation: dict[str, Any]) -> set[Metric]:
    """Every metric that an alarm watches."""
    return {
        statistic.metric
        for alarm in alarms(cloudformation, **ON_AWS).values()
        for statistic in alarm.statistics.values()
    }


def dashboard() -> list[dict[str, Any]]:
    (board,) = properties(TEMPLATE, "AWS::CloudWatch::Dashboard").values()
    widgets: list[dict[str, Any]] = json.loads(board["DashboardBody"]["Fn::Sub"])["widgets"]
    return widgets


def shown() -> set[Metric]:
    """Every metric on the dashboard."""
    rows = [row for widget in dashboard() for row in widget["properties"].get("metrics", [])]
    return {_of_row([cell for cell in row if isinstance(cell, str)]) for row in rows}


def _of_row(row: list[str]) -> Metric:
    namespace, name, *dimensions = row
    values = [re.sub(r"^\$\{(.*)\}$", r"\1", value) for value in dimensions[1::2]]
    return Metric(namespace, name, frozenset(zip(dimensions[::2], values, strict=True)))


# --- what is watched -------------------------------------------------------------------------


def test_every_metric_of_ours_in_an_alarm_or_on_the_dashboard_is_one_that_is_written(
    watched: set[Metric],
) -> None:
    ours = {each for each in watched | shown() if each.namespace == metrics.NAMESPACE}

    assert len(ours) > 20
    assert {each.name for each in ours} <= {str(metric) for metric in metrics.Metric}
    assert {each.dimensions for each in ours} == {frozenset({("service", "AWS::StackName")})}


def test_every_other_metric_is_one_of_aws_with_the_dimensions_that_aws_gives_it(
    watched: set[Metric],
) -> None:
    others = {each for each in watched | shown() if each.namespace != metrics.NAMESPACE}

    assert {(each.namespace, each.name) for each in others} == AWS_METRICS.keys()
    for each in others:
        names = {name for name, _ in each.dimensions}
        assert names == AWS_METRICS[each.namespace, each.name], each


def test_a_dimension_names_a_function_a_queue_or_the_api_of_this_stack(
    cloudformation: dict[str, Any], watched: set[Metric]
) -> None:
    functions = properties(cloudformation, "AWS::Lambda::Function").keys()
    queues = {f"{name}.QueueName" for name in properties(cloudformation, "AWS::SQS::Queue")}
    (api,) = properties(TEMPLATE, "AWS::Serverless::Api").values()
    assert api["Name"] == {"Fn::Sub": "${AWS::StackName}"}
    known = {
        "FunctionName": functions,
        "QueueName": queues,
        "ApiName": {"AWS::StackName"},
        "Stage": {api["StageName"]},
        "service": {"AWS::StackName"},
    }
    for each in watched | shown():
        for name, value in each.dimensions:
            assert value in known[name], each


def test_every_failure_queue_is_watched(cloudformation: dict[str, Any]) -> None:
    """Those that another queue, or the stream, gives things up to."""
    queues = properties(cloudformation, "AWS::SQS::Queue")
    given_up_to = {
        named(queue["RedrivePolicy"]["deadLetterTargetArn"]).removesuffix(".Arn")
        for queue in queues.values()
        if "RedrivePolicy" in queue
    }
    for mapping in properties(cloudformation, "AWS::Lambda::EventSourceMapping").values():
        if "DestinationConfig" in mapping:
            target = mapping["DestinationConfig"]["OnFailure"]["Destination"]
            given_up_to.add(named(target).removesuffix(".Arn"))
    alarm = alarms(cloudformation)["dead-letters"]

    assert len(given_up_to) == 3
    assert {value for s in alarm.statistics.values() for _, value in s.metric.dimensions} == {
        f"{queue}.QueueName" for queue in given_up_to
    }


def test_errors_of_every_function_are_watched(cloudformation: dict[str, Any]) -> None:
    alarm = alarms(cloudformation)["unexpected-errors"]
    watched = {
        value
        for statistic in alarm.statistics.values()
        if statistic.metric.name == "Errors"
        for _, value in statistic.metric.dimensions
    }
    of_files = alarms(cloudformation)["web-failing"].statistics.values()
    (web,) = [value for statistic in of_files for _, value in statistic.metric.dimensions]
    assert watched | {web} == properties(cloudformation, "AWS::Lambda::Function").keys()
    assert {statistic.metric.name for statistic in of_files} == {"Errors"}


@pytest.mark.parametrize(
    ("calls", "periods", "rings"), [(2999, 3, False), (3000, 3, True), (9000, 2, False)]
)
def test_a_quarter_of_an_hour_of_far_too_many_requests_for_files_is_told(
    cloudformation: dict[str, Any], calls: int, periods: int, *, rings: bool
) -> None:
    """No handler counts them: `tests/handlers/test_alarms.py` has what those print."""
    alarm = alarms(cloudformation)["web-calls"]
    ((_, statistic),) = alarm.statistics.items()
    recorded = Recorded()
    for period in range(periods):
        recorded.add(statistic.metric, period * alarm.period, calls)

    assert alarm.rings(recorded, periods * alarm.period) is rings


def test_an_expression_has_no_more_metrics_than_cloudwatch_takes(
    cloudformation: dict[str, Any],
) -> None:
    for heading, alarm in alarms(cloudformation, **ON_AWS).items():
        assert len(alarm.statistics) <= MOST_METRICS, heading


def test_an_expression_names_each_of_its_metrics_and_nothing_else(
    cloudformation: dict[str, Any],
) -> None:
    for heading, alarm in alarms(cloudformation, **ON_AWS).items():
        named_here = set(re.findall(r"\b[a-z]\w*\b", alarm.expression))
        assert named_here == alarm.statistics.keys(), heading


def test_only_runs_that_are_missing_count_as_a_breach(cloudformation: dict[str, Any]) -> None:
    every = alarms(cloudformation, **ON_AWS)
    breaching = {heading for heading, alarm in every.items() if alarm.breaches_if_missing}
    assert breaching == {"watch-missing"}


def test_concurrency_is_watched_only_if_the_accounts_limit_is_given(
    cloudformation: dict[str, Any],
) -> None:
    assert "concurrency" not in alarms(cloudformation)
    alarm = alarms(cloudformation, **ON_AWS)["concurrency"]

    assert calculated(alarm.expression, {"c": {0: 800, 1: 801}}) == {0: 0, 1: 1}
    assert "concurrency" in alarms_in(composites(cloudformation, **ON_AWS)["day"])
    assert "concurrency" not in alarms_in(composites(cloudformation)["day"])


# --- who is told -----------------------------------------------------------------------------


@pytest.mark.parametrize("parameters", [{}, ON_AWS], ids=["usual", "all"])
def test_every_alarm_stands_in_one_of_the_two_that_tell_somebody(
    cloudformation: dict[str, Any], parameters: dict[str, str]
) -> None:
    rules = composites(cloudformation, **parameters)
    assert rules.keys() == {"wake", "day"}
    assert rules["day"].endswith(') AND NOT ALARM("wake")'), "one outage, one message"

    gathered = alarms_in(rules["wake"]) + alarms_in(rules["day"])
    assert sorted(gathered) == sorted([*alarms(cloudformation, **parameters), "wake"])


def test_an_alarm_by_itself_tells_no_one(cloudformation: dict[str, Any]) -> None:
    for name, alarm in properties(cloudformation, ALARM).items():
        assert not {"AlarmActions", "OKActions", "InsufficientDataActions"} & alarm.keys(), name


def test_the_two_tell_of_the_beginning_and_of_the_end(cloudformation: dict[str, Any]) -> None:
    for name, alarm in properties(cloudformation, COMPOSITE).items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}], name


def test_a_description_names_the_heading_of_the_runbook(cloudformation: dict[str, Any]) -> None:
    for heading, alarm in alarms(cloudformation, **ON_AWS).items():
        assert alarm.description.endswith(f" docs/runbook.md: {heading}")
        assert len(alarm.description) <= LONGEST_DESCRIPTION


def test_the_topic_of_alarms_is_one_that_cloudwatch_can_publish_to() -> None:
    """Never under alias/aws/sns, whose key's policy does not let CloudWatch in."""
    topic = properties(settled(TEMPLATE), "AWS::SNS::Topic")["AlarmTopic"]
    assert "KmsMasterKeyId" not in topic


def test_alarms_of_this_stack_alone_are_published() -> None:
    """What else the policy says: `test_tls.py`."""
    policy = properties(TEMPLATE, "AWS::SNS::TopicPolicy")["AlarmTopicPolicy"]
    (allowed,) = [
        each for each in policy["PolicyDocument"]["Statement"] if "Service" in each["Principal"]
    ]

    assert allowed["Effect"] == "Allow"
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    (source,) = allowed["Condition"]["ArnLike"].values()
    assert source["Fn::Sub"].endswith(":alarm:${AWS::StackName}-*")
    assert several(allowed["Action"]) == ["sns:Publish"]


def test_an_address_is_subscribed_only_if_it_is_given() -> None:
    kind = "AWS::SNS::Subscription"
    assert of_type(settled(TEMPLATE), kind) == {}
    (mail,) = properties(settled(TEMPLATE, AlarmEmail="on-call@example.com"), kind).values()
    assert (mail["Protocol"], mail["Endpoint"]) == ("email", {"Ref": "AlarmEmail"})
    assert mail["TopicArn"] == {"Ref": "AlarmTopic"}


def test_the_local_aws_gets_nothing_that_it_refuses(cloudformation: dict[str, Any]) -> None:
    template = settled(cloudformation, **LOCALLY, **ON_AWS)
    assert of_type(template, COMPOSITE) == of_type(template, "AWS::Logs::QueryDefinition") == {}
    plain = properties(template, ALARM)
    assert len(plain) > 5
    assert [name for name, alarm in plain.items() if "Metrics" in alarm] == []
    references = json.dumps([template["Resources"], template["Outputs"]])
    for name in cloudformation["Resources"].keys() - template["Resources"].keys():
        assert f'"{name}"' not in references
        assert f"${{{name}" not in references


# --- what is looked at -----------------------------------------------------------------------


def test_the_dashboard_shows_every_alarm(cloudformation: dict[str, Any]) -> None:
    (widget,) = [each for each in dashboard() if each["type"] == "alarm"]
    arns = widget["properties"]["alarms"]
    begin = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"
    assert sorted(arns) == sorted(
        f"{begin}${{AWS::StackName}}-{heading}"
        for heading in [*alarms(cloudformation), *composites(cloudformation)]
    )


def test_a_chart_says_what_it_shows_and_of_which_region() -> None:
    charts = [each["properties"] for each in dashboard() if each["type"] == "metric"]
    assert len(charts) == 11
    for chart in charts:
        assert chart["title"]
        assert chart["region"] == "${AWS::Region}"


def test_charts_do_not_lie_on_each_other_and_are_as_wide_as_the_board() -> None:
    taken = [
        (x, y)
        for each in dashboard()
        for x in range(each["x"], each["x"] + each["width"])
        for y in range(each["y"], each["y"] + each["height"])
    ]
    assert len(taken) == len(set(taken))
    assert {x for x, _ in taken} == set(range(24))


def test_a_saved_query_looks_into_the_logs_of_every_function() -> None:
    logs = properties(TEMPLATE, "AWS::Logs::LogGroup").keys()
    for name, query in properties(TEMPLATE, "AWS::Logs::QueryDefinition").items():
        assert {named(group) for group in query["LogGroupNames"]} == logs, name


# --- traces ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("chosen", "mode"), [("off", "PassThrough"), ("on", "Active")])
def test_nothing_is_traced_unless_it_is_asked_for(
    cloudformation: dict[str, Any], chosen: str, mode: str
) -> None:
    template = settled(cloudformation, Tracing=chosen)
    functions = properties(template, "AWS::Lambda::Function").values()
    (stage,) = properties(template, "AWS::ApiGateway::Stage").values()
    tracing = [
        name
        for name, role in properties(template, "AWS::IAM::Role").items()
        if "xray:PutTraceSegments" in json.dumps(role)
    ]

    assert {function["TracingConfig"]["Mode"] for function in functions} == {mode}
    assert stage["TracingEnabled"] is (chosen == "on")
    assert len(tracing) == (7 if chosen == "on" else 0)


# --- the reading of alarms that these tests rest on -------------------------------------------


@pytest.mark.parametrize(
    ("points", "points_to_alarm", "breaching", "not_breaching"),
    [
        ("0-X-X", 3, False, False),
        ("----0", 3, False, False),
        ("-----", 3, True, False),
        ("0XX-X", 3, True, True),
        ("--X--", 3, True, False),
        ("0-X-X", 2, True, True),
        ("00X0X", 2, True, True),
        ("0-X--", 2, True, False),
        ("----0", 2, True, False),
        ("----X", 2, True, False),
    ],
)
def test_missing_points_are_filled_as_the_tables_of_awss_guide_say(
    points: str, points_to_alarm: int, *, breaching: bool, not_breaching: bool
) -> None:
    """In the chapter about missing data: X breaches, 0 does not, - is missing."""
    latest = [point == "X" for point in points if point != "-"][-3:]
    assert in_alarm(latest, 3, points_to_alarm, breaches_if_missing=True) is breaching
    assert in_alarm(latest, 3, points_to_alarm, breaches_if_missing=False) is not_breaching


@pytest.mark.parametrize(
    ("expression", "comes_to"),
    [
        ("a - b", {0: 1, 1: -5, 2: 7}),
        ("IF(a > b AND b >= 2, 1, 0)", {0: 1, 1: 0, 2: 0}),
        ("IF(a > 6 OR b == 5, 1, 0)", None),
        ("a / b", {0: 1.5, 1: 0}),
        ("SUM([a, b])", {0: 5, 1: 5, 2: 7}),
        ("AVG([a, b])", None),
    ],
)
def test_an_expression_is_calculated_period_by_period(
    expression: str, comes_to: dict[int, float] | None
) -> None:
    series = {"a": {0: 3.0, 2: 7.0}, "b": {0: 2.0, 1: 5.0}}
    if comes_to is None:
        with pytest.raises(AssertionError, match="not in the metric math"):
            calculated(expression, series)
    else:
        assert calculated(expression, series) == comes_to
