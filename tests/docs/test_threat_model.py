"""Each threat of docs/threat-model.md has a test that is there, or the reason it is accepted."""

import ast
import re
from functools import cache
from typing import Final, NamedTuple

import pytest

from tools.repository import ROOT

PAGE: Final = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
_TEST: Final = re.compile(r"`([a-z0-9_]+/test_\w+\.py)::(test_\w+)`")
SHORT: Final = {
    "Spoofing": "S",
    "Tampering": "T",
    "Repudiation": "R",
    "Information disclosure": "I",
    "Denial of service": "D",
    "Elevation of privilege, and money": "E",
}


class Threat(NamedTuple):
    name: str
    heading: str
    threat: str
    defence: str
    shown_by: str


def threats() -> list[Threat]:
    found = []
    heading = ""
    for line in PAGE.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        if re.match(r"\| [A-Z]\d+ \|", line):
            name, *cells = (cell.strip() for cell in line.strip("|").split(" | "))
            found.append(Threat(name, heading, *cells))
    return found


@cache
def names_in(file: str) -> frozenset[str]:
    path = ROOT / "tests" / file
    if not path.exists():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef))


def missing(text: str) -> list[str]:
    return [f"{file}::{test}" for file, test in _TEST.findall(text) if test not in names_in(file)]


@pytest.mark.parametrize("threat", threats(), ids=lambda threat: threat.name)
def test_a_threat_has_its_tests_or_the_reason_why_it_is_accepted(threat: Threat) -> None:
    named = _TEST.findall(threat.shown_by)
    assert bool(named) != threat.shown_by.startswith("Accepted: "), "one of the two"
    assert missing(threat.shown_by) == []
    assert "test_" not in _TEST.sub("", threat.shown_by), "every test is named with its file"
    assert threat.threat
    assert threat.defence


def test_every_kind_of_stride_has_threats_that_are_numbered_without_a_gap() -> None:
    for heading, letter in SHORT.items():
        names = [threat.name for threat in threats() if threat.heading == heading]
        assert names == [f"{letter}{number + 1}" for number in range(len(names))]
        assert len(names) > 5
    assert {threat.heading for threat in threats()} == set(SHORT)


def test_a_test_that_is_not_there_is_noticed() -> None:
    text = (
        "`docs/test_threat_model.py::test_gone` `docs/test_gone.py::test_gone` "
        "`docs/test_threat_model.py::test_a_test_that_is_not_there_is_noticed`"
    )
    assert missing(text) == ["docs/test_threat_model.py::test_gone", "docs/test_gone.py::test_gone"]
