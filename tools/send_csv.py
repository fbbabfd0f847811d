"""Send an SMS to every row of a CSV file; run again, it goes on and sends no message twice."""

import argparse
import fcntl
import json
import math
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.markup import escape

from sms_gateway_client import Gateway, NotFoundError, RefusedError, TryLaterError
from sms_gateway_client.address import checked_address, checked_key
from tools.bulk import Bulk, Plan
from tools.bulk_check import Findings, check
from tools.bulk_screen import BulkScreen, show_findings, show_summary
from tools.csv_columns import read_option
from tools.csv_file import CsvError
from tools.csv_results import REFUSED, UNKNOWN, ResultFile, ResultsError
from tools.csv_rows import Sheet, read_sheet
from tools.progress import console
from tools.repository import STACK_FILE

URL_VARIABLE: Final = "SMS_GATEWAY_URL"
KEY_VARIABLE: Final = "SMS_GATEWAY_API_KEY"

WELL: Final = 0
SOME_REFUSED: Final = 1
CANNOT_BEGIN: Final = 2
GAVE_UP: Final = 3
INTERRUPTED: Final = 130

_EPILOG: Final = f"""\
the file:
  What a spreadsheet program saves as "CSV UTF-8": commas, semicolons or tabs. Its first row names
  the columns: number and message, or Telefon and Mesaj, or other common names. If your
  columns have other names, name them: --columns "number=Contact,message=Anunț". The program leaves
  other columns alone.

the check:
  Before the first row is sent, the gateway looks at all of them. If rows are wrong, if one person
  is there in two spellings of one number (0721234567, +40721234567), or if suspiciously many
  numbers look rounded by a spreadsheet, all of that is listed and nothing is sent. Correct the file
  and run the same command again; or add --anyway, which leaves out what is wrong and sends the
  rest. --check only looks, and sends nothing. Limits, such as the daily limit of a number, are
  checked when rows are sent.

the gateway:
  {URL_VARIABLE} and {KEY_VARIABLE} say where it is and which key to use (the outputs of
  sam deploy tell both). If they are not set and `make run` is running, it is that stack.

running it again:
  A row is known by the name of the send, its number and its text. Running the same command again
  goes on where the last one stopped, and sends nothing twice: after Ctrl-C, after a crash, and with
  rows added to the file. Two equal rows are one message. Rows that were refused are offered again.
  To send the same rows once more, give the send another --name.
  Gateways are told apart by address: rows that one gateway has taken are offered to another.

the results:
  <file>.results.csv beside the file, written batch by batch: line, number, messageId, status,
  problem, detail, gateway.

exit status:
  {WELL}    every row was taken (with --follow: and none has failed or is unknown)
  {SOME_REFUSED}    some were refused (with --follow: or failed, or are unknown); see the results
  {CANNOT_BEGIN}    nothing was sent: the check has found something, or the file or address is wrong
  {GAVE_UP}    the gateway did not answer, or refuses these requests; run it again to go on
  {INTERRUPTED}  interrupted; run it again to go on
"""


class _WhereError(Exception):
    """It is not known where the gateway is."""


@dataclass(frozen=True, slots=True)
class Where:
    """The gateway to use."""

    url: str
    api_key: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Send one file; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        where = find_gateway(options.url, options.api_key, os.environ, STACK_FILE)
        screen = BulkScreen()
        gateway = Gateway(
            where.url, key=where.api_key, patience=options.patience, on_pause=screen.pausing
        )
        with _alone_with(options.csv), gateway:
            return _send(options, gateway, screen)
    except CsvError as error:
        _complain(f"{options.csv} cannot be sent:\n{error}")
    except (_WhereError, ResultsError) as error:
        _complain(str(error))
    except OSError as error:
        _complain(f"{error}. Run the same command again to go on.")
        return GAVE_UP
    return CANNOT_BEGIN


def find_gateway(
    url: str | None, api_key: str | None, environment: Mapping[str, str], stack_file: Path
) -> Where:
    """From the options, else from the environment, else the local stack. Raises `_WhereError`."""
    url = url or environment.get(URL_VARIABLE)
    api_key = api_key or environment.get(KEY_VARIABLE)
    if not url and not api_key and stack_file.exists():
        stack = json.loads(stack_file.read_text(encoding="utf-8"))
        url, api_key = str(stack["apiUrl"]), str(stack["apiKey"])
        console.print(f"Using the local stack of `make run`: {escape(url)}")
    if not url or not api_key:
        raise _WhereError(
            f"The gateway's address or key is missing. Set {URL_VARIABLE} and {KEY_VARIABLE}, or"
            " start `make run`."
        )
    try:
        return Where(checked_address(url), checked_key(api_key))
    except ValueError as error:
        raise _WhereError(str(error)) from error


