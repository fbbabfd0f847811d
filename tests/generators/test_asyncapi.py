"""Programs for AsyncAPI read the document of events, and the official schema accepts it."""

import json
import os
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from tests.support.generators import FOLDER, MISSING, NODE, run
from tools.repository import ROOT

DOCUMENT = ROOT / "asyncapi.yaml"
SPECIFICATION = NODE.parent / "@asyncapi" / "specs" / "schemas"
"""Spectral brings the schemas that the AsyncAPI Initiative publishes."""

pytestmark = pytest.mark.skipif(MISSING is not None and "CI" not in os.environ, reason=str(MISSING))


def faults(document: dict[str, Any]) -> list[str]:
    """What the official schema of the document's version of AsyncAPI says of it."""
    path = SPECIFICATION / f"{document['asyncapi']}.json"
    official = Draft7Validator(json.loads(path.read_text(encoding="utf-8")))
    return [f"{error.json_path}: {error.message}" for error in official.iter_errors(document)]


def document() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    return content


def test_the_official_schema_accepts_the_document() -> None:
    assert faults(document()) == []


def test_the_official_schema_notices_a_misspelt_name() -> None:
    misspelt = document()
    channel = misspelt["channels"]["statusEvents"]
    channel["adress"] = channel.pop("address")

    assert faults(misspelt)


def test_spectral_finds_nothing_in_the_document() -> None:
    ruleset = f"--ruleset={FOLDER / 'asyncapi.yaml'}"

    run([str(NODE / "spectral"), "lint", ruleset, "--fail-severity=hint", str(DOCUMENT)])
