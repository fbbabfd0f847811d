"""Answers that break the contract are noticed: every handler test relies on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.contract import EXAMPLES
from tests.support.contract_answers import broken_promises


@dataclass(frozen=True)
class Answer:
    """As little as an answer can be."""

    status: int
    headers: Mapping[str, str]
    body: Any


JSON = {"content-type": "application/json"}
PROBLEM = {"content-type": "application/problem+json"}
MESSAGE = EXAMPLES["SubmittedMessage"]["value"]
FORBIDDEN = EXAMPLES["Forbidden"]["value"]
LIMIT = EXAMPLES["RecipientLimitReached"]["value"]


def without(value: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: each for name, each in value.items() if name not in names}


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("POST", "/messages", Answer(202, JSON, MESSAGE)),
        ("POST", "/messages", Answer(202, JSON | {"idempotent-replayed": "true"}, MESSAGE)),
        ("POST", "/messages", Answer(403, PROBLEM, FORBIDDEN)),
        ("POST", "/messages", Answer(429, PROBLEM | {"retry-after": "60"}, LIMIT)),
        ("PUT", "/suppressions/{phoneNumber}", Answer(204, {}, None)),
        ("GET", "/provider", Answer(200, JSON, {"available": True})),
        ("OPTIONS", "/messages", Answer(204, {}, None)),
        ("OPTIONS", "/messages", Answer(404, PROBLEM, EXAMPLES["RouteNotFound"]["value"])),
    ],
)
def test_a_promised_answer_conforms(method: str, path: str, answer: Answer) -> None:
    assert broken_promises(method, path, answer) == []


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        pytest.param("POST", "/messages", Answer(200, JSON, MESSAGE), id="another status"),
        pytest.param("POST", "/messages", Answer(202, {}, MESSAGE), id="no content type"),
        pytest.param("POST", "/messages", Answer(202, PROBLEM, MESSAGE), id="content type"),
        pytest.param("POST", "/messages", Answer(202, JSON, None), id="no body"),
        pytest.param(
            "POST", "/messages", Answer(202, JSON, MESSAGE | {"claim": "x"}), id="more fields"
        ),
        pytest.param(
            "POST", "/messages", Answer(202, JSON, without(MESSAGE, "history")), id="less fields"
        ),
        pytest.param(
            "POST",
            "/messages",
            Answer(202, JSON, MESSAGE | {"createdAt": "2026-11-22T14:35:00Z"}),
            id="no milliseconds",
        ),
        pytest.param(
            "POST",
            "/messages",
            Answer(202, JSON, MESSAGE | {"createdAt": "2026-02-30T14:35:00.123Z"}),
            id="no such day",
        ),
        pytest.param(
            "POST", "/messages", Answer(202, JSON, MESSAGE | {"status": "done"}), id="a status"
        ),
        pytest.param(
            "POST",
            "/messages",
            Answer(202, JSON | {"idempotent-replayed": "false"}, MESSAGE),
            id="a header that is never false",
        ),
        pytest.param(
            "POST",
            "/messages",
            Answer(202, JSON | {"retry-after": "1"}, MESSAGE),
            id="a header that is not promised",
        ),
        pytest.param("POST", "/messages", Answer(429, PROBLEM, LIMIT), id="a header is missing"),
        pytest.param(
            "POST",
            "/messages",
            Answer(429, PROBLEM | {"retry-after": "0"}, LIMIT),
            id="a header that is too small",
        ),
        pytest.param("POST", "/messages", Answer(403, JSON, FORBIDDEN), id="no problem document"),
        pytest.param(
            "POST",
            "/messages",
            Answer(403, PROBLEM, FORBIDDEN | {"status": 401}),
            id="two statuses",
        ),
        pytest.param(
            "POST",
            "/messages",
            Answer(403, PROBLEM, FORBIDDEN | {"type": "about:blank"}),
            id="a type nobody knows",
        ),
        pytest.param(
            "GET",
            "/provider",
            Answer(429, PROBLEM | {"retry-after": "60"}, LIMIT),
            id="a problem of another operation",
        ),
        pytest.param(
            "PUT", "/suppressions/{phoneNumber}", Answer(204, {}, {}), id="a body after all"
        ),
        pytest.param("OPTIONS", "/messages", Answer(204, {}, {}), id="a preflight with a body"),
        pytest.param("GET", "/nowhere", Answer(200, JSON, {}), id="a route nobody knows"),
        pytest.param("GET", "/nowhere", Answer(404, PROBLEM, {}), id="no reason for a 404"),
    ],
)
def test_an_answer_that_was_not_promised_is_noticed(method: str, path: str, answer: Answer) -> None:
    assert broken_promises(method, path, answer) != []
