"""What the functions of the local stack have written, each line once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

_LATEST_LINE: Final = 30_000
"""Milliseconds: by so much a line can come later than one that is younger."""


class Line(NamedTuple):
    """A line, and the run of the function that has written it.

    MiniStack keeps a log stream for each run, whose name tells one run from another.
    """

    function: str
    run: str
    text: str


@dataclass
class LogLines:
    """The lines of every log group. `logs` is a boto3 client of CloudWatch Logs."""

    logs: Any
    _since: Counter[str] = field(default_factory=Counter)
    _read: dict[str, Counter[tuple[str, int, str]]] = field(default_factory=dict)

    def new(self) -> Iterator[Line]:
        """All that were written since the last time."""
        for group in self.logs.describe_log_groups()["logGroups"]:
            name = group["logGroupName"]
            since = max(0, self._since[name] - _LATEST_LINE)
            pages = self.logs.get_paginator("filter_log_events").paginate(
                logGroupName=name, startTime=since
            )
            lines = Counter(
                (each["logStreamName"], each["timestamp"], each["message"])
                for page in pages
                for each in page["events"]
            )
            read = self._read.get(name, Counter())
            for line, times in lines.items():
                for _ in range(times - read[line]):
                    yield Line(name.rpartition("/")[2], line[0], line[2])
                self._since[name] = max(self._since[name], line[1])
            self._read[name] = lines  # what is older is not asked for any more
