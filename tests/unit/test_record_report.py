import pytest

from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.report import ReportStatus
from sms_gateway.domain.status import Reason, Status
from sms_gateway.use_cases.record_report import Recorded, RecordReport
from tests.fakes.builders import KEY, a_message, a_report, key
from tests.fakes.messages import InMemoryMessages, Outage


@pytest.mark.parametrize(
    ("word", "status", "reason"),
    [
        (ReportStatus.SENT, Status.SENT, None),
        (ReportStatus.ERROR, Status.FAILED, Reason.TRANSMISSION_ERROR),
    ],
    ids=["sent", "error"],
)
@pytest.mark.parametrize(
    "before",
    [
        pytest.param(Status.SENDING, id="while sending"),
        pytest.param(Status.QUEUED, id="although we thought it was not taken"),
        pytest.param(Status.SUBMITTED, id="as awaited"),
        pytest.param(Status.UNCONFIRMED, id="after an unclear answer"),
        pytest.param(Status.NO_REPORT, id="late"),
    ],
)
def test_the_first_report_counts_whenever_it_comes(
    before: Status, word: ReportStatus, status: Status, reason: Reason | None
) -> None:
    messages = InMemoryMessages(a_message(before))
    report = a_report(word)

    recorded = RecordReport(messages)(KEY, report)

    message = messages.rows[KEY]
    assert recorded is Recorded.RECORDED
    assert (message.status, message.reason, message.report) == (status, reason, report)
    assert message.error_message == report.error_message


ON_ITS_WAY = [Status.SENDING, Status.SUBMITTED, Status.UNCONFIRMED, Status.NO_REPORT]


@pytest.mark.parametrize("before", ON_ITS_WAY)
def test_that_an_earlier_try_has_failed_tells_nothing_of_the_one_that_is_on_its_way(
    before: Status,
) -> None:
    second_try = a_message(before, attempt=2)
    messages = InMemoryMessages(second_try)
    record = RecordReport(messages)

    assert record(KEY, a_report(ReportStatus.ERROR)) is Recorded.CONTRADICTING
    assert messages.rows[KEY].status is before

    assert record(KEY, a_report(attempt=2)) is Recorded.RECORDED
    assert messages.rows[KEY].status is Status.SENT


@pytest.mark.parametrize("before", ON_ITS_WAY)
def test_that_an_earlier_try_was_sent_settles_it(before: Status) -> None:
    messages = InMemoryMessages(a_message(before, attempt=2))

    assert RecordReport(messages)(KEY, a_report()) is Recorded.RECORDED
    assert messages.rows[KEY].status is Status.SENT


def test_a_repeated_report_changes_nothing() -> None:
    messages = InMemoryMessages(a_message(Status.SUBMITTED))
    record = RecordReport(messages)
    record(KEY, a_report())
    once = messages.rows

    assert record(KEY, a_report(attempt=2)) is Recorded.REPEATED
    assert messages.rows == once
    assert messages.contradictions.total() == 0


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (Status.SENT, ReportStatus.ERROR),
        (Status.FAILED, ReportStatus.SENT),
        (Status.CANCELLED, ReportStatus.SENT),
        (Status.CANCELLED, ReportStatus.ERROR),
    ],
    ids=str,
)
def test_a_contradicting_report_is_kept_and_counted_and_changes_nothing(
    status: Status, word: ReportStatus
) -> None:
    before = a_message(status)
    messages = InMemoryMessages(before)
    report = a_report(word)

    recorded = RecordReport(messages)(KEY, report)

    after = messages.rows[KEY]
    assert recorded is Recorded.CONTRADICTING
    assert after.contradicting_reports == (report,)
    assert messages.contradictions == {KEY: 1}
    assert (after.status, after.version, after.history) == (status, before.version, before.history)


def test_a_report_for_an_unknown_message_writes_nothing() -> None:
    messages = InMemoryMessages()

    assert RecordReport(messages)(key("gone"), a_report()) is Recorded.UNKNOWN_MESSAGE
    assert messages.stream == []


@pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())
def test_a_report_that_cannot_be_written_is_not_acknowledged(outage: Outage) -> None:
    messages = InMemoryMessages(a_message(Status.SUBMITTED))
    messages.be_unavailable("change", outage)

    with pytest.raises(StoreUnavailableError):
        RecordReport(messages)(KEY, a_report())


def test_a_contradiction_that_cannot_be_written_is_not_acknowledged() -> None:
    messages = InMemoryMessages(a_message(Status.SENT))
    messages.be_unavailable("note_contradiction")

    with pytest.raises(StoreUnavailableError):
        RecordReport(messages)(KEY, a_report(ReportStatus.ERROR))
