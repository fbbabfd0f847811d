"""A program with the client that openapi-generator makes: it prints what it was answered."""

import json
import sys
from datetime import UTC, datetime, timedelta

from openapi_generator_made import (
    ApiClient,
    ApiException,
    BatchRequest,
    Configuration,
    DoNotContactListApi,
    GatewayApi,
    MessagesApi,
    Problem,
    SendRequest,
)

address, key, number, limited = sys.argv[1:]
client = ApiClient(Configuration(host=address, api_key={"ApiKey": key}))
messages = MessagesApi(client)
do_not_contact = DoNotContactListApi(client)


def problem_of(error: ApiException) -> Problem:
    """The problem document that the gateway has answered."""
    problem = Problem.from_json(error.body or "")
    assert problem is not None
    return problem


provider = GatewayApi(client).get_provider()
preview = messages.preview_message(SendRequest(phoneNumber=number, message="Bună ziua"))
sent = [
    messages.send_message(SendRequest(phoneNumber=number, message=text)) for text in ("one", "two")
]
listed: list[str] = []
page = messages.list_messages(number, limit=1)
while True:
    listed += [each.message for each in page.messages]
    if not page.cursor:
        break
    page = messages.list_messages(number, limit=1, cursor=page.cursor)
results = messages.send_batch(
    BatchRequest(
        messages=[
            SendRequest(phoneNumber=number, message="three"),
            SendRequest(phoneNumber=number, message="☃"),
        ]
    )
)
later = messages.send_message(
    SendRequest(phoneNumber=number, message="four", sendAt=datetime.now(UTC) + timedelta(hours=1))
)
cancelled = messages.cancel_message(later.message_id)
do_not_contact.suppress_number(number)
try:
    messages.send_message(SendRequest(phoneNumber=number, message="five"))
except ApiException as error:
    refused = problem_of(error)
do_not_contact.unsuppress_number(number)
try:
    for count in range(20):
        messages.send_message(SendRequest(phoneNumber=limited, message=f"again {count}"))
except ApiException as error:
    limit = problem_of(error)
    waits = int((error.headers or {})["Retry-After"]) == limit.retry_after
json.dump(
    {
        "available": provider.available,
        "preview": preview.message,
        "sent": [each.status != "failed" for each in sent],
        "listed": listed,
        "batch": [each.problem.type if each.problem else each.replayed for each in results.results],
        "cancelled": cancelled.status,
        "refused": [refused.status, refused.type, refused.var_field],
        "limited": [limit.status, limit.type, waits],
    },
    sys.stdout,
)
