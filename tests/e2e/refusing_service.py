"""DynamoDB that refuses every write, as it does after a policy or a key has been changed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final

import requests

_WRITES: Final = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"}
_REFUSAL: Final = {
    "__type": "com.amazon.coral.service#AccessDeniedException",
    "Message": "The function is not authorized to perform this action.",
}


@contextmanager
def refusing_writes(endpoint_url: str) -> Iterator[str]:
    """The address of one that hands everything else on to the DynamoDB at this address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["X-Amz-Target"].rpartition(".")[2] in _WRITES:
                self._answer(400, json.dumps(_REFUSAL).encode())
                return
            handed_on = {name: value for name, value in self.headers.items() if name != "Host"}
            answer = requests.post(endpoint_url, data=body, headers=handed_on, timeout=30)
            self._answer(answer.status_code, answer.content)

        def log_message(self, *_: object) -> None:
            """Not on the test's output."""

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
