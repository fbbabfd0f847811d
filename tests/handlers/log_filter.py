"""What Lambda lets through to CloudWatch of the lines that a function has printed.

After Lambda's Developer Guide, "Log-level filtering" and "Setting your function's log format": with
`LogFormat: Text` every line goes through. With `JSON` a line has the level that it names, except
that one without a valid `level`, or without a `timestamp` in RFC 3339, has the level INFO; what is
below `ApplicationLogLevel` is discarded.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

_LEVELS: Final = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
_OTHER_NAMES: Final = {"WARNING": "WARN", "CRITICAL": "FATAL"}
_RFC_3339: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})"
)


def let_through(lines: Iterable[str], logging_config: Mapping[str, Any]) -> list[str]:
    """The lines that reach CloudWatch under this `LoggingConfig` of a function."""
    if logging_config["LogFormat"] == "Text":
        return list(lines)
    least = _LEVELS.index(logging_config["ApplicationLogLevel"])
    return [line for line in lines if _LEVELS.index(_level(line)) >= least]


def _level(line: str) -> str:
    try:
        entry = json.loads(line)
    except ValueError:
        return "INFO"
    if not isinstance(entry, dict) or not _RFC_3339.fullmatch(str(entry.get("timestamp"))):
        return "INFO"
    name = str(entry.get("level")).upper()
    name = _OTHER_NAMES.get(name, name)
    return name if name in _LEVELS else "INFO"
