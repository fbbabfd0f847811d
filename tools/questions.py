"""Questions to the person at the keyboard. Piped answers do as well, one a line."""

import sys
from getpass import getpass

from rich.markup import escape

from tools.progress import console


class NoAnswerError(Exception):
    """No person is there to answer, or the piped input has no line left."""


def ask(question: str, default: str = "") -> str:
    """One line; the default if it is empty. Raises `NoAnswerError`."""
    shown = f"{question} [{default}]: " if default else f"{question}: "
    return _line(shown) or default


def ask_secretly(question: str) -> str:
    """One line that is not shown while it is typed. Raises `NoAnswerError`."""
    if not sys.stdin.isatty():  # getpass would open the terminal and read past what is piped in
        return _line(f"{question}: ")
    try:
        return getpass(f"{question} (it is not shown): ")
    except (EOFError, KeyboardInterrupt) as error:
        raise NoAnswerError from error


def agrees(question: str, *, default: bool) -> bool:
    """Whether the answer is yes. Raises `NoAnswerError`."""
    while True:
        answer = _line(f"{question} [{'Y/n' if default else 'y/N'}]: ").casefold()
        if answer in {"", "y", "yes", "n", "no"}:
            return answer.startswith("y") if answer else default
        console.print("Please answer y or n.")


def _line(shown: str) -> str:
    try:
        answer = console.input(escape(shown))
    except (EOFError, KeyboardInterrupt) as error:
        console.print()
        raise NoAnswerError from error
    if not sys.stdin.isatty():
        console.print()  # the line break that a terminal would have shown
    return answer.strip()
