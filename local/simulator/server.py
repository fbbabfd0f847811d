"""Listening: until a signal comes, or inside the process of a test."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from local.simulator.app import create_app
from local.simulator.settings import Settings

LOOPBACK: Final = "127.0.0.1"

# As many connections as can arrive at once; the usual 128 would turn some away.
_BACKLOG: Final = 1024
# Apache's time, and a trap for clients that reuse a connection without a second thought.
_KEEP_ALIVE_SECONDS: Final = 5.0
# Slow answers are not waited for when the simulator stops.
_SHUTDOWN_SECONDS: Final = 0.2


_log = logging.getLogger(__name__)


def _is_about_ourselves(record: logging.LogRecord) -> bool:
    """Whether a log record is not aiohttp's about a malformed request, which it would quote."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError | web.RequestPayloadError)


_log.addFilter(_is_about_ourselves)


async def serve(
    app: web.Application,
    *,
    host: str,
    port: int,
    ready: Callable[[str], None],
    stop: asyncio.Event,
) -> None:
    """Serve `app` until `stop` is set, then close everything that it opened.

    `ready` is called once with the URL, when requests are accepted; port 0 takes any free one.
    Nothing is logged per request: paths and values would end up in the log.
    """
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_log,
        keepalive_timeout=_KEEP_ALIVE_SECONDS,
        shutdown_timeout=_SHUTDOWN_SECONDS,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=_BACKLOG).start()
        address, actual_port = runner.addresses[0][:2]
        url_host = f"[{address}]" if ":" in address else address
        ready(f"http://{url_host}:{actual_port}")
        await stop.wait()
    finally:
        await runner.cleanup()


@contextmanager
def running_simulator(
    settings: Settings,
    *,
    host: str = LOOPBACK,
    port: int = 0,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[str]:
    """Run a simulator in a thread of this process; the context is its URL.

    On leaving, the simulator has stopped and pending reports are cancelled.
    """
    with running_app(lambda: create_app(settings, clock=clock), host=host, port=port) as url:
        yield url


@contextmanager
def running_app(
    create: Callable[[], web.Application], *, host: str = LOOPBACK, port: int = 0
) -> Iterator[str]:
    """Run the application that `create` makes in a thread of this process; the context is its URL.

    Raises:
        OSError: the address cannot be listened on.
    """
    started: Future[tuple[str, Callable[[], object]]] = Future()

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        await serve(
            create(),
            host=host,
            port=port,
            ready=lambda url: started.set_result(
                (url, lambda: loop.call_soon_threadsafe(stop.set))
            ),
            stop=stop,
        )

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="simulator") as pool:
        finished = pool.submit(lambda: asyncio.run(main()))
        either: list[Future[Any]] = [started, finished]
        wait(either, return_when=FIRST_COMPLETED)
        if finished.done():
            finished.result()
        url, stop_it = started.result()
        try:
            yield url
        finally:
            stop_it()
        finished.result()
