"""The one line that a call leaves in the log: what it came to, and the metrics that it counted.

CloudWatch takes metrics out of a line in its embedded format and lets the line hold anything else,
so the two need one line and not two. Trouble and `audit` have lines of their own.
"""

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeAlias

from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.entrypoints.logs import keys_of_ordinary_lines, logger
from sms_gateway.entrypoints.metrics import metrics

Handler: TypeAlias = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]

_told: Final[list[tuple[str, dict[str, object]]]] = []
"""What the call that runs now has told and not yet written: a message with its fields, or none."""


def tell(message: str, **fields: object) -> None:
    """What the call came to, at the level INFO. It is written when the call ends.

    Of several in one call only the last shares the line of the metrics.
    """
    _write_alone()
    _told.append((message, fields))


def one_line(handler: Handler) -> Handler:
    """The handler, each call of which ends with its line; also one that raises."""

    @wraps(handler)
    def call(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        try:
            return handler(event, context)
        finally:
            _write()

    return call


def _write() -> None:
    if not metrics.metric_set:
        _write_alone()
        return
    line: dict[str, Any] = {}
    if _told and logger.log_level <= logging.INFO:
        message, fields = _told[-1]
        told = {"level": "INFO", "message": message} | keys_of_ordinary_lines() | fields
        line = {name: value for name, value in told.items() if value is not None}
    line |= metrics.serialize_metric_set()
    _told.clear()
    metrics.clear_metrics()
    # ASCII, and a word for whatever JSON has none for: no line is worth an answer.
    print(json.dumps(line, separators=(",", ":"), default=str))  # noqa: T201  Lambda's log


def _write_alone() -> None:
    for message, fields in _told:
        logger.info(message, extra=fields)
    _told.clear()
