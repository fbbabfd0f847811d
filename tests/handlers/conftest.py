"""The real handlers with their real wiring; AWS is in memory, Voipit at the end of the wire."""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from moto import mock_aws

from sms_gateway.adapters import aws
from sms_gateway.entrypoints.logs import logger
from sms_gateway.entrypoints.metrics import metrics
from sms_gateway.entrypoints.wiring import shared
from tests.fakes.clock import FakeClock
from tests.handlers.cloud import REGION, Calls, Clients, Cloud
from tests.handlers.lambdas import ColdStart, Function
from tests.handlers.output import Output, leaks
from tests.handlers.voipit import FakeVoipit
from tests.support.rights import not_allowed
from tests.support.samples import API_KEY_ID, OTHER_CLIENT

EVENTS_BEGIN = datetime(2026, 11, 22, 15, 0, 0, 123000, tzinfo=UTC)
BEHIND_THE_API = {"send", "status"}
LAST = ("handlers", "test_rights.py")


@pytest.fixture(scope="session")
def _clients() -> Clients:
    return Clients.ready()


@pytest.fixture(scope="session")
def _listening_calls() -> Iterator[Calls]:
    aws.forget_clients()  # those made before moto was imported would reach for the net
    calls = Calls()
    calls.listen(aws.session())
    yield calls
    aws.forget_clients()


@pytest.fixture
def calls(_listening_calls: Calls, request: pytest.FixtureRequest) -> Iterator[Calls]:
    """The calls the gateway makes of AWS during this test. IAM would allow each of them, and the
    parameters of each are such as its service takes."""
    _listening_calls.forget()
    _listening_calls.rights.clear()
    yield _listening_calls
    _listening_calls.by_test[request.node.nodeid] = frozenset(_listening_calls.rights)
    assert not_allowed(_listening_calls.rights) == []
    assert _listening_calls.invalid == []


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the functions have asked for is judged when they have asked for everything."""
    items.sort(key=lambda item: (item.path.parent.name, item.path.name) == LAST)


@pytest.fixture
def cloud(_clients: Clients, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield Cloud(_clients, calls)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The functions' clock: it stands at the time of the sample events until it is moved."""
    clock = FakeClock(EVENTS_BEGIN)
    monkeypatch.setattr(shared, "utc_now", clock)
    return clock


@pytest.fixture
def voipit(cloud: Cloud) -> Iterator[FakeVoipit]:  # noqa: ARG001  it has to be there first
    """Voipit. (`cloud` first: its own net must not lie above this one.)"""
    fake = FakeVoipit()
    with fake.listening():
        yield fake


@pytest.fixture
def cold_start(cloud: Cloud, voipit: FakeVoipit, monkeypatch: pytest.MonkeyPatch) -> ColdStart:  # noqa: ARG001  no function may reach the real one
    """Starts a function, under its own environment and whatever else is given by name.

    `knows` are the keys whose clients it has asked for before the test, as one that has worked for
    a while has: what a test counts, or takes away, is what its own requests ask for.
    """

    def start(
        name: str, *, knows: Sequence[str] = (API_KEY_ID, OTHER_CLIENT), **environment: str
    ) -> Function:
        for variable, value in (cloud.environment(name) | environment).items():
            monkeypatch.setenv(variable, value)
        function = Function.started(name)
        if name in BEHIND_THE_API:
            before = len(cloud.calls.made)
            for key_id in knows:
                function.module.parts().clients.of_key(key_id)
            del cloud.calls.made[before:]
        return function

    return start


def _started(name: str) -> Any:
    """The fixture that is this function, as the template would start it."""

    @pytest.fixture(name=name)
    def start(cold_start: ColdStart) -> Function:
        return cold_start(name)

    return start


send = _started("send")
status = _started("status")
callback = _started("callback")
dispatch = _started("dispatch")
watch = _started("watch")
publish = _started("publish")


@pytest.fixture(autouse=True)
def output(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[Output]:
    """What is written during the test. After every single one: nothing secret is in it."""
    log = StringIO()
    metrics.clear_metrics()  # of tests that count and never write down what they counted
    handler = logger.logger_handler
    assert isinstance(handler, logging.StreamHandler)
    ours = handler.setStream(log)

    def read_rest() -> str:
        others = [r.getMessage() for r in caplog.records if r.name != logger.service]
        return "\n".join((*capfd.readouterr(), *others))

    written = Output(log, read_rest)
    yield written
    if ours:
        handler.setStream(ours)
    assert leaks(written.everything()) == []
