"""What a function does before its first event, while no caller waits for it.

Lambda gives the init phase a full processor, whatever the function's memory is, and ten seconds.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Final, Generic, TypeAlias, TypeVar

from sms_gateway.adapters.aws import drop_idle_connections
from sms_gateway.entrypoints.settings import runs_in_lambda

_Parts = TypeVar("_Parts")

SECONDS: Final = 2.0
"""The longest that init waits for what it does ahead. Together with the imports it fits Lambda's
ten seconds, and with the time that `send` has those that API Gateway waits."""
THREAD: Final = "ahead"
"""The name of each thread that does something ahead."""

Task: TypeAlias = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Wired(Generic[_Parts]):
    """The parts of a function, and what can be done with them before there is an event.

    A task may fail, or be late, and then the first call does the same for itself. So it opens
    connections, reads what is remembered anyway, or loads tables; and it changes nothing.
    """

    parts: _Parts
    ahead: tuple[Task, ...] = ()


def once(wire: Callable[[], Wired[_Parts]]) -> Callable[[], _Parts]:
    """The parts of a function, made at the first call and remembered.

    In a Lambda that call is made here and now, and what can be done ahead is done. A test that
    imports a handler's file wires nothing by it. Connections that have rested for long are dropped.
    """
    wired = cache(wire)
    if runs_in_lambda():
        do_ahead(wired().ahead, SECONDS)

    def parts() -> _Parts:
        drop_idle_connections()
        return wired().parts

    return parts


def in_turn(*tasks: Task) -> Task:
    """One task of several that share a connection. What fails does not keep the others back."""

    def each() -> None:
        for task in tasks:
            _try(task)

    return each


def do_ahead(tasks: tuple[Task, ...], seconds: float) -> None:
    """Do the tasks side by side, and go on as soon as all have ended, or when the time is over.

    One that is late goes on by itself, for as long as its own time-outs allow. None of them raises,
    nor says anything: the first call meets the same trouble, and tells of it.
    """
    deadline = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_try, args=[task], name=THREAD, daemon=True) for task in tasks
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))


def _try(task: Task) -> None:
    with suppress(Exception):
        task()
