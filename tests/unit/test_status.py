import pytest

from sms_gateway.domain.status import FINAL, MOVES, NEEDS_ATTENTION, SETTLED, Status, Trigger

# The table of moves, written out once more by hand (docs/guarantees.md draws it).
DESIGN = {
    (Status.QUEUED, Trigger.CLAIMED): Status.SENDING,
    (Status.QUEUED, Trigger.CANCELLED): Status.CANCELLED,
    (Status.QUEUED, Trigger.VALIDITY_ENDED): Status.FAILED,
    (Status.QUEUED, Trigger.GIVEN_UP): Status.FAILED,
    (Status.QUEUED, Trigger.SUPPRESSED): Status.FAILED,
    (Status.SENDING, Trigger.ACCEPTED): Status.SUBMITTED,
    (Status.SENDING, Trigger.REFUSED): Status.FAILED,
    (Status.SENDING, Trigger.NOT_TAKEN): Status.QUEUED,
    (Status.SENDING, Trigger.UNUSED): Status.QUEUED,
    (Status.SENDING, Trigger.UNCLEAR): Status.UNCONFIRMED,
    (Status.SENDING, Trigger.REPORTED_SENT): Status.SENT,
    (Status.SENDING, Trigger.REPORTED_ERROR): Status.FAILED,
    (Status.SUBMITTED, Trigger.REPORTED_SENT): Status.SENT,
    (Status.SUBMITTED, Trigger.REPORTED_ERROR): Status.FAILED,
    (Status.UNCONFIRMED, Trigger.REPORTED_SENT): Status.SENT,
    (Status.UNCONFIRMED, Trigger.REPORTED_ERROR): Status.FAILED,
    (Status.QUEUED, Trigger.REPORTED_SENT): Status.SENT,
    (Status.QUEUED, Trigger.REPORTED_ERROR): Status.FAILED,
    (Status.NO_REPORT, Trigger.REPORTED_SENT): Status.SENT,
    (Status.NO_REPORT, Trigger.REPORTED_ERROR): Status.FAILED,
    (Status.SUBMITTED, Trigger.REPORT_OVERDUE): Status.NO_REPORT,
    (Status.UNCONFIRMED, Trigger.REPORT_OVERDUE): Status.NO_REPORT,
    (Status.UNCONFIRMED, Trigger.UNUSED): Status.QUEUED,
    (Status.UNCONFIRMED, Trigger.RESEND_CLAIMED): Status.SENDING,
    (Status.SENDING, Trigger.REFUSED_IN_DOUBT): Status.NO_REPORT,
    (Status.SENDING, Trigger.NOT_TAKEN_IN_DOUBT): Status.UNCONFIRMED,
    (Status.SENDING, Trigger.UNUSED_IN_DOUBT): Status.UNCONFIRMED,
    (Status.UNCONFIRMED, Trigger.UNUSED_IN_DOUBT): Status.UNCONFIRMED,
    (Status.SENDING, Trigger.REPORTED_ERROR_IN_DOUBT): Status.NO_REPORT,
    (Status.SUBMITTED, Trigger.REPORTED_ERROR_IN_DOUBT): Status.NO_REPORT,
    (Status.UNCONFIRMED, Trigger.REPORTED_ERROR_IN_DOUBT): Status.NO_REPORT,
}


@pytest.mark.parametrize("trigger", Trigger)
@pytest.mark.parametrize("status", Status)
def test_a_move_is_allowed_exactly_if_the_design_names_it(status: Status, trigger: Trigger) -> None:
    move = MOVES[trigger]

    assert (move.target if status in move.sources else None) == DESIGN.get((status, trigger))


@pytest.mark.parametrize("status", [Status.SENT, Status.FAILED, Status.CANCELLED])
def test_a_final_status_is_never_left(status: Status) -> None:
    assert status in FINAL
    assert [trigger for trigger, move in MOVES.items() if status in move.sources] == []


@pytest.mark.parametrize("status", sorted(set(Status) - FINAL))
def test_a_status_that_is_not_final_can_be_left(status: Status) -> None:
    assert any(status in move.sources for move in MOVES.values())


def test_every_status_can_be_reached() -> None:
    reached = {Status.QUEUED, Status.SENDING}
    for _ in Status:
        reached |= {move.target for move in MOVES.values() if move.sources & reached}

    assert reached == set(Status)


@pytest.mark.parametrize("status", Status)
def test_every_message_can_still_end_settled(status: Status) -> None:
    ahead = {status}
    for _ in Status:
        ahead |= {move.target for move in MOVES.values() if move.sources & ahead}

    assert ahead & SETTLED


def test_settled_is_what_only_a_late_report_can_change() -> None:
    ways_out = {trigger for trigger, move in MOVES.items() if move.sources & SETTLED}

    assert frozenset({Status.SENT, Status.FAILED, Status.CANCELLED, Status.NO_REPORT}) == SETTLED
    assert ways_out == {Trigger.REPORTED_SENT, Trigger.REPORTED_ERROR}


def test_an_operator_looks_for_what_was_not_sent_and_for_what_nothing_says_was() -> None:
    assert {Status.FAILED, Status.UNCONFIRMED, Status.NO_REPORT} == NEEDS_ATTENTION


def test_the_statuses_are_called_what_the_contract_calls_them() -> None:
    assert {str(status) for status in Status} == {
        "queued", "sending", "submitted", "unconfirmed", "no_report", "sent", "failed", "cancelled",
    }  # fmt: skip
