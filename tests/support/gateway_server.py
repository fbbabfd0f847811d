"""A small gateway on a real socket: it looks at batches, takes them, counts, and has bad days."""

import json
import re
import socket
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Final

API_KEY: Final = "a-made-up-key-of-the-tests"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What becomes of a request instead of a good answer.

    `after_storing`: the batch is stored all the same. Status 0 cuts the connection.
    """

    status: int
    after_storing: bool = False
    retry_after: str | None = None
    body: str = ""
    location: str | None = None


CUT: Final = Trouble(0)
CUT_AFTER_STORING: Final = Trouble(0, after_storing=True)
TOO_MANY: Final = Trouble(
    429, retry_after="1", body='{"type": "urn:x:too-many-requests", "detail": "Slow down."}'
)
UNAVAILABLE: Final = Trouble(503, retry_after="1")
BAD_GATEWAY: Final = Trouble(502, after_storing=True, body="<html>Bad gateway</html>")
UNREADABLE: Final = Trouble(202, after_storing=True, body='{"resul')


class GatewayServer:
    """`accepted` counts the messages that were new, by number and text: two of one is a double.

    `troubles` are had by the next requests, in order (`None`: a good one). `problems` are those of
    the next tries of a number, as (status, code). `statuses` is what a message to a number has
    become (`None`: it is gone); otherwise it is queued. `before_answer` is called when a batch was
    stored and is not answered yet.

    A preview knows the numbers of one country, +40, and texts of 160 characters. Its troubles are
    `preview_troubles`, and `previews` are the batches it was asked for.
    """

    def __init__(self) -> None:
        self.accepted: Counter[tuple[str, str]] = Counter()
        self.batches: list[list[Json]] = []
        self.previews: list[list[Json]] = []
        self.preview_troubles: deque[Trouble | None] = deque()
        self.asked_for: Counter[str] = Counter()
        self.troubles: deque[Trouble | None] = deque()
        self.problems: dict[str, deque[tuple[int, str]]] = {}
        self.statuses: dict[str, str | None] = {}
        self.before_answer: Callable[[], None] = lambda: None
        self.url = ""
        self._stored: dict[str, Json] = {}
        self._lock = Lock()

    @property
    def stored(self) -> Mapping[str, Json]:
        """The messages, by id."""
        return dict(self._stored)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """On a port of its own."""
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                gateway._on_post(self)

            def do_GET(self) -> None:
                gateway._on_get(self)

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            server.daemon_threads = True
            self.url = f"http://127.0.0.1:{server.server_port}/v1"
            thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            try:
                yield
            finally:
                server.shutdown()
                thread.join()

    def _on_post(self, request: BaseHTTPRequestHandler) -> None:
        body = json.loads(request.rfile.read(int(request.headers["content-length"])))
        if request.path == "/v1/messages/preview/batch":
            self._on_preview(request, body["messages"])
            return
        is_batch = request.path != "/v1/messages"
        if not self._is_allowed(request, "/v1/messages/batch" if is_batch else "/v1/messages"):
            return
        messages = body["messages"] if is_batch else [body]
        with self._lock:
            trouble = self.troubles.popleft() if self.troubles else None
            results = []
            if trouble is None or trouble.after_storing:
                self.batches.append(messages)
                results = [self._take(message) for message in messages]
        if trouble is None:
            self.before_answer()
            problem = None if is_batch else results[0].get("problem")
            answer = {"results": results} if is_batch else problem or results[0]["message"]
            _answer(request, problem["status"] if problem else 202, json.dumps(answer))
        else:
            _have(request, trouble)

    def _on_preview(self, request: BaseHTTPRequestHandler, messages: list[Json]) -> None:
        if not self._is_allowed(request, "/v1/messages/preview/batch"):
            return
        with self._lock:
            trouble = self.preview_troubles.popleft() if self.preview_troubles else None
            self.previews.append(messages)
        if trouble:
            _have(request, trouble)
        else:
            _answer(request, 200, json.dumps({"results": [preview_of(each) for each in messages]}))

    def _take(self, message: Json) -> Json:
        message_id, number = message["messageId"], message["phoneNumber"]
        stored = self._stored.get(message_id)
        if stored is not None:
            return {"message": self._view(stored), "replayed": True}
        if problems := self.problems.get(number):
            status, code = problems.popleft()
            document = {"type": f"urn:problem-type:sms-gateway:{code}", "status": status}
            return {"problem": {**document, "title": code, "detail": f"It is {code}."}}
        self.accepted[number, message["message"]] += 1
        self._stored[message_id] = message
        return {"message": self._view(message), "replayed": False}

    def _on_get(self, request: BaseHTTPRequestHandler) -> None:
        message_id = request.path.rpartition("/")[2]
        if not self._is_allowed(request, f"/v1/messages/{message_id}"):
            return
        with self._lock:
            trouble = self.troubles.popleft() if self.troubles else None
            self.asked_for[message_id] += 1
            stored = self._stored.get(message_id)
        if trouble:
            _have(request, trouble)
        elif stored is None or self.statuses.get(stored["phoneNumber"], "queued") is None:
            problem = _problem("message-not-found", "There is no message with this messageId.")
            _answer(request, 404, json.dumps(problem))
        else:
            _answer(request, 200, json.dumps(self._view(stored)))

    def _view(self, message: Json) -> Json:
        status = self.statuses.get(message["phoneNumber"]) or "queued"
        reason = {"reason": "transmission-error"} if status == "failed" else {}
        return {"messageId": message["messageId"], "status": status, **reason}

    @staticmethod
    def _is_allowed(request: BaseHTTPRequestHandler, path: str) -> bool:
        if request.headers["x-api-key"] != API_KEY:
            _answer(request, 403, '{"detail": "An API key is required."}')
            return False
        if request.path != path:
            _answer(request, 404, '{"detail": "There is no such route."}')
            return False
        return True


def preview_of(message: Json) -> Json:
    """What a gateway for the numbers of one country would say of the message."""
    if message.keys() != {"phoneNumber", "message"}:
        return {"problem": _problem("malformed-request", "Unknown field.", field="body")}
    digits = re.sub(r"[^0-9+]", "", message["phoneNumber"])
    number = re.sub(r"^(0|40(?=[0-9]{9}$))", "+40", digits)
    is_number = re.fullmatch(r"\+40[0-9]{9}", number) is not None
    is_short = len(message["message"]) <= 160
    rules = [
        _verdict("invalid-phone-number", "No phone has this number.", "phoneNumber", is_number),
        _verdict("text-too-long", "The message takes too much room.", "message", is_short),
    ]
    shown = {"phoneNumber": number} if is_number else {}
    return {"preview": {"accepted": is_number and is_short, **shown, "rules": rules}}


def _verdict(rule: str, detail: str, field: str, passed: bool) -> Json:  # noqa: FBT001
    if passed:
        return {"rule": rule, "verdict": "passed"}
    return {"rule": rule, "verdict": "failed", "problem": _problem(rule, detail, field=field)}


def _problem(code: str, detail: str, **more: str) -> Json:
    return {"type": f"urn:problem-type:sms-gateway:{code}", "detail": detail, **more}


def _have(request: BaseHTTPRequestHandler, trouble: Trouble) -> None:
    if not trouble.status:
        request.close_connection = True
        request.connection.shutdown(socket.SHUT_RDWR)
        return
    headers = {"Retry-After": trouble.retry_after, "Location": trouble.location}
    given = {name: value for name, value in headers.items() if value is not None}
    _answer(request, trouble.status, trouble.body, **given)


def _answer(request: BaseHTTPRequestHandler, status: int, text: str, **headers: str) -> None:
    body = text.encode()
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
