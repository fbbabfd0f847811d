"""The gateway of `gateway.py`, which also takes messages, and has a list and clients."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from playwright.sync_api import Route

from tests.browser.console.console_gateway import (
    CLIENT,
    OPERATOR,
    STAGE,
    Answer,
    Asked,
    Gateway,
    checked,
    life,
    problem,
)
from tests.support.contract import EXAMPLES

GOOD: Final = EXAMPLES["AcceptedPreview"]["value"]
RULES: Final = [rule["rule"] for rule in GOOD["rules"]]
LAST_DIGITS: Final = 9
BATCH: Final = 100


def e164(number: str) -> str | None:
    """A Romanian number as the gateway stores it; `None` if no phone has it."""
    digits = "".join(filter(str.isdigit, number)).removeprefix("40").removeprefix("0")
    return f"+40{digits}" if len(digits) == LAST_DIGITS and digits.startswith("7") else None


@dataclass
class SheetsGateway(Gateway):
    """`sent`: what it has handed to phones, by the id of the message. Each once, or it fails."""

    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    suppressed: dict[str, dict[str, str]] = field(default_factory=dict)
    clients: dict[str, Any] = field(default_factory=dict)
    is_cut: Callable[[Asked], bool] = lambda _: False
    """Whether the answer to a request is lost; what was asked is done all the same."""

    def answer(self, route: Route) -> None:
        """Answers a request of Chromium, or loses the answer."""
        request = route.request
        asked = Asked(request.method, request.url, request.headers, request.post_data)
        if request.url.startswith(STAGE) and self.is_cut(asked):
            self.asked.append(asked)
            self._answer(asked)
            route.abort("connectionreset")
            return
        super().answer(route)

    def bodies(self, path: str) -> list[Any]:
        """The bodies of the requests of a route."""
        return [json.loads(asked.text or "null") for asked in self.calls(path)]

    def result(self, message: dict[str, Any]) -> dict[str, Any]:
        """What a batch answers about one message: it is taken, once, or refused."""
        if not preview(message)["accepted"]:
            return {"problem": problem("InvalidPhoneNumber")[1]}
        return self._taken(message)

    def _answer(self, asked: Asked) -> Answer:
        if broken := self.broken(asked):
            return broken
        key = asked.headers.get("x-api-key")
        if asked.method == "POST":
            if key == OPERATOR:
                return problem("OperatorCannotSend")
            return self._post(asked) if key == CLIENT else problem("Forbidden")
        if key == OPERATOR and asked.path.startswith("suppressions"):
            return self._suppressions(asked)
        if key == OPERATOR and asked.path == "clients":
            return 200, checked("ClientList", self.clients)
        return super()._answer(asked)

    def _post(self, asked: Asked) -> Answer:
        body = json.loads(asked.text or "null")
        if asked.path == "messages/preview":
            return 200, checked("Preview", preview(body))
        if asked.path == "messages":
            return 202, checked("Message", self._taken(body)["message"])
        results = {
            "messages/preview/batch": lambda each: {"preview": preview(each)},
            "messages/batch": self.result,
        }[asked.path]
        first, *others = body["messages"]
        assert len(others) < BATCH
        checked("BatchRequest", {"messages": [first]})
        told = [results(each) for each in body["messages"]]
        checked("PreviewResult" if "preview" in asked.path else "BatchResult", told[0])
        return 200 if "preview" in asked.path else 202, {"results": told}

    def _taken(self, message: dict[str, Any]) -> dict[str, Any]:
        message_id = message["messageId"]
        replayed = message_id in self.sent
        if not replayed:
            number = e164(message["phoneNumber"])
            self.sent[message_id] = life("submitted", messageId=message_id, phoneNumber=number)
            self.messages.append(self.sent[message_id])
        return {"message": self.sent[message_id], "replayed": replayed}

    def _suppressions(self, asked: Asked) -> Answer:
        if asked.path == "suppressions":
            entries = [self.suppressed[number] for number in sorted(self.suppressed)]
            start = int(asked.query.get("cursor", "0"))
            end = start + min(int(asked.query["limit"]), self.page_size)
            page: dict[str, Any] = {"suppressions": entries[start:end]}
            page |= {"cursor": str(end)} if end < len(entries) else {}
            return 200, checked("SuppressionList", page)
        number = e164(asked.path.removeprefix("suppressions/"))
        if number is None:
            return problem("InvalidPhoneNumber")
        if asked.method == "PUT":
            self.suppressed.setdefault(number, entry(number, client="operator"))
            return HTTPStatus.NO_CONTENT, None
        if asked.method == "DELETE":
            self.suppressed.pop(number, None)
            return HTTPStatus.NO_CONTENT, None
        if number not in self.suppressed:
            return problem("SuppressionNotFound")
        return 200, {name: self.suppressed[number][name] for name in ("phoneNumber", "since")}


def entry(number: str, client: str = "crm") -> dict[str, str]:
    """An entry of the do-not-contact list."""
    return {"phoneNumber": number, "since": "2026-11-20T10:00:00.000Z", "client": client}


def preview(message: dict[str, Any]) -> dict[str, Any]:
    """What the gateway says of a message: of its rules it knows the one about numbers."""
    number = e164(message["phoneNumber"])
    verdicts: list[dict[str, Any]] = [{"rule": rule, "verdict": "passed"} for rule in RULES]
    shown = {**GOOD, "message": message["message"], "rules": verdicts, "accepted": bool(number)}
    if number:
        return {**shown, "phoneNumber": number}
    wrong = problem("InvalidPhoneNumber")[1]
    verdicts[0] = {"rule": RULES[0], "verdict": "failed", "problem": wrong}
    return {name: value for name, value in shown.items() if name in SHOWN_ALWAYS}


SHOWN_ALWAYS: Final = {
    "accepted",
    "message",
    "septets",
    "maxSeptets",
    "changedCharacters",
    "unsupportedCharacters",
    "rules",
}
