from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from sms_gateway.domain.circuit import PING_LEASE, Circuit, OpenReason
from sms_gateway.domain.due import LEASE
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken, refused, unclear
from sms_gateway.domain.status import Reason, Status
from sms_gateway.use_cases.gate import Gate, Pass, Refusal
from tests.fakes.accounts import FakeAccounts, an_account
from tests.fakes.boundary import Boundary
from tests.fakes.circuits import FakeCircuits, Operation
from tests.fakes.clock import START, FakeClock
from tests.fakes.gateway import FakeGateway
from tests.fakes.outages import Outage
from tests.fakes.voipit import FakeVoipit

if TYPE_CHECKING:
    from sms_gateway.use_cases.ports import Accounts, Circuits

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

REJECTED = not_taken(Reason.CREDENTIALS_REJECTED)
NO_PATH = not_taken(Reason.PATH_NOT_FOUND)
BLOCKED = not_taken(Reason.IP_BLOCKED)


class Entrance:
    """A gate with what stands around it. The account `v1` was never answered."""

    def __init__(self, circuit: Circuit | None = None) -> None:
        self.clock = FakeClock()
        self.circuits = FakeCircuits(circuit)
        self.accounts = FakeAccounts("v1")
        self.voipit = FakeVoipit()
        self.gate = Gate(self.circuits, self.accounts, self.voipit, self.clock)

    def learn(self, outcome: Outcome) -> Circuit:
        """The circuit after one call that was admitted came to this."""
        leave = self.gate.admit()
        assert isinstance(leave, Pass)
        self.gate.learn(leave, outcome)
        return self.circuits.circuit

    def advance(self, span: timedelta) -> None:
        self.clock.advance(span.total_seconds())


@pytest.fixture
def unproven() -> Entrance:
    return Entrance()


@pytest.fixture
def proven() -> Entrance:
    return Entrance(Circuit(proven="v1"))


def opened(reason: OpenReason = OpenReason.CREDENTIALS, pause: timedelta = HOUR) -> Circuit:
    return Circuit(reason, since=START, next_ping_at=START + pause, failed="v1")


def test_the_fakes_are_what_the_gate_asks_for(proven: Entrance) -> None:
    circuits: Circuits = proven.circuits
    accounts: Accounts = proven.accounts

    assert circuits.get().proven == accounts.current().version


def test_a_proven_account_is_let_through_and_nothing_is_written(proven: Entrance) -> None:
    assert proven.gate.admit() == Pass(an_account("v1"), probing=False)
    assert proven.circuits.circuit == Circuit(proven="v1")


@pytest.mark.parametrize("reason", OpenReason)
def test_nobody_is_let_through_while_the_circuit_is_open(reason: OpenReason) -> None:
    entrance = Entrance(opened(reason))

    entrance.accounts.mend("v2")
    entrance.advance(timedelta(days=9))

    assert entrance.gate.admit() == Refusal(Reason.CIRCUIT_OPEN)
    assert entrance.voipit.pings == []


def test_nobody_is_let_through_without_an_account(unproven: Entrance) -> None:
    unproven.accounts.available = False

    assert unproven.gate.admit() == Refusal(Reason.SECRET_UNAVAILABLE)
    assert unproven.circuits.circuit == Circuit()


def test_a_table_that_is_away_lets_nobody_through(proven: Entrance) -> None:
    proven.circuits.be_unavailable("get")

    with pytest.raises(StoreUnavailableError):
        proven.gate.admit()


