"""The callback URL, in the hands of Voipit and of strangers."""

import base64
from collections.abc import Callable
from uuid import uuid4

import pytest
import requests

from sms_gateway_client import Gateway
from tests.support import raw
from tests.support.simulator import Simulator

NO_REPORT_NUMBER = "+40799000002"
TIMEOUT = 40


@pytest.fixture
def message_id(api: Gateway) -> str:
    """A message whose report will never come from the simulator."""
    message_id = f"waiting-{uuid4()}"  # an id of its own: equal messages would be a double click
    body = {"phoneNumber": NO_REPORT_NUMBER, "message": "Waiting for you", "messageId": message_id}
    assert raw.post(api, body).status_code == 202
    return message_id


def report(message_id: str, status: str = "sent") -> dict[str, str]:
    return {"apiName": "sms", "type": "deliveryReport", "status": status, "id": message_id}


def _by_multipart(url: str, values: dict[str, str]) -> requests.Response:
    parts = {name: (None, value) for name, value in values.items()}
    return requests.post(url, files=parts, timeout=TIMEOUT)


@pytest.mark.parametrize(
    "send",
    [
        pytest.param(lambda u, v: requests.post(u, data=v, timeout=TIMEOUT), id="POST form"),
        pytest.param(_by_multipart, id="POST multipart"),
        pytest.param(lambda u, v: requests.post(u, json=v, timeout=TIMEOUT), id="POST JSON"),
        pytest.param(lambda u, v: requests.get(u, params=v, timeout=TIMEOUT), id="GET"),
    ],
)
def test_a_report_is_recorded_however_it_is_sent(
    send: Callable[[str, dict[str, str]], requests.Response],
    message_id: str,
    api: Gateway,
    simulator: Simulator,
) -> None:
    answer = send(simulator.send_result_to(message_id), report(message_id))

    assert answer.status_code == 200
    assert answer.json() == {"type": "ok"}
    assert raw.get(api, message_id).json()["status"] == "sent"


def test_a_url_that_is_not_ours_is_refused_and_changes_nothing(
    message_id: str, api: Gateway, simulator: Simulator
) -> None:
    before = raw.get(api, message_id).json()
    url = simulator.send_result_to(message_id)
    head, _, signature = url.rpartition(".")
    other = base64.urlsafe_b64encode(bytes(16)).rstrip(b"=").decode()
    forged = [
        f"{head}.{other}",
        f"{head}.{signature[:-2]}",
        f"{head}.",
        url.replace("/1/", "/2/"),
        url.replace(message_id, "another-message"),
        url.rpartition("/")[0],
    ]

    for wrong in forged:
        answer = requests.post(wrong, data=report(message_id), timeout=TIMEOUT)
        assert answer.status_code == 403, wrong

    assert raw.get(api, message_id).json() == before


def test_the_first_report_stays(message_id: str, api: Gateway, simulator: Simulator) -> None:
    url = simulator.send_result_to(message_id)
    failed = report(message_id, "error") | {"errorMessage": "No route to 40799000002"}

    statuses = [
        requests.post(url, data=values, timeout=TIMEOUT).status_code
        for values in (failed, failed, report(message_id))
    ]

    assert statuses == [200, 200, 200]
    message = raw.get(api, message_id).json()
    assert message["status"] == "failed"
    assert message["reason"] == "transmission-error"
    assert message["errorMessage"] == "No route to 40799000002"
    assert message["sequence"] == 3
    assert [r["status"] for r in message["contradictingReports"]] == ["sent"]


def test_a_report_without_a_status_is_refused_and_changes_nothing(
    message_id: str, api: Gateway, simulator: Simulator
) -> None:
    url = simulator.send_result_to(message_id)

    answer = requests.post(url, data={"apiName": "sms"}, timeout=TIMEOUT)

    assert answer.status_code == 400
    assert answer.json()["field"] == "status"
    assert raw.get(api, message_id).json()["status"] in {"submitted", "no_report"}
