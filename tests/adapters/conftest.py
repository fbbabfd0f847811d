from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from moto import mock_aws

from sms_gateway.adapters import dynamodb


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    """AWS on this machine only, with credentials that are good for nothing else."""
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            environment.setenv(name, "testing")
        environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        environment.delenv("AWS_PROFILE", raising=False)
        with mock_aws():
            yield


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that repeated writes make, in seconds; nobody waits for them."""
    made: list[float] = []
    monkeypatch.setattr(dynamodb, "time", SimpleNamespace(sleep=made.append))
    return made
