from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from sms_gateway.domain.circuit import PING_LEASE, Circuit, OpenReason
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.outcome import Outcome, not_taken, refused, unclear
from sms_gateway.domain.status import Reason
from sms_gateway.use_cases.gate import Pass
from tests.fakes.accounts import an_account
from tests.fakes.boundary import Boundary
from tests.fakes.circuits import FakeCircuits, Operation
from tests.fakes.clock import START
from tests.fakes.entrance import (
    BLOCKED,
    EARLY,
    FORBIDDEN,
    HOUR,
    MINUTE,
    NO_PATH,
    REJECTED,
    Entrance,
    admit,
    opened,
)
from tests.fakes.outages import Outage


def test_a_closed_circuit_is_not_pinged_about() -> None:
    entrance = Entrance(Circuit(proven="v1"))

    assert entrance.gate.look_after()
    assert entrance.voipit.pings == []


@pytest.mark.parametrize(
    ("reason", "waited", "pings"),
    [
        (OpenReason.CREDENTIALS, EARLY - MINUTE, 0),
        (OpenReason.CREDENTIALS, EARLY, 1),
        (OpenReason.CONFIGURATION, HOUR - MINUTE, 0),
        (OpenReason.CONFIGURATION, HOUR, 1),
        (OpenReason.IP_BLOCKED, timedelta(), 0),
        (OpenReason.IP_BLOCKED, MINUTE, 1),
    ],
    ids=str,
)
def test_voipit_is_pinged_when_it_is_time(
    reason: OpenReason, waited: timedelta, pings: int
) -> None:
    entrance = Entrance(opened(reason, MINUTE if reason is OpenReason.IP_BLOCKED else None))
    entrance.advance(waited)

    assert entrance.gate.look_after() is bool(pings)
    assert len(entrance.voipit.pings) == pings


@pytest.mark.parametrize("reason", [OpenReason.CREDENTIALS, OpenReason.CONFIGURATION])
def test_voipit_is_pinged_at_once_when_the_account_was_mended(reason: OpenReason) -> None:
    entrance = Entrance(opened(reason))
    entrance.accounts.current()
    entrance.accounts.mend("v2")

    assert entrance.gate.look_after()
    assert entrance.voipit.pings == [an_account("v2")]
    assert entrance.circuits.circuit == Circuit(proven="v2", proven_at=START)
    assert admit(entrance.gate) == Pass(an_account("v2"), probing=False)


def test_who_comes_second_after_another_ping_does_not_ping() -> None:
    entrance = Entrance(opened())
    entrance.advance(HOUR)
    entrance.voipit.will_answer_pings(unclear(Reason.SERVER_ERROR))
    circuits = FakeCircuits(opened(), boundary=(boundary := Boundary()))
    gate = replace(entrance.gate, circuits=circuits)

    def somebody_is_faster(name: str) -> None:
        if name == "circuits.take_ping":
            boundary.before = lambda _: None
            assert not gate.look_after()

    boundary.before = somebody_is_faster

    assert not gate.look_after()
    assert len(entrance.voipit.pings) == 1


def test_a_mended_account_is_pinged_with_once() -> None:
    entrance = Entrance(opened())
    entrance.accounts.mend("v2")
    entrance.voipit.knows = set()

    for _ in range(50):
        entrance.advance(MINUTE)
        assert not entrance.gate.look_after()

    assert entrance.voipit.pings == [an_account("v2")]


def test_of_several_who_look_after_it_at_once_one_pings() -> None:
    entrance = Entrance(opened())
    entrance.advance(HOUR)
    entrance.voipit.knows = set()
    together = Barrier(10)

    def look_after(_: int) -> bool:
        together.wait()
        return entrance.gate.look_after()

    with ThreadPoolExecutor(10) as threads:
        closed = list(threads.map(look_after, range(10)))

    assert closed == [False] * 10
    assert len(entrance.voipit.pings) == 1


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        (REJECTED, HOUR),
        (not_taken(Reason.NO_CONNECTION), MINUTE),
        (not_taken(Reason.THROTTLED), MINUTE),
        (refused("no"), MINUTE),
        (unclear(Reason.SERVER_ERROR), MINUTE),
        (unclear(Reason.UNREADABLE_ANSWER), MINUTE),
        (unclear(Reason.NO_ANSWER_IN_TIME), MINUTE),
    ],
    ids=str,
)
def test_anything_but_a_pong_leaves_the_circuit_open_for_long_only_if_it_counts_against_us(
    answer: Outcome, pause: timedelta
) -> None:
    entrance = Entrance(opened())
    entrance.advance(HOUR)
    entrance.voipit.will_answer_pings(answer)

    assert not entrance.gate.look_after()
    assert entrance.circuits.circuit == replace(
        opened(), pings=int(answer is REJECTED), next_ping_at=START + HOUR + pause
    )


