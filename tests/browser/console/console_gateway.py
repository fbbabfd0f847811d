"""A gateway for the console's page: what Chromium asks is answered here, and no socket is opened.

Its answers are the examples of the contract or made from them, and each is held against the
contract's schema before it is given.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from playwright.sync_api import Route

from tests.support.contract import EXAMPLES, SCHEMAS, faults
from tools.repository import ROOT

ORIGIN: Final = "https://gateway.example"
STAGE: Final = f"{ORIGIN}/v1"
CONSOLE: Final = f"{STAGE}/console/"
OPERATOR: Final = "operator-key"
CLIENT: Final = "client-key"
NOW: Final = "2026-11-22T15:03:25.000Z"
"""The time in the browser, unless a test moves it."""

_SITE: Final = ROOT / "functions" / "web" / "site" / "console"
_TYPES: Final = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_STEPS: Final = {
    "queued": [0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0],
    "submitted": [8, 12, 7, 9, 15, 11, 10, 13, 9, 8, 12, 4],
    "unconfirmed": [0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0],
    "no_report": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0],
    "sent": [7, 11, 8, 9, 13, 12, 10, 12, 9, 9, 10, 3],
    "failed": [1, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0],
    "cancelled": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
}


Answer = tuple[int, Any]
"""A status, and a body for JSON."""


@dataclass(frozen=True)
class Asked:
    """A request of the page."""

    method: str
    url: str
    headers: Mapping[str, str]
    text: str | None = None
    """Its body, if it has one."""

    @property
    def path(self) -> str:
        """Below the stage, without the query: `messages`."""
        return unquote(urlsplit(self.url).path.removeprefix("/v1/"))

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}


@dataclass
class Gateway:
    """What it knows, and what it was asked."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    provider: dict[str, Any] = field(default_factory=lambda: {"available": True})
    statistics: dict[str, Any] = field(default_factory=lambda: busy_hour())  # noqa: PLW0108  it stands below
    page_size: int = 100
    asked: list[Asked] = field(default_factory=list)
    broken: Callable[[Asked], Answer | None] = lambda _: None
    """What it answers in the place of everything below, if anything."""
    more: dict[str, Callable[[Asked], Answer]] = field(default_factory=dict)
    """Further routes, by path."""

    def answer(self, route: Route) -> None:
        """Answers a request of Chromium."""
        request = route.request
        asked = Asked(request.method, request.url, request.headers, request.post_data)
        self.asked.append(asked)
        if not request.url.startswith(STAGE):
            route.abort()
            return
        if asked.path.startswith("console/"):
            _file(route, asked.path.removeprefix("console/") or "index.html")
            return
        status, body = self._answer(asked)
        kind = "application/json" if status < 400 else "application/problem+json"
        headers = {"content-type": kind}
        if status in {429, 503} and "retryAfter" in body:
            headers["retry-after"] = str(body["retryAfter"])
        route.fulfill(status=status, headers=headers, body=json.dumps(body))

    def calls(self, path: str) -> list[Asked]:
        """What was asked of a route."""
        return [asked for asked in self.asked if asked.path == path]

    def _answer(self, asked: Asked) -> Answer:
        if broken := self.broken(asked):
            return broken
        key = asked.headers.get("x-api-key")
        if key not in {OPERATOR, CLIENT}:
            return problem("Forbidden")
        if key == CLIENT and asked.path not in {"provider", *self.more}:
            return problem("OperatorOnly")
        routes = {
            "provider": lambda _: (200, checked("Provider", self.provider)),
            "statistics": lambda _: (200, checked("Statistics", self.statistics)),
            "messages": lambda _: (200, self._list(asked.query)),
            **self.more,
        }
        if route := routes.get(asked.path):
            return route(asked)
        return self._one(asked) if asked.path.startswith("messages/") else problem("RouteNotFound")

    def _one(self, asked: Asked) -> Answer:
        message_id = asked.path.removeprefix("messages/")
        for each in self.messages:
            if (each["messageId"], each["client"]) == (message_id, asked.query["client"]):
                return 200, checked("Message", each)
        return problem("MessageNotFound")

    def _list(self, query: Mapping[str, str]) -> dict[str, Any]:
        number = "".join(each for each in query.get("phoneNumber", "") if each.isdigit())
        found = [
            each
            for each in self.messages
            if query.get("status", each["status"]) == each["status"]
            and query.get("client", each["client"]) == each["client"]
            and query.get("messageId", each["messageId"]) == each["messageId"]
            and each["phoneNumber"].endswith(number.lstrip("0"))
            and query.get("since", "") <= each["updatedAt"]
            and each["updatedAt"] <= query.get("until", "3")
        ]
        found.sort(key=lambda each: each["updatedAt"], reverse=True)
        start = int(query.get("cursor", "0"))
        end = start + min(int(query.get("limit", "20")), self.page_size)
        page: dict[str, Any] = {"messages": [checked("Message", each) for each in found[start:end]]}
        if end < len(found):
            page["cursor"] = str(end)
        checked("MessageList", page | {"messages": page["messages"][:1]})
        return page


