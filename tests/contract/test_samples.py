"""The sample events are requests that the contract describes, or wrong on purpose."""

import json
from typing import Any

import pytest

from tests.contract.request_faults import faults_of_request
from tests.support.contract import OPERATIONS
from tests.support.samples import EVENTS, sample

REQUESTS = sorted(path.stem for path in EVENTS.glob("*.json") if "httpMethod" in sample(path.stem))
WRONG = {
    "send-not-json": {"body"},
    "send-unknown-field": {"body"},
    "send-without-key": {"key"},
    "send-preflight": {"route"},
    "web-get-console": {"route"},
}
"""What is meant to be wrong, and with what. A preflight request is a browser's own, and the pages
are no part of the contract."""


@pytest.mark.parametrize("name", REQUESTS)
def test_a_sample_is_what_the_contract_describes_unless_it_is_meant_to_be_wrong(name: str) -> None:
    assert faults_of_request(sample(name)).keys() == WRONG.get(name, set())


def test_there_is_a_sample_of_every_operation() -> None:
    shown = {(event["httpMethod"], event["resource"]) for event in map(sample, REQUESTS)}

    assert shown >= set(OPERATIONS)


POST = sample("send-post-message")
LIST = sample("status-list-messages")
GET = sample("status-get-message")


@pytest.mark.parametrize(
    ("event", "part"),
    [
        (POST | {"resource": "/message"}, "route"),
        (POST | {"body": None}, "body"),
        (POST | {"body": json.dumps({"phoneNumber": "0721 234 567"})}, "body"),
        (POST | {"queryStringParameters": {"dryRun": "true"}}, "query"),
        (POST | {"headers": POST["headers"] | {"idempotency-key": "a b"}}, "header"),
        (LIST | {"queryStringParameters": {"status": "lost"}}, "query"),
        (
            LIST | {"queryStringParameters": {"phoneNumber": "0721234567", "limit": "101"}},
            "query",
        ),
        (GET | {"pathParameters": {"messageId": ".."}}, "path"),
        (GET | {"body": "{}"}, "body"),
    ],
)
def test_a_sample_that_is_wrong_would_be_noticed(event: dict[str, Any], part: str) -> None:
    assert faults_of_request(event).keys() == {part}
