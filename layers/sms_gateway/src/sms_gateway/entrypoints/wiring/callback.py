"""The parts of the function `callback`."""

from sms_gateway.adapters import aws
from sms_gateway.adapters.queues import SqsReportFallback
from sms_gateway.adapters.secrets import CallbackKeys
from sms_gateway.entrypoints.callback import Callback
from sms_gateway.entrypoints.settings import CallbackSettings
from sms_gateway.entrypoints.wiring import shared
from sms_gateway.entrypoints.wiring.init_phase import Wired
from sms_gateway.use_cases.record_report import RecordReport


def callback_parts(settings: CallbackSettings) -> Wired[Callback]:
    """With the real world around it."""
    key_secret = settings.callback_key_secret_arn
    keys = CallbackKeys(shared.secret(key_secret), shared.secret(key_secret, shared.PREVIOUS))
    messages = shared.messages(settings.messages_table)
    callback = Callback(
        record_report=RecordReport(messages),
        keys=keys,
        fallback=SqsReportFallback(aws.sqs, settings.report_fallback_queue_url),
        now=shared.now,
    )
    return Wired(callback, ahead=(keys.ask_ahead, messages.open_ahead))
