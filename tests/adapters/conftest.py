from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from sms_gateway.adapters import dynamodb as adapter
from tests.support.tables import OpenMessages, a_messages_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


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


@pytest.fixture(scope="module")
def dynamodb(aws: None) -> "DynamoDBClient":  # noqa: ARG001  what the client speaks to
    return boto3.client("dynamodb")


@pytest.fixture
def table(aws: None) -> OpenMessages:  # noqa: ARG001  what its client speaks to
    """A table of messages whose client is its own: tests listen in on it, and get in its way."""
    return a_messages_table(boto3.client("dynamodb"))


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that repeated writes make, in seconds; nobody waits for them."""
    made: list[float] = []
    monkeypatch.setattr(adapter, "time", SimpleNamespace(sleep=made.append))
    return made
