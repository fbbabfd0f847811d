"""What the tests hold in their hands: a client of the simulator, and a receiver of its reports."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from aiohttp import web

from local.simulator.settings import Settings

ACCOUNT = "400123"
PASSWORD = "s3cret & more"
NUMBER = "+40722000111"


def fast_settings(**changes: Any) -> Settings:
    values = {"carrier_delay": 0.02, "late_report_delay": 0.3, "slow_answer": 0.3} | changes
    return Settings(account_number=ACCOUNT, password=PASSWORD, **values)


def wait_until(holds: Callable[[], bool], seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


class FakeTimer:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class ReceivedReport:
    method: str
    path: str
    content_type: str
    values: dict[str, str]


@dataclass
class Receiver:
    """Takes delivery reports over HTTP and keeps them."""

    reports: list[ReceivedReport] = field(default_factory=list)
    status: int = 200
    url: str = ""

    def create_app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._receive)
        return app

    async def _receive(self, request: web.Request) -> web.Response:
        content_type = request.content_type if request.can_read_body else ""
        if request.method == "GET":
            values: Any = request.query
        elif request.content_type == "application/json":
            values = await request.json()
        else:
            values = await request.post()
        path = request.raw_path.partition("?")[0]
        self.reports.append(ReceivedReport(request.method, path, content_type, dict(values)))
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})


class Client:
    """Speaks to the simulator as the gateway does, with the account's own credentials."""

    def __init__(self, url: str, send_result_to: str) -> None:
        self.url = url
        self.send_result_to = send_result_to

    def post(self, path: str, timeout: float = 5, **options: Any) -> requests.Response:
        return requests.post(self.url + path, timeout=timeout, **options)

    def send(
        self, number: str = NUMBER, *, timeout: float = 5, stream: bool = False, **values: str
    ) -> requests.Response:
        data = {
            "password": PASSWORD,
            "phoneNumber": number,
            "message": "Salut",
            "sendResultTo": self.send_result_to,
            "messageId": "m-1",
        } | values
        return self.post(f"/{ACCOUNT}/sms/send", data=data, timeout=timeout, stream=stream)

    def ping(self, password: str = PASSWORD, account: str = ACCOUNT) -> requests.Response:
        return self.post(f"/{account}/ping/", data={"password": password})

    def get(self, path: str, **params: str) -> requests.Response:
        return requests.get(self.url + path, params=params, timeout=5)

    def journal(self, **filters: str) -> list[dict[str, Any]]:
        answer = self.get("/_simulator/journal", **filters)
        assert answer.status_code == 200
        entries: list[dict[str, Any]] = answer.json()["requests"]
        return entries

    def change(self, **changes: Any) -> requests.Response:
        return requests.patch(self.url + "/_simulator/settings", json=changes, timeout=5)

    def reset(self) -> None:
        assert self.post("/_simulator/reset").status_code == 204
