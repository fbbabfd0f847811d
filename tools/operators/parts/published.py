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
_LOOK_BACK: Final = timedelta(minutes=10)


def not_published(operator: Operator, changed_at: datetime, now: datetime) -> str | None:
    """Why a change of this time might not be published yet, and what to do; `None`: it is.

    Raises `ToolError`.
    """
    if now - changed_at < STREAM_KEEPS and (behind := _behind(operator, now)) > BEHIND:
        minutes = round(behind / timedelta(minutes=1))
        return (
            f"publish is {minutes} minutes behind, so events about this number can still be"
            " unpublished. See events-late in docs/runbook.md, and repeat the command then."
        )
    if now - changed_at < STREAM_KEEPS + QUEUE_KEEPS and (waiting := _given_up(operator)):
        return (
            f"{waiting} positions of events that could not be published are in the queue"
            " PublishFailures, and can be about this number. They are published from the rows: run"
            " make redrive QUEUE=events, and repeat the command then."
        )
    return None


def _behind(operator: Operator, now: datetime) -> timedelta:
    """How old the oldest record was that `publish` was given last; zero if it was given none."""
    with aws_errors():
        told = operator.aws("cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName="IteratorAge",
            Dimensions=[
                {"Name": "FunctionName", "Value": operator.stack.output("PublishFunctionName")}
            ],
            StartTime=now - _LOOK_BACK,
            EndTime=now,
            Period=60,
            Statistics=["Maximum"],
        )
    points = sorted(told["Datapoints"], key=lambda point: point["Timestamp"])
    return timedelta(milliseconds=points[-1]["Maximum"]) if points else timedelta()


def _given_up(operator: Operator) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    with aws_errors():
        told = operator.aws("sqs").get_queue_attributes(
            QueueUrl=operator.stack.output("PublishFailuresQueueUrl"), AttributeNames=names
        )
    return sum(int(told["Attributes"][name]) for name in names)
