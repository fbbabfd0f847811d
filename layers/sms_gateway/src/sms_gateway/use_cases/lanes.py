"""Calls of another service side by side, within a bound; and in order where the bound is one.

The threads are gone when the block of `lanes` ends. What runs in one must neither log nor count:
the log's keys and the metrics belong to the thread of the request.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

MOST_AT_ONCE: Final = 10
"""Calls of one service at a time: as many as its client keeps connections for."""

_Input = TypeVar("_Input")
_Output = TypeVar("_Output")


class _InOrder(Executor):
    """Runs each task when it is submitted, in the thread that submits it."""

    def submit(self, fn: Callable[..., _Output], /, *args: Any, **kwargs: Any) -> Future[_Output]:
        """A future that is done. Never raises: the task's exception is in the future."""
        future: Future[_Output] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001  as in a thread: `result()` raises it
            future.set_exception(error)
        return future


def lanes(number: int) -> Executor:
    """Where so many tasks run at once. With one lane no thread is started."""
    return ThreadPoolExecutor(number) if number > 1 else _InOrder()


def beside(number: int) -> Executor:
    """One lane beside that many others. Beside a single one nothing runs: it is done in turn."""
    return ThreadPoolExecutor(1) if number > 1 else _InOrder()


def side_by_side(
    task: Callable[[_Input], _Output], inputs: Iterable[_Input], most: int
) -> list[_Output]:
    """What the task makes of each input, in their order; at most `most` run at once.

    If tasks fail, the exception of the first of them by order is raised, when the others that were
    begun have ended.
    """
    each = list(inputs)
    if len(each) == 1:  # most often: no future is needed for it
        return [task(each[0])]
    with lanes(min(most, len(each))) as executor:
        return list(executor.map(task, each))
