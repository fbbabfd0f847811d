from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken, refused, unclear
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import ReportStatus
from sms_gateway.domain.status import FINAL, MOVES, Reason, Status, Trigger
from tests.fakes.builders import KEPT_UNTIL, NUMBER, a_change, a_message, a_report
from tests.fakes.clock import START

CHANGES = st.builds(
    a_change,
    st.sampled_from(Trigger),
    at=st.datetimes(timezones=st.just(START.tzinfo)),
    attempt=st.integers(1, 9),
    reason=st.none() | st.sampled_from(Reason),
    error_message=st.none() | st.text(max_size=20),
    claim=st.sampled_from([None, "claim-1", "claim-2"]),
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
        assert (after.claim, after.created_at) == (before.claim, before.created_at)
        assert after.report is not None or before.report is None


@given(st.lists(CHANGES, max_size=8))
def test_nothing_moves_a_message_out_of_a_final_status(changes: list[Change]) -> None:
    versions = follow(a_message(), changes)

    assert all(version.status not in FINAL for version in versions[:-1])


@given(st.sampled_from(Status), CHANGES)
def test_a_change_needs_its_source_and_its_claim(status: Status, change: Change) -> None:
    allowed = status in MOVES[change.trigger].sources and change.claim in (None, "claim-1")

    assert a_message(status).may_take(change) is allowed


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

    change = Change.after(outcome, a_message(attempt=3, claim="mine"), later)

    assert change == Change(
        outcome.trigger,
        later,
        attempt=3,
        reason=outcome.reason,
        error_message=outcome.error_message,
        claim="mine",
    )
    assert change.target is status


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
    assert change.at == report.received_at


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
    ],
)
def test_the_same_intent_is_the_same_client_number_text_and_metadata(
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
