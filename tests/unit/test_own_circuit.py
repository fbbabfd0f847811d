"""The circuit that a process remembers because it cannot write it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.circuit import PING_LEASE, Circuit, OpenReason
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.outcome import Outcome, not_taken
from sms_gateway.domain.status import Reason
from sms_gateway.use_cases.gate import Gate, Pass, Refusal
from sms_gateway.use_cases.own_circuit import WRITE_PAUSE, OwnCircuit
from tests.fakes.accounts import FakeAccounts, FakeSecret, an_account
from tests.fakes.circuits import FakeCircuits
from tests.fakes.clock import START, FakeClock
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
from tests.fakes.gateway import FakeGateway
from tests.fakes.outages import Outage
from tests.fakes.provider import FakeProvider

SECOND = timedelta(seconds=1)
REFUSED = Refusal(Reason.CIRCUIT_OPEN)


class CountedWrites(FakeCircuits):
    """Counts the tries to open it or to cast doubt."""

    def __init__(self) -> None:
        super().__init__(Circuit(proven="v1"))
        self.tried: list[str] = []

    def open(self, *args: object) -> None:
        self.tried.append("open")
        super().open(*args)  # type: ignore[arg-type]

    def doubt(self, account_version: str) -> None:
        self.tried.append("doubt")
        super().doubt(account_version)


@pytest.fixture
def entrance() -> Entrance:
    """The circuit is closed and proven, and can be read but not written."""
    entrance = Entrance(Circuit(proven="v1"))
    entrance.circuits.is_read_only = True
    return entrance


def failed(entrance: Entrance, outcome: Outcome = REJECTED) -> Gate:
    """A process that has made one invalid request."""
    entrance.voipit.knows = set()
    entrance.learn(outcome)
    return entrance.gate


def another_process(entrance: Entrance) -> Gate:
    return replace(
        entrance.gate, own=OwnCircuit(), accounts=FakeAccounts(entrance.accounts.version)
    )


@pytest.mark.parametrize("outcome", [REJECTED, NO_PATH, BLOCKED], ids=["401", "404", "403.6"])
@pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())
def test_a_process_that_cannot_open_the_circuit_sends_no_more_by_itself(
    outcome: Outcome, outage: Outage
) -> None:
    entrance = Entrance(Circuit(proven="v1"))
    entrance.circuits.be_unavailable("open", outage)

    gate = failed(entrance, outcome)

    assert [admit(gate) for _ in range(9)] == [REFUSED] * 9


def test_another_process_does_not_know_of_it(entrance: Entrance) -> None:
    failed(entrance)

    assert admit(another_process(entrance)) == Pass(an_account("v1"), probing=False)


def test_ten_minutes_with_an_unwritable_table_cost_each_process_a_message_and_a_ping() -> None:
    gateway = FakeGateway()
    gateway.circuits.is_read_only = True
    gateway.voipit.knows = set()

    for number in range(10 * 24):
        gateway.send(message_id=f"m-{number}")
        gateway.run_queue()
        gateway.clock.advance(2.5)

    assert (len(gateway.voipit.handed), len(gateway.voipit.pings)) == (1, 1)


@given(
    st.lists(
        st.sampled_from(["admit", "look after", "writable", "read-only", "second", "minute"]),
        max_size=60,
    ),
    st.sampled_from([REJECTED, NO_PATH]),
)
def test_however_often_the_table_comes_and_goes_a_process_makes_one_mistake_an_hour_or_pings_early(
    happenings: list[str], answer: Outcome
) -> None:
    entrance = Entrance(Circuit(proven="v1"))
    entrance.voipit.knows = set()
    sent = []
    for what in happenings:
        match what:
            case "admit" if isinstance(leave := admit(entrance.gate), Pass):
                sent.append(entrance.clock())
                entrance.gate.learn(leave, answer)
            case "look after":
                entrance.gate.look_after()
            case "second" | "minute":
                entrance.advance(SECOND if what == "second" else MINUTE)
            case _:
                entrance.circuits.is_read_only = what == "read-only"

    early = answer is REJECTED and entrance.clock() - START >= EARLY
    assert len(sent) + len(entrance.voipit.pings) <= 1 + early + (entrance.clock() - START) // HOUR


def test_the_write_is_tried_again_once_in_a_while_and_not_for_every_message() -> None:
    circuits = CountedWrites()
    clock = FakeClock()
    gate = Gate(circuits, FakeAccounts("v1"), FakeProvider(), clock)
    circuits.is_read_only = True
    leave = admit(gate)
    assert isinstance(leave, Pass)
    gate.learn(leave, REJECTED)

    for _ in range(120):
        admit(gate)
        clock.advance(1)

    tries = timedelta(seconds=120) // WRITE_PAUSE
    assert circuits.tried == ["open"] * tries


def test_once_the_circuit_can_be_written_all_know_of_it(entrance: Entrance) -> None:
    gate = failed(entrance)
    entrance.circuits.is_read_only = False
    entrance.advance(WRITE_PAUSE)

    assert admit(gate) == REFUSED
    assert entrance.circuits.circuit == opened()
    assert admit(another_process(entrance)) == REFUSED


def test_a_circuit_that_was_closed_by_a_ping_is_not_opened_again_by_a_late_process(
    entrance: Entrance,
) -> None:
    gate, other = failed(entrance), another_process(entrance)
    entrance.circuits.is_read_only = False
    entrance.advance(MINUTE)
    leave = admit(other)
    assert isinstance(leave, Pass)
    other.learn(leave, REJECTED)
    entrance.voipit.knows = None
    entrance.advance(HOUR)
    assert other.look_after()
    before = entrance.circuits.circuit

    assert admit(gate) == Pass(an_account("v1"), probing=False)
    assert entrance.circuits.circuit == before
    assert not before.is_open


def test_an_opening_that_was_written_without_a_word_is_not_written_twice() -> None:
    entrance = Entrance(Circuit(proven="v1"))
    entrance.circuits.be_unavailable("open", Outage.AFTER)
    gate = failed(entrance)
    entrance.voipit.knows = None
    entrance.advance(HOUR)
    assert another_process(entrance).look_after()

    assert admit(gate) == Pass(an_account("v1"), probing=False)


def test_the_memory_of_a_process_ends_with_a_ping_five_minutes_later(entrance: Entrance) -> None:
    gate = failed(entrance)
    entrance.voipit.knows = None
    entrance.advance(EARLY - SECOND)
    assert admit(gate) == REFUSED
    entrance.advance(SECOND)

    assert admit(gate) == Pass(an_account("v1"), probing=False)
    assert entrance.voipit.pings == [an_account("v1")]
    assert admit(gate) == Pass(an_account("v1"), probing=False)
    assert len(entrance.voipit.pings) == 1


def test_its_pings_are_spaced_out_like_those_of_the_stored_circuit(entrance: Entrance) -> None:
    gate = failed(entrance)
    pinged: list[int] = []
    for hour in range(25):
        before = len(entrance.voipit.pings)
        assert [admit(gate) for _ in range(3)] == [REFUSED] * 3
        pinged += [hour] * (len(entrance.voipit.pings) - before)
        entrance.advance(HOUR)

    assert pinged == [1, 2, 4, 8, 16]


def test_a_ping_that_nobody_answers_is_made_again_a_minute_later(entrance: Entrance) -> None:
    gate = failed(entrance)
    entrance.voipit.will_answer_pings(not_taken(Reason.NO_CONNECTION))
    entrance.voipit.knows = None
    entrance.advance(HOUR)
    assert admit(gate) == REFUSED
    entrance.advance(MINUTE)

    assert admit(gate) == Pass(an_account("v1"), probing=False)


def test_a_block_that_a_process_alone_knows_of_is_pinged_about_within_minutes(
    entrance: Entrance,
) -> None:
    gate = failed(entrance, BLOCKED)
    entrance.voipit.knows = None
    entrance.advance(MINUTE - SECOND)
    assert admit(gate) == REFUSED
    entrance.advance(SECOND)

    assert admit(gate) == Pass(an_account("v1"), probing=False)
    assert len(entrance.voipit.pings) == 1


def test_another_secret_does_not_end_a_block(entrance: Entrance) -> None:
    gate = failed(entrance, BLOCKED)
    entrance.accounts.mend("v2")
    entrance.accounts.forget()

    assert admit(gate) == REFUSED


def test_a_mended_secret_is_not_refused_and_the_old_one_is_doubted(entrance: Entrance) -> None:
    gate = failed(entrance)
    entrance.accounts.mend("v2")
    entrance.accounts.forget()
    entrance.circuits.is_read_only = False
    entrance.advance(WRITE_PAUSE)

    assert admit(gate) == Pass(an_account("v2"), probing=True)
    assert entrance.circuits.circuit.proven is None
    assert not entrance.circuits.circuit.is_open


def test_a_mended_secret_is_noticed_when_the_write_is_tried_again(entrance: Entrance) -> None:
    gate = failed(entrance)
    entrance.accounts.mend("v2")
    entrance.advance(WRITE_PAUSE - SECOND)
    assert admit(gate) == REFUSED
    entrance.advance(SECOND)

    with pytest.raises(StoreUnavailableError):
        admit(gate)  # an account that was never answered needs a lease, and that is a write


def test_doubt_that_cannot_be_written_is_written_later() -> None:
    circuits = FakeCircuits(Circuit(proven="v1"))
    secret, clock, voipit = FakeSecret("v1"), FakeClock(), FakeProvider()
    gate, other = (
        Gate(circuits, FakeAccounts(secret=secret), voipit, clock, OwnCircuit()) for _ in range(2)
    )
    leave = admit(gate)
    assert isinstance(leave, Pass)
    assert isinstance(admit(other), Pass)
    secret.version = "v2"
    circuits.be_unavailable("doubt")
    gate.learn(leave, REJECTED)
    assert other.accounts.current() == an_account("v1")
    clock.advance(WRITE_PAUSE.total_seconds())

    assert admit(gate) == Pass(an_account("v2"), probing=True)
    assert admit(other) == Refusal(Reason.ACCOUNT_UNPROVEN)


def test_an_account_that_was_never_answered_is_not_tried_at_all_without_the_table() -> None:
    entrance = Entrance()
    entrance.circuits.is_read_only = True

    with pytest.raises(StoreUnavailableError):
        admit(entrance.gate)


def test_the_first_try_of_an_account_that_failed_is_the_last_of_this_process() -> None:
    entrance = Entrance()
    entrance.circuits.be_unavailable("open")
    gate = failed(entrance)
    entrance.advance(MINUTE + SECOND)  # the lease of the first try is over
    entrance.circuits.is_read_only = True

    assert admit(gate) == REFUSED


@pytest.mark.parametrize(
    ("answer", "pings"),
    [(REJECTED, 1), (not_taken(Reason.NO_CONNECTION), 10)],
    ids=["invalid", "harmless"],
)
def test_a_ping_whose_end_cannot_be_written_is_not_made_again_before_its_time(
    answer: Outcome, pings: int
) -> None:
    entrance = Entrance(opened())
    entrance.advance(HOUR)
    entrance.voipit.will_answer_pings(*[answer] * 99)
    entrance.circuits.be_unavailable("stay_open", times=99)
    for _ in range(10):
        assert not entrance.gate.look_after()
        entrance.advance(MINUTE)

    assert len(entrance.voipit.pings) == pings


def test_the_end_of_a_ping_is_written_by_the_next_run() -> None:
    entrance = Entrance(opened())
    entrance.advance(HOUR)
    entrance.voipit.will_answer_pings(REJECTED)
    entrance.circuits.be_unavailable("stay_open")
    entrance.gate.look_after()
    after = replace(opened(), pings=1, next_ping_at=entrance.clock() + HOUR)
    entrance.advance(MINUTE)

    assert not entrance.gate.look_after()
    assert entrance.circuits.circuit == after


def test_the_end_of_a_ping_does_not_undo_what_another_process_has_learnt_since() -> None:
    entrance = Entrance(opened())
    entrance.advance(HOUR)
    entrance.voipit.will_answer_pings(REJECTED, BLOCKED)
    entrance.circuits.be_unavailable("stay_open")
    entrance.gate.look_after()
    entrance.advance(MINUTE)
    another_process(entrance).look_after()
    found = entrance.circuits.circuit

    entrance.gate.look_after()

    assert found.reason is OpenReason.IP_BLOCKED
    assert entrance.circuits.circuit == found


def test_a_secret_that_is_mended_is_pinged_at_once_whatever_the_process_remembers() -> None:
    entrance = Entrance(opened())
    entrance.advance(HOUR)
    entrance.voipit.will_answer_pings(REJECTED)
    entrance.circuits.be_unavailable("stay_open")
    entrance.gate.look_after()
    entrance.accounts.mend("v2")
    entrance.advance(MINUTE)

    assert entrance.gate.look_after()
    assert entrance.circuits.circuit.proven == "v2"


def test_of_the_callers_of_one_process_one_pings_until_its_time_is_over() -> None:
    own = OwnCircuit()
    outage = Circuit.opened(OpenReason.CREDENTIALS, "v1", START)
    own.remember(outage, START)
    due = outage.next_ping_at
    assert due is not None

    assert own.take_ping("v1", due) is not None
    assert own.take_ping("v1", due + PING_LEASE - SECOND) is None
    assert own.take_ping("v1", due + PING_LEASE) is not None


def test_what_is_forgotten_is_not_written() -> None:
    own = OwnCircuit()
    own.remember(Circuit.opened(OpenReason.CREDENTIALS, "v1", START), START)
    own.forget()

    assert not own.take_write(START + WRITE_PAUSE)
