"""Whether `publish` has told of everything that the stream of the table holds."""

from datetime import datetime, timedelta
from typing import Final

from tools.operators.parts.frame import Operator
from tools.stacks import aws_errors

QUIET: Final = timedelta(minutes=1)
"""How old a change has to be: `publish` gets it within a second or two, and its figures come from
CloudWatch a minute later."""
BEHIND: Final = timedelta(minutes=1)
"""Older records than this, and `publish` is behind."""
STREAM_KEEPS: Final = timedelta(days=1)
QUEUE_KEEPS: Final = timedelta(days=14)
_MINUTE: Final = timedelta(minutes=1)
"""The period of the figures."""
_LOOK_BACK: Final = timedelta(minutes=10)


def not_caught_up(
    operator: Operator, changed_at: datetime, now: datetime, *, reported: bool
) -> str | None:
    """Why `publish` might not have been given a change of this time yet; `None`: it was.

    A change of the last day counts as published only if `publish` was given records since, and
    young ones: where nothing is measured, its trigger can be switched off. (A figure is of a whole
    minute, so one of the change's own minute counts.) `reported`: a delivery report has made it,
    which can have been recorded long after its time. Raises `ToolError`.
    """
    is_recent = now - changed_at < STREAM_KEEPS
    if not (is_recent or reported):
        return None
    # CloudWatch gives 1,440 figures at most.
    oldest = now - STREAM_KEEPS + _MINUTE if is_recent else now - _LOOK_BACK
    behind = _behind(operator, max(_minute_of(changed_at), oldest), now)
    if behind is None and is_recent:
        return (
            "CloudWatch has no figure that shows that publish was given the last events about this"
            " number: its trigger can be switched off, or the figures are late. See events-stopped"
            " in docs/runbook.md, and repeat the command then."
        )
    if behind is not None and behind >= BEHIND:
        minutes = round(behind / _MINUTE)
        return (
            f"publish is {minutes} minutes behind, so events about this number can still be"
            " unpublished. See events-late in docs/runbook.md, and repeat the command then."
        )
    return None


def given_up(
    operator: Operator, changed_at: datetime, now: datetime, *, reported: bool
) -> str | None:
    """Why the event of such a change might have been given up, and what to do; `None`: it was not.

    Raises `ToolError`.
    """
    is_in_reach = reported or now - changed_at < STREAM_KEEPS + QUEUE_KEEPS
    if is_in_reach and (waiting := _positions(operator)):
        return (
            f"{waiting} positions of events that could not be published are in the queue"
            " PublishFailures, and can be about this number. They are published from the rows: run"
            " make redrive QUEUE=events, and repeat the command then."
        )
    return None


def _minute_of(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _behind(operator: Operator, since: datetime, now: datetime) -> timedelta | None:
    """How old the oldest record was that `publish` was given last; `None` if none since then."""
    with aws_errors():
        told = operator.aws("cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName="IteratorAge",
            Dimensions=[
                {"Name": "FunctionName", "Value": operator.stack.output("PublishFunctionName")}
            ],
            StartTime=since,
            EndTime=now,
            Period=60,
            Statistics=["Maximum"],
        )
    points = sorted(told["Datapoints"], key=lambda point: point["Timestamp"])
    return timedelta(milliseconds=points[-1]["Maximum"]) if points else None


def _positions(operator: Operator) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    with aws_errors():
        told = operator.aws("sqs").get_queue_attributes(
            QueueUrl=operator.stack.output("PublishFailuresQueueUrl"), AttributeNames=names
        )
    return sum(int(told["Attributes"][name]) for name in names)
