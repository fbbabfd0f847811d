"""A client is a name: what holds for all of its keys, and for an operator's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sms_gateway.adapters.clients_table import REMEMBERED_FOR, ClientsTable
from sms_gateway.domain.client import Client, Role, digest_identity
from sms_gateway.entrypoints.metrics import metrics
from tests.fakes.clock import FakeClock
from tests.handlers.cloud import GUARDS, Calls, Cloud
from tests.handlers.lambdas import ColdStart, Function
from tests.handlers.output import Output
from tests.handlers.test_every_route import ROUTES
from tests.handlers.voipit import FakeVoipit
from tests.support.samples import (
    API_KEY,
    API_KEY_ID,
    MESSAGE_ID,
    NUMBER,
    OPERATORS_KEY_ID,
    OTHER_CLIENT,
    by,
    sample,
    with_body,
)

Json = dict[str, Any]

OLD, NEW = "0ldkey0001", "n3wkey0002"
CRM = Client("crm")

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(autouse=True)
def _stack(monkeypatch: pytest.MonkeyPatch) -> None:
    # As POWERTOOLS_SERVICE_NAME does in a process of its own.
    monkeypatch.setattr(metrics.provider, "service", "texting")


@pytest.fixture
def two_keys(cloud: Cloud) -> None:
    """Both are keys of the client crm."""
    cloud.enter(CRM, OLD, NEW)


# --- two keys of one client -------------------------------------------------------------------


@pytest.mark.usefixtures("two_keys")
def test_the_second_key_reads_and_lists_what_the_first_has_sent(
    send: Function, status: Function
) -> None:
    sent = send(by(OLD, sample("send-post-message")))

    assert status(by(NEW, sample("status-get-message"))).body == sent.body
    assert status(by(NEW, sample("status-list-messages"))).body["messages"] == [sent.body]


@pytest.mark.usefixtures("two_keys")
def test_the_second_key_repeats_what_the_first_has_sent_and_nothing_is_sent_again(
    send: Function, voipit: FakeVoipit
) -> None:
    sent = send(by(OLD, sample("send-post-message")))

    again = send(by(NEW, sample("send-post-message")))

    assert again.is_replay_of(sent)
    assert len(voipit.taken) == 1


@pytest.mark.usefixtures("two_keys")
def test_nor_by_a_batch_or_a_double_click(send: Function, voipit: FakeVoipit) -> None:
    click = with_body(sample("send-post-message"), messageId=None)
    first = send(by(OLD, click))
    batch = send(by(OLD, sample("send-post-batch"))).body["results"]

    assert send(by(NEW, click)).is_replay_of(first)
    again = send(by(NEW, sample("send-post-batch"))).body["results"]

    assert [result.get("replayed", "problem") for result in again] == [
        True if "message" in result else "problem" for result in batch
    ]
    assert len(voipit.taken) == 1


@pytest.mark.usefixtures("two_keys")
def test_the_second_key_cancels_what_the_first_has_scheduled(send: Function) -> None:
    send(by(OLD, sample("send-scheduled-message")))

    answer = send(by(NEW, sample("send-delete-message")))

    assert (answer.status, answer.body["status"]) == (200, "cancelled")


def test_the_days_limit_is_the_clients_and_not_each_keys(
    cold_start: ColdStart, cloud: Cloud
) -> None:
    cloud.enter(CRM, OLD, NEW)
    send = cold_start("send", CLIENT_DAILY_LIMIT="3")
    posts = [with_body(sample("send-post-message"), messageId=f"m{n}") for n in range(4)]

    answers = [send(by(key, post)) for key, post in zip([OLD, NEW] * 2, posts, strict=True)]

    assert [answer.status for answer in answers] == [202, 202, 202, 429]
    assert answers[3].is_problem("client-limit-reached")


@pytest.mark.usefixtures("two_keys")
def test_messages_and_the_do_not_contact_list_hold_the_clients_name(
    send: Function, cloud: Cloud
) -> None:
    send(by(NEW, sample("send-post-message")))
    send(by(NEW, sample("send-put-suppression")))

    assert cloud.row(MESSAGE_ID)["client"] == "crm"
    (entry,) = [row for row in cloud.rows(GUARDS) if row["guard"].startswith("suppressed#")]
    assert entry["client"] == "crm"


@pytest.mark.usefixtures("two_keys")
def test_the_event_says_the_clients_name(send: Function, publish: Function, cloud: Cloud) -> None:
    send(by(NEW, sample("send-post-message")))
    record = sample("publish-stream-batch")["Records"][0]
    (item,) = cloud.clients.dynamodb.scan(TableName="Messages")["Items"]
    record["dynamodb"]["NewImage"] = item

    publish.invoke({"Records": [record]})

    assert {attributes["client"] for _, attributes in cloud.published()} == {"crm"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("send-post-message", "message taken"),
        ("send-post-batch", "batch taken"),
        ("send-put-suppression", "number suppressed"),
        ("status-list-messages", "messages listed"),
    ],
)
def test_the_log_names_the_client_and_the_keys_id(
    cold_start: ColdStart, cloud: Cloud, output: Output, name: str, message: str
) -> None:
    cloud.enter(CRM, NEW)

    cold_start(name.partition("-")[0])(by(NEW, sample(name)))

    line = output.line(message)
    assert (line["client"], line["key_id"]) == ("crm", NEW)


def test_a_request_is_not_logged_under_the_name_of_the_one_before(
    status: Function, output: Output
) -> None:
    for request in (sample("status-list-messages"), sample("status-get-openapi")):
        status(request)
    status(by(OTHER_CLIENT, sample("status-list-messages")))

    named = [line.get("client") for line in output.lines() if line["message"] == "messages listed"]
    assert named == [API_KEY_ID, OTHER_CLIENT]


def test_where_the_platform_does_not_tell_the_id_the_keys_digest_names_the_client(
    send: Function, cloud: Cloud, output: Output
) -> None:
    cloud.enter(CRM, digest_identity(API_KEY))

    send(sample("send-post-message-without-key-id"))

    line = output.line("message taken")
    assert (line["client"], line["key_id"]) == ("crm", digest_identity(API_KEY))
    assert {row["client"] for row in cloud.rows()} == {"crm"}


# --- how long it is remembered ----------------------------------------------------------------


def test_a_key_that_a_function_knows_costs_no_call_for_a_minute(
    cold_start: ColdStart, cloud: Cloud, calls: Calls
) -> None:
    cloud.enter(CRM, NEW)
    status = cold_start("status", knows=())
    request = by(NEW, sample("status-get-message"))

    status(request)
    assert calls.made == ["dynamodb:GetItem"] * 2
    status(request)
    assert calls.made == ["dynamodb:GetItem"] * 3


@pytest.mark.parametrize("name", [name for name in ROUTES if name != "status-get-openapi"])
def test_a_function_that_does_not_know_a_key_and_cannot_ask_is_503_and_nothing_is_sent(
    cold_start: ColdStart, calls: Calls, voipit: FakeVoipit, name: str
) -> None:
    function = cold_start(name.partition("-")[0], knows=())
    calls.does_not_answer("dynamodb")

    assert function(sample(name)).is_store_unavailable()
    assert voipit.called == []


def test_the_contract_is_the_same_for_everybody_and_needs_no_table(
    cold_start: ColdStart, calls: Calls
) -> None:
    status = cold_start("status", knows=())

    assert status(sample("status-get-openapi")).status == 200
    assert calls.made == []


def test_a_key_whose_row_expires_is_still_the_clients(cold_start: ColdStart, cloud: Cloud) -> None:
    """API Gateway may let it in for some seconds after it was removed."""
    cloud.enter(CRM, OLD)
    ClientsTable(cloud.clients.dynamodb, GUARDS).let_expire(
        OLD, datetime.now(UTC) + timedelta(days=1)
    )
    send = cold_start("send", knows=())

    send(by(OLD, sample("send-post-message")))

    assert cloud.row(MESSAGE_ID)["client"] == "crm"


# --- operators ----------------------------------------------------------------------------------

AS_A_CLIENT = [
    "send-post-message",
    "send-post-batch",
    "send-delete-message",
    "status-preview",
    "status-preview-batch",
    "status-post-token",
]


@pytest.mark.parametrize("name", AS_A_CLIENT)
def test_an_operators_key_never_acts_as_a_client(
    cold_start: ColdStart, cloud: Cloud, calls: Calls, voipit: FakeVoipit, name: str
) -> None:
    cloud.enter(Client("ana", Role.OPERATOR), OPERATORS_KEY_ID)
    function = cold_start(name.partition("-")[0], knows=(OPERATORS_KEY_ID,))
    before = cloud.rows(GUARDS)

    answer = function(by(OPERATORS_KEY_ID, sample(name)))

    assert (answer.status, answer.is_problem("operator-cannot-send")) == (403, True)
    assert "the key of a client" in answer.body["detail"]
    assert (calls.made, voipit.called) == ([], [])
    assert (cloud.rows(), cloud.rows(GUARDS)) == ([], before)


def test_nor_does_it_cancel_a_message_that_there_is(send: Function, cloud: Cloud) -> None:
    cloud.enter(Client("ana", Role.OPERATOR), OPERATORS_KEY_ID)
    send(sample("send-scheduled-message"))

    assert send(by(OPERATORS_KEY_ID, sample("send-delete-message"))).status == 403
    assert cloud.row(MESSAGE_ID)["status"] == "queued"


def test_nor_as_the_client_that_has_its_name(send: Function, cloud: Cloud) -> None:
    """A refusal does not depend on what the body says, not even on whether it can be read."""
    cloud.enter(Client(API_KEY_ID, Role.OPERATOR), OPERATORS_KEY_ID)
    send(sample("send-post-message"))

    assert send(by(OPERATORS_KEY_ID, sample("send-not-json"))).status == 403
    assert send(by(OPERATORS_KEY_ID, sample("send-post-message"))).status == 403


@pytest.mark.parametrize(
    "name", [name for name in ROUTES if name not in {*AS_A_CLIENT, "status-get-message"}]
)
def test_an_operator_may_do_everything_else(cold_start: ColdStart, cloud: Cloud, name: str) -> None:
    cloud.enter(Client("ana", Role.OPERATOR), OPERATORS_KEY_ID)
    cloud.suppress(NUMBER)

    answer = cold_start(name.partition("-")[0])(by(OPERATORS_KEY_ID, sample(name)))

    assert answer.status in {200, 204}


def test_a_refusal_is_logged_with_the_operators_name_and_the_keys_id(
    send: Function, cloud: Cloud, output: Output
) -> None:
    cloud.enter(Client("ana", Role.OPERATOR), OPERATORS_KEY_ID)

    send(by(OPERATORS_KEY_ID, sample("send-post-message")))

    line = output.line("request refused")
    assert (line["code"], line["client"], line["key_id"]) == (
        "operator-cannot-send",
        "ana",
        OPERATORS_KEY_ID,
    )


def test_a_key_that_becomes_an_operators_is_refused_a_minute_later(
    cold_start: ColdStart, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = FakeClock(datetime.now(UTC))
    status = cold_start("status", knows=())
    monkeypatch.setattr(status.module.parts().clients, "_now", seconds.time)
    assert status(by(NEW, sample("status-preview"))).status == 200
    cloud.enter(Client("ana", Role.OPERATOR), NEW)

    seconds.advance(REMEMBERED_FOR - 1)
    assert status(by(NEW, sample("status-preview"))).status == 200
    seconds.advance(1)
    assert status(by(NEW, sample("status-preview"))).status == 403
