from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sms_gateway.domain.circuit import Circuit, OpenReason
from sms_gateway.domain.status import Reason, Status
from tests.fakes.gateway import FakeGateway


def invalid_requests(gateway: FakeGateway) -> int:
    """How many requests Voipit has answered with 401."""
    known = gateway.voipit.knows
    assert known is not None
    accounts = [handed.account for handed in gateway.voipit.handed] + gateway.voipit.pings
    return len([account for account in accounts if account.version not in known])


def test_a_secret_that_is_mended_within_five_minutes_cost_one_invalid_request() -> None:
    gateway = FakeGateway()
    gateway.voipit.knows = {"v2"}
    for minute in range(5):
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


def test_a_secret_that_was_replaced_by_another_wrong_one_costs_three_invalid_requests() -> None:
    gateway = FakeGateway()
    gateway.accounts.current()
    gateway.accounts.mend("v2")
    gateway.voipit.knows = {"v3"}

    for minute in range(50):
        gateway.send(message_id=f"m-{minute}")
        gateway.watch()
        gateway.run_queue()
        gateway.clock.advance(60)

    assert invalid_requests(gateway) == 3  # one of the old one, and a ping five minutes later
    assert gateway.circuits.circuit.reason is OpenReason.CREDENTIALS


def test_a_wrong_password_for_a_whole_day_costs_six_invalid_requests() -> None:
    gateway = FakeGateway()
    gateway.voipit.knows = set()

    for minute in range(24 * 60):
        if minute % 60 == 0:
            gateway.send(message_id=f"m-{minute}")
        gateway.watch()
        gateway.run_queue()
        gateway.clock.advance(60)

    assert invalid_requests(gateway) == 6  # the message; pings after 5 minutes, 1, 2, 4, 8 hours


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
