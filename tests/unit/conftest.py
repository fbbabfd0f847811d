import pytest

from tests.fakes.gateway import FakeGateway


@pytest.fixture
def gateway() -> FakeGateway:
    """The use cases on fakes; the clock stands still until it is told to move."""
    return FakeGateway()
