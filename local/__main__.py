"""`python -m local demo`, `… run` and `… soak --messages 300 --seed 7`."""

import argparse
import sys

from rich.markup import escape

from local.demo import demo
from local.processes import INTERRUPTED, LocalStackError, clean_up_when_stopped
from local.run import run
from local.soak import soak
from tools.progress import console


def main() -> int:
    """Run one job; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    jobs = parser.add_subparsers(dest="job", required=True)
    jobs.add_parser("demo", help="send one SMS, from the request to the SNS event")
    jobs.add_parser("run", help="keep the stack up until Ctrl-C")
    soaking = jobs.add_parser("soak", help="many messages while Voipit misbehaves")
    soaking.add_argument("--messages", type=int, default=300)
    soaking.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    clean_up_when_stopped()
    try:
        match arguments.job:
            case "demo":
                demo()
            case "run":
                run()
            case "soak":
                soak(arguments.messages, arguments.seed)
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 0 if arguments.job == "run" else INTERRUPTED
    except LocalStackError as error:
        console.print(f"[bold red]The command failed.[/bold red] {escape(str(error))}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
