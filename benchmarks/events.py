"""What functions are called with: the samples in `events/` of a version, with other content."""

import base64
import copy
import json
import time
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

Event = dict[str, Any]

_REPORT: Final = "apiName=sms&type=deliveryReport&status=sent&id="
TEXT: Final = "Buna ziua, comanda dvs. 4711 a sosit la sediul nostru si poate fi ridicata azi."


@cache
def _sample(tree: Path, name: str) -> Event:
    sample: Event = json.loads((tree / "events" / f"{name}.json").read_text(encoding="utf-8"))
    return sample


def phone_number(number: int) -> str:
    """A Romanian mobile number; another one for each number, so that no limit is reached."""
    return f"+407{20000000 + number}"


def message(number: int, *, has_id: bool) -> dict[str, Any]:
    """A request to send: with an id of the caller's own or without."""
    body = {"phoneNumber": phone_number(number), "message": TEXT, "metadata": {"order": "4711"}}
    return body | ({"messageId": f"order-{number}"} if has_id else {})


def _rest(tree: Path, name: str, body: Any = None) -> Event:
    """A request through API Gateway, of now."""
    event = copy.deepcopy(_sample(tree, name))
    event["requestContext"]["requestTimeEpoch"] = int(time.time() * 1000)
    if body is not None:
        event["body"] = json.dumps(body, ensure_ascii=False)
    return event


def send(tree: Path, number: int, *, has_id: bool = True) -> Event:
    """`POST /messages`."""
    return _rest(tree, "send-post-message", message(number, has_id=has_id))


def send_later(tree: Path, number: int, at: datetime) -> Event:
    """`POST /messages` of a message that is to be sent at this moment."""
    body = message(number, has_id=True) | {"sendAt": at.isoformat(timespec="seconds")}
    return _rest(tree, "send-post-message", body)


def batch(tree: Path, numbers: Sequence[int]) -> Event:
    """`POST /messages/batch`."""
    messages = [message(number, has_id=True) for number in numbers]
    return _rest(tree, "send-post-batch", {"messages": messages})


def get_message(tree: Path, message_id: str) -> Event:
    """`GET /messages/{messageId}`."""
    event = _rest(tree, "status-get-message")
    event["path"] = f"/messages/{message_id}"
    event["requestContext"]["path"] = f"/v1/messages/{message_id}"
    event["pathParameters"] = {"messageId": message_id}
    return event


def list_messages(tree: Path, number: str, limit: int) -> Event:
    """`GET /messages`: those to one number."""
    event = _rest(tree, "status-list-messages")
    query = {"phoneNumber": number, "limit": str(limit)}
    event["queryStringParameters"] = query
    event["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()}
    return event


def report(tree: Path, url: str, message_id: str, *, is_forged: bool = False) -> Event:
    """Voipit's report, sent to the URL that it was given; a forged one has another signature."""
    path = urlsplit(url).path
    if is_forged:
        path = path[:-1] + ("A" if path[-1] != "A" else "B")
    event = copy.deepcopy(_sample(tree, "callback-form"))
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    event["body"] = base64.b64encode(f"{_REPORT}{message_id}".encode()).decode()
    return event


def stream(tree: Path, changes: Sequence[tuple[Any, Any]]) -> Event:
    """What the table's stream hands over: images before and after, oldest first."""
    pattern = _sample(tree, "publish-stream-batch")["Records"][0]
    records = []
    for number, (before, after) in enumerate(changes):
        record = copy.deepcopy(pattern)
        record["eventID"] = f"{number:032x}"
        record["eventName"] = "MODIFY" if before else "INSERT"
        changed = record["dynamodb"]
        changed["Keys"] = {name: after[name] for name in changed["Keys"] if name in after}
        changed["SequenceNumber"] = str(49000000000000000000000 + number)
        changed["NewImage"] = after
        if before:
            changed["OldImage"] = before
        records.append(record)
    return {"Records": records}


def queue(tree: Path, bodies: Sequence[str]) -> Event:
    """What SQS hands over."""
    pattern = _sample(tree, "dispatch-queue-batch")["Records"][0]
    sent = str(int(time.time() * 1000))
    records = []
    for number, body in enumerate(bodies):
        record = copy.deepcopy(pattern) | {"messageId": f"m-{number}", "body": body}
        record["attributes"] |= {"SentTimestamp": sent, "ApproximateFirstReceiveTimestamp": sent}
        records.append(record)
    return {"Records": records}


def every_minute(tree: Path) -> Event:
    """What `watch` is called with."""
    return _sample(tree, "watch-scheduled")