def _send(options: argparse.Namespace, gateway: Gateway, screen: BulkScreen) -> int:
    path: Path = options.csv
    sheet = read_sheet(path, options.columns)
    plan = Plan.of(sheet.rows, options.name or path.name, sheet.wrong)
    file = ResultFile(path.with_name(f"{path.name}.results.csv"), sheet.delimiter)
    known, elsewhere = ({}, []) if options.check else file.read(gateway.url)
    bulk = Bulk(plan, known, elsewhere, file, gateway, screen, options.wait)
    stopped = _look(bulk, sheet, screen, options)
    if stopped is not None:
        return stopped
    with screen:
        bulk.rewrite()
        stopped = _ended_early(screen, lambda: _run(bulk, screen, follow=options.follow))
        bulk.rewrite()
    show_summary(bulk)
    if stopped is not None:
        return stopped
    bad = {REFUSED, "failed", UNKNOWN} if options.follow else {REFUSED}
    return SOME_REFUSED if any(r.status in bad for r in bulk.results()) else WELL


def _look(bulk: Bulk, sheet: Sheet, screen: BulkScreen, options: argparse.Namespace) -> int | None:
    """Check what is to be sent, and show what was found; the exit status if nothing is to be."""
    plan, to_send = bulk.plan, frozenset(bulk.to_send())
    found = Findings(plan.left_out)

    def look() -> None:
        nonlocal found
        screen.begin("checking", len(plan.rows), still=len(plan.rows))
        found = check(plan, sheet, to_send, bulk.gateway, screen)

    stopped = None
    if to_send:
        with screen:
            stopped = _ended_early(screen, look)
    show_findings(found, sheet)
    if stopped is not None:
        return stopped
    if found and (options.check or not options.anyway):
        _complain(
            f"{found.wrong_rows} of {plan.size} rows are wrong. Nothing was sent. Correct the file"
            " and run the same command again, or add --anyway to send the others."
            if found.wrong
            else "Nothing was sent, so that you can look at these rows first. Correct the file and"
            " run the same command again, or add --anyway to send it as it is."
        )
        return CANNOT_BEGIN
    if options.check:
        screen.say(f"Nothing is wrong with the rows, {plan.size} of them. Nothing was sent.")
        return WELL
    return None


def _run(bulk: Bulk, screen: BulkScreen, *, follow: bool) -> None:
    screen.begin("sending", len(bulk.plan.rows), still=len(bulk.to_send()))
    bulk.send()
    if follow:
        screen.begin("settling", len(bulk.taken()), still=len(bulk.unsettled()))
        bulk.follow()


def _ended_early(screen: BulkScreen, work: Callable[[], None]) -> int | None:
    """Do the work; the exit status if it did not come to its end."""
    try:
        work()
    except KeyboardInterrupt:
        screen.say("Interrupted. Run the same command again to go on.")
        return INTERRUPTED
    except TryLaterError as error:
        asks = error.retry_after
        wish = f", and it asks to wait {asks:.0f} s" if asks else ""
        screen.say(f"Given up: {error}{wish}. Run the same command again to go on.")
        return GAVE_UP
    except NotFoundError:
        screen.say(
            "The gateway cannot do this. Check that its address is the output ApiUrl of the stack,"
            " and that it is as new as this program (`make deploy` updates it)."
        )
        return GAVE_UP
    except RefusedError as error:
        screen.say(f"The gateway refuses these requests: {error}")
        return GAVE_UP
    return None


@contextmanager
def _alone_with(path: Path) -> Iterator[None]:
    """No two runs write one file of results. The lock goes with the process."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise CsvError(f"{error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CsvError("another run is sending it right now") from error
        yield


def _complain(sentence: str) -> None:
    console.print(f"[bold red]{escape(sentence)}[/bold red]")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.send_csv",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("csv", type=Path, help="the file, such as people.csv")
    parser.add_argument(
        "--name", help="the name of this send (default: the file's name, without its folder)"
    )
    parser.add_argument(
        "--columns",
        type=_columns,
        default={},
        metavar="NAMES",
        help="the names of your columns: number=Contact,message=Anunț (or one of the two)",
    )
    parser.add_argument(
        "--check", action="store_true", help="look at the file, say what is wrong, send nothing"
    )
    parser.add_argument(
        "--anyway",
        action="store_true",
        help="send the good rows even if the check has found wrong ones, and leave those out",
    )
    parser.add_argument(
        "--follow",
        action="store_true",
        help="then ask for the status of each message until all are settled (Ctrl-C stops it)",
    )
    parser.add_argument(
        "--wait",
        type=seconds,
        default=120.0,
        metavar="SECONDS",
        help="how long to offer rows again that hit a limit (default: 120)",
    )
    parser.add_argument(
        "--patience",
        type=seconds,
        default=300.0,
        metavar="SECONDS",
        help="how long to repeat a request that is not answered (default: 300)",
    )
    parser.add_argument("--url", help=f"the gateway's address (default: {URL_VARIABLE})")
    parser.add_argument(
        "--api-key",
        metavar="KEY",
        help=f"better given in {KEY_VARIABLE}: other users can see a program's options",
    )
    return parser


def _columns(text: str) -> dict[str, str]:
    try:
        return read_option(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            'say it like this: --columns "number=Contact,message=Anunț"'
        ) from error


def seconds(text: str) -> float:
    """So many seconds, given on the command line. Raises `ValueError`."""
    number = float(text)
    if not 0 <= number < math.inf:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    # A shell that starts a program in the background has it ignore Ctrl-C; who sends it means it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())
