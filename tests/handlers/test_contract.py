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
    assert answer.body == contract()
    assert calls.made == []


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
    [("Reminders", "ReminderPreviews"), ("UnreadableReminder", "UnreadableReminderPreview")],
)
def test_so_are_the_previews_of_a_batch(status: Function, asked: str, example: str) -> None:
    body = json.dumps(EXAMPLES[asked]["value"])
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