@pytest.mark.parametrize(
    ("outcome", "reason", "pause"),
    [
        (REJECTED, OpenReason.CREDENTIALS, HOUR),
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
    assert entrance.gate.admit() == Refusal(Reason.CIRCUIT_OPEN)


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
    leave = proven.gate.admit()
    assert isinstance(leave, Pass)
    proven.accounts.mend("v2")

    proven.gate.learn(leave, REJECTED)

    assert proven.circuits.circuit == Circuit()
    assert proven.gate.admit() == Pass(an_account("v2"), probing=True)


def test_a_late_401_for_an_old_secret_does_not_cast_doubt_on_the_new_one(
    proven: Entrance,
) -> None:
    leave = proven.gate.admit()
    assert isinstance(leave, Pass)
    proven.accounts.mend("v2")
    proven.circuits.prove("v2")

    proven.gate.learn(leave, REJECTED)

    assert proven.circuits.circuit == Circuit(proven="v2")


def test_everybody_who_remembers_an_old_secret_reads_it_anew_after_the_first_401(
    proven: Entrance,
) -> None:
    others = [FakeAccounts("v1") for _ in range(9)]
    gates = [Gate(proven.circuits, own, proven.voipit, proven.clock) for own in others]
    for own in [proven.accounts, *others]:
        own.current()
        own.mend("v2")

    proven.learn(REJECTED)

    assert [gate.admit() for gate in gates].count(Refusal(Reason.ACCOUNT_UNPROVEN)) == 8
    assert [own.current().version for own in others] == ["v2"] * 9


def test_a_probe_with_a_secret_that_was_mended_meanwhile_is_given_back(
    unproven: Entrance,
) -> None:
    leave = unproven.gate.admit()
    assert isinstance(leave, Pass)
    unproven.accounts.mend("v2")

    unproven.gate.learn(leave, REJECTED)

    assert unproven.circuits.circuit == Circuit()


def test_a_401_opens_the_circuit_although_the_secret_cannot_be_fetched_again(
    proven: Entrance,
) -> None:
    leave = proven.gate.admit()
    assert isinstance(leave, Pass)
    proven.accounts.available = False
    proven.accounts.forget()

    proven.gate.learn(leave, REJECTED)

    assert proven.circuits.circuit.reason is OpenReason.CREDENTIALS


@pytest.mark.parametrize("outcome", [NO_PATH, BLOCKED], ids=["404", "403.6"])
def test_only_a_401_is_forgiven_when_the_secret_was_mended(
    proven: Entrance, outcome: Outcome
) -> None:
    leave = proven.gate.admit()
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
        return unproven.gate.admit()

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(ask, range(20)))

    assert answers.count(Pass(an_account("v1"), probing=True)) == 1
    assert answers.count(Refusal(Reason.ACCOUNT_UNPROVEN)) == 19


@pytest.mark.parametrize("outcome", [ACCEPTED, refused("no credit")], ids=["ok", "no"])
def test_an_answer_proves_the_account(unproven: Entrance, outcome: Outcome) -> None:
    assert unproven.learn(outcome) == Circuit(proven="v1")
    assert unproven.gate.admit() == Pass(an_account("v1"), probing=False)


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
    assert unproven.gate.admit() == Pass(an_account("v1"), probing=True)


def test_a_leave_that_was_not_used_lets_somebody_else_try(unproven: Entrance) -> None:
    leave = unproven.gate.admit()
    assert isinstance(leave, Pass)

    unproven.gate.give_back(leave)

    assert unproven.gate.admit() == leave


def test_giving_back_an_ordinary_leave_does_not_disturb_who_is_trying() -> None:
    trying = Circuit(proven="v1", probe_until=START + MINUTE)
    entrance = Entrance(trying)

    entrance.gate.give_back(Pass(an_account("v1"), probing=False))

    assert entrance.circuits.circuit == trying


def test_a_probe_whose_holder_died_runs_out(unproven: Entrance) -> None:
    unproven.gate.admit()

    unproven.advance(LEASE - timedelta(milliseconds=1))
    assert unproven.gate.admit() == Refusal(Reason.ACCOUNT_UNPROVEN)
    unproven.advance(timedelta(milliseconds=1))
    assert unproven.gate.admit() == Pass(an_account("v1"), probing=True)


def test_an_account_that_is_only_remembered_is_refreshed_before_it_is_tried(
    unproven: Entrance,
) -> None:
    unproven.accounts.current()
    unproven.accounts.mend("v2")

    assert unproven.gate.admit() == Pass(an_account("v2"), probing=True)


def test_who_remembers_an_old_account_uses_the_one_that_was_proven(unproven: Entrance) -> None:
    unproven.accounts.current()
    unproven.accounts.mend("v2")
    unproven.circuits.prove("v2")

    assert unproven.gate.admit() == Pass(an_account("v2"), probing=False)


@pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())
@pytest.mark.parametrize(
    ("outcome", "act"),
    [(REJECTED, "open"), (ACCEPTED, "prove"), (unclear(Reason.SERVER_ERROR), "release_probe")],
    ids=["opens", "proves", "gives back"],
)
def test_what_was_learned_and_cannot_be_written_is_no_error(
    unproven: Entrance, outcome: Outcome, act: str, outage: Outage
) -> None:
    leave = unproven.gate.admit()
    assert isinstance(leave, Pass)
    unproven.circuits._outages.plan(act, outage, 1)  # noqa: SLF001  any operation, by its name

    unproven.gate.learn(leave, outcome)
    unproven.circuits.be_unavailable("release_probe", outage)
    unproven.gate.give_back(leave)


