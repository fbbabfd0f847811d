import json
from datetime import timedelta, timezone

from sms_gateway.domain.message import Change, OnUnconfirmed
from sms_gateway.domain.report import ReportStatus
from sms_gateway.domain.status import Reason, Status, Trigger
from sms_gateway.entrypoints.message_view import message_view
from tests.fakes.builders import a_change, a_message, a_report
from tests.fakes.clock import START


def test_a_new_message_shows_what_there_is_and_nothing_else() -> None:
    assert message_view(a_message()) == {
        "messageId": "appointment-17",
        "status": "sending",
        "phoneNumber": "+40721234567",
        "message": "Buna ziua, esti asteptat la ora 10",
        "attempt": 1,
        "sequence": 1,
        "metadata": {"patient": "4711"},
        "onUnconfirmed": "hold",
        "createdAt": "2026-11-22T14:35:00.123Z",
        "updatedAt": "2026-11-22T14:35:00.123Z",
        "history": [
            {"sequence": 1, "status": "sending", "at": "2026-11-22T14:35:00.123Z", "attempt": 1}
        ],
    }


def test_what_the_caller_has_asked_for_is_shown_in_utc() -> None:
    east = timezone(timedelta(hours=2))
    message = a_message(
        Status.QUEUED,
        send_at=(START + timedelta(hours=1)).astimezone(east),
        valid_until=(START + timedelta(hours=2)).astimezone(east),
        on_unconfirmed=OnUnconfirmed.RESEND,
    )

    shown = json.loads(json.dumps(message_view(message)))

    assert shown["sendAt"] == "2026-11-22T15:35:00.123Z"
    assert shown["validUntil"] == "2026-11-22T16:35:00.123Z"
    assert shown["onUnconfirmed"] == "resend"


def test_when_we_look_again_is_nobody_elses_business() -> None:
    shown = message_view(a_message(Status.QUEUED, due_at=START + timedelta(days=9)))

    assert "2026-12-01" not in json.dumps(shown)


def test_a_failed_message_shows_why() -> None:
    report = a_report(ReportStatus.ERROR)
    message = a_message(Status.SUBMITTED).after(Change.reported(report))

    shown = message_view(message)

    assert (shown["reason"], shown["errorMessage"]) == ("transmission-error", "no route")
    assert shown["deliveryReport"] == {
        "status": "error",
        "attempt": 1,
        "receivedAt": "2026-11-22T14:35:05.123Z",
        "errorMessage": "no route",
    }
    assert shown["history"][-1] == {
        "sequence": 3,
        "status": "failed",
        "at": "2026-11-22T14:35:05.123Z",
        "attempt": 1,
        "reason": "transmission-error",
        "errorMessage": "no route",
    }


def test_a_reason_that_no_longer_holds_is_shown_in_the_history_only() -> None:
    message = (
        a_message()
        .after(a_change(Trigger.NOT_TAKEN, reason=Reason.THROTTLED))
        .after(a_change(Trigger.CLAIMED))
    )

    shown = message_view(message)

    assert "reason" not in shown
    assert [line.get("reason") for line in shown["history"]] == [None, "throttled", None]


def test_the_history_is_numbered_like_the_events_even_if_its_start_was_dropped() -> None:
    message = a_message(Status.SENT)
    shortened = message_view(a_message(Status.SENT, version=40, history=message.history[1:]))

    assert [line["sequence"] for line in message_view(message)["history"]] == [1, 2, 3]
    assert [line["sequence"] for line in shortened["history"]] == [39, 40]
    assert shortened["sequence"] == 40


def test_contradicting_reports_are_shown_in_their_order() -> None:
    reports = tuple(
        a_report(word, received_at=START + timedelta(minutes=n))
        for n, word in enumerate([ReportStatus.ERROR, ReportStatus.SENT])
    )

    shown = message_view(a_message(Status.SENT, contradicting_reports=reports))

    assert [report["status"] for report in shown["contradictingReports"]] == ["error", "sent"]


def test_the_view_is_json_and_keeps_the_claim_and_the_client_to_itself() -> None:
    shown = json.dumps(message_view(a_message(claim="the-claim", client="the-client")))

    assert "the-claim" not in shown
    assert "the-client" not in shown


def test_times_are_shown_in_utc() -> None:
    message = a_message(created_at=START.astimezone().replace(microsecond=5999))

    assert message_view(message)["createdAt"] == "2026-11-22T14:35:00.005Z"
