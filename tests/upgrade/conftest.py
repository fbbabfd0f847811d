"""A local AWS for these tests alone: each deploys one release over another."""

from collections.abc import Iterator

import pytest

from local.ministack import running_ministack
from local.simulator.settings import Settings
from tests.support.refusing_service import EVENTS, between
from tests.support.simulator import Simulator
from tests.upgrade.local_cloud import ACCOUNT_NUMBER, PASSWORD, Cloud


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    folder = tmp_path_factory.mktemp("upgrade")
    simulator = Simulator(
        Settings(
            account_number=ACCOUNT_NUMBER,
            password=PASSWORD,
            carrier_delay=1.5,  # long enough for our own write, on a busy machine too
        )
    )
    with (
        between(EVENTS) as sns,
        running_ministack(
            folder / "ministack.log", {"AWS_ENDPOINT_URL_SNS": sns.url}
        ) as endpoint_url,
    ):
        sns.aws = endpoint_url
        simulator.start()
        try:
            yield Cloud(endpoint_url, simulator, folder, sns.repeated)
        finally:
            simulator.stop()
