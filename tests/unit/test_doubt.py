"""Once a try may have been taken, no later status says that the message was not sent."""

from contextlib import suppress
from datetime import timedelta

import pytest

from sms_gateway.domain.circuit import OpenReason
from sms_gateway.domain.due import LEASE, QUEUE_GRACE, RECHECK
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.guards import Limits, Suppression
from sms_gateway.domain.message import Message, OnUnconfirmed
from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken, refused, unclear
from sms_gateway.domain.patience import MAX_TRIES
from sms_gateway.domain.report import ReportStatus
from sms_gateway.domain.status import Reason, Status
from sms_gateway.use_cases.record_report import Recorded
from tests.fakes.builders import CLIENT, KEY, NUMBER, a_message, a_report
from tests.fakes.clock import START
from tests.fakes.gateway import REPORT_DEADLINE, FakeGateway
from tests.fakes.messages import Outage
from tests.fakes.provider import Handed

RESEND = OnUnconfirmed.RESEND
UNCLEAR = unclear(Reason.CONNECTION_CUT)
NOT_TAKEN = not_taken(Reason.NO_CONNECTION)
SENDING, SENT, FAILED = Status.SENDING, Status.SENT, Status.FAILED
UNCONFIRMED, SUBMITTED, NO_REPORT = Status.UNCONFIRMED, Status.SUBMITTED, Status.NO_REPORT


def stored(gateway: FakeGateway) -> Message:
    return gateway.messages.rows[KEY]


def statuses(gateway: FakeGateway) -> list[Status]:
    return [entry.status for entry in stored(gateway).history]


def in_doubt(gateway: FakeGateway, **values: object) -> None:
    """A message whose first try was unclear, and whose report is overdue."""
    gateway.voipit.will_answer(UNCLEAR)
    gateway.send(on_unconfirmed=RESEND, **values)
    gateway.clock.advance(REPORT_DEADLINE.total_seconds())


def second_try(gateway: FakeGateway, outcome: Outcome = ACCEPTED) -> None:
    """What `watch` and `dispatch` make of a message in doubt that is due."""
    gateway.voipit.will_answer(outcome)
    gateway.watch()
    gateway.run_queue()


def error_about(gateway: FakeGateway, attempt: int) -> Recorded:
    return gateway.report(a_report(ReportStatus.ERROR, attempt=attempt))


def error_during_the_call(gateway: FakeGateway, attempt: int) -> None:
    def report(_: Handed) -> None:
        error_about(gateway, attempt)

    gateway.voipit.during_call = report


def test_the_second_try_is_claimed_straight_from_unconfirmed(gateway: FakeGateway) -> None:
    in_doubt(gateway)

    second_try(gateway)

    assert statuses(gateway) == [SENDING, UNCONFIRMED, SENDING, SUBMITTED]
    assert [h.message.attempt for h in gateway.voipit.handed] == [1, 2]


def test_until_the_second_try_is_claimed_the_message_stays_unconfirmed(
    gateway: FakeGateway,
) -> None:
    in_doubt(gateway)

    watched = gateway.watch()

    assert (stored(gateway).status, stored(gateway).version) == (UNCONFIRMED, 2)
    assert (watched.moved, watched.enqueued) == (0, 1)
    assert stored(gateway).due_at == gateway.clock() + QUEUE_GRACE


def test_a_stray_queue_message_does_not_bring_the_second_try_forward(gateway: FakeGateway) -> None:
    gateway.voipit.will_answer(UNCLEAR)
    gateway.send(on_unconfirmed=RESEND)
    gateway.clock.advance(REPORT_DEADLINE.total_seconds() - 1)
    before = stored(gateway)

    gateway.dispatch()

    assert stored(gateway) == before
    assert len(gateway.voipit.handed) == 1


def test_a_message_that_is_looked_at_too_early_is_looked_at_again_in_time(
    gateway: FakeGateway,
) -> None:
    """As after a deploy that made the report deadline longer."""
    gateway.voipit.will_answer(UNCLEAR)
    gateway.send(on_unconfirmed=RESEND)
    gateway.messages.postpone(stored(gateway), gateway.clock())

    gateway.watch()

    assert stored(gateway).due_at == START + REPORT_DEADLINE
    assert gateway.queue.waiting == []


