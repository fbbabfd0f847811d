"""The real template, deployed by the real SAM CLI onto the local AWS, once for all of these."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from local.gateway import SubscribedQueue, wait_for_status
from local.simulator.behaviours import BEHAVIOURS
from local.simulator.settings import Settings
from local.stack import LocalStack, Provider, running_stack
from sms_gateway_client import Gateway
from tests.e2e.circumstances import ACCOUNT_NUMBER, ELSEWHERE, PASSWORD
from tests.e2e.record import Record, recording_to
from tests.support import raw
from tests.support.rights import not_allowed
from tests.support.simulator import Simulator

AT_ONCE: Final = 6
"""Messages under way at the same time: enough to be quick, few enough for two cores."""


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    simulator = Simulator(
        Settings(
            account_number=ACCOUNT_NUMBER,
            password=PASSWORD,
            carrier_delay=1.5,  # long enough for our own write, on a busy machine too
            late_report_delay=4.0,
            slow_answer=15.0,  # the gateway waits for 10
        )
    )
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture(scope="session")
def record_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("record") / "calls"


@pytest.fixture(scope="session")
def stack(simulator: Simulator, record_file: Path) -> Iterator[LocalStack]:
    provider = Provider(simulator.url, ACCOUNT_NUMBER, PASSWORD)
    parameters = {"ReportDeadlineMinutes": "1"}
    with running_stack(provider, parameters, inherited=recording_to(record_file)) as running:
        yield running


@pytest.fixture(scope="session")
def record(stack: LocalStack, record_file: Path) -> Record:
    return Record.of(stack, record_file)


@pytest.fixture(autouse=True)
def _every_call_is_allowed(record: Record) -> Iterator[None]:
    """Whatever the functions have asked of AWS until the end of the test, their roles allow."""
    yield
    assert not_allowed(record.news()) == []


@pytest.fixture(scope="session")
def api(stack: LocalStack) -> Iterator[Gateway]:
    """The API, after a first message: from then on Voipit is known to know the account."""
    with stack.gateway() as api:
        first = raw.post(api, {"phoneNumber": "+40721234567", "message": "Are you there?"}).json()
        wait_for_status(api, first["messageId"], "sent")
        yield api


@pytest.fixture(scope="session", autouse=True)
def message_ids(api: Gateway) -> Mapping[str, str]:
    """One message to each number that misbehaves; what Voipit calls it, and the message's id.

    They are the first of all, because some of them take minutes to settle.
    """

    def post(name: str, number: str) -> str:
        answer = raw.post(api, {"phoneNumber": number, "message": f"Try {name}"})
        assert answer.status_code == 202, answer.text
        message_id: str = answer.json()["messageId"]
        return message_id

    numbers = {
        b.name: f"+407990000{b.suffix:02}"
        for b in BEHAVIOURS
        if b.suffix is not None and b.name not in ELSEWHERE
    }
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(numbers, pool.map(post, numbers.keys(), numbers.values()), strict=True))


@pytest.fixture(scope="session")
def queue(stack: LocalStack) -> SubscribedQueue:
    return SubscribedQueue(stack, stack.events_queue_url)


LAST: Final = ("test_bulk.py", "test_fuzz.py", "test_events.py", "test_logs.py", "test_rights.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Many rows keep the stack busy, and the fuzzer might suppress the numbers of the others.

    The events, what the Lambdas have logged and what they have asked of AWS is judged at the end.
    """

    def place(item: pytest.Item) -> int:
        name = item.path.name
        return LAST.index(name) + 1 if name in LAST and "e2e" in item.path.parts else 0

    items.sort(key=place)
