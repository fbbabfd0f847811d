"""What the functions write: log lines, metrics, and whatever else reaches stdout and stderr."""

import json
import re
from collections import Counter
from collections.abc import Callable
from io import StringIO
from typing import Any, Final

from tests.handlers.voipit import PASSWORD, WRONG_PASSWORD
from tests.support.samples import API_KEY, SIGNING_KEY, TOKEN_KEY

_SEPARATORS: Final = re.compile(r"[ ().]|(?<=[0-9])-(?=[0-9])")
_NEVER_WRITTEN: Final = {
    "the password": re.compile(f"{re.escape(PASSWORD)}|{re.escape(WRONG_PASSWORD)}"),
    "an API key": re.compile(re.escape(API_KEY)),
    "a signing key": re.compile(f"{re.escape(SIGNING_KEY)}|{re.escape(TOKEN_KEY)}"),
    "a text": re.compile(r"a sosit|Bun(?:a|ă|\\u0103) ziua"),
    "an access token, or that of a callback URL": re.compile(r"[0-9a-f]{8}\.[A-Za-z0-9_-]{22}"),
}
_NUMBERS: Final = re.compile(r"7(?:21234567|990000[0-9]{2})")


def leaks(text: str) -> list[str]:
    """What stands in the text that nobody may read in a log."""
    found = [what for what, pattern in _NEVER_WRITTEN.items() if pattern.search(text)]
    whole_number = _NUMBERS.search(_SEPARATORS.sub("", text))
    return [*found, "a whole number"] if whole_number else found


class Output:
    """Everything written during one test."""

    def __init__(self, log: StringIO, read_rest: Callable[[], str]) -> None:
        self._log = log
        self._read_rest = read_rest
        self._rest = ""

    def everything(self) -> str:
        self._rest += self._read_rest()
        return self._log.getvalue() + self._rest

    def new_metrics(self) -> list[dict[str, Any]]:
        """The lines of metrics that were written since anybody looked at what is written."""
        new = self._read_rest()
        self._rest += new
        return [json.loads(line) for line in new.splitlines() if _is_metrics(line)]

    def lines(self) -> list[dict[str, Any]]:
        """The log, line by line; those that hold metrics as well come last."""
        lines = [line for line in self.everything().splitlines() if line.startswith("{")]
        return [line for line in map(json.loads, lines) if "message" in line]

    def line(self, message: str) -> dict[str, Any]:
        """The one line of the log with this message."""
        (found,) = [line for line in self.lines() if line["message"] == message]
        return found

    def counted(self) -> Counter[str]:
        """The sum of every metric that counts; those that stayed at zero are left out."""
        sums: Counter[str] = Counter()
        for (name, unit), values in self.measured().items():
            if unit == "Count" and any(values):
                sums[name] = int(sum(values))
        return sums

    def measured(self) -> dict[tuple[str, str], list[float]]:
        """Every metric's values, by its name and unit."""
        measured: dict[tuple[str, str], list[float]] = {}
        for line in self.everything().splitlines():
            if _is_metrics(line):
                values = json.loads(line)
                for metric in values["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
                    of_this = measured.setdefault((metric["Name"], metric["Unit"]), [])
                    of_this += values[metric["Name"]]
        return measured


def _is_metrics(line: str) -> bool:
    return line.startswith("{") and '"_aws"' in line
