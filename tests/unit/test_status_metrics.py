"""What the stream's changes are counted as."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sms_gateway.domain.message import Message, StatusChange
from sms_gateway.domain.patience import ENDS
from sms_gateway.domain.report import ReportStatus
from sms_gateway.domain.status import MOVES, Reason, Status
from sms_gateway.entrypoints import metrics, status_metrics
from sms_gateway.entrypoints.status_metrics import (
    FAILED_METRICS,
    STATUS_METRICS,
    count_published,
)
from sms_gateway.use_cases.publish_changes import RowChange
from tests.fakes.builders import a_message, a_report
from tests.fakes.clock import START

SECOND = timedelta(seconds=1)


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """The name and the value of everything that is measured, in order."""
    values: list[tuple[str, float]] = []

    def note(metric: Any, value: float) -> None:
        values.append((str(metric), value))

    monkeypatch.setattr(metrics, "measure", note)
    monkeypatch.setattr(status_metrics, "measure", note)
    return values


def became(status: Status, reason: Reason | None = None, **other: Any) -> RowChange:
    before = a_message(status=Status.SENDING)
    return RowChange(
        before, replace(before, status=status, reason=reason, version=before.version + 1, **other)
    )


@pytest.mark.parametrize("status", STATUS_METRICS)
def test_a_change_is_counted_as_published_and_by_its_status(
    noted: list[tuple[str, float]], status: Status
) -> None:
    count_published([became(status)])
    assert noted == [("EventPublished", 1), (STATUS_METRICS[status], 1)]


def test_every_status_that_lasts_is_counted() -> None:
    assert set(Status) - set(STATUS_METRICS) == {Status.SENDING}


@pytest.mark.parametrize("reason", FAILED_METRICS)
def test_a_failure_is_counted_by_its_reason_too(
    noted: list[tuple[str, float]], reason: Reason
) -> None:
    count_published([became(Status.FAILED, reason)])
    assert noted[1:] == [("StatusFailed", 1), (FAILED_METRICS[reason], 1)]


def test_doubt_that_ends_with_the_reason_of_a_failure_is_no_failure(
    noted: list[tuple[str, float]],
) -> None:
    count_published([became(Status.NO_REPORT, Reason.TOO_LATE)])
    assert noted == [("EventPublished", 1), ("StatusNoReport", 1)]


def test_every_reason_of_a_failure_is_counted() -> None:
    ends = {reason for trigger, reason in ENDS.values() if MOVES[trigger].target is Status.FAILED}
    of_voipit = {Reason.REFUSED, Reason.TRANSMISSION_ERROR}
    assert set(FAILED_METRICS) == ends | of_voipit | {Reason.SUPPRESSED}


def test_a_write_that_changes_no_status_is_not_counted(noted: list[tuple[str, float]]) -> None:
    message = a_message(status=Status.SENT)
    count_published([RowChange(message, message)])
    assert noted == []


def reported(after: timedelta, attempt: int = 1) -> Message:
    claimed = a_message(status=Status.SENDING)
    return replace(
        claimed,
        status=Status.SENT,
        version=claimed.version + 2,
        history=(StatusChange(Status.SENDING, START, 1),),
        report=a_report(ReportStatus.SENT, attempt=attempt, received_at=START + after),
    )


def test_the_time_to_the_report_begins_with_the_claim_of_its_try(
    noted: list[tuple[str, float]],
) -> None:
    before = a_message(status=Status.SUBMITTED)
    count_published([RowChange(before, reported(7 * SECOND))])
    assert ("ReportSeconds", 7) in noted


def test_a_report_that_seems_older_than_its_try_took_no_time(
    noted: list[tuple[str, float]],
) -> None:
    """Two clocks differ a little."""
    count_published([RowChange(a_message(), reported(-SECOND))])
    assert ("ReportSeconds", 0) in noted


def test_the_time_of_a_try_that_the_history_does_not_hold_is_not_made_up(
    noted: list[tuple[str, float]],
) -> None:
    count_published([RowChange(a_message(), reported(SECOND, attempt=2))])
    assert "ReportSeconds" not in dict(noted)


def test_a_later_change_does_not_measure_the_report_again(
    noted: list[tuple[str, float]],
) -> None:
    before = reported(SECOND)
    count_published([RowChange(before, replace(before, version=before.version + 1))])
    assert "ReportSeconds" not in dict(noted)
