"""`make demo`, as a newcomer runs it, and as one who stops it half-way."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.repository import CLIENT_SOURCE, ROOT


def _start() -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "local", "demo"],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith("VOIPIT_")}
        | {"PYTHONPATH": str(CLIENT_SOURCE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _leftovers() -> set[str]:
    """Scratch folders of a local AWS, and processes that work in one."""
    temporary = Path(tempfile.gettempdir())
    folders = {str(path) for path in temporary.glob("sms-gateway-*")}
    commands = subprocess.run(
        ["/bin/ps", "-eo", "pid,args"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return folders | {line for line in commands if "ministack" in line}


def _new_since(before: set[str]) -> set[str]:
    """What is left that does not belong to a local AWS which was there already.

    The one of the other tests goes on meanwhile, and starts and ends processes of its own.
    """
    others = {each for each in before if each.startswith("/")}
    now = _leftovers()
    assert others <= now
    return {each for each in now - before if not any(other in each for other in others)}


def test_the_demo_ends_well_tells_the_whole_life_and_leaves_nothing_behind() -> None:
    before = _leftovers()

    process = _start()
    output, _ = process.communicate(timeout=250)

    assert process.returncode == 0, output
    for told in ("submitted", "sent", "sms.message.sent", '"specversion": "1.0"'):
        assert told in output
    assert _new_since(before) == set()


def test_ctrl_c_stops_everything() -> None:
    before = _leftovers()

    process = _start()
    assert process.stdout is not None
    for line in process.stdout:
        if "starting the local AWS" in line and "✓" in line:
            break
    time.sleep(1)  # now it is deploying
    os.kill(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=30)

    assert process.returncode == 130, output
    assert _new_since(before) == set()
