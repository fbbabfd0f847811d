"""Until the secret holds an account messages wait, nothing is pinged, and `watch` alone looks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sms_gateway.domain.circuit import OPENS, Circuit, OpenReason
from sms_gateway.domain.due import RECHECK
from sms_gateway.domain.status import Reason, Status
from sms_gateway.use_cases.gate import Gate, Pass, Refusal
from tests.fakes.accounts import FakeAccounts, an_account
from tests.fakes.clock import START
from tests.fakes.entrance import HOUR, MINUTE, REJECTED, Entrance, admit, opened
from tests.fakes.gateway import FakeGateway
from tests.fakes.outages import Outage

MISSING = Circuit(OpenReason.ACCOUNT_MISSING, since=START)


@pytest.fixture
def entrance() -> Entrance:
    """A stack that was just deployed."""
    entrance = Entrance()
    entrance.accounts.empty()
    return entrance


@pytest.fixture
def gateway() -> FakeGateway:
    gateway = FakeGateway()
    gateway.circuits.circuit = Circuit()
    gateway.accounts.empty()
    return gateway


def test_a_message_waits_for_the_account_outside_the_queue(gateway: FakeGateway) -> None:
    message = gateway.send().message

    assert (message.status, message.reason) == (Status.QUEUED, Reason.ACCOUNT_MISSING)
    assert (message.attempt, message.due_at) == (0, START + RECHECK)
    assert gateway.queue.enqueued == []
    assert gateway.circuits.circuit == MISSING


def test_a_new_stack_says_that_its_account_is_missing_before_there_is_a_message(
    entrance: Entrance,
) -> None:
    assert not entrance.gate.look_after()
    assert entrance.circuits.circuit == MISSING


def test_for_a_day_nothing_is_pinged_and_there_is_one_look_at_the_secret_a_minute(
    gateway: FakeGateway,
) -> None:
    gateway.watch()
    before = gateway.accounts.secret.looks

    for minute in range(24 * 60):
        if minute % 10 == 0:  # those that wait are looked at in every run
            gateway.send(message_id=f"m-{minute}")
        gateway.watch()
        gateway.run_queue()
        gateway.clock.advance(60)

    assert gateway.accounts.secret.looks - before == 24 * 60
    assert (gateway.voipit.handed, gateway.voipit.pings) == ([], [])


def test_processes_that_know_of_it_do_not_look_at_all(entrance: Entrance) -> None:
    admit(entrance.gate)
    before = entrance.accounts.secret.looks
    others = [FakeAccounts(secret=entrance.accounts.secret) for _ in range(9)]
    gates = [Gate(entrance.circuits, own, entrance.voipit, entrance.clock) for own in others]

    assert [admit(gate) for gate in gates] == [Refusal(Reason.ACCOUNT_MISSING)] * 9
    assert entrance.accounts.secret.looks == before


def test_what_waited_for_the_account_ends_like_all_that_waits(gateway: FakeGateway) -> None:
    gateway.send()
    gateway.clock.advance(24 * 60 * 60)
    gateway.watch()

    [row] = gateway.messages.rows.values()
    assert (row.status, row.reason) == (Status.FAILED, Reason.TOO_LATE)


def test_once_the_account_is_there_one_message_tries_it_and_all_are_sent(
    gateway: FakeGateway,
) -> None:
    for number in range(5):
        gateway.send(message_id=f"m-{number}")
    gateway.accounts.mend("v2")
    gateway.clock.advance(60)

    for _ in range(4):
        gateway.watch()
        gateway.run_queue()
        gateway.clock.advance(60)

    assert {row.status for row in gateway.messages.rows.values()} == {Status.SUBMITTED}
    assert gateway.voipit.pings == []
    assert gateway.circuits.circuit.proven == "v2"


def test_an_account_that_was_filled_in_and_is_wrong_costs_one_invalid_request(
    gateway: FakeGateway,
) -> None:
    for number in range(5):
        gateway.send(message_id=f"m-{number}")
    gateway.accounts.mend("wrong")
    gateway.voipit.knows = set()
    gateway.clock.advance(60)

    for _ in range(4):
        gateway.watch()
        gateway.run_queue()
        gateway.clock.advance(60)

    assert len(gateway.voipit.handed) + len(gateway.voipit.pings) == 1
    assert gateway.circuits.circuit.reason is OpenReason.CREDENTIALS


def test_that_there_is_no_account_is_not_believed_from_memory(entrance: Entrance) -> None:
    other = FakeAccounts(secret=entrance.accounts.secret)
    remembers = Gate(entrance.circuits, other, entrance.voipit, entrance.clock)
    admit(remembers)
    entrance.accounts.mend("v2")
    assert entrance.gate.look_after()

    assert admit(remembers) == Pass(an_account("v2"), probing=True)
    assert remembers.look_after()
    assert entrance.circuits.circuit == Circuit(probe_until=START + MINUTE)


def test_that_there_is_an_account_is_not_believed_from_memory_while_it_is_missing(
    entrance: Entrance,
) -> None:
    entrance.accounts.mend("v1")
    assert entrance.gate.look_after()
    entrance.accounts.empty()
    entrance.circuits.miss(Circuit(), START)

    assert not entrance.gate.look_after()
    assert entrance.circuits.circuit == MISSING


def test_a_proven_account_that_was_taken_out_is_missed_by_the_next_message() -> None:
    entrance = Entrance(Circuit(proven="v1"))
    entrance.accounts.empty()

    assert admit(entrance.gate) == Refusal(Reason.ACCOUNT_MISSING)
    assert entrance.circuits.circuit == MISSING


def test_while_all_goes_well_watch_does_not_look_at_the_secret() -> None:
    entrance = Entrance(Circuit(proven="v1"))

    assert entrance.gate.look_after()
    assert entrance.accounts.secret.looks == 0


@pytest.mark.parametrize("reason", [OpenReason.CREDENTIALS, OpenReason.CONFIGURATION])
def test_an_outage_without_an_account_is_about_the_account(reason: OpenReason) -> None:
    entrance = Entrance(opened(reason))
    entrance.accounts.empty()
    entrance.advance(9 * HOUR)

    assert not entrance.gate.look_after()
    assert entrance.circuits.circuit == replace(MISSING, since=START + 9 * HOUR)
    assert entrance.voipit.pings == []


def test_a_block_is_waited_for_by_pings_also_with_a_new_account() -> None:
    before = opened(OpenReason.IP_BLOCKED, MINUTE)
    entrance = Entrance(before)
    entrance.accounts.empty()
    entrance.advance(HOUR)
    assert not entrance.gate.look_after()
    assert entrance.circuits.circuit == before
    assert entrance.voipit.pings == []

    entrance.accounts.mend("v2")

    assert entrance.gate.look_after()
    assert entrance.voipit.pings == [an_account("v2")]


def test_a_late_answer_about_the_account_that_is_gone_ends_nothing(entrance: Entrance) -> None:
    entrance.accounts.mend("v1")
    leave = admit(entrance.gate)
    assert isinstance(leave, Pass)
    entrance.accounts.empty()
    entrance.circuits.miss(entrance.circuits.circuit, START)

    entrance.circuits.prove("v1", START)

    assert not entrance.gate.look_after()
    assert admit(entrance.gate) == Refusal(Reason.ACCOUNT_MISSING)


def test_a_401_about_the_account_that_is_gone_changes_nothing(entrance: Entrance) -> None:
    entrance.accounts.mend("v1")
    leave = admit(entrance.gate)
    assert isinstance(leave, Pass)
    entrance.accounts.empty()
    entrance.circuits.miss(entrance.circuits.circuit, START)

    entrance.gate.learn(leave, REJECTED)

    assert entrance.circuits.circuit == MISSING


@pytest.mark.parametrize("known", [Circuit(), MISSING], ids=["closed", "missing"])
def test_a_secrets_manager_that_does_not_answer_tells_nothing(known: Circuit) -> None:
    entrance = Entrance(known)
    entrance.accounts.available = False

    assert entrance.gate.look_after() is not known.is_open
    assert entrance.circuits.circuit == known


@pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())
@pytest.mark.parametrize("operation", ["miss", "find"])
def test_what_cannot_be_written_now_is_written_by_the_next_run(
    entrance: Entrance, operation: str, outage: Outage
) -> None:
    if operation == "find":
        entrance.gate.look_after()
        entrance.accounts.mend("v2")
    entrance.circuits._outages.plan(operation, outage, 1)  # noqa: SLF001  any operation, by its name

    first = entrance.gate.look_after()
    entrance.advance(timedelta(minutes=1))
    second = entrance.gate.look_after()

    assert (first, second) == (False, operation == "find")


def test_without_the_table_a_message_waits_for_the_account_all_the_same(
    entrance: Entrance,
) -> None:
    entrance.circuits.be_unavailable("miss")

    assert admit(entrance.gate) == Refusal(Reason.ACCOUNT_MISSING)


def test_every_other_reason_is_told_as_an_open_circuit() -> None:
    assert {
        reason: admit(Entrance(opened(reason)).gate) for reason in OPENS.values()
    } == dict.fromkeys(OPENS.values(), Refusal(Reason.CIRCUIT_OPEN))
