"""The write routes: send a message or many, take one back; the do-not-contact list."""

import json
from collections import Counter
from functools import cache
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.domain.errors import GatewayError, StoreUnavailableError
from sms_gateway.entrypoints import wiring
from sms_gateway.entrypoints.bodies import request_body
from sms_gateway.entrypoints.idempotency_key import given_key
from sms_gateway.entrypoints.logs import count, logger, metrics
from sms_gateway.entrypoints.message_view import message_view
from sms_gateway.entrypoints.problems import document_for
from sms_gateway.entrypoints.rest_api import (
    caller,
    count_refusal,
    message_owner,
    path_value,
    received_at,
    rest_api,
)
from sms_gateway.entrypoints.send_request import read_batch, read_send_request
from sms_gateway.entrypoints.settings import SendSettings
from sms_gateway.use_cases.cancel_message import CancelMessage
from sms_gateway.use_cases.ports import Clients
from sms_gateway.use_cases.send_batch import BatchResult, SendBatch
from sms_gateway.use_cases.send_message import SendMessage
from sms_gateway.use_cases.store_message import SendResult
from sms_gateway.use_cases.suppress import Suppress, Unsuppress

api = rest_api()


@cache
def clients() -> Clients:
    """The clients of the keys, remembered once per execution environment."""
    return wiring.clients(SendSettings.from_environment().dispatch.delivery.guards_table)


@cache
def send_message() -> SendMessage:
    """The use case, wired once per execution environment."""
    return wiring.send_message(SendSettings.from_environment())


@cache
def send_batch() -> SendBatch:
    """The use case, wired once per execution environment."""
    return wiring.send_batch(SendSettings.from_environment(), send_message())


@cache
def cancel_message() -> CancelMessage:
    """The use case, wired once per execution environment."""
    return wiring.cancel_message(SendSettings.from_environment())


@cache
def suppress() -> Suppress:
    """The use case, wired once per execution environment."""
    return wiring.suppress(SendSettings.from_environment())


@cache
def unsuppress() -> Unsuppress:
    """The use case, wired once per execution environment."""
    return wiring.unsuppress(SendSettings.from_environment())


@api.post("/messages")
def post_message() -> Response[str]:
    """Take one message. 202 also for `unconfirmed`: a 5xx would invite a resend."""
    event, context = api.current_event, api.lambda_context
    client = message_owner(event, clients())
    request = read_send_request(
        request_body(event),
        client=client,
        idempotency_key=given_key(event),
        received_at=received_at(event),
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


@api.post("/messages/batch")
def post_batch() -> Response[str]:
    """Take many messages. 202 whatever became of each: one result per message says it."""
    event, context = api.current_event, api.lambda_context
    client = message_owner(event, clients())
    batch = read_batch(
        request_body(event),
        client=client,
        idempotency_key=given_key(event),
    )
    results = send_batch()(
        batch.items,
        batch_id=batch.batch_id,
        digest=batch.digest,
        time_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )
    refused = Counter(result.code for result in results if isinstance(result, GatewayError))
    replayed = sum(isinstance(result, SendResult) and result.replayed for result in results)
    taken = len(results) - replayed - refused.total()
    logger.info("batch taken", taken=taken, replayed=replayed, refused=dict(refused))
    count("MessageTaken", taken)
    count("MessageReplayed", replayed)
    count("StoreUnavailable", refused[StoreUnavailableError.code])
    for result in results:
        if isinstance(result, GatewayError):
            count_refusal(result)
    body = json.dumps({"results": [_result_view(result) for result in results]})
    return Response(HTTPStatus.ACCEPTED, "application/json", body)


def _result_view(result: BatchResult) -> dict[str, Any]:
    if isinstance(result, GatewayError):
        return {"problem": document_for(result)}
    return {"message": message_view(result.message), "replayed": result.replayed}


@api.delete("/messages/<message_id>")
def delete_message(message_id: str) -> Response[str]:
    """Take a message back, as long as nobody has tried to send it."""
    client = message_owner(api.current_event, clients())
    message = cancel_message()(client, path_value(message_id))
    logger.info("message cancelled", message_id=message.message_id)
    count("MessageCancelled")
    return Response(HTTPStatus.OK, "application/json", json.dumps(message_view(message)))


@api.put("/suppressions/<phone_number>")
def put_suppression(phone_number: str) -> Response[str]:
    """Never text this number again. Nothing changes if it is on the list already."""
    client = caller(api.current_event, clients())
    number = suppress()(client.name, path_value(phone_number))
    logger.info("number suppressed", phone_number=number.masked)
    count("SuppressionAdded")
    return Response(HTTPStatus.NO_CONTENT, body="")


@api.delete("/suppressions/<phone_number>")
def delete_suppression(phone_number: str) -> Response[str]:
    """This number may be texted again. Nothing changes if it is not on the list."""
    caller(api.current_event, clients())
    number = unsuppress()(path_value(phone_number))
    logger.info("number no longer suppressed", phone_number=number.masked)
    count("SuppressionRemoved")
    return Response(HTTPStatus.NO_CONTENT, body="")


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point of the Lambda function `send`."""
    return api.resolve(event, context)


if wiring.IN_LAMBDA:
    clients()
    send_message()
    send_batch()
    cancel_message()
    suppress()
    unsuppress()
