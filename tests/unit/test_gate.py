from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from sms_gateway.domain.circuit import OPENS, Circuit, OpenReason
from sms_gateway.domain.due import LEASE
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken, refused, unclear
from sms_gateway.domain.status import Reason
from sms_gateway.use_cases.gate import Gate, Pass, Refusal
from tests.fakes.accounts import FakeAccounts, an_account
from tests.fakes.clock import START
from tests.fakes.entrance import (
    BLOCKED,
    EARLY,
    HOUR,
    MINUTE,
    NO_PATH,
    REJECTED,
    Entrance,
    admit,
    opened,
)
from tests.fakes.outages import Outage

if TYPE_CHECKING:
    from sms_gateway.use_cases.ports import Accounts, Circuits


@pytest.fixture
def unproven() -> Entrance:
    return Entrance()


@pytest.fixture
def proven() -> Entrance:
    return Entrance(Circuit(proven="v1"))


def test_the_fakes_are_what_the_gate_asks_for(proven: Entrance) -> None:
    circuits: Circuits = proven.circuits
    accounts: Accounts = proven.accounts

    assert circuits.get().proven == accounts.current().version


def test_a_proven_account_is_let_through_and_nothing_is_written(proven: Entrance) -> None:
    assert admit(proven.gate) == Pass(an_account("v1"), probing=False)
    assert proven.circuits.circuit == Circuit(proven="v1")


@pytest.mark.parametrize("reason", OPENS.values())
def test_nobody_is_let_through_while_the_circuit_is_open(reason: OpenReason) -> None:
    entrance = Entrance(opened(reason))

    entrance.accounts.mend("v2")
    entrance.advance(timedelta(days=9))

    assert admit(entrance.gate) == Refusal(Reason.CIRCUIT_OPEN)
    assert entrance.voipit.pings == []


def test_nobody_is_let_through_without_an_account(unproven: Entrance) -> None:
    unproven.accounts.available = False

    assert admit(unproven.gate) == Refusal(Reason.SECRET_UNAVAILABLE)
    assert unproven.circuits.circuit == Circuit()


def test_a_table_that_is_away_lets_nobody_through(proven: Entrance) -> None:
    proven.circuits.be_unavailable("get")

    with pytest.raises(StoreUnavailableError):
        admit(proven.gate)


@pytest.mark.parametrize(
    ("outcome", "reason", "pause"),
    [
        (REJECTED, OpenReason.CREDENTIALS, EARLY),
        (NO_PATH, OpenReason.CONFIGURATION, HOUR),
        (BLOCKED, OpenReason.IP_BLOCKED, MINUTE),
    ],
    ids=["401", "404", "403.6"],
)
@pytest.mark.parametrize("known", [None, "v1"], ids=["unproven", "proven"])
def test_what_counts_against_our_ip_opens_the_circuit(
    known: str | None, outcome: Outcome, reason: OpenReason, pause: timedelta
) -> None:
    entrance = Entrance(Circuit(proven=known))

    assert entrance.learn(outcome) == opened(reason, pause)
    assert admit(entrance.gate) == Refusal(Reason.CIRCUIT_OPEN)


@pytest.mark.parametrize(
    "outcome",
    [
        ACCEPTED,
        refused("no credit"),
        not_taken(Reason.NO_CONNECTION),
        not_taken(Reason.THROTTLED),
        not_taken(Reason.NO_TIME_LEFT),
        unclear(Reason.SERVER_ERROR),
        unclear(Reason.NO_ANSWER_IN_TIME),
    ],
    ids=lambda outcome: outcome.reason or outcome.trigger,
)
def test_other_answers_to_a_proven_account_change_nothing(
    proven: Entrance, outcome: Outcome
) -> None:
    assert proven.learn(outcome) == Circuit(proven="v1")


def test_a_401_for_a_secret_that_was_mended_meanwhile_opens_nothing(proven: Entrance) -> None:
    leave = admit(proven.gate)
    assert isinstance(leave, Pass)
    proven.accounts.mend("v2")

    proven.gate.learn(leave, REJECTED)

    assert proven.circuits.circuit == Circuit()
    assert admit(proven.gate) == Pass(an_account("v2"), probing=True)


def test_a_late_401_for_an_old_secret_does_not_cast_doubt_on_the_new_one(
    proven: Entrance,
) -> None:
    leave = admit(proven.gate)
    assert isinstance(leave, Pass)
    proven.accounts.mend("v2")
    proven.circuits.prove("v2", START)

    proven.gate.learn(leave, REJECTED)

    assert proven.circuits.circuit == Circuit(proven="v2", proven_at=START)


def test_everybody_who_remembers_an_old_secret_reads_it_anew_after_the_first_401(
    proven: Entrance,
) -> None:
    others = [FakeAccounts("v1") for _ in range(9)]
    gates = [Gate(proven.circuits, own, proven.voipit, proven.clock) for own in others]
    for own in [proven.accounts, *others]:
        own.current()
        own.mend("v2")

    proven.learn(REJECTED)

    assert [admit(gate) for gate in gates].count(Refusal(Reason.ACCOUNT_UNPROVEN)) == 8
    proven.circuits.prove("v2", START)
    assert [admit(gate) for gate in gates] == [Pass(an_account("v2"), probing=False)] * 9
    assert [own.current().version for own in others] == ["v2"] * 9