def test_a_closed_circuit_is_not_pinged_about(proven: Entrance) -> None:
    assert proven.gate.look_after()
    assert proven.voipit.pings == []


@pytest.mark.parametrize(
    ("reason", "waited", "pings"),
    [
        (OpenReason.CREDENTIALS, HOUR - MINUTE, 0),
        (OpenReason.CREDENTIALS, HOUR, 1),
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
    entrance = Entrance(opened(reason, MINUTE if reason is OpenReason.IP_BLOCKED else HOUR))
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
    assert entrance.circuits.circuit == Circuit(proven="v2")
    assert entrance.gate.admit() == Pass(an_account("v2"), probing=False)


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
        (REJECTED, 2 * HOUR),
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
    assert entrance.circuits.circuit == replace(opened(after), next_ping_at=START + HOUR + pause)


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


@pytest.mark.parametrize("operation", ["get", "take_ping"])
def test_nobody_pings_while_the_table_is_away(operation: str) -> None:
    entrance = Entrance(opened())
    entrance.advance(HOUR)
    entrance.circuits._outages.plan(operation, Outage.BEFORE, 1)  # noqa: SLF001  by its name

    with pytest.raises(StoreUnavailableError):
        entrance.gate.look_after()
    assert entrance.voipit.pings == []


def invalid_requests(gateway: FakeGateway) -> int:
    """How many requests Voipit has answered with 401."""
    known = gateway.voipit.knows
    assert known is not None
    accounts = [handed.account for handed in gateway.voipit.handed] + gateway.voipit.pings
    return len([account for account in accounts if account.version not in known])


def test_a_secret_that_is_mended_within_the_hour_cost_one_invalid_request() -> None:
    gateway = FakeGateway()
    gateway.voipit.knows = {"v2"}
    for minute in range(59):
        gateway.send(message_id=f"m-{minute}")
        gateway.watch()
        gateway.run_queue()
        gateway.clock.advance(60)
    assert invalid_requests(gateway) == 1

    gateway.accounts.mend("v2")
    for _ in range(3):
        gateway.watch()
        gateway.clock.advance(60)
        gateway.run_queue()

    assert invalid_requests(gateway) == 1
    assert {row.status for row in gateway.messages.rows.values()} == {Status.SUBMITTED}


def test_a_secret_that_was_replaced_by_another_wrong_one_costs_two_invalid_requests() -> None:
    gateway = FakeGateway()
    gateway.accounts.current()
    gateway.accounts.mend("v2")
    gateway.voipit.knows = {"v3"}

    for minute in range(50):
        gateway.send(message_id=f"m-{minute}")
        gateway.watch()
        gateway.run_queue()
        gateway.clock.advance(60)

    assert invalid_requests(gateway) == 2
    assert gateway.circuits.circuit.reason is OpenReason.CREDENTIALS


def test_a_wrong_password_for_a_whole_day_costs_five_invalid_requests() -> None:
    gateway = FakeGateway()
    gateway.voipit.knows = set()

    for minute in range(24 * 60):
        if minute % 60 == 0:
            gateway.send(message_id=f"m-{minute}")
        gateway.watch()
        gateway.run_queue()
        gateway.clock.advance(60)

    assert invalid_requests(gateway) == 5  # the message, and pings after 1, 2, 4 and 8 hours


def test_twenty_at_once_with_a_wrong_password_cost_one_invalid_request() -> None:
    gateway = FakeGateway()
    gateway.circuits.circuit = Circuit()
    gateway.voipit.knows = set()
    together = Barrier(20)

    def send(number: int) -> Reason | None:
        together.wait()
        return gateway.send(message_id=f"m-{number}").message.reason

    with ThreadPoolExecutor(20) as threads:
        reasons = list(threads.map(send, range(20)))

    assert invalid_requests(gateway) == 1
    assert reasons.count(Reason.CREDENTIALS_REJECTED) == 1
    assert set(reasons) <= {
        Reason.CREDENTIALS_REJECTED, Reason.ACCOUNT_UNPROVEN, Reason.CIRCUIT_OPEN
    }  # fmt: skip
