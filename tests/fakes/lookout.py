from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.use_cases.ports import Seen
from tests.fakes.circuits import FakeCircuits
from tests.fakes.clock import FakeClock
from tests.fakes.intake import FakeSuppressions


class FakeLookout:
    """The port `Lookout`, held to the same contract as the table (tests/adapters).

    It is one read: where `circuits.get` is unavailable, so is this.
    """

    def __init__(
        self, circuits: FakeCircuits, suppressions: FakeSuppressions, clock: FakeClock
    ) -> None:
        self._circuits = circuits
        self._suppressions = suppressions
        self._clock = clock

    def look(self, phone_number: PhoneNumber) -> Seen:
        at = self._clock()
        circuit = self._circuits.get()
        return Seen(circuit, phone_number not in self._suppressions.entries, at)
