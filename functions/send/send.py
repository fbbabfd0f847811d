"""The write routes: send a message or many, take one back; the do-not-contact list."""

import json
from collections import Counter
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.domain.errors import GatewayError, StoreUnavailableError
from sms_gateway.entrypoints.api_event import ApiEvent, Response, Routes
from sms_gateway.entrypoints.bodies import request_body
from sms_gateway.entrypoints.call_line import one_line, tell
from sms_gateway.entrypoints.idempotency_key import given_key
from sms_gateway.entrypoints.logs import logger
from sms_gateway.entrypoints.message_view import message_view
from sms_gateway.entrypoints.metrics import Metric, count
from sms_gateway.entrypoints.page_access import page_access
from sms_gateway.entrypoints.problems import document_for
from sms_gateway.entrypoints.rest_api import (
    caller,
    count_refusal,
    log_for,
    message_owner,
    path_value,
    received_at,
)
from sms_gateway.entrypoints.send_request import read_batch, read_page_request, read_send_request
from sms_gateway.entrypoints.settings import SendSettings
from sms_gateway.entrypoints.wiring.init_phase import Wired, once
from sms_gateway.entrypoints.wiring.send import SendParts, send_parts
from sms_gateway.use_cases.prepare_message import SendRequest
from sms_gateway.use_cases.store_batch import BatchResult
from sms_gateway.use_cases.store_message import SendResult

routes = Routes()


@routes.post("/messages")
def post_message(event: ApiEvent) -> Response:
    """Take one message. 202 also for `unconfirmed`: a 5xx would invite a resend."""
    client = message_owner(event, parts().clients)
    request = read_send_request(
        request_body(event),
        client=client,
        idempotency_key=given_key(event),
        received_at=received_at(event),
    )
    return _sent(request, event)


@routes.post("/page/messages")
def post_page_message(event: ApiEvent) -> Response:
    """Take one message of a page, which has an access token in the place of a key."""
    access = page_access(event, parts().check_token)
    request = read_page_request(request_body(event), access, received_at=received_at(event))
    return _sent(request, event)


def _sent(request: SendRequest, event: ApiEvent) -> Response:
    result = parts().send_message(request, event.seconds_left)
    message = result.message
    tell(
        "message taken",
        message_id=message.message_id,
        status=message.status,
        reason=message.reason,
        phone_number=message.phone_number.masked,
        replayed=result.replayed,
    )
    count(Metric.MESSAGE_REPLAYED if result.replayed else Metric.MESSAGE_TAKEN)
    headers = {"Idempotent-Replayed": "true"} if result.replayed else {}
    return Response(
        HTTPStatus.ACCEPTED, "application/json", json.dumps(message_view(message)), headers
    )


@routes.post("/messages/batch")
def post_batch(event: ApiEvent) -> Response:
    """Take many messages. 202 whatever became of each: one result per message says it."""
    client = message_owner(event, parts().clients)
    batch = read_batch(
        request_body(event),
        client=client,
        idempotency_key=given_key(event),
    )
    results = parts().send_batch(
        batch.items,
        batch_id=batch.batch_id,
        digest=batch.digest,
        time_left=event.seconds_left,
    )
    refused = Counter(result.code for result in results if isinstance(result, GatewayError))
    replayed = sum(isinstance(result, SendResult) and result.replayed for result in results)
    taken = len(results) - replayed - refused.total()
    tell("batch taken", taken=taken, replayed=replayed, refused=dict(refused))
    count(Metric.MESSAGE_TAKEN, taken)
    count(Metric.MESSAGE_REPLAYED, replayed)
    count(Metric.STORE_UNAVAILABLE, refused[StoreUnavailableError.code])
    for result in results:
        if isinstance(result, GatewayError):
            count_refusal(result)
    body = json.dumps({"results": [_result_view(result) for result in results]})
    return Response(HTTPStatus.ACCEPTED, "application/json", body)


def _result_view(result: BatchResult) -> dict[str, Any]:
    if isinstance(result, GatewayError):
        return {"problem": document_for(result)}
    return {"message": message_view(result.message), "replayed": result.replayed}


@routes.delete("/messages/<message_id>")
def delete_message(event: ApiEvent, message_id: str) -> Response:
    """Take a message back, as long as the gateway has not tried to send it."""
    client = message_owner(event, parts().clients)
    message = parts().cancel_message(client, path_value(message_id))
    tell("message cancelled", message_id=message.message_id)
    count(Metric.MESSAGE_CANCELLED)
    return Response(HTTPStatus.OK, "application/json", json.dumps(message_view(message)))


@routes.put("/suppressions/<phone_number>")
def put_suppression(event: ApiEvent, phone_number: str) -> Response:
    """Never text this number again. Nothing changes if it is on the list already."""
    client = caller(event, parts().clients)
    number = parts().suppress(client.name, path_value(phone_number))
    log_for(client)("number suppressed", phone_number=number.masked)
    count(Metric.SUPPRESSION_ADDED)
    return Response(HTTPStatus.NO_CONTENT, body="")


@routes.delete("/suppressions/<phone_number>")
def delete_suppression(event: ApiEvent, phone_number: str) -> Response:
    """This number may be texted again. Nothing changes if it is not on the list."""
    client = caller(event, parts().clients)
    number = parts().unsuppress(path_value(phone_number))
    log_for(client)("number no longer suppressed", phone_number=number.masked)
    count(Metric.SUPPRESSION_REMOVED)
    return Response(HTTPStatus.NO_CONTENT, body="")


@once
def parts() -> Wired[SendParts]:
    """Everything that this function works with."""
    return send_parts(SendSettings.from_environment(), routes)


@one_line
@logger.inject_lambda_context(
    clear_state=True, correlation_id_path=correlation_paths.API_GATEWAY_REST
)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point of the Lambda function `send`."""
    return parts().api.resolve(event, context)
