from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from sms_gateway.adapters import dynamodb as adapter
from sms_gateway.adapters.voipit.client import VoipitClient
from sms_gateway.adapters.voipit.transport import VoipitSession
from sms_gateway.domain.outcome import unclear
from sms_gateway.domain.status import Reason
from tests.adapters.raw_server import serving
from tests.adapters.voipit_clients import CONNECT_TIMEOUT, READ_TIMEOUT, Connect, ConnectFor, Serve
from tests.support.certificates import self_signed
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


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Builds clients of Voipit that wait for as long as a busy machine can take."""
    yield from clients(connect_timeout=5, read_timeout=5)


@pytest.fixture
def connect_briefly() -> Iterator[Connect]:
    """Builds clients of Voipit with short time-outs, for tests of what these lead to."""
    yield from clients(connect_timeout=CONNECT_TIMEOUT, read_timeout=READ_TIMEOUT)


@pytest.fixture
def connect_for(connect: Connect, connect_briefly: Connect) -> ConnectFor:
    """An answer that does not come is not waited for."""
    no_answer = unclear(Reason.NO_ANSWER_IN_TIME)
    return lambda outcome: connect_briefly if outcome == no_answer else connect


def clients(**times: float) -> Iterator[Connect]:
    with ExitStack() as sessions:

        def build(url: str, **options: Any) -> VoipitClient:
            session = VoipitSession(**times | options)
            sessions.callback(session.close)
            return VoipitClient(url, session)

        yield build


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers in Voipit's place."""
    with ExitStack() as servers:
        yield lambda behaviour: servers.enter_context(serving(behaviour))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For 127.0.0.1, and trusted by no client that is not told to."""
    return self_signed(tmp_path_factory.mktemp("certificates"))
