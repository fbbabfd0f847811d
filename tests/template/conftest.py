"""What CloudFormation gets to see."""

from typing import Any

import pytest

from tests.support.template import transformed


@pytest.fixture(scope="session")
def cloudformation() -> dict[str, Any]:
    return transformed()
