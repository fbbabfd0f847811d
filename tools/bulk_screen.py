"""What a person sees while rows are sent, and when it is over."""

from collections import Counter
from collections.abc import Sequence
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

from tools.bulk import Bulk
from tools.bulk_check import ROUNDED_TO, Findings
from tools.csv_results import REFUSED
from tools.csv_rows import Sheet
from tools.progress import console

_NO_ANSWER: Final = "no answer yet"
_MOST_ROWS: Final = 20
"""How many rows one sentence names."""


class _Rate(ProgressColumn):
    """Rows per second."""

    def render(self, task: Task) -> Text:
        """How fast it goes, once that can be told."""
        return Text(f"{task.speed:.0f}/s" if task.speed else "")


class BulkScreen:
    """A progress bar for the stage that is under way; implements `Watcher`.

    It may be entered again, and then shows the stages that begin from then on.
    """

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
        for stage in self._progress.task_ids:
            self._progress.remove_task(stage)

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


def show_findings(findings: Findings, sheet: Sheet) -> None:
    """One list of everything that was found, by the rows that a spreadsheet program shows."""
    for fault in findings.wrong:
        column = f", {fault.column}" if fault.column else ""
        _show(f"{sheet.place(fault.line)}{column}: {fault.sentence.rstrip('.')}")
    for lines in findings.one_person:
        _show(
            f"{_rows(lines, sheet)} have one number in different spellings: one phone would get"
            " several SMS"
        )
    if findings.rounded:
        _show(
            f"{_rows(findings.rounded, sheet)} have numbers that end in {ROUNDED_TO}, which are"
            " suspiciously many: a spreadsheet that shortens long numbers (4,07212E+10) makes such"
            " ones. Compare them with where they come from"
        )


def _rows(lines: Sequence[int], sheet: Sheet) -> str:
    """Some rows by their numbers: `rows 2, 5 and 7`."""
    numbers = [str(sheet.sheet_rows[line]) for line in lines]
    shown, more = numbers[:_MOST_ROWS], len(numbers) - _MOST_ROWS
    last = f"{more} more" if more > 0 else shown.pop()
    return f"rows {', '.join(shown)} and {last}" if shown else f"row {last}"


def _show(sentence: str) -> None:
    console.print(sentence, markup=False)


def show_summary(bulk: Bulk) -> None:
    """How many rows ended in which way, and where to read which."""
    results = bulk.results()
    table = Table(title=f"Send {escape(bulk.plan.name)}")
    table.add_column("what")
    table.add_column("rows", justify="right")
    statuses = Counter(_outcome(result.status, result.problem) for result in results)
    for outcome, rows in sorted(statuses.items()):
        table.add_row(escape(outcome), str(rows))
    unanswered = bulk.plan.size - len(results)
    if unanswered:
        table.add_row(_NO_ANSWER, str(unanswered))
    console.print(table)
    console.print(f"Row by row: {escape(str(bulk.file.path))}")


def _outcome(status: str, problem: str) -> str:
    return f"{status}: {problem.rpartition(':')[2]}" if status == REFUSED else status
