"""`make bench`: measure, print, and write the page, the picture and `.local/bench.json`."""

import argparse
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks import builds, page
from benchmarks.certificates import make_certificates
from benchmarks.environments import HOSTS
from benchmarks.figures import Run
from benchmarks.growth import measure_delayed, measure_growth
from benchmarks.measuring import (
    FULL,
    QUICK,
    Progress,
    begin,
    measure_cold,
    measure_rested,
    measure_warm,
)
from benchmarks.must_show import BARE_BUILDER
from benchmarks.processes import FILES, RUNTIME, MeasurementError
from benchmarks.tables import report
from benchmarks.world import World, running_world
from tools.repository import LOCAL_FILES, ROOT

Measure = Callable[[Sequence[World], Run, int, Progress], None]

RESULT: Final = LOCAL_FILES / "bench.json"


def main() -> int:
    """Returns 0 if everything was measured, whether or not the targets are met."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: under two minutes")
    parser.add_argument(
        "--page", action="store_true", help="keep the run: docs/performance.md and its picture"
    )
    parser.add_argument(
        "--only", default="", help="warm, rested, cold, growth, delayed: a comma-separated choice"
    )
    arguments = parser.parse_args()
    try:
        run = _measured(is_quick=arguments.quick, only=arguments.only.split(","))
    except MeasurementError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    run.save(RESULT)
    if arguments.page:
        page.write(run)
    print(report(run))
    return 0


def _measured(*, is_quick: bool, only: list[str]) -> Run:
    began = time.monotonic()

    def progress(what: str) -> None:
        begin, end = ("\r\033[K", "") if sys.stderr.isatty() else ("", "\n")
        line = f"{begin}{time.monotonic() - began:6.0f} s  {what}"
        print(line, end=end, file=sys.stderr, flush=True)

    progress("packing what is compared (sam build; once for each commit)")
    versions = [builds.today(), builds.then(), builds.peer("lean"), builds.peer("tutorial")]
    root, chain = make_certificates(FILES / "certificates", HOSTS)
    rounds = QUICK if is_quick else FULL
    run = Run(_about(is_quick=is_quick) | builds.described(versions))
    with ExitStack() as stack:
        worlds: list[World] = []
        for version in versions:
            trusting = builds.trusting(version, root, FILES / "run")
            worlds.append(stack.enter_context(running_world(trusting, chain)))
            begin(worlds[-1])
        grown = partial(measure_growth, is_quick=is_quick)
        delayed = partial(measure_delayed, is_quick=is_quick)
        parts: dict[str, tuple[Measure, int]] = {
            "warm": (measure_warm, rounds.warm),
            "rested": (measure_rested, rounds.rested),
            "cold": (measure_cold, rounds.cold),
            "growth": (grown, rounds.growth),
            "delayed": (delayed, rounds.growth),
        }
        for name, (measure, number) in parts.items():
            if only == [""] or name in only:
                measure(worlds, run, number, progress)
    if not is_quick:
        progress("packing it where there is no python3.13")
        run.about[BARE_BUILDER] = builds.without_interpreter()
    run.about["took"] = f"{(time.monotonic() - began) / 60:.0f} minutes"
    progress("done\n")
    return run


def _about(*, is_quick: bool) -> dict[str, Any]:
    version = subprocess.run(
        [str(RUNTIME), "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _git("describe", "--always", "--dirty"),
        "then": builds.OLD_COMMIT,
        "machine": f"{platform.machine()}, {_cores()} cores, {platform.system()}",
        "python": version,
        "mode": "quick" if is_quick else "full",
    }


def _git(*arguments: str) -> str:
    told = subprocess.run(
        ["git", *arguments],  # noqa: S607  the git of the developer's path
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip()


def _cores() -> int:
    lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    return sum(line.startswith("processor") for line in lines)


if __name__ == "__main__":
    sys.exit(main())
