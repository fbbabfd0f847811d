from collections.abc import Iterator

import pytest

from tests.tools.fake_gateway import FakeGateway


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    fake = FakeGateway()
    with fake.listening():
        yield fake
