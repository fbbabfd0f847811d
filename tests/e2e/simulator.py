"""The journal of Voipit's simulator, for counting what it accepted."""

from dataclasses import dataclass
from typing import Any

import requests


@dataclass(frozen=True)
class Simulator:
    url: str

    def requests_for(self, message_id: str) -> list[dict[str, Any]]:
        answer = requests.get(
            f"{self.url}/_simulator/journal", params={"messageId": message_id}, timeout=5
        )
        answer.raise_for_status()
        requested: list[dict[str, Any]] = answer.json()["requests"]
        return requested

    def acceptances(self, message_id: str) -> int:
        return sum(request["accepted"] for request in self.requests_for(message_id))

    def send_result_to(self, message_id: str) -> str:
        (request,) = self.requests_for(message_id)
        url: str = request["sendResultTo"]
        return url
