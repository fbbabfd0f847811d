from collections.abc import Callable

import pytest

from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.report import ReportStatus
from sms_gateway.domain.status import Reason, Status, Trigger
from sms_gateway.use_cases.record_report import Recorded, RecordReport
from tests.fakes.boundary import Boundary
from tests.fakes.builders import DUE, KEY, a_change, a_message, a_report, key
from tests.fakes.clock import START
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

    assert record(KEY, a_report(received_at=START)) is Recorded.REPEATED
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


ERROR_ABOUT_1, ERROR_ABOUT_2 = (a_report(ReportStatus.ERROR, attempt=n) for n in (1, 2))


def of_two_open_tries(status: Status) -> tuple[InMemoryMessages, Boundary]:
    boundary = Boundary()
    message = a_message(status, attempt=2, resent=True, open_tries=frozenset({1, 2}))
    return InMemoryMessages(message, boundary=boundary), boundary


def let_happen_before_each_write_but_the_first(
    boundary: Boundary, *happenings: Callable[[], object]
) -> None:
    coming = [lambda: None, *happenings]

    def before(name: str) -> None:
        if name in {"messages.change", "messages.close_try"} and coming:
            happen = coming.pop(0)
            boundary.before = lambda _: None
            happen()
            boundary.before = before

    boundary.before = before


def test_of_two_error_reports_at_once_the_slower_one_fails_the_message() -> None:
    messages, boundary = of_two_open_tries(Status.SUBMITTED)
    record = RecordReport(messages)
    let_happen_before_each_write_but_the_first(boundary, lambda: record(KEY, ERROR_ABOUT_1))

    assert record(KEY, ERROR_ABOUT_2) is Recorded.RECORDED

    message = messages.rows[KEY]
    assert (message.status, message.report) == (Status.FAILED, ERROR_ABOUT_2)
    assert message.contradicting_reports == (ERROR_ABOUT_1,)


def test_a_report_is_recorded_whatever_else_happens_to_the_message_meanwhile() -> None:
    messages, boundary = of_two_open_tries(Status.SENDING)
    record = RecordReport(messages)
    let_happen_before_each_write_but_the_first(
        boundary,
        lambda: messages.change(KEY, a_change(Trigger.UNCLEAR, attempt=2, due_at=DUE)),
        lambda: messages.change(KEY, a_change(Trigger.REPORT_OVERDUE, attempt=2)),
        lambda: record(KEY, ERROR_ABOUT_1),
    )

    assert record(KEY, ERROR_ABOUT_2) is Recorded.RECORDED

    message = messages.rows[KEY]
    assert (message.status, message.report) == (Status.FAILED, ERROR_ABOUT_2)
    assert [entry.status for entry in message.history[1:]] == [
        Status.UNCONFIRMED,
        Status.NO_REPORT,
        Status.FAILED,
    ]


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