def test_the_deadline_of_the_report_runs_from_the_end_of_the_call(gateway: FakeGateway) -> None:
    gateway.voipit.will_answer(UNCLEAR)
    gateway.voipit.during_call = lambda _: gateway.clock.advance(10)
    gateway.send(on_unconfirmed=RESEND)
    gateway.messages.postpone(stored(gateway), gateway.clock())

    gateway.watch()

    assert stored(gateway).due_at == START + timedelta(seconds=10) + REPORT_DEADLINE


def test_a_message_that_is_held_is_not_sent_again(gateway: FakeGateway) -> None:
    gateway.voipit.will_answer(UNCLEAR)
    gateway.send(on_unconfirmed=OnUnconfirmed.HOLD)
    gateway.clock.advance(REPORT_DEADLINE.total_seconds())

    second_try(gateway)

    assert (stored(gateway).status, stored(gateway).reason) == (NO_REPORT, Reason.CONNECTION_CUT)
    assert len(gateway.voipit.handed) == 1


def test_a_second_try_that_was_certainly_not_taken_leaves_the_doubt(gateway: FakeGateway) -> None:
    in_doubt(gateway)

    second_try(gateway, NOT_TAKEN)

    assert (stored(gateway).status, stored(gateway).reason) == (UNCONFIRMED, Reason.NO_CONNECTION)
    assert stored(gateway).open_tries == {1}
    assert Status.QUEUED not in statuses(gateway)


def test_it_may_be_tried_again_while_it_is_valid(gateway: FakeGateway) -> None:
    in_doubt(gateway)
    second_try(gateway, NOT_TAKEN)
    gateway.clock.advance(60)

    gateway.run_queue()

    assert statuses(gateway) == [SENDING, UNCONFIRMED, SENDING, UNCONFIRMED, SENDING, SUBMITTED]
    assert stored(gateway).open_tries == {1, 3}


def test_the_due_index_brings_it_back_if_the_queue_has_lost_it(gateway: FakeGateway) -> None:
    in_doubt(gateway)
    second_try(gateway, NOT_TAKEN)
    gateway.queue.waiting.clear()
    due_at = stored(gateway).due_at
    assert due_at is not None
    gateway.clock.advance((due_at - gateway.clock()).total_seconds())

    second_try(gateway)

    assert stored(gateway).status is SUBMITTED


@pytest.mark.parametrize(
    ("outcome", "status"), [(UNCLEAR, UNCONFIRMED), (ACCEPTED, SUBMITTED)], ids=["unclear", "taken"]
)
def test_the_one_resend_is_spent_once_it_is_unclear_or_answered(
    gateway: FakeGateway, outcome: Outcome, status: Status
) -> None:
    in_doubt(gateway)
    second_try(gateway, outcome)
    assert stored(gateway).status is status
    assert stored(gateway).open_tries == {1, 2}

    for _ in range(3):
        gateway.clock.advance(REPORT_DEADLINE.total_seconds())
        second_try(gateway)
        gateway.dispatch()

    assert stored(gateway).status is NO_REPORT
    assert len(gateway.voipit.handed) == 2


def test_a_second_try_that_voipit_refuses_ends_the_message_without_report(
    gateway: FakeGateway,
) -> None:
    in_doubt(gateway)

    second_try(gateway, refused("Bad request"))

    message = stored(gateway)
    assert (message.status, message.reason, message.due_at) == (NO_REPORT, Reason.REFUSED, None)
    assert (message.error_message, message.open_tries) == ("Bad request", frozenset({1}))
    assert gateway.report(a_report(attempt=1)) is Recorded.RECORDED
    assert stored(gateway).status is SENT


def test_a_message_in_doubt_whose_validity_ends_ends_without_report(gateway: FakeGateway) -> None:
    in_doubt(gateway, valid_until=START + timedelta(minutes=30))

    second_try(gateway)

    assert (stored(gateway).status, stored(gateway).reason) == (NO_REPORT, Reason.TOO_LATE)
    assert len(gateway.voipit.handed) == 1


