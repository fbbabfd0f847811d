"""The do-not-contact list: its three routes, and that nobody on it is texted."""

import json
from typing import Any

import pytest

from tests.fakes.clock import FakeClock
from tests.handlers.cloud import GUARDS, Calls, Cloud
from tests.handlers.lambdas import ColdStart, Function
from tests.handlers.output import Output
from tests.handlers.voipit import FakeVoipit
from tests.support.samples import (
    MESSAGE_ID,
    NOTHING_FAILED,
    NUMBER,
    ONE_QUEUED,
    ORIGIN,
    OTHER_CLIENT,
    about,
    by,
    failures,
    from_a_page,
    sample,
)

PUT = sample("send-put-suppression")
DELETE = sample("send-delete-suppression")
GET = sample("status-get-suppression")
POST = sample("send-post-message")
SINCE = "2026-11-22T15:00:00.123Z"
pytestmark = pytest.mark.usefixtures("clock")


def on_the_list(cloud: Cloud) -> list[str]:
    return [row["phoneNumber"] for row in cloud.rows(GUARDS) if "phoneNumber" in row]


def test_a_number_is_put_on_the_list(send: Function, cloud: Cloud, output: Output) -> None:
    answer = send(PUT)
    assert (answer.status, answer.body) == (204, None)
    assert cloud.rows(GUARDS) == [
        {
            "guard": f"suppressed#{NUMBER}",
            "phoneNumber": NUMBER,
            "since": SINCE,
            "client": "k3y1d0f5am",
            "list": "suppressed",
        }
    ]
    assert output.counted() == {"SuppressionAdded": 1}
    (line,) = output.lines()
    assert (line["message"], line["phone_number"]) == ("number suppressed", "+407•••••567")


def test_a_number_on_the_list_says_since_when(
    send: Function, status: Function, clock: FakeClock
) -> None:
    send(PUT)
    clock.advance(3600)
    send(PUT)
    answer = status(GET)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.body == {"phoneNumber": NUMBER, "since": SINCE}


def test_a_number_that_is_not_on_the_list_is_404(status: Function) -> None:
    answer = status(GET)
    assert (answer.status, answer.is_problem("suppression-not-found")) == (404, True)


def test_a_number_is_taken_off_the_list_as_often_as_one_likes(
    send: Function, cloud: Cloud, status: Function, output: Output
) -> None:
    send(PUT)
    for _ in range(2):
        answer = send(DELETE)
        assert (answer.status, answer.body) == (204, None)
    assert on_the_list(cloud) == []
    assert status(GET).status == 404
    assert output.counted() == {"SuppressionAdded": 1, "SuppressionRemoved": 2}


@pytest.mark.parametrize(
    "written",
    [
        "+40721234567",
        "%2B40721234567",
        "%2b40721234567",
        "0721234567",
        "0721%20234%20567",
        "0040721234567",
        "tel:+40721234567",
        "tel%3A%2B40721234567",
        "+40%20(0)721.234-567",
        "%E2%80%AA%2B40721234567%E2%80%AC",
    ],
)
def test_however_a_number_is_written_it_is_one_number(
    send: Function, status: Function, cloud: Cloud, written: str
) -> None:
    """API Gateway hands the path over as it was sent: `+` stays `+`, `%2B` stays `%2B`."""
    assert send(about(PUT, phoneNumber=written)).status == 204
    assert on_the_list(cloud) == [NUMBER]
    assert status(about(GET, phoneNumber=written)).body["phoneNumber"] == NUMBER
    assert send(about(DELETE, phoneNumber=written)).status == 204
    assert on_the_list(cloud) == []


@pytest.mark.parametrize("number", ["+33612345678", "+40213111111", "+12025550123"])
def test_a_number_that_may_not_be_texted_anyway_can_be_on_the_list(
    send: Function, cloud: Cloud, number: str
) -> None:
    assert send(about(PUT, phoneNumber=number)).status == 204
    assert on_the_list(cloud) == [number]


@pytest.mark.parametrize("text", ["112", "nobody", "%00", "%FF%FE", "+", "12345678901234567890"])
@pytest.mark.parametrize("event", [PUT, DELETE], ids=["PUT", "DELETE"])
def test_what_is_no_number_is_refused(
    send: Function, cloud: Cloud, output: Output, event: dict[str, Any], text: str
) -> None:
    answer = send(about(event, phoneNumber=text))
    assert (answer.status, answer.is_problem("invalid-phone-number", "phoneNumber")) == (422, True)
    assert (cloud.rows(GUARDS), output.counted()) == ([], {})


def test_nor_can_it_be_looked_up(status: Function) -> None:
    answer = status(about(GET, phoneNumber="112"))
    assert (answer.status, answer.is_problem("invalid-phone-number")) == (422, True)


def test_the_list_is_the_companys_and_all_clients_share_it(
    send: Function, status: Function
) -> None:
    send(PUT)
    assert status(by(OTHER_CLIENT, GET)).body == {"phoneNumber": NUMBER, "since": SINCE}
    assert send(by(OTHER_CLIENT, POST)).is_problem("suppressed")


def test_each_route_is_one_call(send: Function, status: Function, calls: Calls) -> None:
    for function, event in ((send, PUT), (status, GET), (send, DELETE)):
        function(event)
    assert calls.made == ["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:DeleteItem"]


