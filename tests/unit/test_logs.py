import json
import logging
import os
import subprocess
import sys

import pytest

from sms_gateway.entrypoints.logs import ScrubbingFormatter, scrub


@pytest.mark.parametrize(
    "number",
    [
        "+40721234567", "0721234567", "0721 234 567", "0721.234.567", "0721-234-567",
        "+40 (721) 234 567", "0040721234567", "40721234567",
    ],
)  # fmt: skip
@pytest.mark.parametrize("around", ["{}", "no route to {}.", "to={}&x", "({})", '"{}"', "{}\nx"])
def test_whatever_may_be_a_phone_number_is_made_unreadable(number: str, around: str) -> None:
    scrubbed = scrub(around.format(number))

    assert "[number]" in scrubbed
    assert "234" not in scrubbed


def test_every_number_in_a_line_is_made_unreadable() -> None:
    assert scrub("0721234567,0722345678") == "[number],[number]"


@pytest.mark.parametrize(
    "text",
    [
        "", "connection cut after 10.0 s", "Voipit answered 401.", "took 1234 ms",
        "019abcde-0000-7000-8000-000000000000",
    ],
    ids=["empty", "seconds", "status", "milliseconds", "message id"],
)  # fmt: skip
def test_what_is_no_phone_number_stays_readable(text: str) -> None:
    assert scrub(text) == text


def test_a_log_line_is_scrubbed_in_its_message_and_its_exception() -> None:
    formatter = ScrubbingFormatter()
    with pytest.raises(ValueError, match="invalid literal") as failure:
        int("no number: +40721234567")
    raised = (failure.type, failure.value, failure.tb)
    record = logging.LogRecord(
        "gateway", logging.ERROR, __file__, 1, {"said": ["to 0721 234 567"]}, None, raised
    )

    line = formatter.format(record)

    assert json.loads(line)["message"] == {"said": ["to [number]"]}
    assert "no number: [number]" in json.loads(line)["exception"]
    assert "721" not in line


def test_a_metric_tells_by_its_dimension_which_stack_it_comes_from() -> None:
    """The template gives the stack's name; Powertools reads it when the module is imported."""
    count_one = (
        "from sms_gateway.entrypoints.metrics import Metric, count, metrics;"
        " count(Metric.MESSAGE_TAKEN); metrics.flush_metrics()"
    )
    printed = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", count_one],
        env=os.environ
        | {"POWERTOOLS_SERVICE_NAME": "sms-of-the-shop", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    metric = json.loads(printed)
    assert metric["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]
    assert metric["service"] == "sms-of-the-shop"