def test_dispatch_ends_it_in_the_same_way(gateway: FakeGateway) -> None:
    in_doubt(gateway, valid_until=START + timedelta(minutes=30))

    gateway.dispatch()

    assert (stored(gateway).status, stored(gateway).reason) == (NO_REPORT, Reason.TOO_LATE)


def test_a_message_in_doubt_ends_unreachable_after_as_many_tries_as_any(
    gateway: FakeGateway,
) -> None:
    gateway.voipit.will_answer(UNCLEAR, *([NOT_TAKEN] * 99))
    gateway.send(on_unconfirmed=RESEND, valid_until=START + timedelta(days=9))
    for _ in range(60):
        gateway.clock.advance(901)
        gateway.watch()
        gateway.run_queue()

    assert (stored(gateway).status, stored(gateway).reason) == (NO_REPORT, Reason.UNREACHABLE)
    assert stored(gateway).attempt == MAX_TRIES


def test_a_number_that_came_onto_the_list_gets_no_second_try(gateway: FakeGateway) -> None:
    gateway.intake.limits = Limits(suppressions=True)
    in_doubt(gateway)
    gateway.suppressions.put(Suppression(NUMBER, gateway.clock(), CLIENT))

    second_try(gateway)

    assert (stored(gateway).status, stored(gateway).reason) == (NO_REPORT, Reason.SUPPRESSED)
    assert len(gateway.voipit.handed) == 1


def test_with_the_circuit_open_it_waits_as_unconfirmed(gateway: FakeGateway) -> None:
    in_doubt(gateway)
    now = gateway.clock()
    gateway.circuits.open(OpenReason.IP_BLOCKED, "v1", now, now + timedelta(hours=1))

    gateway.watch()

    assert (stored(gateway).status, stored(gateway).version) == (UNCONFIRMED, 2)
    assert stored(gateway).due_at == now + RECHECK
    gateway.dispatch()
    assert (stored(gateway).status, stored(gateway).version) == (UNCONFIRMED, 2)


def test_over_the_limit_it_waits_as_unconfirmed_and_says_so(gateway: FakeGateway) -> None:
    gateway.intake.limits = Limits(recipient_daily=1)
    in_doubt(gateway)

    second_try(gateway)

    message = stored(gateway)
    assert (message.status, message.reason) == (UNCONFIRMED, Reason.RECIPIENT_LIMIT)
    assert (message.version, len(gateway.voipit.handed)) == (2, 1)


def test_a_resend_that_was_not_taken_is_counted_once_however_often_it_is_tried(
    gateway: FakeGateway,
) -> None:
    gateway.intake.limits = Limits(recipient_daily=2)
    in_doubt(gateway)
    second_try(gateway, NOT_TAKEN)
    gateway.clock.advance(60)

    gateway.run_queue()

    assert stored(gateway).status is SUBMITTED
    assert len(gateway.intake.sent[NUMBER]) == 2


def test_a_resend_counts_against_the_clients_limit_too(gateway: FakeGateway) -> None:
    gateway.intake.limits = Limits(client_daily=1)
    in_doubt(gateway)

    second_try(gateway)

    assert stored(gateway).reason is Reason.CLIENT_LIMIT
    gateway.clock.advance(10 * 3600)
    second_try(gateway)
    assert stored(gateway).status is SUBMITTED


def test_a_claim_of_the_second_try_that_was_not_used_leaves_the_doubt(gateway: FakeGateway) -> None:
    in_doubt(gateway)
    gateway.messages.be_unavailable("change", Outage.AFTER)

    with suppress(StoreUnavailableError):
        second_try(gateway)
    assert stored(gateway).status is SENDING
    gateway.clock.advance(20)
    gateway.run_queue()

    assert statuses(gateway) == [SENDING, UNCONFIRMED, SENDING, UNCONFIRMED, SENDING, SUBMITTED]
    assert len(gateway.voipit.handed) == 2


def test_also_if_the_word_comes_after_the_claim_has_expired(gateway: FakeGateway) -> None:
    in_doubt(gateway)
    gateway.messages.be_unavailable("change", Outage.AFTER)
    gateway.watch()
    with suppress(StoreUnavailableError):
        gateway.dispatch()
    gateway.clock.advance(LEASE.total_seconds())
    gateway.watch()
    assert (stored(gateway).status, stored(gateway).open_tries) == (UNCONFIRMED, frozenset({1, 2}))

    gateway.run_queue()

    assert (stored(gateway).status, stored(gateway).attempt) == (SUBMITTED, 3)
    assert len(gateway.voipit.handed) == 2


