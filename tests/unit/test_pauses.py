"""How often a message comes back while it cannot be sent: the loop of `dispatch` has an end."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from sms_gateway.domain.circuit import Circuit
from sms_gateway.domain.due import Wait, wait_after, wait_at_least, wait_unclaimed
from sms_gateway.domain.message import Message
from sms_gateway.domain.outcome import Outcome, not_taken
from sms_gateway.domain.patience import MAX_TRIES
from sms_gateway.domain.status import Reason, Status
from sms_gateway.use_cases.gate import READS_AT_ONCE, SECONDS_PER_READ
from tests.fakes.builders import KEY, a_message
from tests.fakes.clock import START
from tests.fakes.gateway import FakeGateway

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YEAR = timedelta(days=366)
TEN_MINUTES = 600
MESSAGES = 300


def nobody_is_proven(gateway: FakeGateway) -> None:
    """Whoever tries the account hears nothing for long."""
    gateway.circuits.circuit = Circuit(probe_until=START + HOUR)


def another_is_proven(gateway: FakeGateway) -> None:
    """The same after a rotation of the secret."""
    gateway.circuits.circuit = Circuit(proven="v0", probe_until=START + HOUR)


def voipit_is_away(gateway: FakeGateway) -> None:
    """Everybody may try, one after the other, and no one gets through."""
    gateway.circuits.circuit = Circuit()
    away = not_taken(Reason.NO_CONNECTION)
    gateway.voipit.always = {f"m-{number}": away for number in range(MESSAGES)}


def the_secret_is_away(gateway: FakeGateway) -> None:
    gateway.accounts.available = False


def count_reads(gateway: FakeGateway) -> list[datetime]:
    """When the secret was read, and not what is remembered of it."""
    reads: list[datetime] = []
    read = gateway.accounts.refreshed

    def refreshed() -> Any:
        reads.append(gateway.clock())
        return read()

    gateway.accounts.refreshed = refreshed  # type: ignore[method-assign]
    return reads


@pytest.mark.parametrize(
    "trouble", [nobody_is_proven, another_is_proven, voipit_is_away, the_secret_is_away]
)
def test_three_hundred_messages_that_may_not_be_sent_come_back_a_few_times_in_ten_minutes(
    gateway: FakeGateway, trouble: Callable[[FakeGateway], None]
) -> None:
    chance = random.Random(7)  # noqa: S311  repeatable on purpose
    trouble(gateway)
    reads = count_reads(gateway)
    runs = 0
    for number in range(MESSAGES):
        gateway.send(message_id=f"m-{number}")

    for second in range(TEN_MINUTES):
        gateway.clock.advance(1)
        gateway.chance = chance.random()
        runs += len(gateway.run_queue())
        if second % 60 == 0:
            gateway.watch()

    assert MESSAGES < runs < 3000
    if trouble is not the_secret_is_away:  # the adapter leaves Secrets Manager alone for 2 s then
        assert len(reads) <= READS_AT_ONCE + TEN_MINUTES / SECONDS_PER_READ < 100


def test_on_a_first_deployment_ten_messages_at_once_are_out_within_seconds(
    gateway: FakeGateway,
) -> None:
    gateway.circuits.circuit = Circuit()
    gateway.voipit.during_call = lambda _: during()

    def during() -> None:
        gateway.voipit.during_call = lambda _: None
        for number in range(9):
            assert gateway.send(message_id=f"m-{number}").message.reason is Reason.ACCOUNT_UNPROVEN

    gateway.send()
    gateway.clock.advance(5)
    gateway.run_queue()

    assert {row.status for row in gateway.messages.rows.values()} == {Status.SUBMITTED}


def test_what_has_waited_for_the_account_goes_out_before_it_has_waited_as_long_again(
    gateway: FakeGateway,
) -> None:
    gateway.circuits.circuit = Circuit(probe_until=START + HOUR)
    gateway.send()
    for _ in range(300):
        gateway.clock.advance(1)
        gateway.run_queue()
    gateway.circuits.prove("v1", gateway.clock())

    for _ in range(300):
        gateway.clock.advance(1)
        gateway.run_queue()

    assert gateway.messages.rows[KEY].status is Status.SUBMITTED


def test_a_process_that_may_not_read_the_secret_does_not_try_an_account_it_remembers(
    gateway: FakeGateway,
) -> None:
    """It may have been mended since, and then that would be an invalid request."""
    gateway.circuits.circuit = Circuit()
    gateway.accounts.current()
    gateway.voipit.will_answer(*[not_taken(Reason.NO_CONNECTION)] * READS_AT_ONCE)
    for number in range(READS_AT_ONCE):
        gateway.send(message_id=f"m-{number}")
    gateway.accounts.mend("v2")
    gateway.voipit.knows = {"v2"}

    assert gateway.send().message.reason is Reason.ACCOUNT_UNPROVEN
    gateway.clock.advance(SECONDS_PER_READ)
    assert gateway.send(message_id="later").message.status is Status.SUBMITTED
    assert gateway.voipit.handed[-1].account.version == "v2"


def test_a_process_that_waits_for_another_to_try_reads_no_secret(gateway: FakeGateway) -> None:
    gateway.circuits.circuit = Circuit(probe_until=START + MINUTE)
    gateway.accounts.current()
    reads = count_reads(gateway)

    for number in range(9):
        gateway.send(message_id=f"m-{number}")

    assert reads == []


# --- whatever the reason ---------------------------------------------------------------------


def passes(wait: Callable[[Message, datetime, int], Wait], validity: timedelta) -> int:
    """How often a message comes back within its validity, with the shortest pauses there are."""
    now, times = START, 0
    waiting = a_message(Status.QUEUED, valid_until=START + validity)
    while now < START + validity:
        message = replace(waiting, attempt=times + 1, put_off=times)
        came = wait(message, now, times)
        now = now + came.enqueue_in if came.enqueue_in is not None else came.due_at
        times += 1
    return times


UNCLAIMED = [Reason.ACCOUNT_UNPROVEN, Reason.SECRET_UNAVAILABLE, Reason.CIRCUIT_OPEN]


@pytest.mark.parametrize(("validity", "most"), [(DAY, 205), (YEAR, 70_500)], ids=["day", "year"])
@pytest.mark.parametrize("reason", UNCLAIMED)
def test_what_uses_up_no_try_comes_back_a_bounded_number_of_times(
    reason: Reason, validity: timedelta, most: int
) -> None:
    def wait(message: Message, now: datetime, _: int) -> Wait:
        return wait_unclaimed(reason, message, now, 1.0)

    assert passes(wait, validity) <= most


@pytest.mark.parametrize(("validity", "most"), [(DAY, 205), (YEAR, 70_500)], ids=["day", "year"])
def test_what_waits_for_room_that_others_take_comes_back_a_bounded_number_of_times(
    validity: timedelta, most: int
) -> None:
    def wait(message: Message, now: datetime, _: int) -> Wait:
        return wait_at_least(message, now, SECOND, 1.0)

    assert passes(wait, validity) <= most


@pytest.mark.parametrize(("validity", "most"), [(DAY, 53), (YEAR, 104)], ids=["day", "year"])
@pytest.mark.parametrize("reason", [Reason.IP_BLOCKED, Reason.FORBIDDEN])
def test_tries_that_do_not_count_become_so_rare_that_their_history_fits_into_a_row(
    reason: Reason, validity: timedelta, most: int
) -> None:
    def wait(message: Message, now: datetime, _: int) -> Wait:
        return wait_after(reason, message, now, 1.0)

    assert passes(wait, validity) <= most


TRIED: dict[Reason, Outcome] = {
    reason: not_taken(reason)
    for reason in (
        Reason.NO_CONNECTION,
        Reason.THROTTLED,
        Reason.SECRET_UNAVAILABLE,
        Reason.NO_TIME_LEFT,
        Reason.CREDENTIALS_REJECTED,
        Reason.PATH_NOT_FOUND,
        Reason.IP_BLOCKED,
        Reason.FORBIDDEN,
    )
}


@pytest.mark.parametrize("reason", TRIED)
def test_a_message_that_is_never_taken_ends_after_a_bounded_number_of_tries(
    gateway: FakeGateway, reason: Reason
) -> None:
    gateway.voipit.always[KEY.message_id] = TRIED[reason]
    gateway.send(valid_until=START + 9 * DAY)
    runs = 0

    while (row := gateway.messages.rows[KEY]).due_at is not None:
        moments = [row.due_at, *(waiting.at for waiting in gateway.queue.waiting)]
        gateway.clock.advance(max(60.0, (min(moments) - gateway.clock()).total_seconds()))
        if gateway.circuits.circuit.is_open and reason not in {Reason.IP_BLOCKED, Reason.FORBIDDEN}:
            gateway.clock.advance(HOUR.total_seconds())
        gateway.watch()
        runs += len(gateway.run_queue())

    assert row.status is Status.FAILED
    bound = {Reason.IP_BLOCKED: 80, Reason.FORBIDDEN: 3}.get(reason, MAX_TRIES)
    assert row.attempt <= bound
    assert runs <= 2 * bound
    assert len(gateway.messages.rows) == 1


def test_a_process_that_remembers_an_open_circuit_lets_nothing_go_round_and_round(
    gateway: FakeGateway,
) -> None:
    """The table says that the circuit is closed, so `watch` puts the message in again."""
    gateway.circuits.is_read_only = True
    gateway.voipit.knows = set()
    gateway.send()
    runs = 0

    for _ in range(24 * 60 - 1):
        gateway.clock.advance(60)
        gateway.watch()
        runs += len(gateway.run_queue())

    assert gateway.messages.rows[KEY].status is Status.QUEUED
    assert runs <= 110
