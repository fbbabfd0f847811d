"""The call of Voipit, and what of it can still be written afterwards."""

import pytest

from sms_gateway.domain.outcome import Outcome, not_taken, refused, unclear
from sms_gateway.domain.report import ReportStatus
from sms_gateway.domain.status import Reason, Status
from sms_gateway.use_cases.hand_over import SECONDS_TO_RECORD
from sms_gateway.use_cases.record_report import Recorded
from tests.fakes.builders import KEY, a_message, a_report
from tests.fakes.gateway import FakeGateway
from tests.fakes.messages import Outage


@pytest.mark.parametrize(
    ("outage", "stored"),
    [(Outage.BEFORE, Status.SENDING), (Outage.AFTER, Status.SUBMITTED)],
    ids=["not written", "written"],
)
def test_an_outcome_that_cannot_be_written_is_no_error(
    gateway: FakeGateway, outage: Outage, stored: Status
) -> None:
    gateway.messages.be_unavailable("change", outage)

    result = gateway.send()

    assert (result.message.status, result.replayed) == (Status.SENDING, False)
    assert gateway.messages.rows[KEY].status is stored
    assert len(gateway.voipit.handed) == 1


@pytest.mark.parametrize(
    ("word", "status"),
    [(ReportStatus.SENT, Status.SENT), (ReportStatus.ERROR, Status.FAILED)],
    ids=["sent", "error"],
)
@pytest.mark.parametrize(
    "answer", [None, unclear(Reason.SERVER_ERROR), not_taken(Reason.THROTTLED), refused("no")]
)
def test_a_report_that_overtakes_the_answer_stays(
    gateway: FakeGateway, word: ReportStatus, status: Status, answer: Outcome | None
) -> None:
    gateway.voipit.during_call = lambda _: recorded.append(gateway.report(a_report(word)))
    gateway.voipit.will_answer(*([answer] if answer else []))
    recorded: list[Recorded] = []

    message = gateway.send().message

    assert recorded == [Recorded.RECORDED]
    assert message.status is status
    assert gateway.messages.rows[KEY] == message


def test_an_outcome_is_not_written_over_somebody_elses_claim(gateway: FakeGateway) -> None:
    theirs = a_message(claim="theirs", attempt=2)
    gateway.voipit.during_call = lambda _: take_over()

    def take_over() -> None:
        gateway.messages._rows[KEY] = theirs  # noqa: SLF001  no port does this at once

    assert gateway.send().message == theirs
    assert gateway.messages.rows[KEY] == theirs


def test_a_row_that_is_gone_when_the_answer_comes_is_no_error(gateway: FakeGateway) -> None:
    gateway.voipit.during_call = lambda _: gateway.messages._rows.clear()  # noqa: SLF001  no port deletes

    assert gateway.send().message.status is Status.SENDING


def test_nobody_is_called_when_the_time_left_does_not_suffice(gateway: FakeGateway) -> None:
    gateway.seconds_left = gateway.voipit.seconds_needed + SECONDS_TO_RECORD - 0.001

    message = gateway.send().message

    assert (message.status, message.reason) == (Status.QUEUED, Reason.NO_TIME_LEFT)
    assert gateway.voipit.handed == []


def test_the_time_that_is_needed_suffices(gateway: FakeGateway) -> None:
    gateway.seconds_left = gateway.voipit.seconds_needed + SECONDS_TO_RECORD

    assert gateway.send().message.status is Status.SUBMITTED


def test_nobody_is_called_without_a_url_for_the_report(gateway: FakeGateway) -> None:
    gateway.callback_urls.available = False

    message = gateway.send().message

    assert (message.status, message.reason) == (Status.QUEUED, Reason.SECRET_UNAVAILABLE)
    assert gateway.voipit.handed == []
