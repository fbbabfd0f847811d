from datetime import UTC, datetime, timedelta

import pytest

from local.simulator.settings import Settings
from tests.simulator.both_ends import ACCOUNT, NUMBER, PASSWORD, Client, Receiver, wait_until

pytestmark = pytest.mark.enable_socket


def test_a_message_is_journalled_with_everything_but_the_password(
    voipit: Client, receiver: Receiver
) -> None:
    voipit.send(message="ș" * 161)
    wait_until(lambda: voipit.journal()[0]["reports"] != [])
    (entry,) = voipit.journal()
    at = datetime.fromisoformat(entry.pop("at"))
    assert at.utcoffset() == timedelta()
    assert datetime.now(UTC) - at < timedelta(seconds=10)
    (report,) = entry.pop("reports")
    assert datetime.fromisoformat(report.pop("at")) >= at
    assert report == {
        "method": "POST",
        "contentType": "application/x-www-form-urlencoded",
        "status": "sent",
        "answer": receiver.status,
    }
    assert entry == {
        "index": 1,
        "path": f"/{ACCOUNT}/sms/send",
        "method": "POST",
        "contentType": "application/x-www-form-urlencoded",
        "remote": "127.0.0.1",
        "fields": ["message", "messageId", "password", "phoneNumber", "sendResultTo"],
        "accountNumber": ACCOUNT,
        "phoneNumber": NUMBER,
        "messageId": "m-1",
        "sendResultTo": voipit.send_result_to,
        "message": "ș" * 161,
        "messageCarried": "s" * 160,
        "accepted": True,
        "behaviour": "normal",
        "answer": 200,
    }


def test_a_ping_is_journalled(voipit: Client) -> None:
    voipit.ping()
    (entry,) = voipit.journal()
    assert entry["path"] == f"/{ACCOUNT}/ping/"
    assert entry["fields"] == ["password"]
    assert (entry["phoneNumber"], entry["message"], entry["behaviour"]) == (None, None, None)
    assert entry["answer"] == 200


def test_a_rejected_request_is_journalled_as_not_accepted(voipit: Client) -> None:
    voipit.change(blocked=True)
    voipit.send()
    (entry,) = voipit.journal()
    assert (entry["messageId"], entry["accepted"], entry["answer"]) == ("m-1", False, 403)
    assert entry["messageCarried"] is None


def test_a_request_without_a_content_type_is_journalled(voipit: Client) -> None:
    voipit.post(f"/{ACCOUNT}/sms/send")
    assert voipit.journal()[0]["contentType"] is None


def test_repeated_names_are_journalled_as_received_and_the_last_value_counts(
    voipit: Client,
) -> None:
    values = [("password", PASSWORD), ("phoneNumber", NUMBER), ("message", "a"), ("message", "b")]
    voipit.post(f"/{ACCOUNT}/sms/send", data=values)
    (entry,) = voipit.journal()
    assert entry["fields"] == ["message", "message", "password", "phoneNumber"]
    assert entry["message"] == "b"


def test_the_journal_is_filtered_by_message_id_number_and_acceptance(voipit: Client) -> None:
    voipit.send(messageId="a")
    voipit.send("0799000010", messageId="a")
    voipit.send("0799000002", messageId="b")
    assert [entry["index"] for entry in voipit.journal()] == [1, 2, 3]
    assert [entry["index"] for entry in voipit.journal(messageId="a")] == [1, 2]
    assert [entry["index"] for entry in voipit.journal(messageId="a", accepted="true")] == [1]
    assert [entry["index"] for entry in voipit.journal(accepted="false")] == [2]
    assert [entry["index"] for entry in voipit.journal(phoneNumber="+40799000002")] == [3]
    assert voipit.journal(messageId="c") == []
    assert len(voipit.journal(messageId="", phoneNumber="", accepted="")) == 3


def test_a_plus_sign_left_unencoded_in_the_filter_is_understood(voipit: Client) -> None:
    voipit.send()
    assert len(voipit.get(f"/_simulator/journal?phoneNumber={NUMBER}").json()["requests"]) == 1


@pytest.mark.parametrize(
    ("filters", "field"), [({"accepted": "yes"}, "accepted"), ({"messageID": "a"}, "messageID")]
)
def test_a_filter_that_makes_no_sense_is_refused_by_name(
    voipit: Client, filters: dict[str, str], field: str
) -> None:
    answer = voipit.get("/_simulator/journal", **filters)
    assert answer.status_code == 400
    assert answer.json()["field"] == field


def test_the_password_is_nowhere_to_be_read(
    voipit: Client, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    voipit.change(password="another-secret")
    voipit.send(password="another-secret")
    voipit.send(password="wrong-secret")
    voipit.post(f"/{ACCOUNT}/sms/send?password=another-secret", json={"password": "another-secret"})
    shown = [
        voipit.get(f"/_simulator/{route}").text
        for route in ("journal", "settings", "behaviours", "health")
    ]
    assert "-secret" not in "".join(shown)
    assert "".join(capfd.readouterr()) == ""
    assert caplog.records == []
    assert PASSWORD not in repr(Settings(account_number=ACCOUNT, password=PASSWORD))
