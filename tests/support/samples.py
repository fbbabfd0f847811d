"""The sample events of `events/`, what all of them are about, and the same with a change."""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from sms_gateway.domain.message_id import MessageKey
from tools.repository import ROOT

EVENTS: Final = ROOT / "events"

SIGNING_KEY: Final = "a-signing-key-of-the-sample-events"
"""What the callback URLs of the sample events are signed with."""
TOKEN_KEY: Final = "a-token-key-of-the-sample-events"
"""What the access tokens of the sample events are signed with."""
API_KEY: Final = "a-made-up-api-key-of-the-sample-events"
API_KEY_ID: Final = "k3y1d0f5am"
OPERATORS_KEY_ID: Final = "0p3rat0r01"
"""Of the sample events of an operator."""
NUMBER: Final = "+40721234567"
MESSAGE_ID: Final = "order-1042"
KEY: Final = MessageKey(API_KEY_ID, MESSAGE_ID)
OTHER_CLIENT: Final = "an0therkey"
ORIGIN: Final = "https://crm.example.com"
"""Where the page is that calls from a browser."""


def sample(name: str) -> dict[str, Any]:
    """The event in `events/<name>.json`, new each time: a test may change it."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return event


def subscriber_sample(name: str) -> Any:
    """What subscribers get, in `events/subscribers/<name>.json`, new each time."""
    return json.loads((EVENTS / "subscribers" / f"{name}.json").read_text(encoding="utf-8"))


def with_headers(event: dict[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """The REST API's event with these headers added."""
    several = {name: [value] for name, value in headers.items()}
    return event | {
        "headers": event["headers"] | dict(headers),
        "multiValueHeaders": event["multiValueHeaders"] | several,
    }


def with_body(event: dict[str, Any], **values: Any) -> dict[str, Any]:
    """The event with these values in its JSON; without those that are `None`."""
    content = json.loads(event["body"]) | values
    given = {name: value for name, value in content.items() if value is not None}
    return event | {"body": json.dumps(given)}


def from_a_page(event: dict[str, Any], origin: str = ORIGIN) -> dict[str, Any]:
    """The event as a browser sends it from a page of this origin."""
    return with_headers(event, {"Origin": origin})


def by(client: str, event: dict[str, Any]) -> dict[str, Any]:
    """The event as if this client had sent it."""
    identity = event["requestContext"]["identity"] | {"apiKeyId": client}
    return event | {"requestContext": event["requestContext"] | {"identity": identity}}


def without_key(event: dict[str, Any]) -> dict[str, Any]:
    """The event without an API key, which API Gateway should not let through."""
    event = without_header(event, "x-api-key")
    del event["requestContext"]["identity"]["apiKeyId"]
    return event


def without_header(event: dict[str, Any], name: str) -> dict[str, Any]:
    """The event without this header."""
    event = deepcopy(event)
    for headers in (event["headers"], event["multiValueHeaders"]):
        del headers[name]
    return event


def about(event: dict[str, Any], **parameters: str) -> dict[str, Any]:
    """The event with other values in its path, which come as they were sent."""
    path = event["resource"].format(**parameters)
    return event | {"path": path, "pathParameters": parameters}


def image(position: int) -> dict[str, Any]:
    """A row of the table, as the so-maniest record of the stream's sample batch has it."""
    record = sample("publish-stream-batch")["Records"][position]
    row: dict[str, Any] = record["dynamodb"]["NewImage"]
    return row


def queue_body(message_id: str = MESSAGE_ID) -> dict[str, str]:
    """What a message of the dispatch queue says of a message of the sample events' client."""
    return {"client": API_KEY_ID, "messageId": message_id}


ONE_QUEUED: Final = {"Records": sample("dispatch-queue-batch")["Records"][:1]}
"""What the queue hands out: the message of the sample events, alone."""


def failures(*records: Mapping[str, Any]) -> dict[str, Any]:
    """What a function answers if these records of a queue have to come again."""
    return {"batchItemFailures": [{"itemIdentifier": r["messageId"]} for r in records]}


NOTHING_FAILED: Final = failures()


def done(looked_at: int, *, moved: int = 0, enqueued: int = 0) -> dict[str, Any]:
    """What `watch` answers if it had time for everything."""
    return {"lookedAt": looked_at, "moved": moved, "enqueued": enqueued, "finished": True}
