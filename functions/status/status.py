"""The read routes: messages with their history, who must not be texted, the way to Voipit."""

import json
from collections import Counter
from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.domain.clock import to_iso
from sms_gateway.entrypoints.bodies import request_body
from sms_gateway.entrypoints.contract import document_at
from sms_gateway.entrypoints.idempotency_key import given_key
from sms_gateway.entrypoints.list_query import read_list_query
from sms_gateway.entrypoints.logs import logger
from sms_gateway.entrypoints.message_view import message_view
from sms_gateway.entrypoints.metrics import metrics
from sms_gateway.entrypoints.preview_view import batch_preview_view, preview_view
from sms_gateway.entrypoints.provider_view import provider_view
from sms_gateway.entrypoints.rest_api import (
    Routes,
    api_address,
    caller,
    message_owner,
    path_value,
)
from sms_gateway.entrypoints.send_request import read_batch, read_send_request
from sms_gateway.entrypoints.settings import StatusSettings
from sms_gateway.entrypoints.wiring.shared import once
from sms_gateway.entrypoints.wiring.status import StatusParts, status_parts
from sms_gateway.use_cases.preview_message import Preview

CONTRACT_KEPT_SECONDS: Final = 300
"""How long a program or a cache uses the contract before it asks whether there is a new one."""

routes = Routes()


@routes.get("/messages")
def get_messages() -> Response[str]:
    """What the caller has sent to one number, newest first."""
    client = message_owner(routes.current_event, parts().clients)
    query = read_list_query(routes.current_event.resolved_query_string_parameters)
    page = parts().list_messages(client, query.phone_number, query.limit, query.cursor)
    logger.info("messages listed", found=len(page.messages), more=page.cursor is not None)
    body: dict[str, Any] = {"messages": [message_view(message) for message in page.messages]}
    if page.unreadable:
        logger.error("messages of another release", message_ids=page.unreadable)
        body["unreadableMessages"] = list(page.unreadable)
    if page.cursor is not None:
        body["cursor"] = page.cursor
    return Response(HTTPStatus.OK, "application/json", json.dumps(body))


@routes.get("/messages/<message_id>")
def get_message(message_id: str) -> Response[str]:
    """One message of the caller's own."""
    client = message_owner(routes.current_event, parts().clients)
    message = parts().read_message(client, path_value(message_id))
    logger.info("message read", message_id=message.message_id, status=message.status)
    return Response(HTTPStatus.OK, "application/json", json.dumps(message_view(message)))


@routes.post("/messages/preview")
def post_preview() -> Response[str]:
    """What would become of a message. It is a read route: this function may write nothing."""
    event = routes.current_event
    client = message_owner(event, parts().clients)
    request = read_send_request(
        request_body(event),
        client=client,
        idempotency_key=given_key(event),
    )
    preview = parts().preview_message(request)
    failed = [verdict.rule for verdict in preview.verdicts if verdict.problem]
    logger.info("message previewed", extra={"failed": failed})
    return Response(HTTPStatus.OK, "application/json", json.dumps(preview_view(preview)))


@routes.post("/messages/preview/batch")
def post_preview_batch() -> Response[str]:
    """What would become of many messages. 200 whatever it is: one result per message says it."""
    event = routes.current_event
    batch = read_batch(
        request_body(event),
        client=message_owner(event, parts().clients),
        idempotency_key=given_key(event),
    )
    results = parts().preview_message.each(batch.items)
    previews = [result for result in results if isinstance(result, Preview)]
    failed = Counter(v.rule for preview in previews for v in preview.verdicts if v.problem)
    logger.info(
        "batch previewed",
        accepted=sum(preview.accepted for preview in previews),
        unreadable=len(results) - len(previews),
        failed=dict(failed),
    )
    body = json.dumps({"results": [batch_preview_view(result) for result in results]})
    return Response(HTTPStatus.OK, "application/json", body)


@routes.get("/suppressions/<phone_number>")
def get_suppression(phone_number: str) -> Response[str]:
    """Since when this number must not be texted."""
    caller(routes.current_event, parts().clients)
    entry = parts().read_suppression(path_value(phone_number))
    logger.info("suppression read", phone_number=entry.phone_number.masked)
    body = {"phoneNumber": entry.phone_number.e164, "since": to_iso(entry.since)}
    return Response(HTTPStatus.OK, "application/json", json.dumps(body))


@routes.get("/provider")
def get_provider() -> Response[str]:
    """Whether Voipit is reachable, and if not since when and why."""
    caller(routes.current_event, parts().clients)
    return Response(
        HTTPStatus.OK, "application/json", json.dumps(provider_view(parts().circuits.get()))
    )


@routes.get("/openapi.json")
def get_contract() -> Response[str]:
    """The whole contract, for any program: it needs no key, and no table is asked."""
    event = routes.current_event
    document = document_at(api_address(event))
    headers = {"ETag": document.etag, "Cache-Control": f"public, max-age={CONTRACT_KEPT_SECONDS}"}
    if document.etag in event.headers.get("if-none-match", ""):
        return Response(HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(HTTPStatus.OK, "application/json", document.text, headers)


@once
def parts() -> StatusParts:
    """Everything that this function works with."""
    return status_parts(StatusSettings.from_environment(), routes)


@metrics.log_metrics
@logger.inject_lambda_context(
    clear_state=True, correlation_id_path=correlation_paths.API_GATEWAY_REST
)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point of the Lambda function `status`."""
    return parts().api.resolve(event, context)
