"""The write routes: send a message, take one back."""

import json
from functools import cache
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.entrypoints import wiring
from sms_gateway.entrypoints.bodies import body_bytes
from sms_gateway.entrypoints.logs import count, logger, metrics
from sms_gateway.entrypoints.message_view import message_view
from sms_gateway.entrypoints.rest_api import caller, rest_api
from sms_gateway.entrypoints.send_request import read_send_request
from sms_gateway.entrypoints.settings import SendSettings
from sms_gateway.use_cases.cancel_message import CancelMessage
from sms_gateway.use_cases.send_message import SendMessage

api = rest_api()


@cache
def send_message() -> SendMessage:
    """The use case, wired once per execution environment."""
    return wiring.send_message(SendSettings.from_environment())


@cache
def cancel_message() -> CancelMessage:
    """The use case, wired once per execution environment."""
    return wiring.cancel_message(SendSettings.from_environment())


@api.post("/messages")
def post_message() -> Response[str]:
    """Take one message. 202 also for `unconfirmed`: a 5xx would invite a resend."""
    event, context = api.current_event, api.lambda_context
    request = read_send_request(
        body_bytes(event.body, is_base64=bool(event.is_base64_encoded)),
        client=caller(event),
        idempotency_key=event.headers.get("Idempotency-Key"),
    )
    result = send_message()(request, lambda: context.get_remaining_time_in_millis() / 1000)
    message = result.message
    logger.info(
        "message taken",
        message_id=message.message_id,
        status=message.status,
        reason=message.reason,
        phone_number=message.phone_number.masked,
        replayed=result.replayed,
    )
    count("MessageReplayed" if result.replayed else "MessageTaken")
    headers = {"Idempotent-Replayed": "true"} if result.replayed else {}
    return Response(
        HTTPStatus.ACCEPTED, "application/json", json.dumps(message_view(message)), headers
    )


@api.delete("/messages/<message_id>")
def delete_message(message_id: str) -> Response[str]:
    """Take a message back, as long as nobody has tried to send it."""
    message = cancel_message()(caller(api.current_event), message_id)
    logger.info("message cancelled", message_id=message_id)
    count("MessageCancelled")
    return Response(HTTPStatus.OK, "application/json", json.dumps(message_view(message)))


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point of the Lambda function `send`."""
    return api.resolve(event, context)


if wiring.IN_LAMBDA:
    send_message()
    cancel_message()
