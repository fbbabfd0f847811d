import contextlib
import time
from typing import Any

import pytest
import requests

from local.simulator.behaviours import BEHAVIOURS
from local.simulator.server import running_simulator
from tests.simulator.both_ends import Client, Receiver, fast_settings

pytestmark = pytest.mark.enable_socket

INITIAL = {
    "carrierDelay": 0.02,
    "lateReportDelay": 0.3,
    "slowAnswer": 0.3,
    "invalidRequestLimit": 2,
    "invalidRequestWindow": 60,
    "blockDuration": 600,
    "blocked": False,
    "available": True,
}


def test_the_simulator_says_that_it_is_there(voipit: Client) -> None:
    assert voipit.get("/_simulator/health").status_code == 200


def test_the_settings_are_shown_without_the_password(voipit: Client) -> None:
    assert voipit.get("/_simulator/settings").json() == INITIAL


def test_settings_can_be_changed(voipit: Client) -> None:
    answer = voipit.change(carrierDelay=1, invalidRequestLimit=0)
    assert answer.status_code == 200
    assert answer.json() == INITIAL | {"carrierDelay": 1, "invalidRequestLimit": 0}
    assert voipit.get("/_simulator/settings").json() == answer.json()


def test_a_changed_password_counts_at_once(voipit: Client) -> None:
    voipit.change(password="rotated")
    assert voipit.ping().status_code == 401
    assert voipit.ping(password="rotated").status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("carrierdelay", 1),
        ("accountNumber", "1"),
        ("password", ""),
        ("password", 5),
        ("carrierDelay", -1),
        ("carrierDelay", "1"),
        ("slowAnswer", True),
        ("lateReportDelay", None),
        ("blockDuration", 10**400),
        ("invalidRequestWindow", 86_401),
        ("invalidRequestLimit", 1.5),
        ("invalidRequestLimit", True),
        ("invalidRequestLimit", -1),
        ("blocked", 1),
        ("available", "false"),
    ],
)
def test_an_unknown_or_wrongly_typed_setting_is_refused_by_name_and_nothing_changes(
    voipit: Client, name: str, value: Any
) -> None:
    answer = (
        voipit.change(blockDuration=1, **{name: value})
        if name != "blockDuration"
        else (voipit.change(blockDuration=value))
    )
    assert answer.status_code == 400
    assert answer.json()["field"] == name
    assert name in answer.json()["error"]
    assert voipit.get("/_simulator/settings").json() == INITIAL


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"{", b"\xff", b'{"carrierDelay": NaN}'])
def test_a_body_that_is_no_object_with_settings_is_refused(voipit: Client, body: bytes) -> None:
    answer = requests.patch(f"{voipit.url}/_simulator/settings", data=body, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["field"] in {"body", "carrierDelay"}


def test_a_reset_empties_the_journal_unblocks_and_restores_the_settings(voipit: Client) -> None:
    voipit.change(carrierDelay=1, password="rotated")
    for _ in range(3):
        voipit.ping(password="wrong")
    assert voipit.ping().status_code == 403
    voipit.reset()
    assert voipit.journal() == []
    assert voipit.get("/_simulator/settings").json() == INITIAL
    assert voipit.ping().status_code == 200
    assert voipit.journal()[0]["index"] == 1


@pytest.mark.parametrize("number", ["+40722000111", "+40799000004", "+40799000015"])
def test_a_reset_cancels_reports_still_to_come(
    voipit: Client, receiver: Receiver, number: str
) -> None:
    voipit.change(carrierDelay=1, slowAnswer=0.1)
    with contextlib.suppress(requests.ReadTimeout):
        voipit.send(number, timeout=0.05)
    assert len(voipit.journal(accepted="true")) == 1
    voipit.reset()
    time.sleep(1.3)
    assert receiver.reports == []


def test_the_table_of_behaviours_can_be_read(voipit: Client) -> None:
    rows = voipit.get("/_simulator/behaviours").json()["behaviours"]
    assert [row["number"] for row in rows] == [behaviour.number for behaviour in BEHAVIOURS]
    assert rows[6] == {
        "number": "+40799000007",
        "name": "cut-with-report",
        "description": BEHAVIOURS[6].description,
        "accepted": True,
        "answer": "cut",
        "slow": False,
        "reports": [
            {
                "status": "sent",
                "apiName": "sms",
                "encoding": "application/x-www-form-urlencoded",
            }
        ],
        "reportTime": "carrierDelay after the acceptance",
    }
    assert (rows[9]["answer"], rows[9]["reportTime"]) == (500, None)


def test_a_simulator_that_cannot_listen_says_so_to_the_test_that_starts_it(voipit: Client) -> None:
    port = int(voipit.url.rsplit(":", 1)[1])
    with (
        pytest.raises(OSError, match="address already in use"),
        running_simulator(fast_settings(), port=port),
    ):
        pass


def test_stopping_does_not_wait_for_slow_answers_and_late_reports(receiver: Receiver) -> None:
    settings = fast_settings(slow_answer=60, carrier_delay=60)
    with running_simulator(settings) as url:
        client = Client(url, receiver.url)
        client.send()
        with pytest.raises(requests.ReadTimeout):
            client.send("+40799000015", timeout=0.1)
        stopped_at = time.monotonic()
    assert time.monotonic() - stopped_at < 20
