"""A 403 stops sending; one that is about a message alone must not stop all others for ever."""

from datetime import datetime, timedelta

import pytest

from sms_gateway.domain.message import Message, OnUnconfirmed, StatusChange
from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken, unclear
from sms_gateway.domain.patience import (
    MAX_TRIES,
    MOST_FORBIDDEN,
    is_forbidden_for_good,
    tries_that_count,
)
from sms_gateway.domain.status import Reason, Status
from tests.fakes.builders import KEY, a_message, key
from tests.fakes.clock import START
from tests.fakes.entrance import BLOCKED, FORBIDDEN
from tests.fakes.gateway import REPORT_DEADLINE, FakeGateway

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
MONTH = 30 * DAY


def stored(gateway: FakeGateway, message_id: str = KEY.message_id) -> Message:
    return gateway.messages.rows[key(message_id)]


def live(gateway: FakeGateway, minutes: int) -> None:
    """Let the clockwork run: `watch` once a minute, and the queue."""
    for _ in range(minutes):
        gateway.clock.advance(60)
        gateway.watch()
        gateway.run_queue()


def was_accepted(message: Message) -> bool:
    return Status.SUBMITTED in {entry.status for entry in message.history}


def tries(gateway: FakeGateway, message_id: str = KEY.message_id) -> int:
    return sum(handed.message.message_id == message_id for handed in gateway.voipit.handed)


@pytest.mark.parametrize("answer", [FORBIDDEN, BLOCKED], ids=["403", "403.6"])
def test_after_any_403_nothing_more_is_sent_until_a_ping_is_answered(
    gateway: FakeGateway, answer: Outcome
) -> None:
    gateway.voipit.will_answer(answer)

    assert gateway.send().message.reason is answer.reason
    assert gateway.send(message_id="other").message.reason is Reason.CIRCUIT_OPEN
    live(gateway, 3)

    assert {row.status for row in gateway.messages.rows.values()} == {Status.SUBMITTED}
    assert len(gateway.voipit.pings) == 1


def test_a_text_that_voipit_forbids_ends_refused_after_three_tries_and_all_others_go_out(
    gateway: FakeGateway,
) -> None:
    gateway.voipit.always[KEY.message_id] = FORBIDDEN
    gateway.send()
    for minute in range(30):
        gateway.send(message_id=f"m-{minute}")
        live(gateway, 1)
    live(gateway, 2)

    message = stored(gateway)
    assert (message.status, message.reason) == (Status.FAILED, Reason.REFUSED)
    assert message.error_message == "Voipit answered 403 3 times."
    assert tries(gateway) == MOST_FORBIDDEN == 3
    assert [stored(gateway, f"m-{n}").status for n in range(30)] == [Status.SUBMITTED] * 30


def test_between_two_of_its_tries_a_ping_is_answered(gateway: FakeGateway) -> None:
    gateway.voipit.always[KEY.message_id] = FORBIDDEN
    gateway.send()
    live(gateway, 30)

    assert tries(gateway) == 3
    assert len(gateway.voipit.pings) == 3  # the last one for all others


def test_while_the_ping_is_refused_as_well_it_is_our_address_and_nothing_counts(
    gateway: FakeGateway,
) -> None:
    """Ten blocks whose 403 does not name 403.6, and after each a ping that meets it first."""
    gateway.voipit.will_answer(*[FORBIDDEN] * 10)
    gateway.voipit.will_answer_pings(*[FORBIDDEN, ACCEPTED] * 10)
    gateway.send()

    live(gateway, 600)

    assert was_accepted(stored(gateway))
    assert tries(gateway) == 11


def test_what_was_put_down_to_a_block_does_not_excuse_what_comes_after_it(
    gateway: FakeGateway,
) -> None:
    gateway.voipit.always[KEY.message_id] = FORBIDDEN
    gateway.voipit.will_answer_pings(FORBIDDEN)
    gateway.send()

    live(gateway, 120)

    assert (stored(gateway).status, stored(gateway).reason) == (Status.FAILED, Reason.REFUSED)
    assert tries(gateway) == 1 + MOST_FORBIDDEN


