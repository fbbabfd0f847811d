"""A service of AWS that refuses some calls, as it does after a policy or a key has been changed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final
from urllib.parse import parse_qs

import requests


@dataclass(frozen=True, slots=True)
class Refusal:
    """The calls that are refused, and what they are answered with."""

    operation: Callable[[Message, bytes], str]
    calls: frozenset[str]
    status: int
    content_type: str
    body: str


WRITES: Final = Refusal(
    lambda headers, _: headers["X-Amz-Target"].rpartition(".")[2],
    frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"}),
    400,
    "application/x-amz-json-1.0",
    json.dumps(
        {
            "__type": "com.amazon.coral.service#AccessDeniedException",
            "Message": "The function is not authorized to perform this action.",
        }
    ),
)
"""DynamoDB, of every write."""
EVENTS: Final = Refusal(
    lambda _, body: parse_qs(body.decode())["Action"][0],
    frozenset({"Publish", "PublishBatch"}),
    400,
    "text/xml",
    '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>'
    "<Code>KMSDisabled</Code><Message>The key is disabled.</Message></Error>"
    "<RequestId>0</RequestId></ErrorResponse>",
)
"""SNS, of every event."""


@dataclass
class Service:
    """It listens at `url`, and hands on to the local AWS at `aws` what it does not refuse.

    `refused` are the calls that it has refused so far. `repeated` are the ids of events in calls
    that the AWS SDK made a second time, since the first had no answer in time: SNS can have both.
    """

    url: str
    aws: str = ""
    refuses: bool = False
    refused: int = 0
    repeated: set[str] = field(default_factory=set)


def _event_ids(body: bytes) -> set[str]:
    """Those of the events that a call of `PublishBatch` holds; of another call none."""
    return {
        json.loads(value)["id"]
        for name, values in parse_qs(body.decode()).items()
        if name.endswith(".Message")
        for value in values
    }


@contextmanager
def between(refusal: Refusal) -> Iterator[Service]:
    """Such a service. It refuses nothing until it is told to."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if service.refuses and refusal.operation(self.headers, body) in refusal.calls:
                service.refused += 1
                self._answer(refusal.status, refusal.content_type, refusal.body.encode())
                return
            if "attempt=1" not in self.headers.get("amz-sdk-request", "attempt=1"):
                service.repeated.update(_event_ids(body))
            handed_on = {name: value for name, value in self.headers.items() if name != "Host"}
            answer = requests.post(service.aws, data=body, headers=handed_on, timeout=30)
            self._answer(answer.status_code, answer.headers["Content-Type"], answer.content)

        def log_message(self, *_: object) -> None:
            """Not on the test's output."""

        def _answer(self, status: int, content_type: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = Service(f"http://127.0.0.1:{server.server_port}")
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
