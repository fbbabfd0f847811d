"""What is done about a call that does not end in time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Watchdog:
    """Does `act`, in a thread of its own, if a block of `watching` lasts longer than `seconds`.

    One block at a time. The thread outlives a block by as long as that: starting one for each call
    costs 0.14 ms, and calls that follow each other share it.
    """

    def __init__(self, act: Callable[[], None], seconds: float) -> None:
        self._act = act
        self._seconds = seconds
        self._lock = threading.Lock()
        self._deadline: float | None = None
        self._is_awake = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the block. When it has ended, `act` is over or will not be done for it."""
        with self._lock:
            self._deadline = time.monotonic() + self._seconds
            if not self._is_awake:
                threading.Thread(target=self._watch, daemon=True).start()
                self._is_awake = True
        try:
            yield
        finally:
            with self._lock:  # so that it never acts on the next block
                self._deadline = None

    def _watch(self) -> None:
        pause = self._seconds
        while True:
            time.sleep(pause)
            with self._lock:
                # A block that began meanwhile has a later deadline than the one slept for.
                pause = 0 if self._deadline is None else self._deadline - time.monotonic()
                if pause > 0:
                    continue
                self._is_awake = False
                if self._deadline is not None:
                    self._act()
                return
