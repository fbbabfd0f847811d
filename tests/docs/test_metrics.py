"""docs/metrics.md has every metric, as the code has it."""

import pytest

from pages import metrics
from sms_gateway.entrypoints.metrics import Metric

PAGE = metrics.PAGE.read_text(encoding="utf-8")


def test_the_page_is_made_from_the_metrics_there_are() -> None:
    assert metrics.page() == PAGE, "run make docs"


@pytest.mark.parametrize("metric", Metric)
def test_a_metric_has_its_line_with_unit_and_meaning(metric: Metric) -> None:
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{metric}` |")]
    assert f"| {metric.unit} | {metric.meaning} |" in line


@pytest.mark.parametrize("metric", Metric)
def test_a_meaning_is_a_sentence(metric: Metric) -> None:
    assert metric.meaning[0].isupper() or metric.meaning[0] == "`"
    assert metric.meaning.endswith(".")
