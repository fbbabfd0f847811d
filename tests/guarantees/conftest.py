"""The guarantees: no output of their own, apart from one line about the crash points."""

from unittest.mock import Mock

import pytest

from sms_gateway.entrypoints import callback
from tests.guarantees.crash_points import CRASH_POINTS


def pytest_configure(config: pytest.Config) -> None:
    config.stash[CRASH_POINTS] = []


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Tell how many crash points were visited."""
    if visited := config.stash.get(CRASH_POINTS, []):
        terminalreporter.write_line(f"crash points visited: {len(visited)}")


@pytest.fixture
def record_crash_points(request: pytest.FixtureRequest) -> list[str]:
    return request.config.stash[CRASH_POINTS]


@pytest.fixture(autouse=True)
def _silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Log and metrics have tests of their own; here they would only take time."""
    monkeypatch.setattr(callback, "logger", Mock())
    monkeypatch.setattr(callback, "count", Mock())
