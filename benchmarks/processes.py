"""Processes of a measurement: the stubs, and a function that is called over and over."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, cast

from tools.repository import LOCAL_FILES, ROOT

RUNTIME: Final = ROOT / ".bench" / "bin" / "python"
"""The Python of the functions, with what Lambda's runtime has beside their own packages."""
FILES: Final = LOCAL_FILES / "bench"
"""Builds, certificates and logs of the measurements."""
_DRIVER: Final = Path(__file__).with_name("driver.py")


class MeasurementError(Exception):
    """Something did not run as a measurement needs it; the message says what to look at."""


@dataclass(slots=True)
class Dialogue:
    """A process that answers each line of JSON with one."""

    questions: IO[str]
    answers: IO[str]
    log: Path

    def ask(self, question: Any) -> Any:
        """Raises `MeasurementError` if the process has ended instead."""
        try:
            self.questions.write(json.dumps(question) + "\n")
            self.questions.flush()
            line = self.answers.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise MeasurementError(f"A process has ended; its last words are in {self.log}.")
        return json.loads(line)


@contextmanager
def running(
    command: Sequence[str], log: Path, env: Mapping[str, str] | None = None
) -> Iterator[Dialogue]:
    """The process, for the length of the block. What it says besides is in the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=env,
            cwd=ROOT,
        ) as process,
    ):
        try:
            yield Dialogue(cast("IO[str]", process.stdin), cast("IO[str]", process.stdout), log)
        finally:
            process.kill()


@dataclass(slots=True)
class Stubs:
    """AWS and Voipit, and what they were asked."""

    dialogue: Dialogue
    aws_port: int = 0
    voipit_port: int = 0

    def __call__(self, order: str, **arguments: Any) -> Any:
        """Give an order of `stubs/control.py`; returns what it answers."""
        return self.dialogue.ask({"do": order, **arguments})


@contextmanager
def running_stubs(name: str, chain: Path) -> Iterator[Stubs]:
    """The stubs of one version: each has tables of its own."""
    command = [sys.executable, "-m", "benchmarks.stubs", str(chain)]
    with running(command, FILES / "logs" / f"stubs-{name}.log") as dialogue:
        stubs = Stubs(dialogue)
        ports = stubs("start")
        stubs.aws_port, stubs.voipit_port = ports["aws"], ports["voipit"]
        yield stubs


@dataclass(frozen=True, slots=True)
class Taken:
    """One call: seconds of the processor (user and system, all threads) and of the clock."""

    cpu: float
    wall: float
    logged: int
    answer: Any


@dataclass(slots=True)
class Function:
    """A function's process after its init phase."""

    dialogue: Dialogue
    init: Taken

    def call(self, event: Any) -> Taken:
        """Call the handler once."""
        return _taken(self.dialogue.ask({"event": event}))


@contextmanager
def running_function(
    name: str, env: Mapping[str, str], handler: str, timeout: float
) -> Iterator[Function]:
    """A process that has imported the handler as Lambda does, and waits for calls."""
    log = FILES / "logs" / f"{name}.log"
    output = FILES / "logs" / f"{name}.out"
    output.parent.mkdir(parents=True, exist_ok=True)
    command = [str(RUNTIME), "-P", str(_DRIVER), handler, str(timeout), str(output)]
    with running(command, log, {**env, "PATH": os.environ["PATH"]}) as dialogue:
        yield Function(dialogue, _taken(dialogue.ask({})))


def _taken(told: Mapping[str, Any]) -> Taken:
    if "error" in told:
        raise MeasurementError(f"A handler failed: {told['error']}")
    return Taken(told["cpu"], told["wall"], told["logged"], told["answer"])
