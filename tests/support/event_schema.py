"""The schema of events, and what it says of an event: by the official rules of JSON Schema."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from tools.repository import ROOT

SCHEMA: Final[dict[str, Any]] = json.loads(
    (ROOT / "docs" / "event.schema.json").read_text(encoding="utf-8")
)
_VALIDATOR: Final = Draft7Validator(SCHEMA, format_checker=Draft7Validator.FORMAT_CHECKER)


def event_faults(event: Mapping[str, Any]) -> list[str]:
    """What is wrong with the event, if anything is."""
    found = _VALIDATOR.iter_errors(event)
    return [f"{event.get('id')}, {error.json_path}: {error.message}" for error in found]


def all_faults(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is wrong with any of them."""
    return [fault for event in events for fault in event_faults(event)]
