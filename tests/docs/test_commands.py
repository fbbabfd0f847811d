"""Commands that a page shows do what it says, in whichever region the reader's tools look first."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.contract import CONTRACT
from tests.support.template import TEMPLATE
from tools.repository import ROOT

_COMMAND = re.compile(r"\baws [a-z0-9-]+ [a-z]+-?[a-z-]*\b[^`]*")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands(page: str) -> Iterator[str]:
    """Every command of AWS's command line on the page, with the lines in which it goes on."""
    lines = page.replace("\\\n", " ").splitlines()
    return (found[0] for line in lines for found in _COMMAND.finditer(line))


def descriptions(node: Any) -> Iterator[str]:
    """Every description of a document, of a parameter or an output say."""
    for name, value in node.items() if isinstance(node, dict) else enumerate(node):
        if name in {"description", "Description"}:
            yield str(value)
        elif isinstance(value, dict | list):
            yield from descriptions(value)


def without_a_region(texts: Iterator[str]) -> list[str]:
    return [command for text in texts for command in commands(text) if "--region" not in command]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_command_of_a_page_names_the_region(page: Path) -> None:
    assert without_a_region(iter([page.read_text(encoding="utf-8")])) == []


def test_a_command_of_the_template_or_the_contract_names_the_region() -> None:
    assert without_a_region(descriptions(TEMPLATE)) == []
    assert without_a_region(descriptions(CONTRACT)) == []


def test_commands_are_found_where_they_stand() -> None:
    assert list(
        commands("```\naws sns subscribe \\\n  --topic-arn x\n```\nand `aws ec2 y` too")
    ) == [
        "aws sns subscribe    --topic-arn x",
        "aws ec2 y",
    ]
    assert len(list(descriptions(TEMPLATE))) > 40
    assert any(list(commands(text)) for text in descriptions(TEMPLATE))
    assert any(list(commands(text)) for text in descriptions(CONTRACT))
    assert any(list(commands(page.read_text(encoding="utf-8"))) for page in PAGES)
