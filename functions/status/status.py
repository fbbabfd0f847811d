"""The read routes: messages with their history, who must not be texted, the way to Voipit.

Access tokens are made here too: that reads, signs, and stores nothing.
"""

import json
from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.domain.client import Role
from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.message_id import is_message_id
from sms_gateway.entrypoints.api_event import ApiEvent, Response, Routes
from sms_gateway.entrypoints.bodies import request_body
from sms_gateway.entrypoints.call_line import one_line, tell
from sms_gateway.entrypoints.contract import document_at
from sms_gateway.entrypoints.idempotency_key import given_key
from sms_gateway.entrypoints.list_query import (
    ListQuery,
    read_clients_query,
    read_list_query,
    read_owner,
    read_page_query,
)
from sms_gateway.entrypoints.logs import audit, logger
from sms_gateway.entrypoints.message_view import message_view
from sms_gateway.entrypoints.metrics import Metric, count
from sms_gateway.entrypoints.operators_view import clients_view, statistics_view
from sms_gateway.entrypoints.page_access import page_access
from sms_gateway.entrypoints.preview_view import batch_preview_view, preview_view
from sms_gateway.entrypoints.provider_view import provider_view
from sms_gateway.entrypoints.rest_api import (
    api_address,
    caller,
    log_for,
    message_owner,
    operator,
    path_value,
)
from sms_gateway.entrypoints.send_request import (
    read_batch,
    read_page_request,
    read_send_request,
)
from sms_gateway.entrypoints.settings import StatusSettings
from sms_gateway.entrypoints.token_request import read_token_request, token_view
from sms_gateway.entrypoints.wiring.init_phase import Wired, once
from sms_gateway.entrypoints.wiring.status import StatusParts, status_parts
from sms_gateway.use_cases.prepare_message import SendRequest
from sms_gateway.use_cases.preview_message import Preview

CONTRACT_KEPT_SECONDS: Final = 300
"""How long a program or a cache uses the contract before it asks whether there is a new one."""

routes = Routes()


@routes.get("/messages")
def get_messages(event: ApiEvent) -> Response:
    """What the caller has sent to one number, newest first; or what an operator looks for."""
    client = caller(event, parts().clients)
    query = read_list_query(event.parameters)
    if client.role is Role.OPERATOR:
        return _searched(query)
    number = query.number_for(client)
    page = parts().list_messages(client.name, number, query.limit, query.cursor)
    tell("messages listed", found=len(page.messages), more=page.cursor is not None)
    body: dict[str, Any] = {"messages": [message_view(message) for message in page.messages]}
    return _listed(body, page.unreadable, page.cursor)


def _searched(query: ListQuery) -> Response:
    search = parts().search_messages.checked(query.search, query.phone_number)
    audit(
        "messages looked for by an operator",
        looked_for={
            "phone_number": search.phone_number and search.phone_number.masked,
            "message_id": search.message_id,
            "status": search.status,
            "client": search.client,
            "since": search.since and to_iso(search.since),
            "until": search.until and to_iso(search.until),
        },
    )
    found, cursor = parts().search_messages(search, query.limit, query.cursor)
    audit(
        "messages searched by an operator",
        shown=[f"{message.client}/{message.message_id}" for message in found.messages],
        more=cursor is not None,
    )
    body = {"messages": [message_view(each, names_client=True) for each in found.messages]}
    return _listed(body, [key.message_id for key in found.unreadable], cursor)


def _listed(body: dict[str, Any], unreadable: Sequence[str], cursor: str | None) -> Response:
    if unreadable:
        logger.error("messages of another release", message_ids=unreadable)
        body["unreadableMessages"] = list(unreadable)
    if cursor is not None:
        body["cursor"] = cursor
    return Response(HTTPStatus.OK, "application/json", json.dumps(body))


@routes.get("/messages/<message_id>")
def get_message(event: ApiEvent, message_id: str) -> Response:
    """One message of the caller's own, or of the client that an operator names."""
    client = caller(event, parts().clients)
    owner = read_owner(event.parameters, client)
    asked_for = path_value(message_id)
    if client.role is Role.OPERATOR:
        audit(
            "message looked for by an operator",
            message_id=asked_for if is_message_id(asked_for) else None,
            owner=owner,
        )
    message = parts().read_message(owner, asked_for)
    log_for(client)(
        "message read", message_id=message.message_id, status=message.status, owner=message.client
    )
    view = message_view(message, names_client=client.role is Role.OPERATOR)
    return Response(HTTPStatus.OK, "application/json", json.dumps(view))


@routes.post("/messages/preview")
def post_preview(event: ApiEvent) -> Response:
    """What would become of a message. It is a read route: this function may write nothing."""
    client = message_owner(event, parts().clients)
    request = read_send_request(
        request_body(event),
        client=client,
        idempotency_key=given_key(event),
    )
    return _previewed(request)


def _previewed(request: SendRequest) -> Response:
    preview = parts().preview_message(request)
    failed = [verdict.rule for verdict in preview.verdicts if verdict.problem]
    tell("message previewed", failed=failed)
    return Response(HTTPStatus.OK, "application/json", json.dumps(preview_view(preview)))


