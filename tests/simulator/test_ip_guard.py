import pytest
import requests

from local.simulator.ip_guard import IpGuard
from local.simulator.settings import SettingsStore
from tests.simulator.both_ends import Client, FakeTimer, fast_settings

pytestmark = pytest.mark.enable_socket

IP = "192.0.2.1"
REJECTED = b'{"type":"Error","message":"IP address rejected","code":"403.6"}'


@pytest.fixture
def guard(clock: FakeTimer) -> IpGuard:
    settings = fast_settings(invalid_request_limit=2, invalid_request_window=60, block_duration=600)
    return IpGuard(SettingsStore(settings), clock)


def count(guard: IpGuard, times: int, ip: str = IP) -> None:
    for _ in range(times):
        guard.count_invalid(ip)


def test_an_ip_at_the_limit_is_not_blocked(guard: IpGuard) -> None:
    count(guard, 2)
    assert not guard.is_blocked(IP)


def test_an_ip_past_the_limit_is_blocked_until_the_time_is_over(
    guard: IpGuard, clock: FakeTimer
) -> None:
    count(guard, 3)
    clock.now += 599
    assert guard.is_blocked(IP)
    clock.now += 1
    assert not guard.is_blocked(IP)


def test_another_ip_is_not_blocked(guard: IpGuard) -> None:
    count(guard, 3)
    assert not guard.is_blocked("192.0.2.2")


def test_a_count_expires_when_no_invalid_request_comes_for_a_while(
    guard: IpGuard, clock: FakeTimer
) -> None:
    count(guard, 2)
    clock.now += 60
    count(guard, 2)
    assert not guard.is_blocked(IP)


def test_every_invalid_request_keeps_the_count_alive(guard: IpGuard, clock: FakeTimer) -> None:
    for _ in range(3):
        clock.now += 59
        count(guard, 1)
    assert guard.is_blocked(IP)


def test_after_a_block_the_count_starts_anew(guard: IpGuard, clock: FakeTimer) -> None:
    count(guard, 3)
    clock.now += 600
    count(guard, 2)
    assert not guard.is_blocked(IP)


def test_clearing_unblocks_and_forgets(guard: IpGuard) -> None:
    count(guard, 3)
    guard.clear()
    count(guard, 2)
    assert not guard.is_blocked(IP)


def test_invalid_requests_of_both_kinds_block_everything_voipit_has(
    voipit: Client, clock: FakeTimer
) -> None:
    assert voipit.send(password="wrong").status_code == 401
    assert voipit.ping(password="wrong").status_code == 401
    assert voipit.post("/nowhere").status_code == 404
    for answer in (voipit.send(), voipit.ping(), voipit.post("/nowhere")):
        assert answer.status_code == 403
        assert answer.content == REJECTED
        assert answer.headers["Content-Type"] == "application/json"
    assert voipit.journal(accepted="true") == []
    clock.now += 600
    assert voipit.send().status_code == 200


def test_rejected_requests_do_not_prolong_the_block(voipit: Client, clock: FakeTimer) -> None:
    for _ in range(3):
        voipit.ping(password="wrong")
    clock.now += 599
    voipit.ping(password="wrong")
    clock.now += 1
    assert voipit.ping().status_code == 200


def test_control_routes_stay_reachable_and_never_count(voipit: Client) -> None:
    for _ in range(5):
        assert voipit.get("/_simulator/nothing").status_code == 404
        assert voipit.post("/_simulator/sms/send").status_code == 404
    assert voipit.ping().status_code == 200
    for _ in range(3):
        voipit.ping(password="wrong")
    assert voipit.get("/_simulator/health").status_code == 200
    voipit.reset()
    assert voipit.ping().status_code == 200


def test_everybody_is_rejected_while_blocked_is_set(voipit: Client) -> None:
    voipit.change(blocked=True)
    assert voipit.send().content == REJECTED
    assert voipit.ping().content == REJECTED
    voipit.change(blocked=False)
    assert voipit.send().status_code == 200


def test_a_wrong_method_is_an_invalid_request(voipit: Client) -> None:
    for _ in range(3):
        requests.get(f"{voipit.url}/400123/sms/send", timeout=5)
    assert voipit.send().status_code == 403
