"""What a person sees while rows are sent, and when it is over."""

from collections import Counter
from types import TracebackType
from typing import Final, Self

from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from local.progress import console
from tools.bulk import Bulk
from tools.csv_results import REFUSED

_NO_ANSWER: Final = "no answer yet"


class _Rate(ProgressColumn):
    """Rows per second."""

    def render(self, task: Task) -> Text:
        """How fast it goes, once that can be told."""
        return Text(f"{task.speed:.0f}/s" if task.speed else "")


class BulkScreen:
    """A progress bar for the stage that is under way; implements `Watcher`."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(),
            console=console,
        )
        self._stage: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def begin(self, stage: str, rows: int, *, still: int) -> None:
        """A new stage of so many rows, of which some are still to be done."""
        self._stage = self._progress.add_task(stage, total=rows, completed=rows - still)

    def done(self, rows: int) -> None:
        """So many rows more are done with."""
        if self._stage is not None:
            self._progress.advance(self._stage, rows)

    def pausing(self, why: str, seconds: float) -> None:
        """Nothing happens for so long."""
        self.say(f"{why}; again in {seconds:.0f} s")

    def say(self, sentence: str) -> None:
        """Show a sentence above the bar."""
        self._progress.console.print(escape(sentence))


def show_summary(bulk: Bulk) -> None:
    """How many rows ended in which way, and where to read which."""
    results = bulk.results()
    table = Table(title=f"Send {escape(bulk.plan.name)}")
    table.add_column("what")
    table.add_column("rows", justify="right")
    statuses = Counter(_outcome(result.status, result.problem) for result in results)
    for outcome, rows in sorted(statuses.items()):
        table.add_row(escape(outcome), str(rows))
    unanswered = len(bulk.plan.rows) + len(bulk.plan.duplicates) - len(results)
    if unanswered:
        table.add_row(_NO_ANSWER, str(unanswered))
    console.print(table)
    console.print(f"Row by row: {escape(str(bulk.file.path))}")


def _outcome(status: str, problem: str) -> str:
    return f"{status}: {problem.rpartition(':')[2]}" if status == REFUSED else status
