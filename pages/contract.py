"""The contract as the layer carries it (`make docs`): openapi.yaml as JSON.

`sam build` sees the layer's own folder only, so the copy is committed there; a test fails when it
says something else than openapi.yaml.
"""

import json
from pathlib import Path
from typing import Any, Final

import yaml

from tools.repository import LAYER_SOURCE, ROOT

SOURCE: Final = ROOT / "openapi.yaml"
COPY: Final = LAYER_SOURCE / "sms_gateway" / "entrypoints" / "openapi.json"


def contract(source: Path = SOURCE) -> dict[str, Any]:
    """The contract as it is written."""
    document: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return document


def as_json(document: dict[str, Any]) -> str:
    """The same without a superfluous character: functions read it when they start."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def write() -> None:
    """Put it into the layer."""
    COPY.write_text(as_json(contract()), encoding="utf-8")


if __name__ == "__main__":
    write()
