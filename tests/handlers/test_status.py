"""`status`: answers from the table, and may do nothing else."""

import json

import pytest

from tests.handlers.cloud import Calls, Cloud
from tests.handlers.lambdas import Function
from tests.handlers.output import Output
from tests.handlers.samples import MESSAGE_ID, NUMBER, sample


@pytest.fixture
def stored(cloud: Cloud) -> None:
    """The message of the sample batch, as it was in the end."""
    cloud.store(sample("publish-stream-batch")["Records"][4]["dynamodb"]["NewImage"])


@pytest.mark.usefixtures("stored")
def test_a_message_is_shown_to_its_client_with_its_history(status: Function) -> None:
    answer = status(sample("status-get-message"))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.body == {
        "messageId": MESSAGE_ID,
        "status": "sent",
        "phoneNumber": NUMBER,
        "message": "Comanda dvs. a sosit.",
        "attempt": 1,
        "sequence": 3,
        "metadata": {"orderId": "1042"},
        "onUnconfirmed": "hold",
        "createdAt": "2026-11-22T15:00:00.123Z",
        "updatedAt": "2026-11-22T15:00:02.456Z",
        "deliveryReport": {
            "status": "sent",
            "attempt": 1,
            "receivedAt": "2026-11-22T15:00:02.456Z",
        },
        "history": [
            {"sequence": 1, "status": "sending", "at": "2026-11-22T15:00:00.123Z", "attempt": 1},
            {"sequence": 2, "status": "submitted", "at": "2026-11-22T15:00:00.623Z", "attempt": 1},
            {"sequence": 3, "status": "sent", "at": "2026-11-22T15:00:02.456Z", "attempt": 1},
        ],
        "contradictingReports": [
            {
                "status": "error",
                "attempt": 1,
                "receivedAt": "2026-11-22T15:00:03.000Z",
                "errorMessage": "Number not reachable.",
            }
        ],
    }


def test_what_send_answered_is_what_status_shows(send: Function, status: Function) -> None:
    taken = send(sample("send-post-message"))
    assert status(sample("status-get-message")).body == taken.body


@pytest.mark.usefixtures("stored")
def test_one_read_is_all_it_asks_of_aws(status: Function, calls: Calls) -> None:
    status(sample("status-get-message"))
    assert calls.made == ["dynamodb:GetItem"]


@pytest.mark.usefixtures("stored")
def test_a_message_of_another_client_looks_like_one_that_does_not_exist(
    status: Function,
) -> None:
    event = sample("status-get-message")
    event["requestContext"]["identity"]["apiKeyId"] = "an0therkey"
    theirs, unknown = status(event), status(sample("status-unknown-message"))
    assert (unknown.status, unknown.is_problem("message-not-found")) == (404, True)
    assert theirs == unknown


def test_a_request_without_a_key_is_forbidden_and_nothing_is_read(
    status: Function, calls: Calls
) -> None:
    event = sample("status-get-message")
    del event["requestContext"]["identity"]["apiKeyId"]
    event["headers"].pop("x-api-key")
    event["multiValueHeaders"].pop("x-api-key")
    answer = status(event)
    assert (answer.status, answer.is_problem("forbidden")) == (403, True)
    assert calls.made == []


def test_a_table_that_does_not_answer_is_503_with_retry_after(
    status: Function, calls: Calls
) -> None:
    calls.does_not_answer("dynamodb")
    answer = status(sample("status-get-message"))
    assert (answer.status, answer.is_problem("store-unavailable")) == (503, True)
    assert int(answer.headers["retry-after"]) > 0


def test_a_surprise_is_500_and_its_words_are_logged_without_the_number(
    status: Function, calls: Calls, output: Output
) -> None:
    calls.trouble["dynamodb"] = RuntimeError(f"no room for {NUMBER}")
    answer = status(sample("status-get-message"))
    assert (answer.status, answer.is_problem("internal-error")) == (500, True)
    assert NUMBER not in json.dumps(answer.body)
    assert "no room for [number]" in output.everything()
