"""Tries queued messages: scheduled ones, and those that certainly were not taken."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.adapters.queues import read_dispatch
from sms_gateway.entrypoints.logs import logger
from sms_gateway.entrypoints.metrics import Metric, count, metrics
from sms_gateway.entrypoints.queue_batch import each_message
from sms_gateway.entrypoints.settings import DispatchSettings
from sms_gateway.entrypoints.wiring.dispatch import dispatch_parts
from sms_gateway.entrypoints.wiring.shared import once
from sms_gateway.use_cases.dispatch_message import DispatchMessage


@once
def dispatch() -> DispatchMessage:
    """Everything that this function works with."""
    return dispatch_parts(DispatchSettings.from_environment())


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point of the Lambda function `dispatch`. Answers with the messages to try again."""

    def one(body: str) -> None:
        key, unused_claim = read_dispatch(body)
        message = dispatch()(
            key, lambda: context.get_remaining_time_in_millis() / 1000, unused_claim
        )
        status, reason = (message.status, message.reason) if message else (None, None)
        logger.info(
            "message dispatched",
            client=key.client,
            message_id=key.message_id,
            status=status,
            reason=reason,
        )
        count(Metric.MESSAGE_DISPATCHED)

    return each_message(event, one)
