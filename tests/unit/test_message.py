from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.message import NO_TRY, Change, Message, OnUnconfirmed, StatusChange
from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken, refused, unclear
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import ReportStatus
from sms_gateway.domain.status import FINAL, MOVES, Reason, Status, Trigger
from tests.fakes.builders import DUE, KEPT_UNTIL, NUMBER, TEXT, a_change, a_message, a_report
from tests.fakes.clock import START

CHANGES = st.builds(
    a_change,
    st.sampled_from(Trigger),
    at=st.datetimes(timezones=st.just(START.tzinfo)),
    attempt=st.integers(1, 9),
    reason=st.none() | st.sampled_from(Reason),
    error_message=st.none() | st.text(max_size=20),
    claim=st.sampled_from([None, "claim-1", "claim-2"]),
    version=st.none() | st.integers(1, 9),
    new_claim=st.sampled_from([None, "claim-2", "claim-3"]),
    due_at=st.none() | st.datetimes(timezones=st.just(START.tzinfo)),
    report=st.none() | st.builds(a_report, st.sampled_from(ReportStatus)),
)


def follow(message: Message, changes: list[Change]) -> list[Message]:
    """The versions a message goes through when it is asked to take each change."""
    versions = [message]
    for change in changes:
        if versions[-1].may_take(change):
            versions.append(versions[-1].after(change))
    return versions


def test_a_new_message_is_stored_as_claimed() -> None:
    message = a_message()

    assert (message.status, message.version, message.attempt) == (Status.SENDING, 1, 1)
    assert message.created_at == message.updated_at == START
    assert message.expires_at == KEPT_UNTIL
    assert message.due_at == DUE
    assert [(line.status, line.at, line.attempt) for line in message.history] == [
        (Status.SENDING, START, 1)
    ]


@given(st.lists(CHANGES, max_size=8))
def test_each_change_adds_one_version_and_one_line_of_history(changes: list[Change]) -> None:
    for number, version in enumerate(follow(a_message(), changes), start=1):
        assert version.version == len(version.history) == number
        assert version.history[-1].status is version.status


@given(st.lists(CHANGES, max_size=8))
def test_a_change_leaves_the_intent_and_the_past_alone(changes: list[Change]) -> None:
    versions = follow(a_message(), changes)

    for before, after in pairwise(versions):
        assert after.is_same_intent_as(before)
        assert after.history[:-1] == before.history
        assert (after.expires_at, after.created_at) == (before.expires_at, before.created_at)
        assert after.report is not None or before.report is None


@given(st.sampled_from(Status), CHANGES)
def test_claim_and_attempt_change_together_or_not_at_all(status: Status, change: Change) -> None:
    before = a_message(status, attempt=4)

    after = before.after(change)

    expected = (change.new_claim, change.attempt) if change.new_claim else (before.claim, 4)
    assert (after.claim, after.attempt) == expected
    assert after.due_at == change.due_at


@given(st.lists(CHANGES, max_size=8))
def test_nothing_moves_a_message_out_of_a_final_status(changes: list[Change]) -> None:
    versions = follow(a_message(), changes)

    assert all(version.status not in FINAL for version in versions[:-1])


@given(st.sampled_from(Status), CHANGES)
def test_a_change_needs_its_source_its_claim_and_its_version(
    status: Status, change: Change
) -> None:
    message = a_message(status)
    allowed = (
        status in MOVES[change.trigger].sources
        and change.claim in (None, "claim-1")
        and change.version in (None, message.version)
    )

    assert message.may_take(change) is allowed


def a_new_message(**values: Any) -> Message:
    ordinary: dict[str, Any] = {
        "message_id": "m",
        "client": "clinic",
        "phone_number": NUMBER,
        "text": TEXT,
        "claim": "mine",
        "at": START,
        "kept_for": timedelta(days=30),
        "metadata": {},
    }
    return Message.new(**ordinary | values)


def test_a_new_message_is_queued_due_at_once_and_was_never_tried() -> None:
    message = a_new_message()

    assert (message.status, message.version, message.attempt) == (Status.QUEUED, 1, 0)
    assert (message.due_at, message.open_tries) == (START, NO_TRY)
    assert message.history == (StatusChange(Status.QUEUED, START, 0),)


