"""Voipit's simulator in the hands of a test: its journal, its settings, and its main switch."""

from contextlib import ExitStack
from typing import Any

import requests

from local.processes import free_port
from local.simulator.server import running_simulator
from local.simulator.settings import Settings


class Simulator:
    """A simulator that can be stopped and started again at the same address.

    Its journal is kept, so that acceptances are counted over all of its lives.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._port = free_port()
        self._running = ExitStack()
        self._past: list[dict[str, Any]] = []
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._running.enter_context(running_simulator(self.settings, port=self._port))

    def stop(self) -> None:
        self._past = self.requests()
        self._running.close()

    def change(self, **settings: Any) -> None:
        requests.patch(
            f"{self.url}/_simulator/settings", json=settings, timeout=5
        ).raise_for_status()

    def requests(self) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}/_simulator/journal", timeout=5)
        answer.raise_for_status()
        return [*self._past, *answer.json()["requests"]]

    def requests_for(self, message_id: str) -> list[dict[str, Any]]:
        return [request for request in self.requests() if request["messageId"] == message_id]

    def acceptances(self, message_id: str) -> int:
        return sum(request["accepted"] for request in self.requests_for(message_id))

    def send_result_to(self, message_id: str) -> str:
        (request,) = self.requests_for(message_id)
        url: str = request["sendResultTo"]
        return url
