"""What holds for every test."""

import pytest

_MAY_USE_SOCKETS = {"adapters", "e2e", "simulator", "soak", "tools"}


@pytest.fixture(autouse=True)
def _closed_sockets(request: pytest.FixtureRequest) -> None:
    """Sockets are closed, except on this machine and for the kinds of test that need them."""
    kind = request.path.relative_to(request.config.rootpath / "tests").parts[0]
    if kind in _MAY_USE_SOCKETS:
        request.getfixturevalue("socket_enabled")
    else:
        request.getfixturevalue("socket_disabled")
