"""Tries queued messages: scheduled ones, and those that certainly were not taken."""

from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.adapters.queues import read_dispatch
from sms_gateway.domain.errors import LeftToQueueError
from sms_gateway.entrypoints.call_line import one_line, tell
from sms_gateway.entrypoints.logs import logger
from sms_gateway.entrypoints.metrics import Metric, count
from sms_gateway.entrypoints.queue_batch import each_message
from sms_gateway.entrypoints.settings import DispatchSettings
from sms_gateway.entrypoints.wiring.dispatch import dispatch_parts
from sms_gateway.entrypoints.wiring.init_phase import Wired, once
from sms_gateway.use_cases.dispatch_message import DispatchMessage

CLAIMS_IN_VAIN: Final = 5
"""After so many a message is worth an alarm: three minutes, while the table takes other writes."""


@once
def dispatch() -> Wired[DispatchMessage]:
    """Everything that this function works with."""
    return dispatch_parts(DispatchSettings.from_environment())


@one_line
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point of the Lambda function `dispatch`. Answers with the messages to try again."""

    def one(body: str) -> None:
        key, unused_claim = read_dispatch(body)
        try:
            message = dispatch()(
                key, lambda: context.get_remaining_time_in_millis() / 1000, unused_claim
            )
        except LeftToQueueError as error:
            if error.put_off >= CLAIMS_IN_VAIN:
                logger.error(
                    "a message cannot be claimed", client=key.client, message_id=key.message_id
                )
                count(Metric.MESSAGE_BROKEN)
            raise
        status, reason = (message.status, message.reason) if message else (None, None)
        tell(
            "message dispatched",
            client=key.client,
            message_id=key.message_id,
            status=status,
            reason=reason,
        )
        count(Metric.MESSAGE_DISPATCHED)

    return each_message(event, one)
