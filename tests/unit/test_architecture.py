import ast
import sys
from pathlib import Path

import pytest

import sms_gateway

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
