"""What holds for every test."""

from collections.abc import Iterator
from threading import RLock
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from moto.core.botocore_stubber import BotocoreStubber

_MAY_USE_SOCKETS = {
    "adapters",
    "benchmarks",
    "browser",
    "e2e",
    "examples",
    "generators",
    "simulator",
    "soak",
    "tools",
    "upgrade",
}

settings.register_profile(
    "on a busy machine",  # which is no error
    parent=settings.get_profile(settings.get_current_profile_name()),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("on a busy machine")


@pytest.fixture(autouse=True)
def _closed_sockets(request: pytest.FixtureRequest) -> None:
    """Sockets are closed, except on this machine and for the kinds of test that need them."""
    kind = request.path.relative_to(request.config.rootpath / "tests").parts[0]
    if kind in _MAY_USE_SOCKETS:
        request.getfixturevalue("socket_enabled")
    else:
        request.getfixturevalue("socket_disabled")


@pytest.fixture(scope="session", autouse=True)
def _one_request_of_moto_at_a_time() -> Iterator[None]:
    """DynamoDB checks and writes in one step. moto takes two and has no lock, so two threads can
    both pass a condition that the real table grants to one of them."""
    lock, answer = RLock(), BotocoreStubber.process_request

    def answer_alone(stubber: BotocoreStubber, request: Any) -> Any:
        with lock:
            return answer(stubber, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BotocoreStubber, "process_request", answer_alone)
        yield
