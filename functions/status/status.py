"""The read routes: a message with its history, and the way to Voipit."""

import json
from functools import cache
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.entrypoints import wiring
from sms_gateway.entrypoints.logs import logger, metrics
from sms_gateway.entrypoints.message_view import message_view
from sms_gateway.entrypoints.provider_view import provider_view
from sms_gateway.entrypoints.rest_api import caller, rest_api
from sms_gateway.entrypoints.settings import StatusSettings
from sms_gateway.use_cases.ports import Circuits
from sms_gateway.use_cases.read_message import ReadMessage

api = rest_api()


@cache
def read_message() -> ReadMessage:
    """The use case, wired once per execution environment."""
    return wiring.read_message(StatusSettings.from_environment())


@cache
def circuits() -> Circuits:
    """The stored circuit, wired once per execution environment."""
    return wiring.circuits(StatusSettings.from_environment())


@api.get("/messages/<message_id>")
def get_message(message_id: str) -> Response[str]:
    """One message of the caller's own."""
    message = read_message()(caller(api.current_event), message_id)
    logger.info("message read", message_id=message.message_id, status=message.status)
    return Response(HTTPStatus.OK, "application/json", json.dumps(message_view(message)))


@api.get("/provider")
def get_provider() -> Response[str]:
    """Whether Voipit is reachable, and if not since when and why."""
    caller(api.current_event)
    return Response(HTTPStatus.OK, "application/json", json.dumps(provider_view(circuits().get())))


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point of the Lambda function `status`."""
    return api.resolve(event, context)


if wiring.IN_LAMBDA:
    read_message()
    circuits()
