"""Child processes that end when we end."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

STOP_TIMEOUT: Final = 10.0
INTERRUPTED: Final = 130
"""The exit code of a program that Ctrl-C has ended."""
_STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class LocalStackError(Exception):
    """Something in the local stack did not work; the message says what to do about it."""


def clean_up_when_stopped() -> None:
    """From now on SIGTERM and SIGHUP are what Ctrl-C is: a `KeyboardInterrupt`.

    It leaves every `with` block, once: a second Ctrl-C must not cut the cleaning up short.
    """
    for number in _STOPPING:
        signal.signal(number, _stop)


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    for number in _STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def free_port() -> int:
    """A loopback port no process listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: list[str], *, env: Mapping[str, str], cwd: Path, log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program in a process group of its own and stop the whole group afterwards.

    Its own group keeps Ctrl-C in our terminal from it, so that it stops when we have said so.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask the process to stop, insist after a while, and leave nothing of its group behind."""
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
