"""Options that several commands take, and how their values are read. All readers are argparse's."""

import argparse
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sms_gateway.domain.clock import from_iso
from tools.operators.parts.rows import AT_ONCE

_SLOWEST: Final = 0.1
_MINUTE: Final = timedelta(minutes=1)
_LONGEST: Final = timedelta(days=3)


def limit(text: str) -> int:
    """How many messages to show. Raises `argparse.ArgumentTypeError`."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= AT_ONCE:
        return int(text)
    raise argparse.ArgumentTypeError(f"a number from 1 to {AT_ONCE} is wanted")


def moment(text: str) -> datetime:
    """A time, or a date's midnight, in UTC unless it says otherwise.

    Raises `argparse.ArgumentTypeError`.
    """
    try:
        at = from_iso(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, ValueError):
        raise argparse.ArgumentTypeError(
            "a date or a time such as 2026-11-27T10:00 (UTC) is wanted"
        ) from None


def rate(text: str) -> float:
    """So many a second. Slower than the slowest, and what was received is handed out anew.

    Raises `argparse.ArgumentTypeError`.
    """
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not _SLOWEST <= number < math.inf:
        raise argparse.ArgumentTypeError(f"a number, at least {_SLOWEST}, is wanted")
    return number


def minutes(text: str) -> timedelta:
    """A time to wait. Raises `argparse.ArgumentTypeError`."""
    try:
        span = timedelta(minutes=float(text))
    except (OverflowError, ValueError):
        span = timedelta.min
    if not timedelta() <= span <= _LONGEST:
        raise argparse.ArgumentTypeError(f"minutes from 0 to {_LONGEST // _MINUTE} are wanted")
    return span


def show_option(parser: argparse.ArgumentParser) -> None:
    """`--show-text`, which everything that shows a message takes."""
    parser.add_argument(
        "--show-text",
        action="store_true",
        help="show whole numbers, texts and metadata; without it what is shown can be pasted",
    )


def rate_options(parser: argparse.ArgumentParser, *, per_second: float, of: str) -> None:
    """How quickly a command publishes and reads."""
    parser.add_argument(
        "--per-second",
        type=rate,
        default=per_second,
        metavar="NUMBER",
        help=f"at most so many {of} a second (default: %(default)g)",
    )
    parser.add_argument(
        "--units-per-second",
        type=rate,
        default=100.0,
        metavar="NUMBER",
        help="of a whole table, read at most so many units (8 KB) a second (default: %(default)g)",
    )


def resume_option(parser: argparse.ArgumentParser) -> None:
    """The name of the file that a run goes on by, if it is not to be the usual one."""
    parser.add_argument(
        "--resume-file",
        type=Path,
        metavar="PATH",
        help="where a run over the whole table notes how far it is (default: a file in .local)",
    )
