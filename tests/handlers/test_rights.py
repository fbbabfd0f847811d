"""Runs last: what the functions have asked of AWS in all these tests is what their roles allow."""

from pathlib import Path

import pytest

from tests.handlers.cloud import Calls
from tests.support.rights import ALLOWED, ONLY_IN_HANDLERS, OURS, Right, differences

HERE = Path(__file__).parent


@pytest.fixture
def asked(request: pytest.FixtureRequest, calls: Calls) -> dict[str, frozenset[Right]]:
    """By test. Only a whole run can tell that a right is not needed."""
    run = {item.path for item in request.session.items}
    if request.config.option.keyword or not run.issuperset(HERE.glob("test_*.py")):
        pytest.skip("needs all of tests/handlers in one run")
    return calls.by_test


def test_what_the_functions_ask_for_is_what_their_roles_allow(
    asked: dict[str, frozenset[Right]],
) -> None:
    assert differences(ALLOWED, {right for rights in asked.values() for right in rights}) == []


@pytest.mark.parametrize("right", sorted(ONLY_IN_HANDLERS), ids=str)
def test_what_no_end_to_end_test_asks_for_is_asked_for_by_the_test_that_is_named(
    asked: dict[str, frozenset[Right]], right: Right
) -> None:
    named = f"tests/handlers/{ONLY_IN_HANDLERS[right]}"
    cases = [rights for test, rights in asked.items() if test.partition("[")[0] == named]
    assert right in OURS
    assert cases, f"there is no {named}"
    assert all(right in rights for rights in cases)
