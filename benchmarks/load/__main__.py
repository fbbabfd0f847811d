"""`make load`: the local stack under more and more senders, beside an empty function."""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from rich.markup import escape

from benchmarks.load import page
from benchmarks.load.figures import Load
from benchmarks.load.picture import picture
from benchmarks.load.running import load
from benchmarks.load.tables import report
from local.processes import INTERRUPTED, LocalStackError, clean_up_when_stopped
from tools.progress import console
from tools.repository import LOCAL_FILES, ROOT

RESULT: Final = LOCAL_FILES / "load.json"
PICTURE: Final = LOCAL_FILES / "load.svg"
STEPS: Final = (1, 2, 4, 8, 16)
SECONDS: Final = 6.0
QUICK_STEPS: Final = (1, 8)
QUICK_SECONDS: Final = 2.0
MOST_SENDERS: Final = 64
"""Each sender has a function started, which is a process of about 80 MB here."""
LONGEST_SECONDS: Final = 60.0


def main() -> int:
    """Returns 0 if nothing was lost, doubled, misstated or left behind, whatever the latencies."""
    arguments = parsed(sys.argv[1:])
    clean_up_when_stopped()
    began = time.monotonic()
    try:
        steps, account = load(arguments.steps, arguments.seconds)
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return INTERRUPTED
    except LocalStackError as error:
        console.print(f"[bold red]The command failed.[/bold red] {escape(str(error))}")
        return 1
    about = _about(arguments.seconds, time.monotonic() - began)
    run = Load(about, steps, asdict(account))
    run.save(RESULT)
    PICTURE.write_text(picture(run), encoding="utf-8")
    if arguments.page:
        page.write(run)
    console.print(f"\n{escape(report(run))}\n")
    console.print(
        f"{RESULT.relative_to(ROOT)} has the figures, {PICTURE.relative_to(ROOT)} the curves."
    )
    for wrong in (*account.lost, *account.doubled, *account.lies, *account.error_lines):
        console.print(f"[red]{escape(wrong[:300])}[/red]")
    return 0 if account.is_good else 1


def parsed(given: Sequence[str]) -> argparse.Namespace:
    """`steps`, `seconds` and `page`. Ends the program if they make no sense."""
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter steps")
    parser.add_argument("--steps", type=_steps, help="senders at once, such as 1,2,4,8,16")
    parser.add_argument("--seconds", type=_seconds, help="of each step, for either function")
    parser.add_argument(
        "--page", action="store_true", help="keep the run: docs/load.md and its picture"
    )
    arguments = parser.parse_args(given)
    if arguments.steps is None:
        arguments.steps = QUICK_STEPS if arguments.quick else STEPS
    if arguments.seconds is None:
        arguments.seconds = QUICK_SECONDS if arguments.quick else SECONDS
    return arguments


def _steps(given: str) -> tuple[int, ...]:
    steps = tuple(int(step) for step in given.split(","))
    if not all(1 <= step <= MOST_SENDERS for step in steps):
        raise argparse.ArgumentTypeError(f"a step has 1 to {MOST_SENDERS} senders")
    return steps


def _seconds(given: str) -> float:
    seconds = float(given)
    if not 0 < seconds <= LONGEST_SECONDS:
        raise argparse.ArgumentTypeError(f"a step takes up to {LONGEST_SECONDS:g} seconds")
    return seconds


def _about(seconds: float, took: float) -> dict[str, str]:
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607  git, from the path
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit.stdout.strip(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "python": f"{platform.python_version()}, of the functions too",
        "seconds a step": f"{seconds:g}",
        "seconds in all": f"{took:.0f}",
    }


if __name__ == "__main__":
    sys.exit(main())
