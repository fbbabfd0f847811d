"""`status`: answers from the table, and may do nothing else."""

import pytest

from tests.handlers.cloud import Calls, Cloud
from tests.handlers.lambdas import Function
from tests.support.samples import MESSAGE_ID, NUMBER, image, sample


@pytest.fixture
def stored(cloud: Cloud) -> None:
    """The message of the sample batch, as it was in the end."""
    cloud.store(image(4))


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
def test_a_message_that_does_not_exist_is_not_found(status: Function) -> None:
    answer = status(sample("status-unknown-message"))
    assert (answer.status, answer.is_problem("message-not-found")) == (404, True)
