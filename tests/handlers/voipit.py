"""Voipit at the far end of the transport: it reads each request, and believes nothing."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import parse_qsl

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import ConnectTimeoutError

from sms_gateway.adapters.voipit.transport import VoipitSession

BASE_URL: Final = "https://client.voipit.ro"
ACCOUNT_NUMBER: Final = "400123"
PASSWORD: Final = "Only-Voipit+may%41see&this"
WRONG_PASSWORD: Final = "Not-What-Voipit-knows"
_REQUIRED: Final = ("phoneNumber", "message")

Answer = tuple[int, dict[str, str], str]


def an_answer(status: int, body: dict[str, str] | str) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    return status, {"Content-Type": "application/json"}, text


def an_error(code: str, words: str) -> Answer:
    return an_answer(int(code[:3]), {"type": "Error", "message": words, "code": code})


class FakeVoipit:
    """Takes what the document says it takes; `answer`, `reachable` and `cuts_off` are trouble.

    `called` holds the path of each call (`sms/send`, `ping/`), answered or not; `opened` counts the
    connections that the gateway opened ahead of a call.
    """

    def __init__(self) -> None:
        self.called: list[str] = []
        self.opened = 0
        self.taken: list[dict[str, str]] = []
        self.password = PASSWORD
        self.answer: Answer | None = None
        self.reachable = True
        self.cuts_off = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """In place of the socket below `requests`: sessions, adapters and bodies are real."""

        def send(adapter: HTTPAdapter, request: Any, **how: Any) -> requests.Response:
            assert how["timeout"] == (3, 10)
            status, headers, text = self._take(request)
            raw = HTTPResponse(
                BytesIO(text.encode()), headers, status=status, preload_content=False
            )
            return adapter.build_response(request, raw)

        def open_ahead(_: VoipitSession, url: str) -> None:
            assert url == BASE_URL
            if not self.reachable:
                raise ConnectTimeoutError
            self.opened += 1

        with (
            patch.object(HTTPAdapter, "send", send),
            patch.object(VoipitSession, "open_ahead", open_ahead),
        ):
            yield

    def _take(self, request: Any) -> Answer:
        if not self.reachable:
            raise requests.ConnectionError("nobody listens")  # the body is left unread
        sent = request.body.read()
        assert int(request.headers["Content-Length"]) == len(sent)
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
        account = f"{BASE_URL}/{ACCOUNT_NUMBER}/"
        path = request.url.removeprefix(account)
        self.called.append(path)
        if request.method != "POST" or path not in {"sms/send", "ping/"}:
            return an_error("404", "Not found")
        form = dict(parse_qsl(sent.decode("ascii"), strict_parsing=True))
        if self.cuts_off:
            self.taken.append(form)
            raise requests.ConnectionError("cut off after the request was read")
        if self.answer:
            return self.answer
        if form.get("password") != self.password:
            return an_error("401", "Unauthorized")
        if path == "ping/":
            return an_answer(200, {"type": "pong"})
        if not all(map(form.get, _REQUIRED)):
            return an_error("400", "Bad request")
        self.taken.append(form)
        return an_answer(200, '{ "type" : "ok" }')
