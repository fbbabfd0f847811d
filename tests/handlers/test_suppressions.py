"""The do-not-contact list: its three routes, and that nobody on it is texted."""

import json
from typing import Any

import pytest

from tests.fakes.clock import FakeClock
from tests.handlers.cloud import GUARDS, Calls, Cloud
from tests.handlers.conftest import ColdStart
from tests.handlers.lambdas import Function
from tests.handlers.output import Output
from tests.handlers.samples import MESSAGE_ID, NUMBER, sample, with_headers
from tests.handlers.voipit import FakeVoipit

ORIGIN = "https://crm.example.com"
PUT = sample("send-put-suppression")
DELETE = sample("send-delete-suppression")
GET = sample("status-get-suppression")
POST = sample("send-post-message")
SINCE = "2026-11-22T15:00:00.123Z"
pytestmark = pytest.mark.usefixtures("clock", "voipit")


def about(event: dict[str, Any], number: str) -> dict[str, Any]:
    """The event with another number in its path, which comes as it was sent."""
    path = f"/suppressions/{number}"
    return event | {"path": path, "pathParameters": {"phoneNumber": number}}


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
    assert send(about(PUT, written)).status == 204
    assert on_the_list(cloud) == [NUMBER]
    assert status(about(GET, written)).body["phoneNumber"] == NUMBER
    assert send(about(DELETE, written)).status == 204
    assert on_the_list(cloud) == []


@pytest.mark.parametrize("number", ["+33612345678", "+40213111111", "+12025550123"])
def test_a_number_that_may_not_be_texted_anyway_can_be_on_the_list(
    send: Function, cloud: Cloud, number: str
) -> None:
    assert send(about(PUT, number)).status == 204
    assert on_the_list(cloud) == [number]


@pytest.mark.parametrize("text", ["112", "nobody", "%00", "%FF%FE", "+", "12345678901234567890"])
@pytest.mark.parametrize("event", [PUT, DELETE], ids=["PUT", "DELETE"])
def test_what_is_no_number_is_refused(
    send: Function, cloud: Cloud, output: Output, event: dict[str, Any], text: str
) -> None:
    answer = send(about(event, text))
    assert (answer.status, answer.is_problem("invalid-phone-number")) == (422, True)
    assert answer.body["field"] == "phoneNumber"
    assert (cloud.rows(GUARDS), output.counted()) == ([], {})


def test_nor_can_it_be_looked_up(status: Function) -> None:
    answer = status(about(GET, "112"))
    assert (answer.status, answer.is_problem("invalid-phone-number")) == (422, True)


def test_the_list_is_the_companys_and_all_clients_share_it(
    send: Function, status: Function
) -> None:
    send(PUT)
    theirs = sample("status-get-suppression")
    theirs["requestContext"]["identity"]["apiKeyId"] = "an0therkey"
    assert status(theirs).body == {"phoneNumber": NUMBER, "since": SINCE}
    post = sample("send-post-message")
    post["requestContext"]["identity"]["apiKeyId"] = "an0therkey"
    assert send(post).is_problem("suppressed")


@pytest.mark.parametrize("event", [PUT, DELETE], ids=["PUT", "DELETE"])
def test_a_request_without_a_key_is_forbidden_and_changes_nothing(
    send: Function, calls: Calls, event: dict[str, Any]
) -> None:
    answer = send(without_key(event))
    assert (answer.status, answer.is_problem("forbidden")) == (403, True)
    assert calls.made == []


def test_nobody_without_a_key_learns_who_is_on_the_list(status: Function, calls: Calls) -> None:
    answer = status(without_key(GET))
    assert (answer.status, answer.is_problem("forbidden")) == (403, True)
    assert calls.made == []


def without_key(event: dict[str, Any]) -> dict[str, Any]:
    event = json.loads(json.dumps(event))
    del event["requestContext"]["identity"]["apiKeyId"]
    event["headers"].pop("x-api-key")
    event["multiValueHeaders"].pop("x-api-key")
    return event


@pytest.mark.parametrize("event", [PUT, DELETE], ids=["PUT", "DELETE"])
def test_a_table_that_does_not_answer_is_503(
    send: Function, calls: Calls, event: dict[str, Any]
) -> None:
    calls.does_not_answer("dynamodb")
    answer = send(event)
    assert (answer.status, answer.is_problem("store-unavailable")) == (503, True)
    assert int(answer.headers["retry-after"]) > 0


def test_each_route_is_one_call(send: Function, status: Function, calls: Calls) -> None:
    for function, event in ((send, PUT), (status, GET), (send, DELETE)):
        function(event)
    assert calls.made == ["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:DeleteItem"]


@pytest.mark.parametrize(("event", "status"), [(PUT, 204), (DELETE, 204)], ids=["PUT", "DELETE"])
def test_the_allowed_origin_may_read_the_answer(
    cold_start: ColdStart, event: dict[str, Any], status: int
) -> None:
    answer = cold_start("send", ALLOWED_ORIGIN=ORIGIN)(with_headers(event, {"Origin": ORIGIN}))
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (status, ORIGIN)


def test_a_page_may_ask_for_all_three(cold_start: ColdStart) -> None:
    event = (
        sample("send-preflight") | about({}, NUMBER) | {"resource": "/suppressions/{phoneNumber}"}
    )
    send = cold_start("send", ALLOWED_ORIGIN=ORIGIN)
    answer = send(with_headers(event, {"Origin": ORIGIN}))
    allowed = answer.headers["access-control-allow-methods"]
    assert (answer.status, {"PUT", "DELETE"} <= set(allowed.split(","))) == (204, True)


