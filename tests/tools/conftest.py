from collections.abc import Callable, Iterator
from functools import cache

import pytest
from botocore.loaders import create_loader
from moto import mock_aws

from tests.support.gateway_server import GatewayServer
from tests.tools.aws_answers import REGION
from tests.tools.operators_stack import Deployed

_read_models_once = cache(create_loader)


@pytest.fixture
def gateway() -> Iterator[GatewayServer]:
    fake = GatewayServer()
    with fake.listening():
        yield fake


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS in memory, for programs that make their own clients."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield


@pytest.fixture
def deployed(aws: None, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """A deployed gateway for the operators' commands."""
    assert aws is None
    # Every run of a command is a session of its own, which would read AWS's models anew.
    monkeypatch.setattr("botocore.loaders.create_loader", _read_models_once)
    return Deployed.deploy()


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What the person at the keyboard answers."""

    def answer(text: str) -> None:
        monkeypatch.setattr("builtins.input", lambda *_: text)

    return answer
