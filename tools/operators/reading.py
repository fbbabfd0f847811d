"""What commands that read rows share: errors of a table, the limit, and what is shown of a row."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sms_gateway.domain.errors import StoreUnavailableError
from tools.stacks import ToolError, in_words

AT_ONCE: Final = 100
"""Rows that `BatchGetItem` reads with one call."""


@contextmanager
def store_errors() -> Iterator[None]:
    """What a table says when it says no, as `ToolError`."""
    try:
        yield
    except StoreUnavailableError as error:
        raise ToolError(in_words(error.__cause__ or error)) from error


def limit(text: str) -> int:
    """Raises `argparse.ArgumentTypeError`."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= AT_ONCE:
        return int(text)
    raise argparse.ArgumentTypeError(f"a number from 1 to {AT_ONCE} is wanted")


def show_option(parser: argparse.ArgumentParser) -> None:
    """`--show-text`, which everything that shows a message takes."""
    parser.add_argument(
        "--show-text",
        action="store_true",
        help="show whole numbers, texts and metadata; without it what is shown can be pasted",
    )


def from_place(place: dict[str, Any] | None) -> dict[str, Any]:
    """What a query is told to begin behind a place, if there is one."""
    return {"ExclusiveStartKey": place} if place else {}