def problem(example: str) -> tuple[int, dict[str, Any]]:
    """The status and the document of a problem, by the name of its example in the contract."""
    document: dict[str, Any] = EXAMPLES[example]["value"]
    return document["status"], document


def checked(schema: str, value: Any) -> Any:
    """The value, if the contract allows it."""
    assert _faults(schema, json.dumps(value)) == []
    return value


@cache
def _faults(schema: str, value: str) -> list[str]:
    return faults(SCHEMAS[schema], json.loads(value)) if schema in SCHEMAS else []


def message(example: str = "SentMessage", **others: Any) -> dict[str, Any]:
    """A message of the contract's examples, with other values where some are given."""
    return {**EXAMPLES[example]["value"], "client": "crm", **others}


def busy_hour(**others: Any) -> dict[str, Any]:
    """An answer of `GET /statistics`."""
    return {
        "asOf": "2026-11-22T15:03:20.123Z",
        "since": "2026-11-22T14:05:00.000Z",
        "until": "2026-11-22T15:05:00.000Z",
        "stepSeconds": 300,
        "statuses": _STEPS,
        "statusesReason": None,
        "waiting": {"count": 3, "countIsMinimum": False, "oldest": "2026-11-22T15:02:40.123Z"},
        "attention": {"since": "2026-11-21T15:03:20.123Z", "count": 4, "countIsMinimum": False},
        **others,
    }


def life(status: str, number: int = 1, **others: Any) -> dict[str, Any]:
    """A message that has this status, by a way that leads there. `number` tells many apart."""
    minute = f"2026-11-22T{14 - number // 60 % 14:02}:{59 - number % 60:02}"
    history = [
        {**change, "sequence": sequence, "at": f"{minute}:{sequence * 7:02}.000Z"}
        for sequence, change in enumerate(_WAYS[status], start=1)
    ]
    last = history[-1]
    made = {
        "messageId": f"order-{number}",
        "client": "crm",
        "status": status,
        "phoneNumber": f"+407212{number:05}",
        "message": "Buna ziua, comanda este gata.",
        "attempt": last["attempt"],
        "sequence": len(history),
        "metadata": {"order": str(number)},
        "onUnconfirmed": "hold",
        "createdAt": history[0]["at"],
        "updatedAt": last["at"],
        "history": history,
    }
    if "reason" in last:
        made["reason"] = last["reason"]
    return made | others


_SENDING: Final = {"status": "sending", "attempt": 1}
_SUBMITTED: Final = {"status": "submitted", "attempt": 1}
_WAYS: Final[dict[str, list[dict[str, Any]]]] = {
    "queued": [_SENDING, {"status": "queued", "attempt": 1, "reason": "no-connection"}],
    "sending": [_SENDING],
    "submitted": [_SENDING, _SUBMITTED],
    "unconfirmed": [
        _SENDING,
        {"status": "unconfirmed", "attempt": 1, "reason": "no-answer-in-time"},
    ],
    "no_report": [_SENDING, _SUBMITTED, {"status": "no_report", "attempt": 1}],
    "sent": [_SENDING, _SUBMITTED, {"status": "sent", "attempt": 1}],
    "failed": [
        _SENDING,
        _SUBMITTED,
        {
            "status": "failed",
            "attempt": 1,
            "reason": "transmission-error",
            "errorMessage": "Number not reachable.",
        },
    ],
    "cancelled": [{"status": "queued", "attempt": 0}, {"status": "cancelled", "attempt": 0}],
}
"""How a message gets each status."""


def _file(route: Route, name: str) -> None:
    path = Path(_SITE, name)
    if not path.is_file():
        route.fulfill(status=404, body="404 Not Found")
        return
    headers = {
        "content-type": f"{_TYPES[path.suffix]}; charset=utf-8",
        "content-security-policy": _POLICY,
    }
    route.fulfill(status=200, headers=headers, body=path.read_text(encoding="utf-8"))
