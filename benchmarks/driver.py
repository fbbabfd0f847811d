"""Runs inside a function's process: imports the handler, then calls it and takes the time.

    python -P driver.py <module.function> <time-out in seconds> <file for what it prints>

The first line of input has the handler imported, each further one holds an event. The functions'
Python runs it, so it imports nothing of ours, and nothing that a function does not load anyway.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any


class _Context:
    """What Lambda hands a handler beside the event."""

    function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    function_version = "$LATEST"
    memory_limit_in_mb = int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"))
    invoked_function_arn = f"arn:aws:lambda:eu-central-1:123456789012:function:{function_name}"
    log_group_name = f"/aws/lambda/{function_name}"
    log_stream_name = "2026/11/27/[$LATEST]0123456789abcdef0123456789abcdef"
    identity = None
    client_context = None

    def __init__(self, number: int, timeout: float) -> None:
        self.aws_request_id = f"00000000-0000-4000-8000-{number:012d}"
        self._ends = time.monotonic() + timeout

    def get_remaining_time_in_millis(self) -> int:
        return int(max(0.0, self._ends - time.monotonic()) * 1000)


def _timed(work: Callable[[], Any]) -> tuple[dict[str, Any], Any]:
    """Seconds of the processor and of the clock, and bytes printed; beside it the result."""
    logged = os.fstat(1).st_size
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    sys.stdout.flush()
    return {"cpu": cpu, "wall": wall, "logged": os.fstat(1).st_size - logged}, answer


def main() -> None:
    """Answer each line of input with one of output, until the input ends."""
    module, _, name = sys.argv[1].rpartition(".")
    timeout = float(sys.argv[2])
    told = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND), 1)
    sys.stdin.readline()
    result, imported = _timed(lambda: importlib.import_module(module))
    print(json.dumps({**result, "answer": None}), file=told, flush=True)
    handler = getattr(imported, name)
    for number, line in enumerate(sys.stdin):
        event, context = json.loads(line)["event"], _Context(number, timeout)
        try:
            result, answer = _timed(partial(handler, event, context))
            result["answer"] = answer
        except Exception as error:  # noqa: BLE001  the process that measures tells what failed
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), file=told, flush=True)


if __name__ == "__main__":
    main()