@pytest.mark.parametrize(
    ("before", "answer", "after", "pause"),
    [
        (OpenReason.IP_BLOCKED, REJECTED, OpenReason.CREDENTIALS, HOUR),
        (OpenReason.IP_BLOCKED, NO_PATH, OpenReason.CONFIGURATION, HOUR),
        (OpenReason.CREDENTIALS, BLOCKED, OpenReason.IP_BLOCKED, MINUTE),
        (OpenReason.CREDENTIALS, FORBIDDEN, OpenReason.IP_BLOCKED, MINUTE),
        (OpenReason.CREDENTIALS, NO_PATH, OpenReason.CONFIGURATION, HOUR),
        (OpenReason.CONFIGURATION, REJECTED, OpenReason.CREDENTIALS, HOUR),
    ],
    ids=str,
)
def test_a_ping_that_finds_another_reason_leaves_the_circuit_open_for_that_one(
    before: OpenReason, answer: Outcome, after: OpenReason, pause: timedelta
) -> None:
    entrance = Entrance(opened(before))
    entrance.advance(HOUR)
    entrance.voipit.will_answer_pings(answer)

    assert not entrance.gate.look_after()
    assert entrance.circuits.circuit == replace(
        opened(after),
        # A refused ping is no first refusal: five minutes would be too soon.
        pings=int(after is OpenReason.CREDENTIALS),
        next_ping_at=START + HOUR + pause,
        blocked_at=START + HOUR if answer in (BLOCKED, FORBIDDEN) else None,
    )


def test_a_block_that_ends_and_leaves_wrong_credentials_is_not_pinged_every_few_minutes() -> None:
    entrance = Entrance(opened(OpenReason.IP_BLOCKED, MINUTE))
    entrance.voipit.knows = set()
    entrance.voipit.will_answer_pings(BLOCKED, BLOCKED)

    for _ in range(60):
        entrance.gate.look_after()
        entrance.advance(MINUTE)

    assert len(entrance.voipit.pings) == 3
    assert entrance.circuits.circuit.reason is OpenReason.CREDENTIALS


def test_pings_that_are_not_answered_are_spaced_out_further_and_further() -> None:
    entrance = Entrance(opened(OpenReason.IP_BLOCKED, MINUTE))
    entrance.voipit.will_answer_pings(*[BLOCKED] * 99)
    minutes: list[int] = []

    for minute in range(61):
        before = len(entrance.voipit.pings)
        entrance.gate.look_after()
        if len(entrance.voipit.pings) > before:
            minutes.append(minute)
        entrance.advance(MINUTE)

    assert minutes == [1, 3, 7, 15, 30, 45, 60]


def minutes_until_closed(entrance: Entrance) -> int:
    """How many runs of `watch` it takes, one a minute, whatever goes wrong in one."""
    for minute in range(24 * 60):
        with suppress(StoreUnavailableError):
            if entrance.gate.look_after():
                return minute
        entrance.advance(MINUTE)
    raise AssertionError("it is still open after a day")


@pytest.mark.parametrize("wrong_before", [0, 5])
@pytest.mark.parametrize(
    ("operation", "outage", "minutes"),
    [
        ("take_ping", Outage.BEFORE, 1),
        ("take_ping", Outage.AFTER, 1),
        ("close", Outage.BEFORE, 1),
        ("close", Outage.AFTER, 1),
        ("stay_open", Outage.BEFORE, 2),
        ("stay_open", Outage.AFTER, 2),
    ],
)
def test_a_mended_account_is_back_within_minutes_whatever_could_not_be_written(
    operation: Operation, outage: Outage, wrong_before: int, minutes: int
) -> None:
    entrance = Entrance(opened())
    entrance.voipit.knows = {"right"}
    for number in range(wrong_before):
        entrance.accounts.mend(f"wrong {number}")
        entrance.gate.look_after()
        entrance.advance(MINUTE)
    entrance.accounts.mend("right")
    entrance.circuits.be_unavailable(operation, outage)
    if operation == "stay_open":
        entrance.voipit.will_answer_pings(not_taken(Reason.NO_CONNECTION))

    assert minutes_until_closed(entrance) <= minutes


def test_a_ping_that_nobody_could_finish_is_made_again_when_its_lease_is_over() -> None:
    entrance = Entrance(opened())
    entrance.accounts.mend("v2")
    assert entrance.circuits.take_ping(opened(), START, START + PING_LEASE)

    assert not entrance.gate.look_after()
    assert entrance.voipit.pings == []
    entrance.advance(PING_LEASE)
    assert entrance.gate.look_after()


def test_nobody_pings_without_an_account() -> None:
    entrance = Entrance(opened())
    entrance.advance(HOUR)
    entrance.accounts.available = False

    assert not entrance.gate.look_after()
    assert entrance.circuits.circuit == opened()


def test_nobody_pings_while_the_table_is_away() -> None:
    entrance = Entrance(opened())
    entrance.advance(HOUR)
    entrance.circuits.be_unavailable("get")

    with pytest.raises(StoreUnavailableError):
        entrance.gate.look_after()
    assert entrance.voipit.pings == []


@pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())
def test_without_the_lease_of_the_ping_nobody_pings_and_the_run_goes_on(outage: Outage) -> None:
    entrance = Entrance(opened())
    entrance.advance(HOUR)
    entrance.circuits.be_unavailable("take_ping", outage)

    assert not entrance.gate.look_after()
    assert entrance.voipit.pings == []


def test_a_pong_that_cannot_be_written_closes_nothing_and_the_run_goes_on() -> None:
    entrance = Entrance(opened())
    entrance.advance(HOUR)
    entrance.circuits.be_unavailable("close")

    assert not entrance.gate.look_after()
    assert entrance.circuits.circuit.is_open
