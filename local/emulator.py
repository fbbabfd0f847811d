"""The process of the local AWS: MiniStack, with two things that Lambda does and MiniStack does not.

Lambda begins a stream's batch again at the first record that the function names in
`batchItemFailures`. MiniStack takes the batch for done if the function answers at all, so each
event that `publish` could not hand to SNS would be lost.
<https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>

Lambda counts a run that ends in an error (`Errors`). MiniStack does so for some of its triggers;
a run's own lines do not show it: some errors leave none, and on a busy machine lines come with the
next run. So a line in the log says it.
<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>
"""

import sys
from collections.abc import Callable
from threading import local
from typing import Any, Final

Json = dict[str, Any]
RUN_FAILED: Final = "[ERROR] The run ended in an error"
"""The last line in the log of such a run."""
Run = Callable[[Json, Json], Json]
"""Runs a function with an event: MiniStack's `_execute_function`."""


class FailedItems:
    """Runs functions with batches of a stream, each until it names no failed record any more.

    After an error MiniStack brings a batch again, with what has been written since behind it. So a
    batch with failed records is an error here, and what has been done of it is left out next time.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._done: dict[str, set[str]] = {}
        """Sequence numbers, by function."""

    def run(self, function: Json, event: Json) -> Json:
        """What MiniStack is to take for the function's result."""
        name = (function.get("config") or function)["FunctionName"]
        done = self._done.setdefault(name, set())
        records = [each for each in event["Records"] if _number(each) not in done]
        result = self._run(function, {"Records": records}) if records else {}
        if result.get("error"):
            return result
        first = _first_failed(records, result.get("body"))
        if first is None:
            done.clear()
            return result
        done |= {_number(each) for each in records[:first]}
        return {**result, "error": True, "body": {"errorType": "ReportBatchItemFailures"}}


def _first_failed(records: list[Json], answer: Any) -> int | None:
    """Its position. Lambda begins with the first record of all if it does not know one.

    So it does if it cannot read the answer; with none at all everything is done.
    """
    try:
        failed = {each["itemIdentifier"] for each in (answer or {}).get("batchItemFailures") or ()}
    except (AttributeError, KeyError, TypeError):
        return 0
    numbers = [_number(each) for each in records]
    return min((numbers.index(each) if each in numbers else 0 for each in failed), default=None)


def _number(record: Json) -> str:
    number: str = record["dynamodb"]["SequenceNumber"]
    return number


def _tell_of_errors(functions: Any) -> None:
    """Change MiniStack's module of Lambda: the log of a run that ended in an error says so."""
    emit = functions._emit_lambda_logs  # noqa: SLF001  MiniStack has no hook

    def emit_logs(function: Json, request_id: str, text: str, *rest: Any, **named: Any) -> None:
        has_failed = rest[0]
        lines = [*text.splitlines(), *([RUN_FAILED] if has_failed else [])]
        emit(function, request_id, "\n".join(lines), *rest, **named)

    functions._emit_lambda_logs = emit_logs  # noqa: SLF001  same


def _bring_failed_items_again(functions: Any) -> None:
    """Change MiniStack's module of Lambda: every trigger of a stream reports failed items."""
    poll, run = functions._poll_dynamodb_streams, functions._execute_function  # noqa: SLF001  MiniStack has no hook
    items = FailedItems(run)
    this_thread: Final = local()

    def poll_streams() -> bool:
        this_thread.polls = True
        try:
            has_moved: bool = poll()
        finally:
            this_thread.polls = False
        return has_moved

    def execute(function: Json, event: Json) -> Json:
        if not getattr(this_thread, "polls", False):
            return run(function, event)  # type: ignore[no-any-return]  # MiniStack has no types
        this_thread.polls = False  # it calls itself where the account is another one
        try:
            return items.run(function, event)
        finally:
            this_thread.polls = True

    functions._poll_dynamodb_streams, functions._execute_function = poll_streams, execute  # noqa: SLF001  same


def main() -> None:
    """Run MiniStack, which takes its settings from the environment."""
    # They take a second to load. MiniStack has no types.
    from ministack.app import main as run  # type: ignore[import-untyped]  # noqa: PLC0415
    from ministack.services import lambda_svc  # type: ignore[import-untyped]  # noqa: PLC0415

    _bring_failed_items_again(lambda_svc)
    _tell_of_errors(lambda_svc)
    sys.exit(run())


if __name__ == "__main__":
    main()
