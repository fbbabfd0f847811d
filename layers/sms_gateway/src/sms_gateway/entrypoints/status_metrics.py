"""What the table's stream tells of statuses, as metrics."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from sms_gateway.domain.message import Message
from sms_gateway.domain.status import Reason, Status
from sms_gateway.entrypoints.metrics import Metric, count, measure
from sms_gateway.use_cases.publish_changes import RowChange

STATUS_METRICS: Final = {
    Status.QUEUED: Metric.STATUS_QUEUED,
    Status.SUBMITTED: Metric.STATUS_SUBMITTED,
    Status.UNCONFIRMED: Metric.STATUS_UNCONFIRMED,
    Status.NO_REPORT: Metric.STATUS_NO_REPORT,
    Status.SENT: Metric.STATUS_SENT,
    Status.FAILED: Metric.STATUS_FAILED,
    Status.CANCELLED: Metric.STATUS_CANCELLED,
}
"""All but `sending`, which ends within seconds."""
FAILED_METRICS: Final = {
    Reason.REFUSED: Metric.FAILED_REFUSED,
    Reason.TRANSMISSION_ERROR: Metric.FAILED_TRANSMISSION_ERROR,
    Reason.UNREACHABLE: Metric.FAILED_UNREACHABLE,
    Reason.TOO_LATE: Metric.FAILED_TOO_LATE,
    Reason.SUPPRESSED: Metric.FAILED_SUPPRESSED,
}


def count_published(changes: Iterable[RowChange]) -> None:
    """Count what was published, once for each of these changes."""
    counted: Counter[Metric] = Counter()
    for change in changes:
        if not change.is_change_of_status:
            continue
        message = change.after
        counted[Metric.EVENT_PUBLISHED] += 1
        if message.status in STATUS_METRICS:
            counted[STATUS_METRICS[message.status]] += 1
        if message.status is Status.FAILED and message.reason in FAILED_METRICS:
            counted[FAILED_METRICS[message.reason]] += 1
        had_a_report = change.before is not None and change.before.report is not None
        seconds = _seconds_to_report(message)
        if not had_a_report and seconds is not None:
            measure(Metric.REPORT_SECONDS, seconds)
    for metric, number in counted.items():
        count(metric, number)


def _seconds_to_report(message: Message) -> float | None:
    """From the claim of the try that the report is about; `None` without such a report."""
    report = message.report
    if report is None:
        return None
    claimed = [
        entry.at
        for entry in message.history
        if entry.status is Status.SENDING and entry.attempt == report.attempt
    ]
    return max((report.received_at - claimed[0]).total_seconds(), 0) if claimed else None
