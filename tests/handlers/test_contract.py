"""`GET /openapi.json`, and what holds for the bodies of all requests."""

import json
from typing import Any

import pytest

from pages.contract import contract
from sms_gateway.entrypoints.bodies import MAX_REQUEST_BYTES
from tests.handlers.cloud import Calls
from tests.handlers.lambdas import ColdStart, Function
from tests.support.samples import sample, with_body


def test_the_whole_contract_is_shown_and_nothing_is_asked_of_aws(
    status: Function, calls: Calls
) -> None:
    answer = status(sample("status-get-openapi"))

    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    (server,) = answer.body["servers"]
    assert server["url"] == "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/v1"
    assert answer.body == contract() | {"servers": [server]}
    assert calls.made == []


@pytest.mark.parametrize(
    ("domain", "path", "address"),
    [
        ("sms.example.com", "/openapi.json", "https://sms.example.com"),
        ("api.example.com", "/sms/openapi.json", "https://api.example.com/sms"),
    ],
)
def test_its_server_is_the_address_that_it_was_asked_at(
    status: Function, domain: str, path: str, address: str
) -> None:
    event = sample("status-get-openapi")
    event["requestContext"] |= {"domainName": domain, "path": path}

    assert [each["url"] for each in status(event).body["servers"]] == [address]


@pytest.mark.parametrize("form", ["W/{}", "{}"])
def test_it_is_sent_again_only_if_it_has_changed(status: Function, form: str) -> None:
    """Its ETag is weak, since API Gateway compresses; proxies make of it the one or the other."""
    first = status(sample("status-get-openapi"))
    assert first.headers["etag"].startswith('W/"')
    given = form.format(first.headers["etag"].removeprefix("W/"))
    event = sample("status-get-openapi")
    for headers in (event["headers"], event["multiValueHeaders"]):
        headers.pop("if-none-match", None)
    event["headers"]["If-None-Match"] = given
    event["multiValueHeaders"]["If-None-Match"] = [given]

    again = status(event)

    assert first.headers["cache-control"] == "public, max-age=300"
    assert (again.status, again.body) == (304, None)
    assert again.headers["etag"] == first.headers["etag"]
    event["headers"]["If-None-Match"] = '"of-another-release"'
    event["multiValueHeaders"]["If-None-Match"] = ['"of-another-release"']
    assert status(event).status == 200


EXAMPLES = contract()["components"]["examples"]


@pytest.mark.parametrize(
    ("request_body", "example"),
    [
        (EXAMPLES["SendNow"]["value"], "AcceptedPreview"),
        ({"phoneNumber": "0721 234 56", "message": "La mulți ani! 🎂"}, "RefusedPreview"),
    ],
)
def test_the_previews_that_the_contract_shows_are_what_the_gateway_answers(
    status: Function, request_body: dict[str, Any], example: str
) -> None:
    answer = status(sample("status-preview") | {"body": json.dumps(request_body)})

    assert answer.status == 200
    assert answer.body == EXAMPLES[example]["value"]
    rules = [entry["rule"] for entry in answer.body["rules"]]
    assert rules == contract()["components"]["schemas"]["Rule"]["enum"]


@pytest.mark.parametrize(
    ("asked", "example"),
    [
        (EXAMPLES["Reminders"]["value"], "ReminderPreviews"),
        ({"messages": [{"phoneNumber": "0721 234 567"}]}, "UnreadableReminderPreview"),
    ],
)
def test_so_are_the_previews_of_a_batch(
    status: Function, asked: dict[str, Any], example: str
) -> None:
    body = json.dumps(asked)
    answer = status(sample("status-preview-batch") | {"body": body})

    assert (answer.status, answer.body) == (200, EXAMPLES[example]["value"])


@pytest.mark.parametrize(
    ("function", "name"),
    [
        ("send", "send-post-message"),
        ("send", "send-post-batch"),
        ("status", "status-preview"),
        ("status", "status-preview-batch"),
    ],
)
def test_a_body_that_is_too_large_is_413_and_nothing_is_asked_of_aws(
    cold_start: ColdStart, calls: Calls, function: str, name: str
) -> None:
    answer = cold_start(function)(with_body(sample(name), more="x" * MAX_REQUEST_BYTES))

    assert (answer.status, answer.is_problem("body-too-large")) == (413, True)
    assert calls.made == []
