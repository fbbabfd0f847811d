"""One JSON logger for all functions.

Never logged: a password, a text, a token, a whole number. What we log on purpose is masked where it
is built; what an exception brings along is scrubbed here.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

_LONG_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z-])\+?[0-9][0-9 ().-]{6,18}[0-9]")
_FREE_TEXT: Final = ("message", "exception", "stack_trace")
_ORDINARY: Final = {"DEBUG", "INFO"}
_FOR_TROUBLE: Final = {
    *("location", "timestamp", "service", "cold_start"),
    *("function_name", "function_memory_size", "function_arn", "function_request_id"),
    "xray_trace_id",
}
"""What ordinary lines go without: CloudWatch keeps the time of each line, its log group tells the
stack and the function, and Lambda's line REPORT after it tells the rest. No saved query reads these
keys, and each byte costs."""


def scrub(text: str) -> str:
    """The text with everything that could be a phone number made unreadable."""
    return _LONG_NUMBER.sub("[number]", text)


class ScrubbingFormatter(LambdaPowertoolsFormatter):
    """Powertools' JSON lines: numbers are taken out of free text, and ordinary lines are short."""

    def serialize(self, log: Any) -> str:
        """One log line."""
        if log["level"] in _ORDINARY:
            log = _shortened(log)
        for key in _FREE_TEXT:
            if key in log:
                log[key] = _scrub_all(log[key])
        return super().serialize(log)


def _shortened(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if key not in _FOR_TROUBLE}


def _scrub_all(value: Any) -> Any:
    if isinstance(value, str | BaseException):  # powertools hands the exception itself over
        return scrub(str(value))
    if isinstance(value, dict):
        return {key: _scrub_all(inner) for key, inner in value.items()}
    return [_scrub_all(inner) for inner in value] if isinstance(value, list) else value


logger: Final = Logger(logger_formatter=ScrubbingFormatter(), utc=True)
"""Service name and level come from `POWERTOOLS_SERVICE_NAME` and `POWERTOOLS_LOG_LEVEL`."""

AUDIT: Final = logging.CRITICAL + 10
"""Above every `LogLevel`: the level of what must be told afterwards in any case."""
logging.addLevelName(AUDIT, "AUDIT")


def keys_of_ordinary_lines() -> dict[str, Any]:
    """What a line of the level INFO says of the call beside its own message and fields."""
    keys = _shortened(logger.get_current_keys())
    return {key: value for key, value in keys.items() if key not in {"level", "message"}}


def audit(message: str, **fields: object) -> None:
    """A line that is written whatever `LogLevel` is: what an operator looks at or changes."""
    logging.getLogger(logger.name).log(AUDIT, message, extra=fields, stacklevel=2)


# Where the root logger is open at DEBUG (the runtime does that under the log format JSON), lines go
# past our formatter. These would write down every request and answer they carry: passwords, texts
# and numbers.
for _carrier in ("boto3", "botocore", "requests", "urllib3"):
    logging.getLogger(_carrier).setLevel(logging.INFO)
