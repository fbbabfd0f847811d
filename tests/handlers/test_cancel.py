"""`DELETE /messages/{messageId}`: taken back before any try, or not at all."""

import pytest

from tests.fakes.clock import FakeClock
from tests.handlers.cloud import Calls, Cloud
from tests.handlers.lambdas import ColdStart, Function
from tests.handlers.output import Output
from tests.handlers.voipit import FakeVoipit
from tests.support.samples import MESSAGE_ID, ORIGIN, from_a_page, sample

DELETE = sample("send-delete-message")
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def scheduled(send: Function, calls: Calls, clock: FakeClock) -> None:  # noqa: ARG001  its time is the one of the samples
    """The message of the sample events, an hour before its time."""
    assert send(sample("send-scheduled-message")).status == 202
    calls.forget()


@pytest.mark.usefixtures("scheduled")
def test_a_message_that_waits_is_taken_back(
    send: Function, cloud: Cloud, voipit: FakeVoipit, output: Output
) -> None:
    answer = send(DELETE)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert (answer.body["messageId"], answer.body["status"]) == (MESSAGE_ID, "cancelled")
    assert [entry["status"] for entry in answer.body["history"]] == ["queued", "cancelled"]
    row = cloud.row(MESSAGE_ID)
    assert (row["status"], row["version"]) == ("cancelled", 2)
    assert {"dueAt", "dueShard"} & set(row) == set(), "nothing more will happen"
    assert voipit.called == []
    assert output.counted()["MessageCancelled"] == 1


@pytest.mark.usefixtures("scheduled")
def test_taken_back_twice_is_taken_back_once(send: Function, cloud: Cloud) -> None:
    first = send(DELETE)
    before = cloud.row(MESSAGE_ID)
    second = send(DELETE)
    assert (second.status, second.body) == (200, first.body)
    assert cloud.row(MESSAGE_ID) == before


@pytest.mark.usefixtures("scheduled")
def test_a_message_taken_back_is_never_sent(
    send: Function, watch: Function, clock: FakeClock, voipit: FakeVoipit, calls: Calls
) -> None:
    send(DELETE)
    clock.advance(3600)
    assert watch.invoke(sample("watch-scheduled"))["lookedAt"] == 0
    assert (voipit.called, calls.enqueued) == ([], [])
    again = send(sample("send-scheduled-message"))
    assert (again.headers["idempotent-replayed"], again.body["status"]) == ("true", "cancelled")


def test_a_message_that_was_tried_cannot_be_taken_back(send: Function, cloud: Cloud) -> None:
    send(sample("send-post-message"))
    before = cloud.row(MESSAGE_ID)
    answer = send(DELETE)
    assert (answer.status, answer.is_problem("already-tried")) == (409, True)
    assert answer.body["detail"] == (
        "The message is submitted and cannot be taken back. A GET of the same address shows its"
        " outcome."
    )
    assert cloud.row(MESSAGE_ID) == before


def test_nor_can_one_that_waits_for_its_second_try(send: Function, voipit: FakeVoipit) -> None:
    voipit.reachable = False
    assert send(sample("send-post-message")).body["status"] == "queued"
    answer = send(DELETE)
    assert (answer.status, answer.is_problem("already-tried")) == (409, True)


def test_a_message_that_does_not_exist_is_404(send: Function, cloud: Cloud) -> None:
    answer = send(DELETE)
    assert (answer.status, answer.is_problem("message-not-found")) == (404, True)
    assert cloud.rows() == []


@pytest.mark.usefixtures("scheduled")
def test_a_table_that_cannot_be_written_is_503_with_retry_after(
    send: Function, calls: Calls
) -> None:
    calls.does_not_answer("dynamodb:UpdateItem")
    assert send(DELETE).is_store_unavailable()


@pytest.mark.parametrize(
    ("before", "status"), [("send-scheduled-message", 200), ("send-post-message", 409)]
)
def test_the_allowed_origin_may_read_what_became_of_it(
    cold_start: ColdStart, before: str, status: int
) -> None:
    send = cold_start("send", ALLOWED_ORIGINS=ORIGIN)
    send(sample(before))
    answer = send(from_a_page(DELETE))
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (status, ORIGIN)
