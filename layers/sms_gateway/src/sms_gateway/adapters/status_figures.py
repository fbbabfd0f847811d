"""How many messages got each status, as CloudWatch has counted it from the metrics of `publish`.

One call of `GetMetricData` for all. A count without a point in a step is zero there, since a metric
has points only where something was counted; that CloudWatch knows the gateway, and is not behind,
is seen by a metric that is written in every minute.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from sms_gateway.domain.statistics import STEP, STEPS
from sms_gateway.domain.status import Status
from sms_gateway.use_cases.ports import FiguresUnavailableError

LATEST: Final = 3
"""One of the last steps has a sign of life, since CloudWatch is two minutes late and no more.
Without any in ten minutes it is behind, and its zeros say nothing."""

_ALIVE = "alive"


@dataclass(frozen=True, slots=True)
class CloudWatchFigures:
    """Implements the port `StatusFigures` on CloudWatch.

    `client` makes the client: it is needed by operators alone, and would cost every cold start.
    `metrics` are the names by status, `alive` is the metric of every minute, `service` the value of
    their one dimension. `in_trouble` is told why CloudWatch gave no figures.
    """

    client: Callable[[], Any]
    namespace: str
    service: str
    metrics: Mapping[Status, str]
    alive: str
    in_trouble: Callable[[Exception], None]

    def of_hour(self, since: datetime) -> Mapping[Status, Sequence[int]] | None:
        """See the port."""
        names = {_ALIVE: self.alive, **{str(each): name for each, name in self.metrics.items()}}
        try:
            answer = self.client().get_metric_data(
                MetricDataQueries=[self._query(ident, name) for ident, name in names.items()],
                StartTime=since,
                EndTime=since + STEPS * STEP,
            )
        except (BotoCoreError, ClientError) as error:
            self.in_trouble(error)
            raise FiguresUnavailableError from error
        results = {result["Id"]: result for result in answer["MetricDataResults"]}
        codes = {result["StatusCode"] for result in results.values()}
        if results.keys() != names.keys() or codes != {"Complete"}:
            # A sum of what is there would be taken for the whole.
            self.in_trouble(FiguresUnavailableError(f"results {sorted(codes)}"))
            raise FiguresUnavailableError
        alive = results[_ALIVE]["Timestamps"]
        if not alive:
            return None
        if max(alive) < since + (STEPS - LATEST) * STEP:
            self.in_trouble(FiguresUnavailableError(f"nothing since {max(alive)}"))
            raise FiguresUnavailableError
        return {status: _steps(results[str(status)], since) for status in self.metrics}

    def _query(self, ident: str, metric: str) -> dict[str, Any]:
        return {
            "Id": ident,
            "MetricStat": {
                "Metric": {
                    "Namespace": self.namespace,
                    "MetricName": metric,
                    "Dimensions": [{"Name": "service", "Value": self.service}],
                },
                "Period": int(STEP.total_seconds()),
                "Stat": "Sum",
            },
        }


def _steps(result: Mapping[str, Any], since: datetime) -> list[int]:
    numbers = [0] * STEPS
    for at, value in zip(result["Timestamps"], result["Values"], strict=True):
        numbers[(at - since) // STEP] += round(value)
    return numbers
