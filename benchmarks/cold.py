"""Cold starts: a process of `awslambdaric`, AWS's own runtime client, against a small runtime API.

The clock begins when the process is started and stops when its first answer arrives.
"""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event as Signal
from threading import Thread
from typing import Any, Final

from benchmarks.processes import FILES, RUNTIME, MeasurementError
from benchmarks.world import World, check

_PATH: Final = "/2018-06-01/runtime/"
_PATIENCE: Final = 60.0
"""Seconds that a start and its first call are given."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Seconds since the process was started: of its processors, and of the clock."""

    cpu: float
    wall: float


@dataclass(frozen=True, slots=True)
class ColdStart:
    """A start: when the init phase was over, and when the first answer had come."""

    ready: Moment
    answered: Moment
    answer: Any

    @property
    def first(self) -> Moment:
        """The first call alone."""
        return Moment(self.answered.cpu - self.ready.cpu, self.answered.wall - self.ready.wall)


def cpu_of(process_id: int) -> float:
    """Seconds that a process has had processors for, all its threads together (Linux).

    The id of that clock is what `clock_getcpuclockid(3)` makes of a process id.
    """
    return time.clock_gettime((~process_id << 3) | 2)


@dataclass(slots=True)
class _Invocation:
    """One event, and what came of it."""

    event: Any
    timeout: float
    started: float = 0.0
    process_id: int = 0
    ready: Moment | None = None
    answered: Moment | None = None
    answer: Any = None
    failure: str = ""
    over: Signal = field(default_factory=Signal)

    def moment(self) -> Moment:
        wall = time.perf_counter() - self.started
        return Moment(cpu_of(self.process_id), wall)


class _RuntimeApi(BaseHTTPRequestHandler):
    """As much of Lambda's runtime API as one call needs."""

    protocol_version = "HTTP/1.1"
    invocation: _Invocation

    def do_GET(self) -> None:
        """`invocation/next`; after the one event the process waits until it is ended."""
        if self.invocation.ready is not None:
            self.invocation.over.wait()
            self.close_connection = True
            return
        body = json.dumps(self.invocation.event).encode()
        deadline = int((time.time() + self.invocation.timeout) * 1000)
        self.invocation.ready = self.invocation.moment()
        self._answer(
            200,
            body,
            {
                "Lambda-Runtime-Aws-Request-Id": "00000000-0000-4000-8000-000000000001",
                "Lambda-Runtime-Deadline-Ms": str(deadline),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-central-1:1:function:b",
                "Lambda-Runtime-Trace-Id": "Root=1-6b030370-0123456789abcdef01234567;Sampled=0",
                "Content-Type": "application/json",
            },
        )

    def do_POST(self) -> None:
        """`…/response`, `…/error` or `init/error`."""
        moment = self.invocation.moment()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(202, b"{}", {"Content-Type": "application/json"})
        if self.path.endswith("/response"):
            self.invocation.answered, self.invocation.answer = moment, json.loads(body)
        else:
            self.invocation.failure = body.decode()
        self.invocation.over.set()

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        """Say nothing: what matters is in the invocation."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A process that is ended after its answer leaves a broken connection behind."""


@contextmanager
def _serving(invocation: _Invocation) -> Iterator[int]:
    handler = type("Api", (_RuntimeApi,), {"invocation": invocation})
    server = _Server(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        invocation.over.set()
        server.shutdown()
        server.server_close()


def cold_start(world: World, function: str, event: Any) -> ColdStart:
    """Start the function, have it answer one event, end it. Raises `MeasurementError`."""
    timeout = world.template.timeout(function)
    invocation = _Invocation(event, timeout)
    log = FILES / "logs" / f"cold-{world.name}-{function}.log"
    with _serving(invocation) as port, log.open("wb") as output:
        variables = {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}"}
        environment = {**world.environment(function), **variables}
        handler = world.handler(function)
        environment["_HANDLER"] = handler
        invocation.started = time.perf_counter()
        process = subprocess.Popen(
            [str(RUNTIME), "-m", "awslambdaric", handler],
            env=environment,
            cwd=environment["LAMBDA_TASK_ROOT"],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        invocation.process_id = process.pid
        try:
            _await(invocation, process)
        finally:
            process.kill()
            process.wait()
    if invocation.answered is None or invocation.ready is None:
        said = invocation.failure or f"it ended with {process.returncode}"
        raise MeasurementError(
            f"{function} of {world.name} did not start; {log} says why ({said})."
        )
    check(world.name, function, invocation.answer)
    return ColdStart(invocation.ready, invocation.answered, invocation.answer)


def _await(invocation: _Invocation, process: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + _PATIENCE
    while not invocation.over.wait(0.1):
        if process.poll() is not None or time.monotonic() > ends:
            return
