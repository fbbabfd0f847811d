"""The templates in `examples/`."""

from pathlib import Path
from typing import Any, Final

from cfnlint.api import ManualArgs, lint_file  # type: ignore[import-untyped]
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from tools.repository import ROOT

EXAMPLES: Final = ROOT / "examples"


def _path(name: str) -> Path:
    return EXAMPLES / name / "template.yaml"


def example_template(name: str) -> Any:
    """The template of an example."""
    return yaml_parse(_path(name).read_text(encoding="utf-8"))


def faults_of_template(name: str) -> list[str]:
    """What cfn-lint says of it, which transforms it first if it is one of SAM's."""
    matches = lint_file(_path(name), ManualArgs(regions=["eu-central-1"]))
    return [f"{match.rule.id} {match.message}" for match in matches]
