"""`python -m local demo` and `python -m local run`."""

import argparse
import signal
import sys
from types import FrameType
from typing import NoReturn

from rich.markup import escape

from local.demo import demo
from local.processes import LocalStackError
from local.progress import console
from local.run import run

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_INTERRUPTED = 130


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Leave every `with` block, once: a second Ctrl-C must not cut the cleaning up short."""
    for number in _STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> int:
    """Run one job; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("job", choices=("demo", "run"))
    job = parser.parse_args().job
    for number in _STOPPING:
        signal.signal(number, _stop)
    try:
        {"demo": demo, "run": run}[job]()
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 0 if job == "run" else _INTERRUPTED
    except LocalStackError as error:
        console.print(f"[bold red]It did not work.[/bold red] {escape(str(error))}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
