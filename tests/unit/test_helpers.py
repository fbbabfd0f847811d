"""The helpers of the tests: each is found by its name, and none is imported from a conftest."""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from tools.repository import ROOT

TESTS = sorted((ROOT / "tests").rglob("*.py"))
HELPERS = [path for path in TESTS if not path.name.startswith(("test_", "conftest"))]


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_helpers_are_found() -> None:
    assert len(HELPERS) > 40
    assert any(name.startswith("tests.fakes.") for path in TESTS for name in imported(path))


def test_no_two_helpers_have_one_name() -> None:
    times = Counter(path.stem for path in HELPERS)

    assert [name for name, number in times.items() if number > 1] == []


def test_no_helper_has_the_name_of_a_library() -> None:
    libraries = sys.stdlib_module_names | packages_distributions().keys()

    assert [str(path) for path in HELPERS if path.stem in libraries] == []


def test_a_conftest_is_imported_by_pytest_alone() -> None:
    """What tests share otherwise stands in a module, which is loaded once."""
    assert [
        str(path)
        for path in TESTS
        if any(name.startswith("tests.") and ".conftest." in name for name in imported(path))
    ] == []
