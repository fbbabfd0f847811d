"""The metrics of the local stack: what CloudWatch Logs makes of log lines on AWS by itself.

The functions write their metrics as log lines in CloudWatch's embedded format. MiniStack keeps the
lines and makes nothing of them, so this puts what they say into its CloudWatch.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from local.log_lines import LogLines
from local.stack import LocalStack

EVERY: Final = 5.0
"""Seconds."""
_AT_ONCE: Final = 1000
"""Metrics that CloudWatch takes in one call."""


def embedded(line: str) -> dict[str, Any] | None:
    """What a line of metrics says, or `None` if it is another line."""
    return json.loads(line) if line.startswith("{") and '"_aws"' in line else None


@dataclass
class EmbeddedMetrics:
    """Hands over each line's metrics once. `cloudwatch` is a boto3 client of CloudWatch."""

    lines: LogLines
    cloudwatch: Any

    @classmethod
    def of_stack(cls, stack: LocalStack) -> "EmbeddedMetrics":
        """Those that the functions of this stack write."""
        return cls(LogLines(stack.aws("logs")), stack.aws("cloudwatch"))

    def hand_over(self) -> int:
        """Put what was written since the last time; returns how many metrics that were."""
        by_namespace: dict[str, list[dict[str, Any]]] = {}
        for line in self.lines.new():
            for namespace, datum in _data(line.text):
                by_namespace.setdefault(namespace, []).append(datum)
        for namespace, data in by_namespace.items():
            for start in range(0, len(data), _AT_ONCE):
                self.cloudwatch.put_metric_data(
                    Namespace=namespace, MetricData=data[start : start + _AT_ONCE]
                )
        return sum(map(len, by_namespace.values()))


@contextmanager
def metrics_handed_over(stack: LocalStack, every: float = EVERY) -> Iterator[None]:
    """In the background, every few seconds, as long as the context lasts."""
    over = threading.Event()
    metrics = EmbeddedMetrics.of_stack(stack)

    def work() -> None:
        while not over.wait(every):
            try:
                metrics.hand_over()
            except (BotoCoreError, ClientError):
                continue  # a stack that is busy, or about to end: the next time

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join(every)  # what it is still handing over is of no use any more


def _data(line: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(namespace, metric) of each metric in the line, as `PutMetricData` takes it."""
    printed = embedded(line)
    if printed is None:
        return
    at = datetime.fromtimestamp(printed["_aws"]["Timestamp"] / 1000, UTC)
    for told in printed["_aws"]["CloudWatchMetrics"]:
        for names in told["Dimensions"]:
            for metric in told["Metrics"]:
                value = printed[metric["Name"]]
                yield (
                    told["Namespace"],
                    {
                        "MetricName": metric["Name"],
                        "Dimensions": [{"Name": name, "Value": printed[name]} for name in names],
                        "Timestamp": at,
                        "Unit": metric["Unit"],
                        "Values": value if isinstance(value, list) else [value],
                    },
                )