def test_a_new_message_holds_everything_that_was_asked_for() -> None:
    asked = {
        "metadata": {"order": "1"},
        "send_at": START + timedelta(hours=1),
        "valid_until": START + timedelta(hours=2),
        "on_unconfirmed": OnUnconfirmed.RESEND,
        "cut_from": 200,
    }

    message = a_new_message(**asked)

    assert {name: getattr(message, name) for name in asked} == asked


@pytest.mark.parametrize(
    ("message", "counts"),
    [
        pytest.param(a_message(Status.QUEUED, counted_at=None), True, id="scheduled"),
        pytest.param(a_message(Status.QUEUED, counted_at=START), False, id="counted"),
        pytest.param(a_message(Status.SENDING), False, id="under way"),
        pytest.param(a_message(Status.UNCONFIRMED), True, id="first resend"),
        pytest.param(
            a_message(Status.UNCONFIRMED, attempt=2, open_tries=frozenset({1})),
            False,
            id="resend that was not taken",
        ),
    ],
)
def test_the_next_try_is_one_more_sending_if_none_is_counted_or_the_last_may_have_been_taken(
    message: Message, *, counts: bool
) -> None:
    assert message.counts_once_more is counts


def test_what_was_told_of_an_error_is_told_by_the_first_error_report() -> None:
    reports = (
        a_report(ReportStatus.SENT),
        a_report(ReportStatus.ERROR),
        a_report(ReportStatus.ERROR, error_message="later words"),
    )

    assert a_message(contradicting_reports=reports).told_of_an_error == "no route"
    assert a_message(contradicting_reports=reports[:1]).told_of_an_error is None


def test_a_claim_holds_a_message_only_while_voipit_is_being_called() -> None:
    assert a_message(Status.SENDING, claim="mine").is_held_by("mine")
    assert not a_message(Status.SENDING, claim="theirs").is_held_by("mine")
    assert not a_message(Status.SENT, claim="mine").is_held_by("mine")


def test_a_message_that_waits_was_never_tried_and_says_why() -> None:
    message = a_new_message().waiting(Reason.CIRCUIT_OPEN, DUE)

    assert (message.status, message.version, message.attempt) == (Status.QUEUED, 1, 0)
    assert (message.reason, message.due_at) == (Reason.CIRCUIT_OPEN, DUE)
    assert message.history == (StatusChange(Status.QUEUED, START, 0, Reason.CIRCUIT_OPEN),)


def test_a_message_that_is_sent_by_who_stores_it_has_one_line_of_history() -> None:
    message = a_new_message().claimed(DUE)

    assert (message.status, message.version, message.attempt) == (Status.SENDING, 1, 1)
    assert (message.claim, message.due_at, message.reason) == ("mine", DUE, None)
    assert message.history == (StatusChange(Status.SENDING, START, 1),)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("asked", "valid_to"),
    [
        pytest.param({}, START + DAY, id="nothing: a day"),
        pytest.param({"send_at": START + 3 * DAY}, START + 4 * DAY, id="a day after sendAt"),
        pytest.param({"valid_until": START + DAY / 2}, START + DAY / 2, id="as asked"),
        pytest.param({"valid_until": START + 9 * DAY}, START + 9 * DAY, id="longer than a day"),
        pytest.param(
            {"send_at": START + DAY, "valid_until": START + 1.5 * DAY},
            START + 1.5 * DAY,
            id="both",
        ),
        pytest.param({"send_at": START - 9 * DAY}, START + DAY, id="a past sendAt means now"),
    ],
)
def test_a_message_may_wait_a_day_unless_it_was_asked_otherwise(
    asked: dict[str, Any], valid_to: datetime
) -> None:
    assert a_new_message(**asked).valid_to == valid_to


@pytest.mark.parametrize(
    ("send_at", "expires_at"),
    [
        (None, START + 30 * DAY),
        (START + 100 * DAY, START + 130 * DAY),
        (START - 100 * DAY, START + 30 * DAY),
    ],
    ids=["at once", "scheduled", "past"],
)
def test_a_message_is_kept_from_the_day_it_can_be_sent(
    send_at: datetime | None, expires_at: datetime
) -> None:
    assert a_new_message(send_at=send_at).expires_at == expires_at