def test_a_claim_of_the_second_try_that_expires_spends_it(gateway: FakeGateway) -> None:
    in_doubt(gateway)
    gateway.messages.be_unavailable("change", Outage.AFTER)
    gateway.watch()
    with suppress(StoreUnavailableError):
        gateway.dispatch()
    gateway.queue.waiting.clear()
    for _ in range(4):
        gateway.clock.advance(REPORT_DEADLINE.total_seconds())
        gateway.watch()
        gateway.run_queue()

    assert (stored(gateway).status, stored(gateway).reason) == (NO_REPORT, Reason.CLAIM_EXPIRED)
    assert len(gateway.voipit.handed) == 1


def test_the_word_about_a_claim_is_heard_once_however_often_it_comes(
    gateway: FakeGateway,
) -> None:
    in_doubt(gateway)
    gateway.messages.be_unavailable("change", Outage.AFTER)
    with suppress(StoreUnavailableError):
        second_try(gateway)
    claim, now = stored(gateway).claim, gateway.clock()
    gateway.circuits.open(OpenReason.IP_BLOCKED, "v1", now, now + timedelta(hours=1))
    gateway.dispatch(unused_claim=claim)
    once = stored(gateway)
    assert (once.status, once.open_tries) == (UNCONFIRMED, frozenset({1}))

    gateway.dispatch(unused_claim=claim)

    assert (stored(gateway).version, stored(gateway).history) == (once.version, once.history)


def test_a_word_about_a_claim_of_long_ago_is_a_hint_like_any_other(gateway: FakeGateway) -> None:
    in_doubt(gateway)

    gateway.dispatch(unused_claim="of long ago")

    assert statuses(gateway) == [SENDING, UNCONFIRMED, SENDING, SUBMITTED]


# reports


@pytest.mark.parametrize("attempt", [1, 2])
@pytest.mark.parametrize("outcome", [UNCLEAR, ACCEPTED], ids=["unclear", "taken"])
def test_a_report_sent_about_either_try_makes_it_sent(
    gateway: FakeGateway, attempt: int, outcome: Outcome
) -> None:
    in_doubt(gateway)
    second_try(gateway, outcome)

    assert gateway.report(a_report(attempt=attempt)) is Recorded.RECORDED

    assert stored(gateway).status is SENT


def test_an_error_report_about_the_second_try_alone_leaves_the_first_open(
    gateway: FakeGateway,
) -> None:
    in_doubt(gateway)
    second_try(gateway)

    assert error_about(gateway, 2) is Recorded.RECORDED

    message = stored(gateway)
    assert (message.status, message.reason) == (NO_REPORT, Reason.TRANSMISSION_ERROR)
    assert (message.error_message, message.open_tries) == ("no route", frozenset({1}))
    assert (message.due_at, message.report) == (None, None)
    assert message.contradicting_reports == (a_report(ReportStatus.ERROR, attempt=2),)


@pytest.mark.parametrize("outcome", [UNCLEAR, ACCEPTED], ids=["unclear", "taken"])
@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_it_fails_once_both_tries_are_reported_as_errors(
    gateway: FakeGateway, outcome: Outcome, order: tuple[int, int]
) -> None:
    in_doubt(gateway)
    second_try(gateway, outcome)

    assert error_about(gateway, order[0]) is Recorded.RECORDED
    assert stored(gateway).status is not FAILED
    assert error_about(gateway, order[1]) is Recorded.RECORDED

    assert (stored(gateway).status, stored(gateway).reason) == (FAILED, Reason.TRANSMISSION_ERROR)


def test_an_error_report_about_the_first_try_ends_it_before_the_second(
    gateway: FakeGateway,
) -> None:
    in_doubt(gateway)

    assert error_about(gateway, 1) is Recorded.RECORDED
    second_try(gateway)

    assert stored(gateway).status is FAILED
    assert len(gateway.voipit.handed) == 1


