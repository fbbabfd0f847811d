"""Voipit's delivery report: is the URL one of ours? Then record it, then acknowledge."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.adapters.queues import read_kept_report
from sms_gateway.entrypoints.call_line import one_line
from sms_gateway.entrypoints.callback import Callback
from sms_gateway.entrypoints.logs import logger
from sms_gateway.entrypoints.queue_batch import each_message
from sms_gateway.entrypoints.settings import CallbackSettings
from sms_gateway.entrypoints.wiring.callback import callback_parts
from sms_gateway.entrypoints.wiring.init_phase import Wired, once


@once
def callback() -> Wired[Callback]:
    """Everything that this function works with."""
    return callback_parts(CallbackSettings.from_environment())


@one_line
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Entry point of the Lambda function `callback`: its URL, and its own fallback queue."""
    if "Records" in event:
        return each_message(event, lambda body: callback().record_kept(*read_kept_report(body)))
    return callback()(event)
