"""Runs last: what the deployed functions have asked of AWS is what their roles allow."""

from pathlib import Path

import pytest

from tests.e2e.record import Record
from tests.support.rights import ALLOWED, ONLY_IN_HANDLERS, differences

HERE = Path(__file__).parent


def test_what_the_deployed_functions_ask_for_is_what_their_roles_allow(
    request: pytest.FixtureRequest, record: Record
) -> None:
    run = {item.path for item in request.session.items}
    needed = set(HERE.glob("test_*.py")) - {HERE / "test_faults.py"}  # it has a stack of its own
    if request.config.option.keyword or not run.issuperset(needed):
        pytest.skip("needs all of tests/e2e in one run: only that can tell what is not needed")
    assert differences(ALLOWED, record.rights() | ONLY_IN_HANDLERS.keys()) == []
