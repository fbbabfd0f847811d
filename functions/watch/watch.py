"""Every minute: looks after messages whose time has come, and after an open circuit."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.entrypoints.call_line import one_line, tell
from sms_gateway.entrypoints.logs import logger
from sms_gateway.entrypoints.metrics import Metric, count, measure
from sms_gateway.entrypoints.settings import WatchSettings
from sms_gateway.entrypoints.wiring.init_phase import Wired, once
from sms_gateway.entrypoints.wiring.watch import watch_parts
from sms_gateway.use_cases.watch import Watch


@once
def watch() -> Wired[Watch]:
    """Everything that this function works with."""
    return watch_parts(WatchSettings.from_environment())


@one_line
@logger.inject_lambda_context(clear_state=True)
def handler(_: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point of the Lambda function `watch`. Answers with what it has done."""
    watched = watch()(lambda: context.get_remaining_time_in_millis() / 1000)
    for key, error in watched.broken:
        logger.error(
            "a message cannot be looked at",
            client=key.client,
            message_id=key.message_id,
            exc_info=error,
        )
    if not watched.circuit_is_known:
        logger.warning("the circuit cannot be read")
        count(Metric.STORE_UNAVAILABLE)
    done = {
        "lookedAt": watched.looked_at,
        "moved": watched.moved,
        "enqueued": watched.enqueued,
        "finished": watched.finished,
    }
    tell("watched", done=done)
    count(Metric.MESSAGE_MOVED, watched.moved)
    count(Metric.MESSAGE_ENQUEUED, watched.enqueued)
    count(Metric.MESSAGE_BROKEN, len(watched.broken))
    # Last, so that a run which was cut short is missing. Zeros too: these are states, not events.
    measure(Metric.WAITING_FOR_CIRCUIT, watched.waiting_for_circuit)
    measure(Metric.OLDEST_DUE_SECONDS, watched.oldest_due.total_seconds())
    if watched.circuit_is_known:
        measure(Metric.CIRCUIT_OPEN, int(not watched.circuit_is_closed))
    measure(Metric.WATCH_RAN, 1)
    return done
