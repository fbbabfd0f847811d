"""Run a program for a person who has typed `make`: what it has explained is no error of make's.

`python -m tools.by_make send_csv …` does what `python -m tools.send_csv …` does, but ends with exit
status 0 however the program ended, so that make does not put `*** Error 2` below an explanation. An
exception that the program did not expect is none: it is shown, and make fails. A script that has
to know how it ended calls the program itself, whose --help tells its exit statuses.
"""

import sys
from importlib import import_module


def main() -> None:
    """Run the program that the first argument names with the others."""
    _, name, *arguments = sys.argv
    try:
        import_module(f"tools.{name}").main(arguments)
    except SystemExit:  # argparse has said what is wrong with the arguments, or has given help
        return


if __name__ == "__main__":
    main()