def test_a_message_that_meets_the_block_again_and_again_is_not_given_up(
    gateway: FakeGateway,
) -> None:
    gateway.voipit.will_answer(*[BLOCKED] * (MAX_TRIES + 5))
    gateway.send(valid_until=START + MONTH)

    live(gateway, 24 * 60)

    assert was_accepted(stored(gateway))
    assert tries(gateway) == MAX_TRIES + 6


def test_the_tries_that_met_no_block_count_as_before(gateway: FakeGateway) -> None:
    gateway.voipit.will_answer(
        *[BLOCKED] * 5, *[not_taken(Reason.NO_CONNECTION)] * (MAX_TRIES - 1), BLOCKED,
        *[not_taken(Reason.NO_CONNECTION)] * 9,
    )  # fmt: skip
    gateway.send(valid_until=START + MONTH)

    live(gateway, 2 * 24 * 60)

    assert (stored(gateway).status, stored(gateway).reason) == (Status.FAILED, Reason.UNREACHABLE)
    assert tries(gateway) == MAX_TRIES + 6


def test_what_was_forbidden_while_an_earlier_try_is_in_doubt_ends_without_a_report(
    gateway: FakeGateway,
) -> None:
    gateway.voipit.will_answer(unclear(Reason.SERVER_ERROR))
    gateway.send(on_unconfirmed=OnUnconfirmed.RESEND)
    gateway.voipit.always[KEY.message_id] = FORBIDDEN

    live(gateway, int(REPORT_DEADLINE / MINUTE) + 60)

    message = stored(gateway)
    assert (message.status, message.reason) == (Status.NO_REPORT, Reason.REFUSED)
    assert tries(gateway) == 1 + MOST_FORBIDDEN
    assert [entry.status for entry in message.history].count(Status.FAILED) == 0


def forbidden_at(*minutes: int) -> Message:
    entries = [
        StatusChange(Status.QUEUED, START + minute * MINUTE, attempt, Reason.FORBIDDEN)
        for attempt, minute in enumerate(minutes, 1)
    ]
    return a_message(attempt=len(minutes) + 1, history=tuple(entries))


@pytest.mark.parametrize(
    ("times", "answered", "blocked", "is_no"),
    [
        pytest.param([], 9, None, False, id="the first time"),
        pytest.param([1], 9, None, False, id="the second time"),
        pytest.param([1, 3], 9, None, True, id="the third time"),
        pytest.param([1, 3], 2, None, False, id="no pong since"),
        pytest.param([1, 3], None, None, False, id="no pong at all"),
        pytest.param([1, 3], 9, 0, True, id="a block before all that"),
        pytest.param([1, 3], 9, 2, False, id="a block in between"),
        pytest.param([1, 3], 9, 4, False, id="a block afterwards"),
        pytest.param([1, 3, 5, 7], 9, 4, True, id="three since the block"),
    ],
)
def test_a_403_is_a_no_to_the_message_the_third_time_voipit_lets_others_in(
    times: list[int], answered: int | None, blocked: int | None, *, is_no: bool
) -> None:
    def at(minute: int | None) -> datetime | None:
        return None if minute is None else START + minute * MINUTE

    message = forbidden_at(*times)
    assert is_forbidden_for_good(message, at(answered), at(blocked)) is is_no


@pytest.mark.parametrize("answer", [BLOCKED, FORBIDDEN], ids=["403.6", "403"])
def test_the_tries_that_met_a_403_do_not_count(gateway: FakeGateway, answer: Outcome) -> None:
    gateway.voipit.will_answer(answer, not_taken(Reason.NO_CONNECTION))
    gateway.send()
    live(gateway, 3)

    message = stored(gateway)
    assert (message.attempt, tries_that_count(message)) == (3, 2)