def test_a_claim_is_the_next_try_of_the_version_that_was_seen() -> None:
    queued = a_message(Status.QUEUED, version=5, attempt=2)

    change = Change.claiming(queued, "mine", START, DUE)

    assert queued.may_take(change)
    assert not replace(queued, version=6).may_take(change)
    claimed = queued.after(change)
    assert (claimed.status, claimed.attempt, claimed.claim) == (Status.SENDING, 3, "mine")
    assert (claimed.version, claimed.due_at) == (6, DUE)
    assert not claimed.may_take(Change.claiming(queued, "theirs", START, DUE))


def test_what_was_decided_holds_for_the_version_that_was_seen() -> None:
    seen = a_message(Status.UNCONFIRMED, version=5, attempt=2)

    change = Change.decided(
        Trigger.REPORT_OVERDUE, seen, START, reason=Reason.CLAIM_EXPIRED, due_at=DUE
    )

    assert change == Change(
        Trigger.REPORT_OVERDUE, START, 2, reason=Reason.CLAIM_EXPIRED, version=5, due_at=DUE
    )
    assert seen.may_take(change)
    assert not replace(seen, version=4).may_take(change)


def test_a_change_makes_its_own_reason_and_words_the_only_ones() -> None:
    waiting = a_message().after(a_change(Trigger.NOT_TAKEN, reason=Reason.THROTTLED))
    sending = waiting.after(a_change(Trigger.CLAIMED))

    assert waiting.reason is Reason.THROTTLED
    assert sending.reason is None
    assert sending.history[1].reason is Reason.THROTTLED


def test_a_later_change_does_not_lose_the_report() -> None:
    reported = a_message(Status.SUBMITTED).after(Change.reported(a_report()))

    assert reported.after(a_change(Trigger.CLAIMED)).report == a_report()


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        pytest.param(ACCEPTED, Status.SUBMITTED, id="accepted"),
        pytest.param(refused("no credit"), Status.FAILED, id="refused"),
        pytest.param(not_taken(Reason.NO_CONNECTION), Status.QUEUED, id="not taken"),
        pytest.param(unclear(Reason.SERVER_ERROR), Status.UNCONFIRMED, id="unclear"),
    ],
)
def test_an_outcome_becomes_a_change_under_our_claim(outcome: Outcome, status: Status) -> None:
    later = START + timedelta(seconds=2)

    change = Change.after(outcome, a_message(attempt=3, claim="mine"), later, DUE)

    is_over = status in {Status.FAILED, Status.QUEUED}
    assert change == Change(
        outcome.trigger,
        later,
        attempt=3,
        reason=outcome.reason,
        error_message=outcome.error_message,
        claim="mine",
        seen_open=frozenset({3}) if is_over else None,
        leaves_open=frozenset() if is_over else None,
        due_at=DUE,
    )
    assert change.target is status
    assert Change.after(outcome, a_message(), later, None).due_at is None


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (ACCEPTED, Outcome(Trigger.ACCEPTED)),
        (refused("no"), Outcome(Trigger.REFUSED, Reason.REFUSED, "no")),
        (not_taken(Reason.THROTTLED), Outcome(Trigger.NOT_TAKEN, Reason.THROTTLED)),
        (unclear(Reason.CONNECTION_CUT), Outcome(Trigger.UNCLEAR, Reason.CONNECTION_CUT)),
    ],
    ids=["accepted", "refused", "not taken", "unclear"],
)
def test_an_outcome_says_what_happened_and_why(outcome: Outcome, expected: Outcome) -> None:
    assert outcome == expected


@pytest.mark.parametrize(
    ("word", "status", "reason", "error"),
    [
        (ReportStatus.SENT, Status.SENT, None, None),
        (ReportStatus.ERROR, Status.FAILED, Reason.TRANSMISSION_ERROR, "no route"),
    ],
    ids=["sent", "error"],
)
def test_a_report_becomes_a_change_under_no_claim(
    word: ReportStatus, status: Status, reason: Reason | None, error: str | None
) -> None:
    report = a_report(word, attempt=2)

    change = Change.reported(report)

    assert (change.target, change.reason, change.error_message) == (status, reason, error)
    assert (change.claim, change.attempt, change.report) == (None, 2, report)
    assert (change.version, change.new_claim, change.due_at) == (None, None, None)
    assert change.at == report.received_at
    assert a_message(Status.SUBMITTED, attempt=2).after(change).open_tries == NO_TRY


