import ast
import sys
from pathlib import Path

import pytest

import sms_gateway
from sms_gateway.domain.status import Reason, Trigger

PACKAGE = Path(sms_gateway.__file__).parent


def imports(module: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add(node.module or "")
    return names


def test_the_domain_is_found() -> None:
    assert {path.name for path in (PACKAGE / "domain").glob("*.py")} >= {"status.py", "text.py"}


@pytest.mark.parametrize(
    ("module", "own"),
    [
        pytest.param(path, own, id=f"{folder}/{path.stem}")
        for folder, own in [
            ("domain", ("sms_gateway.domain.",)),
            ("use_cases", ("sms_gateway.domain.", "sms_gateway.use_cases.")),
        ]
        for path in sorted((PACKAGE / folder).glob("*.py"))
    ],
)
def test_the_rules_need_the_standard_library_and_themselves(
    module: Path, own: tuple[str, ...]
) -> None:
    foreign = {
        name
        for name in imports(module)
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith(own)
    }

    assert foreign == set()


def uses_of(name: str) -> set[str]:
    """Members of an enum of `status.py` that the package names anywhere else."""
    return {
        node.attr
        for path in PACKAGE.rglob("*.py")
        if path.name != "status.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
    }


def test_every_reason_can_happen_to_a_message() -> None:
    assert uses_of("Reason") == {reason.name for reason in Reason}


def test_everything_that_can_happen_to_a_message_is_made_to_happen_by_something() -> None:
    assert uses_of("Trigger") == {trigger.name for trigger in Trigger}
