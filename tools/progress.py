"""What a person sees while a program works: one line a step, with its time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console

console: Final = Console(highlight=False, soft_wrap=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Show that `what` is going on, then that it is done and how long it took."""
    started = time.monotonic()
    with console.status(what):
        if not console.is_terminal:
            console.print(f"… {what}")
        yield
    console.print(f"[green]✓[/green] {what} [dim]({time.monotonic() - started:.1f} s)[/dim]")