def test_a_probe_with_a_secret_that_was_mended_meanwhile_is_given_back(
    unproven: Entrance,
) -> None:
    leave = admit(unproven.gate)
    assert isinstance(leave, Pass)
    unproven.accounts.mend("v2")

    unproven.gate.learn(leave, REJECTED)

    assert unproven.circuits.circuit == Circuit()


def test_a_401_opens_the_circuit_although_the_secret_cannot_be_fetched_again(
    proven: Entrance,
) -> None:
    leave = admit(proven.gate)
    assert isinstance(leave, Pass)
    proven.accounts.available = False
    proven.accounts.forget()

    proven.gate.learn(leave, REJECTED)

    assert proven.circuits.circuit.reason is OpenReason.CREDENTIALS


@pytest.mark.parametrize("outcome", [NO_PATH, BLOCKED], ids=["404", "403.6"])
def test_only_a_401_is_forgiven_when_the_secret_was_mended(
    proven: Entrance, outcome: Outcome
) -> None:
    leave = admit(proven.gate)
    assert isinstance(leave, Pass)
    proven.accounts.mend("v2")

    proven.gate.learn(leave, outcome)

    assert proven.circuits.circuit.is_open
    assert proven.circuits.circuit.failed == "v1"


def test_of_twenty_at_once_one_tries_an_account_that_was_never_answered(
    unproven: Entrance,
) -> None:
    together = Barrier(20)

    def ask(_: int) -> Pass | Refusal:
        together.wait()
        return admit(unproven.gate)

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(ask, range(20)))

    assert answers.count(Pass(an_account("v1"), probing=True)) == 1
    assert answers.count(Refusal(Reason.ACCOUNT_UNPROVEN)) == 19


@pytest.mark.parametrize("outcome", [ACCEPTED, refused("no credit")], ids=["ok", "no"])
def test_an_answer_proves_the_account(unproven: Entrance, outcome: Outcome) -> None:
    assert unproven.learn(outcome) == Circuit(proven="v1", proven_at=START)
    assert admit(unproven.gate) == Pass(an_account("v1"), probing=False)


@pytest.mark.parametrize(
    "outcome",
    [
        unclear(Reason.SERVER_ERROR),
        unclear(Reason.CONNECTION_CUT),
        not_taken(Reason.NO_CONNECTION),
        not_taken(Reason.THROTTLED),
        not_taken(Reason.NO_TIME_LEFT),
        not_taken(Reason.SECRET_UNAVAILABLE),
    ],
    ids=lambda outcome: outcome.reason,
)
def test_what_tells_nothing_about_the_account_lets_somebody_else_try(
    unproven: Entrance, outcome: Outcome
) -> None:
    assert unproven.learn(outcome) == Circuit()
    assert admit(unproven.gate) == Pass(an_account("v1"), probing=True)


def test_a_leave_that_was_not_used_lets_somebody_else_try(unproven: Entrance) -> None:
    leave = admit(unproven.gate)
    assert isinstance(leave, Pass)

    unproven.gate.give_back(leave)

    assert admit(unproven.gate) == leave


def test_giving_back_an_ordinary_leave_does_not_disturb_who_is_trying() -> None:
    trying = Circuit(proven="v1", probe_until=START + MINUTE)
    entrance = Entrance(trying)

    entrance.gate.give_back(Pass(an_account("v1"), probing=False))

    assert entrance.circuits.circuit == trying


def test_a_probe_whose_holder_died_runs_out(unproven: Entrance) -> None:
    admit(unproven.gate)

    unproven.advance(LEASE - timedelta(milliseconds=1))
    assert admit(unproven.gate) == Refusal(Reason.ACCOUNT_UNPROVEN)
    unproven.advance(timedelta(milliseconds=1))
    assert admit(unproven.gate) == Pass(an_account("v1"), probing=True)


def test_an_account_that_is_only_remembered_is_refreshed_before_it_is_tried(
    unproven: Entrance,
) -> None:
    unproven.accounts.current()
    unproven.accounts.mend("v2")

    assert admit(unproven.gate) == Pass(an_account("v2"), probing=True)


def test_who_remembers_an_old_account_uses_the_one_that_was_proven(unproven: Entrance) -> None:
    unproven.accounts.current()
    unproven.accounts.mend("v2")
    unproven.circuits.prove("v2", START)

    assert admit(unproven.gate) == Pass(an_account("v2"), probing=False)


@pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())
@pytest.mark.parametrize(
    ("outcome", "act"),
    [(REJECTED, "open"), (ACCEPTED, "prove"), (unclear(Reason.SERVER_ERROR), "release_probe")],
    ids=["opens", "proves", "gives back"],
)
def test_what_was_learned_and_cannot_be_written_is_no_error(
    unproven: Entrance, outcome: Outcome, act: str, outage: Outage
) -> None:
    leave = admit(unproven.gate)
    assert isinstance(leave, Pass)
    unproven.circuits._outages.plan(act, outage, 1)  # noqa: SLF001  any operation, by its name

    unproven.gate.learn(leave, outcome)
    unproven.circuits.be_unavailable("release_probe", outage)
    unproven.gate.give_back(leave)
