from collections.abc import Iterator

import pytest

from local.simulator.server import running_app, running_simulator
from tests.simulator.both_ends import Client, FakeTimer, Receiver, fast_settings


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    with running_app(receiver.create_app) as url:
        receiver.url = url
        yield receiver


@pytest.fixture
def clock() -> FakeTimer:
    return FakeTimer()


@pytest.fixture
def voipit(receiver: Receiver, clock: FakeTimer) -> Iterator[Client]:
    settings = fast_settings(invalid_request_limit=2, invalid_request_window=60, block_duration=600)
    with running_simulator(settings, clock=clock) as url:
        yield Client(url, receiver.url + "/reports/m-1/1/k1.c2lnbmVk~")