def test_a_page_may_ask_for_all_three(cold_start: ColdStart) -> None:
    preflight = sample("send-preflight") | {"resource": "/suppressions/{phoneNumber}"}
    send = cold_start("send", ALLOWED_ORIGINS=ORIGIN)
    answer = send(from_a_page(about(preflight, phoneNumber=NUMBER)))
    allowed = answer.headers["access-control-allow-methods"]
    assert (answer.status, {"PUT", "DELETE"} <= set(allowed.split(","))) == (204, True)


# --- nobody on the list is texted ------------------------------------------------------------


def test_a_message_to_somebody_on_the_list_is_refused(
    send: Function, cloud: Cloud, voipit: FakeVoipit, output: Output
) -> None:
    send(PUT)
    answer = send(POST)
    assert (answer.status, answer.is_problem("suppressed", "phoneNumber")) == (422, True)
    assert (cloud.rows(), voipit.called) == ([], [])
    assert output.counted() == {"SuppressionAdded": 1, "MessageRefusedBySuppression": 1}
    send(DELETE)
    assert send(POST).status == 202


def test_a_message_that_was_taken_before_is_still_a_replay(send: Function) -> None:
    first = send(POST)
    send(PUT)
    assert send(POST).is_replay_of(first)


def test_while_the_list_is_off_it_can_be_kept_and_stops_nobody(cold_start: ColdStart) -> None:
    send = cold_start("send", SUPPRESSION_LIST="off")
    assert send(PUT).status == 204
    assert send(POST).status == 202
    assert cold_start("status", SUPPRESSION_LIST="off")(GET).status == 200


@pytest.fixture
def suppressed_meanwhile(send: Function, clock: FakeClock) -> None:
    """The scheduled message of the sample events at its time; its recipient is on the list."""
    send(sample("send-scheduled-message"))
    send(PUT)
    clock.advance(3600)


@pytest.mark.usefixtures("suppressed_meanwhile")
def test_a_message_whose_recipient_was_suppressed_meanwhile_is_not_sent(
    send: Function, dispatch: Function, cloud: Cloud, voipit: FakeVoipit
) -> None:
    assert dispatch.invoke(ONE_QUEUED) == NOTHING_FAILED
    row = cloud.row(MESSAGE_ID)
    assert (row["status"], row["reason"], row["attempt"]) == ("failed", "suppressed", 0)
    assert "dueAt" not in row
    assert voipit.called == []
    send(DELETE)
    dispatch.invoke(ONE_QUEUED)
    assert (cloud.row(MESSAGE_ID), voipit.called) == (row, []), "it is over, whatever comes"


def test_nor_is_one_that_waits_for_its_second_try(
    send: Function, dispatch: Function, cloud: Cloud, voipit: FakeVoipit, clock: FakeClock
) -> None:
    voipit.reachable = False
    assert send(POST).body["reason"] == "no-connection"
    voipit.reachable = True
    send(PUT)
    clock.advance(5)
    dispatch.invoke(ONE_QUEUED)
    row = cloud.row(MESSAGE_ID)
    assert (row["status"], row["reason"], row["attempt"]) == ("failed", "suppressed", 1)
    assert voipit.taken == []


@pytest.mark.usefixtures("suppressed_meanwhile")
def test_its_sender_is_told_why(dispatch: Function, status: Function) -> None:
    dispatch.invoke(ONE_QUEUED)
    body = status(sample("status-get-message")).body
    assert (body["status"], body["reason"]) == ("failed", "suppressed")
    assert [entry["status"] for entry in body["history"]] == ["queued", "failed"]


LOOKS = {"on": "dynamodb:BatchGetItem", "off": "dynamodb:GetItem"}


@pytest.mark.parametrize("setting", LOOKS)
def test_the_list_is_read_together_with_the_circuit_and_costs_no_call(
    send: Function, cold_start: ColdStart, calls: Calls, clock: FakeClock, setting: str
) -> None:
    send(POST | {"body": json.dumps({"phoneNumber": NUMBER, "message": "Prima."})})
    send(sample("send-scheduled-message"))
    clock.advance(3600)
    dispatch = cold_start("dispatch", SUPPRESSION_LIST=setting)
    calls.forget()
    dispatch.invoke(ONE_QUEUED)
    assert calls.of("dynamodb") == [
        "dynamodb:GetItem",  # the message
        LOOKS[setting],  # the circuit
        "dynamodb:TransactWriteItems",
        "dynamodb:UpdateItem",
    ]


@pytest.mark.usefixtures("suppressed_meanwhile")
def test_while_the_list_is_off_dispatch_sends_all_the_same(
    cold_start: ColdStart, voipit: FakeVoipit
) -> None:
    cold_start("dispatch", SUPPRESSION_LIST="off").invoke(ONE_QUEUED)
    assert len(voipit.taken) == 1


def test_a_list_that_cannot_be_read_lets_nothing_through(
    send: Function, dispatch: Function, cloud: Cloud, voipit: FakeVoipit, clock: FakeClock
) -> None:
    voipit.reachable = False
    send(POST)
    before = cloud.row(MESSAGE_ID)
    voipit.reachable = True
    clock.advance(5)
    cloud.clients.dynamodb.delete_table(TableName=GUARDS)
    assert dispatch.invoke(ONE_QUEUED) == failures(*ONE_QUEUED["Records"])
    assert (cloud.row(MESSAGE_ID), voipit.taken) == (before, [])
