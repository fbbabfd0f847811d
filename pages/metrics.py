"""The metrics of the gateway: docs/metrics.md, made from `Metric` (`make docs`)."""

from typing import Final

from pages.markdown import head, row
from pages.prices import METRIC
from sms_gateway.entrypoints.metrics import NAMESPACE, Metric
from tools.repository import ROOT

PAGE: Final = ROOT / "docs" / "metrics.md"
AT_REST: Final = 4
"""Those that `watch` writes in every minute, whatever happens."""
_INTRODUCTION: Final = """\
# Metrics

Made from `entrypoints/metrics.py` by `make docs`; do not edit.

The functions write their metrics into their log lines, in CloudWatch's embedded format, in the
namespace `{namespace}`. The one dimension, `service`, is the name of the stack. Status and reason
are part of the name, since each value of a dimension would be a metric of its own.

There are {number} custom metrics. CloudWatch charges about {each} USD a month for each, by the
hours in which it has data: {all} USD if all of them had data in every hour, {at_rest} USD for a
stack at rest, where only the four of `watch` have. These are list prices (Frankfurt); check them
before you rely on them.

A change of status is counted once. When `publish` crashes, a few changes are counted twice or not
at all, so do not bill by these metrics.
"""


def page() -> str:
    """Every metric in the order of the code, and what they cost."""
    number = len(Metric)
    return "\n".join(
        [
            _INTRODUCTION.format(
                namespace=NAMESPACE,
                number=number,
                each=f"{METRIC:.2f}",
                all=f"{number * METRIC:.2f}",
                at_rest=f"{AT_REST * METRIC:.2f}",
            ),
            *head("Metric", "Unit", "Meaning"),
            *(row(f"`{metric}`", metric.unit, metric.meaning) for metric in Metric),
            "",
        ]
    )


def write() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