def test_an_error_report_about_the_first_try_is_kept_while_the_second_is_under_way(
    gateway: FakeGateway,
) -> None:
    in_doubt(gateway)
    error_during_the_call(gateway, 1)

    second_try(gateway)

    message = stored(gateway)
    assert (message.status, message.open_tries) == (SUBMITTED, frozenset({2}))
    assert message.contradicting_reports == (a_report(ReportStatus.ERROR),)


def test_a_second_try_not_taken_fails_if_the_first_was_reported_as_an_error_meanwhile(
    gateway: FakeGateway,
) -> None:
    in_doubt(gateway)
    error_during_the_call(gateway, 1)

    second_try(gateway, NOT_TAKEN)

    message = stored(gateway)
    assert (message.status, message.reason) == (FAILED, Reason.TRANSMISSION_ERROR)
    assert (message.error_message, message.due_at) == ("no route", None)
    assert gateway.queue.waiting == []


def test_a_second_try_refused_fails_if_the_first_was_reported_as_an_error_meanwhile(
    gateway: FakeGateway,
) -> None:
    in_doubt(gateway)
    error_during_the_call(gateway, 1)

    second_try(gateway, refused("Bad request"))

    assert (stored(gateway).status, stored(gateway).reason) == (FAILED, Reason.REFUSED)


def test_an_error_report_that_is_faster_than_the_answer_stands(gateway: FakeGateway) -> None:
    in_doubt(gateway)
    error_during_the_call(gateway, 2)

    second_try(gateway)

    assert statuses(gateway) == [SENDING, UNCONFIRMED, SENDING, NO_REPORT]
    assert error_about(gateway, 1) is Recorded.RECORDED
    assert stored(gateway).status is FAILED


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_that_both_tries_were_sent_can_be_seen(
    gateway: FakeGateway, order: tuple[int, int]
) -> None:
    in_doubt(gateway)
    second_try(gateway)

    first, second = (gateway.report(a_report(attempt=attempt)) for attempt in order)

    message = stored(gateway)
    assert (first, second) == (Recorded.RECORDED, Recorded.RECORDED)
    assert message.status is SENT
    assert message.report == a_report(attempt=order[0])
    assert message.contradicting_reports == (a_report(attempt=order[1]),)
    assert gateway.report(a_report(attempt=order[1])) is Recorded.REPEATED
    assert gateway.messages.contradictions == {}


def test_a_row_that_does_not_say_which_try_is_in_doubt_is_not_sent_again(
    gateway: FakeGateway,
) -> None:
    row = a_message(UNCONFIRMED, on_unconfirmed=RESEND, open_tries=frozenset(), due_at=START)
    gateway.messages.create(row)
    gateway.clock.advance(2 * REPORT_DEADLINE.total_seconds())

    second_try(gateway)

    assert (stored(gateway).status, gateway.voipit.handed) == (NO_REPORT, [])


@pytest.mark.parametrize("attempt", [1, 2])
def test_an_error_report_that_is_repeated_changes_nothing(
    gateway: FakeGateway, attempt: int
) -> None:
    in_doubt(gateway)
    second_try(gateway)
    error_about(gateway, attempt)
    before = stored(gateway)

    assert error_about(gateway, attempt) is Recorded.REPEATED

    assert stored(gateway) == before


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_late_error_reports_about_both_tries_fail_a_message_without_report(
    gateway: FakeGateway, order: tuple[int, int]
) -> None:
    in_doubt(gateway)
    second_try(gateway)
    gateway.clock.advance(REPORT_DEADLINE.total_seconds())
    gateway.watch()
    assert stored(gateway).status is NO_REPORT

    for attempt in order:
        error_about(gateway, attempt)

    assert stored(gateway).status is FAILED


def test_the_doubt_is_about_the_try_that_was_unclear_not_about_those_not_taken_before_it(
    gateway: FakeGateway,
) -> None:
    gateway.voipit.will_answer(NOT_TAKEN, UNCLEAR)
    gateway.send(on_unconfirmed=RESEND)
    gateway.clock.advance(60)
    gateway.run_queue()
    assert (stored(gateway).status, stored(gateway).open_tries) == (UNCONFIRMED, frozenset({2}))

    assert error_about(gateway, 2) is Recorded.RECORDED
    assert stored(gateway).status is FAILED
