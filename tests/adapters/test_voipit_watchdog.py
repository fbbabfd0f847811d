import threading
import time
from threading import Event

import pytest

from sms_gateway.adapters.voipit.watchdog import Watchdog


def in_time(what: Event) -> bool:
    return what.wait(10)


def test_a_block_that_lasts_too_long_is_acted_on_while_it_lasts() -> None:
    acted = Event()

    with Watchdog(acted.set, 0.01).watching():
        assert in_time(acted)


def test_a_block_that_ends_in_time_is_left_alone() -> None:
    acted = Event()
    watchdog = Watchdog(acted.set, 2)

    with watchdog.watching():
        pass

    assert not acted.wait(2.1)


def test_each_block_has_the_whole_time() -> None:
    acted: list[float] = []
    watchdog = Watchdog(lambda: acted.append(time.monotonic()), 2)
    with watchdog.watching():
        time.sleep(0.6)

    began = time.monotonic()
    with watchdog.watching():
        while not acted:
            time.sleep(0.005)

    assert acted[0] - began >= 2


def test_blocks_that_follow_each_other_share_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    start = threading.Thread.start

    def noting_start(thread: threading.Thread) -> None:
        started.append(thread.name)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", noting_start)
    watchdog = Watchdog(lambda: None, 3)
    for _ in range(50):
        with watchdog.watching():
            pass

    assert len(started) == 1


def test_a_block_after_a_rest_is_watched_as_well() -> None:
    acted = Event()
    before = threading.active_count()
    watchdog = Watchdog(acted.set, 0.02)
    with watchdog.watching():
        pass
    while threading.active_count() > before:
        time.sleep(0.005)

    with watchdog.watching():
        assert in_time(acted)


def test_an_act_that_fails_does_not_keep_later_blocks_from_being_watched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed, acted = Event(), Event()
    monkeypatch.setattr(threading, "excepthook", lambda _: failed.set())

    def fail_once() -> None:
        if not failed.is_set():
            raise OSError
        acted.set()

    watchdog = Watchdog(fail_once, 0.01)
    with watchdog.watching():
        assert in_time(failed)
    with watchdog.watching():
        assert in_time(acted)
