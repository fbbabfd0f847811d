import ast
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path

import pytest

from sms_gateway.domain.status import Reason, Trigger
from sms_gateway.entrypoints import settings
from sms_gateway.entrypoints.metrics import Metric
from tools.repository import LAYER_SOURCE, ROOT

PACKAGE = LAYER_SOURCE / "sms_gateway"
FUNCTIONS = ROOT / "functions"


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


@pytest.mark.parametrize("handler", sorted(FUNCTIONS.glob("*/*.py")), ids=lambda path: path.stem)
def test_a_handler_needs_the_package_and_powertools(handler: Path) -> None:
    known = sys.stdlib_module_names | {"sms_gateway", "aws_lambda_powertools"}
    assert {name.partition(".")[0] for name in imports(handler)} <= known


def attributes(*besides: str) -> Iterator[tuple[str, str]]:
    """(name, attribute) wherever the package or a function reads one, but for these files."""
    for path in [*PACKAGE.rglob("*.py"), *FUNCTIONS.glob("*/*.py")]:
        if path.name in besides:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                owner = node.value
                yield getattr(owner, "id", getattr(owner, "attr", "")), node.attr


def uses_of(enum: type[Enum], defined_in: str) -> set[str]:
    """Members that are named in another file than that which defines them."""
    return {member for name, member in attributes(defined_in) if name == enum.__name__}


@pytest.mark.parametrize(
    ("enum", "defined_in"),
    [(Reason, "status.py"), (Trigger, "status.py"), (Metric, "metrics.py")],
)
def test_whatever_can_happen_or_be_counted_is_made_to_by_something(
    enum: type[Enum], defined_in: str
) -> None:
    assert uses_of(enum, defined_in) == set(enum.__members__)


def test_a_setting_that_is_read_is_used() -> None:
    read = {
        field.name
        for each in vars(settings).values()
        if isinstance(each, type) and each.__name__.endswith("Settings") and is_dataclass(each)
        for field in fields(each)
    }

    assert len(read) > 25
    assert read <= {attribute for _, attribute in attributes("settings.py")}


VOIPITS_WORDS = {"sendResultTo", "apiName", "sms/send", "ping/", "pong"}


def test_voipits_words_stand_in_voipits_wing() -> None:
    """But for those that the gateway shares with it: `messageId`, `deliveryReport` and the like."""
    elsewhere = [
        (path.name, node.value)
        for path in PACKAGE.rglob("*.py")
        if "voipit" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in VOIPITS_WORDS
    ]
    assert elsewhere == []
