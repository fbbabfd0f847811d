"""Starts the simulator: `python -m local.simulator --account 400123 --password …`."""

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import Final

from local.simulator.app import create_app
from local.simulator.server import LOOPBACK, serve
from local.simulator.settings import InvalidSettingError, Settings, changed

PASSWORD_VARIABLE: Final = "VOIPIT_PASSWORD"  # noqa: S105 # the variable's name, not a password

_NUMBERS: Final = (
    ("carrierDelay", "--carrier-delay", float, "seconds until a message is with the carrier"),
    ("lateReportDelay", "--late-report-delay", float, "seconds until a late report"),
    ("slowAnswer", "--slow-answer", float, "seconds a slow answer takes"),
    ("invalidRequestLimit", "--invalid-request-limit", int, "invalid requests that are tolerated"),
    ("invalidRequestWindow", "--invalid-request-window", float, "seconds until they are forgotten"),
    ("blockDuration", "--block-duration", float, "seconds an IP stays blocked"),
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.simulator", description="A simulator of Voipit."
    )
    parser.add_argument("--host", default=LOOPBACK, help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port; 0 takes any free one")
    parser.add_argument("--account", required=True, help="the account number")
    parser.add_argument(
        "--password",
        default=os.environ.get(PASSWORD_VARIABLE),
        help=f"the account's API password; better given in ${PASSWORD_VARIABLE}, "
        "which does not show in the list of processes",
    )
    for name, option, kind, explanation in _NUMBERS:
        parser.add_argument(option, dest=name, type=kind, help=explanation)
    return parser


def _settings(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> Settings:
    if not arguments.password:
        parser.error(f"a password is needed: --password or ${PASSWORD_VARIABLE}")
    given = {
        name: getattr(arguments, name)
        for name, *_ in _NUMBERS
        if getattr(arguments, name) is not None
    }
    try:
        return changed(
            Settings(account_number=arguments.account, password=arguments.password), given
        )
    except InvalidSettingError as error:
        parser.error(str(error))


def _announce(url: str) -> None:
    sys.stdout.write(json.dumps({"url": url}) + "\n")
    sys.stdout.flush()


async def _run(settings: Settings, host: str, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(create_app(settings), host=host, port=port, ready=_announce, stop=stop)


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; 0 after a clean stop, 1 if the address is not to be had."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    settings = _settings(parser, arguments)
    try:
        asyncio.run(_run(settings, arguments.host, arguments.port))
    except OSError as error:
        sys.stderr.write(f"cannot listen on {arguments.host}:{arguments.port}: {error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