@routes.post("/messages/preview/batch")
def post_preview_batch(event: ApiEvent) -> Response:
    """What would become of many messages. 200 whatever it is: one result per message says it."""
    batch = read_batch(
        request_body(event),
        client=message_owner(event, parts().clients),
        idempotency_key=given_key(event),
    )
    results = parts().preview_message.each(batch.items)
    previews = [result for result in results if isinstance(result, Preview)]
    failed = Counter(v.rule for preview in previews for v in preview.verdicts if v.problem)
    tell(
        "batch previewed",
        accepted=sum(preview.accepted for preview in previews),
        unreadable=len(results) - len(previews),
        failed=dict(failed),
    )
    body = json.dumps({"results": [batch_preview_view(result) for result in results]})
    return Response(HTTPStatus.OK, "application/json", body)


@routes.post("/tokens")
def post_token(event: ApiEvent) -> Response:
    """An access token for a page. It is not stored, so a function that only reads can make it."""
    client = message_owner(event, parts().clients)
    minted, token = parts().mint_token(read_token_request(request_body(event), client=client))
    tell(
        "token minted",
        token_id=token.token_id,
        expires_at=to_iso(token.expires_at),
        max_messages=token.max_messages,
        phone_number=token.phone_number and token.phone_number.masked,
        origin=token.origin,
    )
    count(Metric.TOKEN_MINTED)
    return Response(
        HTTPStatus.CREATED,
        "application/json",
        json.dumps(token_view(minted, token)),
        {"Cache-Control": "no-store"},
    )


@routes.post("/page/messages/preview")
def post_page_preview(event: ApiEvent) -> Response:
    """What would become of a message of a page."""
    access = page_access(event, parts().check_token)
    return _previewed(read_page_request(request_body(event), access))


@routes.get("/page/messages/<message_id>")
def get_page_message(event: ApiEvent, message_id: str) -> Response:
    """One message that a page has sent."""
    access = page_access(event, parts().check_token)
    message = parts().read_page_message(access, path_value(message_id))
    tell("message read", message_id=message.message_id, status=message.status)
    return Response(HTTPStatus.OK, "application/json", json.dumps(message_view(message)))


@routes.get("/suppressions")
def get_suppressions(event: ApiEvent) -> Response:
    """The whole do-not-contact list, page by page, for operators."""
    operator(event, parts().clients)
    parameters = event.parameters
    entries, cursor = parts().list_suppressions(*read_page_query(parameters))
    audit("suppressions listed", found=len(entries), more=cursor is not None)
    body: dict[str, Any] = {
        "suppressions": [
            {
                "phoneNumber": entry.phone_number.e164,
                "since": to_iso(entry.since),
                "client": entry.client,
            }
            for entry in entries
        ]
    }
    if cursor is not None:
        body["cursor"] = cursor
    return Response(HTTPStatus.OK, "application/json", json.dumps(body))


@routes.get("/suppressions/<phone_number>")
def get_suppression(event: ApiEvent, phone_number: str) -> Response:
    """Since when this number must not be texted."""
    client = caller(event, parts().clients)
    number = parts().read_suppression.number(path_value(phone_number))
    log_for(client)("suppression looked for", phone_number=number.masked)
    entry = parts().read_suppression(number)
    body = {"phoneNumber": entry.phone_number.e164, "since": to_iso(entry.since)}
    return Response(HTTPStatus.OK, "application/json", json.dumps(body))


@routes.get("/provider")
def get_provider(event: ApiEvent) -> Response:
    """Whether Voipit is reachable, and if not since when and why."""
    client = caller(event, parts().clients)
    if client.role is Role.OPERATOR:
        audit("way to Voipit looked at by an operator")
    return Response(
        HTTPStatus.OK, "application/json", json.dumps(provider_view(parts().circuits.get()))
    )


@routes.get("/statistics")
def get_statistics(event: ApiEvent) -> Response:
    """The last hour, what waits, and what needs attention, for operators."""
    operator(event, parts().clients)
    audit("statistics looked at by an operator")
    view = statistics_view(parts().read_statistics())
    return Response(HTTPStatus.OK, "application/json", json.dumps(view))


@routes.get("/clients")
def get_clients(event: ApiEvent) -> Response:
    """The clients and their use in a month, for operators."""
    operator(event, parts().clients)
    parameters = event.parameters
    month, limit, cursor = read_clients_query(parameters)
    audit("clients looked at by an operator", month=month and f"{month:%Y-%m}")
    view = clients_view(parts().list_clients(month, limit, cursor))
    return Response(HTTPStatus.OK, "application/json", json.dumps(view))


@routes.get("/openapi.json")
def get_contract(event: ApiEvent) -> Response:
    """The whole contract, for any program: it needs no key, and no table is asked."""
    document = document_at(api_address(event))
    headers = {"ETag": document.etag, "Cache-Control": f"public, max-age={CONTRACT_KEPT_SECONDS}"}
    if document.etag.removeprefix("W/") in (event.header("if-none-match") or ""):
        return Response(HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(HTTPStatus.OK, "application/json", document.text, headers)


@once
def parts() -> Wired[StatusParts]:
    """Everything that this function works with."""
    return status_parts(StatusSettings.from_environment(), routes)


@one_line
@logger.inject_lambda_context(
    clear_state=True, correlation_id_path=correlation_paths.API_GATEWAY_REST
)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point of the Lambda function `status`."""
    return parts().api.resolve(event, context)
