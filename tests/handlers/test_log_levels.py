"""Whatever `LogLevel` is: the lines and metrics that a function prints reach CloudWatch."""

from collections.abc import Iterator

import pytest

from sms_gateway.entrypoints.logs import logger
from tests.fakes.clock import FakeClock
from tests.handlers.cloud import Cloud
from tests.handlers.lambdas import ColdStart
from tests.handlers.log_filter import let_through
from tests.handlers.output import Output
from tests.support.samples import ONE_QUEUED, image, sample
from tests.support.template import TEMPLATE, properties

EVENTS = {
    "send": sample("send-post-message"),
    "status": sample("status-get-message"),
    "callback": sample("callback-json"),
    "dispatch": ONE_QUEUED,
    "watch": sample("watch-scheduled"),
    "publish": sample("publish-stream-batch"),
}
LOGGING = {
    function["CodeUri"].removeprefix("functions/"): function["LoggingConfig"]
    for function in properties(TEMPLATE, "AWS::Serverless::Function").values()
}
each_function = pytest.mark.parametrize("name", EVENTS)
each_level = pytest.mark.parametrize("level", ["WARN", "ERROR"])


@pytest.fixture
def printed(  # noqa: PLR0913, PLR0917  what pytest hands in, all by name
    name: str, level: str, cold_start: ColdStart, cloud: Cloud, clock: FakeClock, output: Output
) -> Iterator[list[str]]:
    """The lines that this function prints at this level when it has something to complain of."""
    function = cold_start(name)
    if name == "watch":
        cloud.store(image(0) | {"phoneNumber": {"S": "not a number"}})
        clock.advance(61)
    else:
        cloud.calls.does_not_answer("dynamodb")
        cloud.calls.does_not_answer("sns")
    before = logger.log_level
    logger.setLevel(level)
    try:
        function.invoke(EVENTS[name])
        yield [line for line in output.everything().splitlines() if line]
    finally:
        logger.setLevel(before)


def metrics_in(lines: list[str]) -> list[str]:
    return [line for line in lines if '"_aws"' in line]


@each_function
@each_level
def test_everything_that_a_function_prints_reaches_cloudwatch(
    name: str, level: str, printed: list[str]
) -> None:
    config = {
        key: level if value == {"Ref": "LogLevel"} else value
        for key, value in LOGGING[name].items()
    }
    assert metrics_in(printed)
    assert let_through(printed, config) == printed


@each_function
@each_level
def test_under_the_log_format_json_every_line_and_every_metric_would_be_lost(
    level: str, printed: list[str]
) -> None:
    """The trap that the template avoids. Once this fails, JSON may be looked at again."""
    under_json = {"LogFormat": "JSON", "ApplicationLogLevel": level}
    assert metrics_in(printed)
    if level == "WARN":
        assert len(printed) > len(metrics_in(printed)), "there is a warning beside the metrics"
    assert let_through(printed, under_json) == []


@pytest.mark.parametrize(
    ("line", "at_warn"),
    [
        ('{"level": "ERROR", "timestamp": "2026-11-22T15:00:00.123Z"}', "let through"),
        ('{"level": "warning", "timestamp": "2026-11-22T15:00:00+02:00"}', "let through"),
        ('{"level": "INFO", "timestamp": "2026-11-22T15:00:00.123Z"}', "lost"),
        ('{"level": "ERROR", "timestamp": "2026-11-22 15:00:00,123+0000"}', "lost"),
        ('{"level": "ERROR"}', "lost"),
        ('{"timestamp": "2026-11-22T15:00:00.123Z"}', "lost"),
        ('{"level": "serious", "timestamp": "2026-11-22T15:00:00.123Z"}', "lost"),
        ("a line that is no JSON", "lost"),
        ("[]", "lost"),
    ],
)
def test_the_filter_is_the_one_that_lambda_documents(line: str, at_warn: str) -> None:
    json_at_warn = {"LogFormat": "JSON", "ApplicationLogLevel": "WARN"}
    assert let_through([line], json_at_warn) == ([line] if at_warn == "let through" else [])
    assert let_through([line], {"LogFormat": "Text"}) == [line]
