"""A gate with what stands around it."""

from datetime import timedelta

from sms_gateway.domain.circuit import Circuit, OpenReason
from sms_gateway.domain.outcome import Outcome, not_taken
from sms_gateway.domain.status import Reason
from sms_gateway.use_cases.gate import Gate, Pass, Refusal
from tests.fakes.accounts import FakeAccounts
from tests.fakes.circuits import FakeCircuits
from tests.fakes.clock import START, FakeClock
from tests.fakes.provider import FakeProvider

MINUTE = timedelta(minutes=1)
EARLY = 5 * MINUTE
"""After the first refusal of an account."""
HOUR = timedelta(hours=1)

REJECTED = not_taken(Reason.CREDENTIALS_REJECTED)
NO_PATH = not_taken(Reason.PATH_NOT_FOUND)
BLOCKED = not_taken(Reason.IP_BLOCKED)
FORBIDDEN = not_taken(Reason.FORBIDDEN)


def admit(gate: Gate) -> Pass | Refusal:
    """Whether the gate lets a message through now, as the stored circuit stands."""
    return gate.admit(gate.circuits.get())


class Entrance:
    """A gate with what stands around it. The account `v1` was never answered."""

    def __init__(self, circuit: Circuit | None = None) -> None:
        self.clock = FakeClock()
        self.circuits = FakeCircuits(circuit)
        self.accounts = FakeAccounts("v1")
        self.voipit = FakeProvider()
        self.gate = Gate(self.circuits, self.accounts, self.voipit, self.clock)

    def learn(self, outcome: Outcome) -> Circuit:
        """The circuit after one call that was admitted came to this."""
        leave = admit(self.gate)
        assert isinstance(leave, Pass)
        self.gate.learn(leave, outcome)
        return self.circuits.circuit

    def advance(self, span: timedelta) -> None:
        self.clock.advance(span.total_seconds())


def opened(reason: OpenReason = OpenReason.CREDENTIALS, pause: timedelta | None = None) -> Circuit:
    """The circuit that a message has opened at `START`."""
    usual = EARLY if reason is OpenReason.CREDENTIALS else HOUR
    return Circuit(reason, since=START, next_ping_at=START + (pause or usual), failed="v1")
