"""A program with the client that openapi-python-client makes: it prints what it was answered."""

import json
import sys
from datetime import UTC, datetime, timedelta

from openapi_python_client_made import AuthenticatedClient
from openapi_python_client_made.api.do_not_contact_list import suppress_number, unsuppress_number
from openapi_python_client_made.api.gateway import get_provider
from openapi_python_client_made.api.messages import (
    cancel_message,
    list_messages,
    preview_message,
    send_batch,
    send_message,
)
from openapi_python_client_made.models import (
    BatchRequest,
    BatchResults,
    Message,
    MessageList,
    Preview,
    Problem,
    Provider,
    SendRequest,
)

address, key, number, limited = sys.argv[1:]
client = AuthenticatedClient(address, key, prefix="", auth_header_name="x-api-key")


def send(request: SendRequest) -> Message | Problem:
    """Its message, or the problem."""
    answer = send_message.sync(client=client, body=request)
    assert answer is not None
    return answer


provider = get_provider.sync(client=client)
assert isinstance(provider, Provider)
preview = preview_message.sync(
    client=client, body=SendRequest(phone_number=number, message="Bună ziua")
)
assert isinstance(preview, Preview)
sent = [send(SendRequest(number, text)) for text in ("one", "two")]
listed: list[str] = []
page = list_messages.sync(client=client, phone_number=number, limit=1)
while isinstance(page, MessageList):
    listed += [each.message for each in page.messages]
    if not page.cursor:
        break
    page = list_messages.sync(client=client, phone_number=number, limit=1, cursor=page.cursor)
results = send_batch.sync(
    client=client,
    body=BatchRequest(
        messages=[
            SendRequest(phone_number=number, message="three"),
            SendRequest(phone_number=number, message="☃"),
        ]
    ),
)
assert isinstance(results, BatchResults)
later = send(SendRequest(number, "four", send_at=datetime.now(UTC) + timedelta(hours=1)))
assert isinstance(later, Message)
cancelled = cancel_message.sync(message_id=later.message_id, client=client)
assert isinstance(cancelled, Message)
suppress_number.sync_detailed(phone_number=number, client=client)
refused = send(SendRequest(number, "five"))
assert isinstance(refused, Problem)
unsuppress_number.sync_detailed(phone_number=number, client=client)
for count in range(20):
    response = send_message.sync_detailed(
        client=client, body=SendRequest(phone_number=limited, message=f"again {count}")
    )
    if isinstance(response.parsed, Problem):
        break
assert isinstance(response.parsed, Problem)
json.dump(
    {
        "available": provider.available,
        "preview": preview.message,
        "sent": [isinstance(each, Message) for each in sent],
        "listed": listed,
        "batch": [
            each.problem.type_ if each.problem else each.replayed for each in results.results
        ],
        "cancelled": cancelled.status,
        "refused": [refused.status, refused.type_, refused.field],
        "limited": [
            response.status_code,
            response.parsed.type_,
            int(response.headers["Retry-After"]) == response.parsed.retry_after,
        ],
    },
    sys.stdout,
)
