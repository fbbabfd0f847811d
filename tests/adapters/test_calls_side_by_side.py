"""How many calls and connections many messages take, counted by a server on this machine."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Barrier, Lock

import pytest

from sms_gateway.adapters import aws
from sms_gateway.adapters.guard_rows import AT_ONCE, read_guards
from sms_gateway.adapters.intake import GuardedIntake
from sms_gateway.adapters.messages_table import MessagesTable
from sms_gateway.domain.guards import Limits
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.use_cases.lanes import MOST_AT_ONCE
from sms_gateway.use_cases.store_batch import FAILURES_IN_A_ROW, Item, StoreBatch
from sms_gateway.use_cases.store_message import StoreMessage
from tests.adapters.test_intake import WINDOW, a_new


class Aws(ThreadingHTTPServer):
    """Answers every call with nothing found, and counts. `waits`: what each call waits for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.lock = Lock()
        self.connections = 0
        self.calls: Counter[str] = Counter()
        self.waits: Iterator[Barrier | None] = iter(lambda: None, 0)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Aws

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.connections += 1

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.calls[self.headers["X-Amz-Target"].rpartition(".")[2]] += 1
            others = next(self.server.waits)
        if others is not None:
            others.wait()
        body = b'{"Responses": {}, "UnprocessedKeys": {}}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@contextmanager
def _running(server: Aws) -> Iterator[Aws]:
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield server
    finally:
        server.shutdown()
        serving.join()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """What the gateway's own clients speak to."""
    server = Aws()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    aws.forget_clients()
    with _running(server):
        yield server
        for client in (aws.dynamodb(), aws.sqs()):
            client.close()
    server.server_close()
    aws.forget_clients()


def store(number_of_items: int) -> Sequence[object]:
    """What became of so many messages, each to a number of its own."""
    messages = MessagesTable(aws.dynamodb(), "Messages")
    limits = Limits(10, 50, 10_000, WINDOW, suppressions=True)
    storing = StoreBatch(
        StoreMessage(GuardedIntake(messages, "Guards", limits), messages), MOST_AT_ONCE, lambda: 60
    )
    batch = [
        Item(position, a_new(phone_number=PhoneNumber(f"+4072{position:07}")), joins=False)
        for position in range(number_of_items)
    ]
    return [result for _, result in storing(batch)]


def test_a_batch_makes_a_call_for_each_message_on_as_many_connections_as_it_has_lanes(
    server: Aws,
) -> None:
    alone = MOST_AT_ONCE - FAILURES_IN_A_ROW
    all_lanes = Barrier(MOST_AT_ONCE, timeout=20)
    server.waits = (None if number < alone else all_lanes for number in count())
    number_of_items = alone + 3 * MOST_AT_ONCE

    store(number_of_items)

    assert server.calls == {"TransactWriteItems": number_of_items}
    assert server.connections == MOST_AT_ONCE

    server.waits = iter(lambda: None, 0)
    store(50)

    assert server.connections == MOST_AT_ONCE, "those of the first batch are used again"


def test_rows_that_are_read_a_hundred_at_once_are_read_side_by_side(server: Aws) -> None:
    all_lanes = Barrier(MOST_AT_ONCE, timeout=20)
    server.waits = iter(lambda: all_lanes, 0)
    guards = [f"client#crm#{number}" for number in range(2 * MOST_AT_ONCE * AT_ONCE)]

    assert list(read_guards(aws.dynamodb(), "Guards", guards, consistent=False)) == []

    assert server.calls == {"BatchGetItem": 2 * MOST_AT_ONCE}
    assert server.connections == MOST_AT_ONCE
