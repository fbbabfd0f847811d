"""What tells of a message beside the gateway: the simulator of Voipit, and the failure queues."""

from typing import Any, Final

import requests

from local.gateway import Json
from local.stack import LocalStack

_FAILURE_QUEUES: Final = (
    "DispatchFailuresQueueUrl",
    "ReportFailuresQueueUrl",
    "PublishFailuresQueueUrl",
)


def journal(stack: LocalStack) -> list[Json]:
    """Every request that has reached the simulator of Voipit."""
    answer = requests.get(f"{stack.voipit_url}/_simulator/journal", timeout=30)
    requested: list[Json] = answer.json()["requests"]
    return requested


def accepted(stack: LocalStack) -> list[Json]:
    """Those that the simulator took: an SMS each."""
    return [entry for entry in journal(stack) if entry["accepted"]]


def dead_letters(stack: LocalStack) -> int:
    """How many messages lie in the three failure queues."""
    sqs = stack.aws("sqs")
    return sum(_waiting(sqs, stack.stack_outputs[name]) for name in _FAILURE_QUEUES)


def _waiting(sqs: Any, queue_url: str) -> int:
    attributes: Any = sqs.get_queue_attributes(
        QueueUrl=queue_url, AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"])