# --- nobody on the list is texted ------------------------------------------------------------


def test_a_message_to_somebody_on_the_list_is_refused(
    send: Function, cloud: Cloud, voipit: FakeVoipit, output: Output
) -> None:
    send(PUT)
    answer = send(POST)
    assert (answer.status, answer.is_problem("suppressed")) == (422, True)
    assert answer.body["field"] == "phoneNumber"
    assert (cloud.rows(), voipit.called) == ([], [])
    assert output.counted() == {"SuppressionAdded": 1, "MessageRefusedBySuppression": 1}
    send(DELETE)
    assert send(POST).status == 202


def test_a_message_that_was_taken_before_is_still_a_replay(send: Function) -> None:
    first = send(POST)
    send(PUT)
    again = send(POST)
    assert (again.status, again.headers["idempotent-replayed"]) == (202, "true")
    assert again.body == first.body


def test_while_the_list_is_off_it_can_be_kept_and_stops_nobody(cold_start: ColdStart) -> None:
    send = cold_start("send", SUPPRESSION_LIST="off")
    assert send(PUT).status == 204
    assert send(POST).status == 202
    assert cold_start("status", SUPPRESSION_LIST="off")(GET).status == 200


@pytest.fixture
def queued() -> dict[str, Any]:
    """What the queue hands out: the message of the sample events."""
    return {"Records": sample("dispatch-queue-batch")["Records"][:1]}


def test_a_message_whose_recipient_was_suppressed_meanwhile_is_not_sent(  # noqa: PLR0913, PLR0917
    send: Function,
    dispatch: Function,
    cloud: Cloud,
    voipit: FakeVoipit,
    clock: FakeClock,
    queued: dict[str, Any],
) -> None:
    send(sample("send-scheduled-message"))
    send(PUT)
    clock.advance(3600)
    assert dispatch.invoke(queued) == {"batchItemFailures": []}
    row = cloud.row(MESSAGE_ID)
    assert (row["status"], row["reason"], row["attempt"]) == ("failed", "suppressed", 0)
    assert "dueAt" not in row
    assert voipit.called == []
    send(DELETE)
    dispatch.invoke(queued)
    assert (cloud.row(MESSAGE_ID), voipit.called) == (row, []), "it is over, whatever comes"


def test_nor_is_one_that_waits_for_its_second_try(
    send: Function, dispatch: Function, cloud: Cloud, voipit: FakeVoipit, queued: dict[str, Any]
) -> None:
    voipit.reachable = False
    assert send(POST).body["reason"] == "no-connection"
    voipit.reachable = True
    send(PUT)
    dispatch.invoke(queued)
    row = cloud.row(MESSAGE_ID)
    assert (row["status"], row["reason"], row["attempt"]) == ("failed", "suppressed", 1)
    assert voipit.taken == []


def test_its_sender_is_told_why(
    send: Function, dispatch: Function, status: Function, clock: FakeClock, queued: dict[str, Any]
) -> None:
    send(sample("send-scheduled-message"))
    send(PUT)
    clock.advance(3600)
    dispatch.invoke(queued)
    body = status(sample("status-get-message")).body
    assert (body["status"], body["reason"]) == ("failed", "suppressed")
    assert [entry["status"] for entry in body["history"]] == ["queued", "failed"]


@pytest.mark.parametrize(("setting", "looks"), [("on", 3), ("off", 2)])
def test_the_look_at_the_list_is_one_read_of_a_queued_message(  # noqa: PLR0913, PLR0917
    send: Function,
    cold_start: ColdStart,
    calls: Calls,
    clock: FakeClock,
    queued: dict[str, Any],
    setting: str,
    looks: int,
) -> None:
    send(POST | {"body": json.dumps({"phoneNumber": NUMBER, "message": "Prima."})})
    send(sample("send-scheduled-message"))
    clock.advance(3600)
    dispatch = cold_start("dispatch", SUPPRESSION_LIST=setting)
    calls.forget()
    dispatch.invoke(queued)
    made = [call for call in calls.made if call.startswith("dynamodb")]
    assert made == ["dynamodb:GetItem"] * looks + ["dynamodb:UpdateItem"] * 2


def test_while_the_list_is_off_dispatch_sends_all_the_same(
    send: Function,
    cold_start: ColdStart,
    voipit: FakeVoipit,
    clock: FakeClock,
    queued: dict[str, Any],
) -> None:
    send(sample("send-scheduled-message"))
    send(PUT)
    clock.advance(3600)
    cold_start("dispatch", SUPPRESSION_LIST="off").invoke(queued)
    assert len(voipit.taken) == 1


def test_a_list_that_cannot_be_read_lets_nothing_through(
    send: Function, dispatch: Function, cloud: Cloud, voipit: FakeVoipit, queued: dict[str, Any]
) -> None:
    voipit.reachable = False
    send(POST)
    before = cloud.row(MESSAGE_ID)
    voipit.reachable = True
    cloud.clients.dynamodb.delete_table(TableName=GUARDS)
    assert dispatch.invoke(queued) == {
        "batchItemFailures": [{"itemIdentifier": queued["Records"][0]["messageId"]}]
    }
    assert (cloud.row(MESSAGE_ID), voipit.taken) == (before, [])