def test_an_error_report_in_doubt_holds_for_the_version_and_the_open_tries_that_were_seen() -> None:
    seen = a_message(Status.UNCONFIRMED, version=4, attempt=2, open_tries=frozenset({1, 2}))

    change = Change.reported_in_doubt(a_report(ReportStatus.ERROR, attempt=2), seen)

    assert seen.may_take(change)
    assert not replace(seen, version=5).may_take(change)
    assert not replace(seen, open_tries=frozenset({2})).may_take(change)


@pytest.mark.parametrize(
    ("status", "word", "agrees"),
    [
        (Status.SENT, ReportStatus.SENT, True),
        (Status.SENT, ReportStatus.ERROR, False),
        (Status.FAILED, ReportStatus.ERROR, True),
        (Status.FAILED, ReportStatus.SENT, False),
        (Status.CANCELLED, ReportStatus.SENT, False),
        (Status.CANCELLED, ReportStatus.ERROR, False),
    ],
    ids=str,
)
def test_a_message_agrees_with_a_report_that_says_its_status(
    status: Status, word: ReportStatus, *, agrees: bool
) -> None:
    assert a_message(status).agrees_with(a_report(word)) is agrees


@pytest.mark.parametrize(
    "shown",
    [str(a_message()), repr(a_message()), f"{a_message()}", f"{a_message().phone_number}"],
    ids=["str", "repr", "f-string", "number alone"],
)
def test_a_message_does_not_show_its_number(shown: str) -> None:
    assert "+407•••••567" in shown
    assert NUMBER.e164[4:-3] not in shown


def test_a_message_does_not_show_text_metadata_or_the_words_of_the_provider() -> None:
    shown = repr(
        a_message(
            Status.FAILED,
            text="the-text",
            metadata={"key": "the-metadata"},
            error_message="the-words",
        )
    )

    assert [secret for secret in ("the-text", "the-metadata", "the-words") if secret in shown] == []


@pytest.mark.parametrize(
    ("change", "same"),
    [
        pytest.param({}, True, id="nothing"),
        pytest.param({"message_id": "other"}, True, id="id"),
        pytest.param({"claim": "other", "created_at": START + timedelta(1)}, True, id="claim"),
        pytest.param({"status": Status.SENT, "version": 7}, True, id="status"),
        pytest.param({"client": "other"}, False, id="client"),
        pytest.param({"phone_number": PhoneNumber("+40721234568")}, False, id="number"),
        pytest.param({"text": "other"}, False, id="text"),
        pytest.param({"metadata": {}}, False, id="metadata"),
        pytest.param({"send_at": START}, False, id="sendAt"),
        pytest.param({"valid_until": START}, False, id="validUntil"),
        pytest.param({"on_unconfirmed": OnUnconfirmed.RESEND}, False, id="onUnconfirmed"),
        pytest.param({"cut_from": 200}, False, id="cut"),
        pytest.param({"due_at": None, "attempt": 9}, True, id="due"),
    ],
)
def test_the_same_intent_is_the_same_client_number_text_metadata_and_times(
    change: dict[str, Any], *, same: bool
) -> None:
    message = a_message()

    assert message.is_same_intent_as(replace(message, **change)) is same


@pytest.mark.parametrize(
    "text",
    ["", "0721234567", "+0721234567", "+40 721", "+123456", "+1234567890123456", "+40721234567\n"],
)
def test_a_phone_number_is_in_e164_form_or_not_at_all(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not an E\.164 number$"):
        PhoneNumber(text)


def test_a_row_is_never_removed_before_its_message_is_settled() -> None:
    message = a_new_message(valid_until=START + timedelta(days=200))

    assert message.expires_at == START + timedelta(days=202)
    assert a_new_message(kept_for=timedelta(days=1)).expires_at == START + timedelta(days=3)
