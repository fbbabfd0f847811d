"""The account at the end of `make load`: what was lost, sent twice or misstated is found."""

import pytest

from benchmarks.load.account import Account, account_of, trouble
from benchmarks.load.figures import Answer

NAME = "load-000001"


def account(status: int | None, row: str | None, sms: int) -> Account:
    rows = {} if row is None else {NAME: row}
    return account_of([Answer(NAME, 0.1, status)], rows, {NAME: sms} if sms else {})


def test_a_message_that_is_taken_sent_and_settled_is_as_it_has_to_be() -> None:
    good = account(202, "sent", 1)

    assert (good.taken, good.refused, good.sms, good.statuses) == (1, 0, 1, {"sent": 1})
    assert good.is_good


@pytest.mark.parametrize("row", ["queued", "sending", "accepted"])
def test_what_does_not_settle_is_lost_however_it_was_answered(row: str) -> None:
    for status in (202, 503, None):
        assert account(status, row, 1).lost == [f"{NAME} is still {row}"]


def test_a_202_without_a_row_is_a_loss() -> None:
    assert account(202, None, 0).lost == [f"{NAME} has no row"]
    assert account(202, None, 0).statuses == {"no row": 1}
    assert account(503, None, 1).lost == [f"{NAME} has no row"]


def test_a_message_that_is_called_sent_has_to_be_at_voipit() -> None:
    assert account(202, "sent", 0).lost == [f"{NAME} is sent, and Voipit never took it"]


def test_two_sms_of_one_message_are_found_even_without_an_answer() -> None:
    for status in (202, 503, None):
        assert account(status, "sent", 2).doubled == [f"{NAME} went out 2 times"]


def test_an_sms_of_a_message_that_is_said_not_to_be_sent_is_a_lie() -> None:
    assert account(202, "failed", 1).lies == [f"{NAME} is failed, and Voipit took it"]
    assert account(429, "sent", 1).lies == [f"{NAME} was answered 429, and Voipit took it"]


@pytest.mark.parametrize("status", [429, 503, 504, None])
def test_a_request_that_was_not_taken_and_left_nothing_is_no_loss(status: int | None) -> None:
    refused = account(status, None, 0)

    assert refused.refused == 1
    assert refused.is_good


@pytest.mark.parametrize("status", [503, 504, None])
def test_a_message_of_an_unanswered_request_is_as_good_as_any_once_it_is_sent(
    status: int | None,
) -> None:
    assert account(status, "sent", 1).is_good


@pytest.mark.parametrize("row", ["failed", "no_report", "cancelled"])
def test_a_message_that_ends_otherwise_is_settled(row: str) -> None:
    assert account(202, row, 0).is_good


@pytest.mark.parametrize(
    "account",
    [
        Account(lost=["a"]),
        Account(doubled=["a"]),
        Account(lies=["a"]),
        Account(error_lines=["a"]),
        Account(dead_letters=1),
    ],
    ids=["lost", "doubled", "lies", "error lines", "dead letters"],
)
def test_a_run_in_which_something_was_wrong_is_not_good(account: Account) -> None:
    assert not account.is_good
    assert Account().is_good


def test_errors_exceptions_and_time_outs_in_the_logs_are_trouble_and_warnings_are_not() -> None:
    bad = [
        '{"level":"ERROR","message":"x"}',
        "Traceback (most recent call last):",
        "[ERROR] KeyError: 'x'",
        "2026-11-27T07:00:00Z Task timed out after 29.00 seconds",
    ]
    good = [
        '{"level":"INFO","message":"message taken"}',
        '{"level":"WARNING","exception":"Traceback (most recent call last)"}',
        '{"_aws":{"Timestamp":1}}',
        "REPORT RequestId",
    ]

    assert trouble([*good, *bad]) == bad
