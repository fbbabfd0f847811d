"""The real template, deployed by the real SAM CLI onto the local AWS, once for all of these."""

from collections.abc import Iterator
from typing import Final

import pytest

from local.gateway import GatewayApi, SubscribedQueue
from local.simulator.settings import Settings
from local.stack import LocalStack, running_stack
from tests.e2e.simulator import Simulator

PASSWORD: Final = "Only-Voipit+may%41see&this"


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    settings = Settings(
        account_number="400123",
        password=PASSWORD,
        carrier_delay=1.5,  # long enough for our own write, on a busy machine too
        late_report_delay=4.0,
        slow_answer=11.0,  # the gateway waits for 10
    )
    with running_stack(simulator=settings) as running:
        yield running


@pytest.fixture(scope="session")
def api(stack: LocalStack) -> GatewayApi:
    return GatewayApi(stack.api_url, stack.api_key)


@pytest.fixture(scope="session")
def queue(stack: LocalStack) -> SubscribedQueue:
    return SubscribedQueue(stack, stack.events_queue_url)


@pytest.fixture(scope="session")
def simulator(stack: LocalStack) -> Simulator:
    return Simulator(stack.voipit_url)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the Lambdas have logged is judged when everything else has been logged."""
    items.sort(key=lambda item: item.path.name == "test_logs.py" and "e2e" in item.path.parts)
