"""The part that all operators' commands share: arguments, exit statuses, the question, the answer.

The answer goes to stdout: lines for people, or with `--json` one JSON document. Everything else
(progress, plans, questions, problems) goes to stderr.
"""

import argparse
import json
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, NoReturn

import boto3
from botocore.config import Config
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from tools.stacks import DeployedStack, ToolError, a_session, aws_errors, look_up

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CONFIG: Final = Config(
    connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 5}
)
"""A person waits: longer time-outs and more repetitions than a function has."""


class Exit(IntEnum):
    """The exit status of every operators' command."""

    DONE = 0
    NOTHING_FOUND = 1
    USAGE = 2
    """The arguments are wrong; argparse has said how."""
    PARTLY = 3
    """Some of it is done. The same command once more does the rest, unless what it names is refused
    for good or cannot be read."""
    REFUSED = 4
    """The operator did not agree, or a rule forbids it. Nothing was changed."""
    AWS = 5
    """AWS refused or did not answer, or there is no such stack."""
    BROKEN = 70
    """The program has a fault, and Python has told where. (1, its own exit status, means more.)"""


EPILOG: Final = (
    "Exit statuses: 0 done, 1 nothing found, 2 wrong arguments, 3 partly done (repeat the command,"
    " unless what it names is refused or cannot be read),"
    " 4 not agreed to or not allowed, 5 AWS refused or did not answer, 70 a fault of the program."
)
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Control characters: in a text or an id they could rewrite what the operator's screen shows."""
_UNSEEN_IN_JSON: Final = re.compile(r"[\x7f-\x9f]")
"""Those that `json.dumps` leaves as they are."""


class RefusedError(Exception):
    """The operator did not agree, or a rule forbids it; nothing was changed. The text says why."""


def printable(text: str) -> str:
    """The text in one line, its control characters as Python writes them."""
    return _UNSEEN.sub(lambda found: repr(found[0])[1:-1], text)


@dataclass(frozen=True, slots=True)
class Operator:
    """The person who runs a command, the stack it is about, and where they read the answer."""

    session: boto3.session.Session
    stack: DeployedStack
    asked: argparse.Namespace
    screen: Console
    _clients: dict[str, Any] = field(default_factory=dict)

    def aws(self, service: str) -> Any:
        """A client with time-outs, always the same. Raises `ToolError`."""
        if service not in self._clients:
            with aws_errors():
                self._clients[service] = self.session.client(service, config=CONFIG)  # type: ignore[call-overload]  # any service
        return self._clients[service]

    def dynamodb(self) -> "DynamoDBClient":
        """The client for both tables. Raises `ToolError`."""
        client: DynamoDBClient = self.aws("dynamodb")
        return client

    def identity(self) -> str:
        """The ARN of the person or role that AWS sees. Raises `ToolError`."""
        with aws_errors():
            arn: str = self.aws("sts").get_caller_identity()["Arn"]
        return arn

    def say(self, sentence: str) -> None:
        """Tell the person something that is not the answer."""
        self.screen.print(escape(printable(sentence)))

    def answer(self, result: Mapping[str, Any], lines: Iterable[str]) -> None:
        """The answer: `result` with the stack and region if JSON is asked for, else the lines."""
        if self.asked.json:
            about = {"stack": self.stack.name, "region": self.stack.region}
            text = json.dumps({**about, **result}, ensure_ascii=False, indent=2)
            print(_UNSEEN_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text))  # noqa: T201  the answer
        else:
            for line in lines:
                print(printable(line))  # noqa: T201  the answer itself

    def agrees_to(self, plan: Iterable[str]) -> bool:
        """Show the plan; whether to carry it out. `--dry-run` does not, `--yes` does not ask.

        Raises `RefusedError` if the person does not type the stack's name.
        """
        for line in plan:
            self.say(line)
        if self.asked.dry_run:
            self.say("Nothing was changed (--dry-run).")
            return False
        if not self.asked.yes:
            self.screen.print(f"Type {escape(self.stack.name)} to go on: ", end="")
            if sys.stdin.readline().strip() != self.stack.name:
                raise RefusedError("Nothing was changed.")
        return True

    @contextmanager
    def progress(self, what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        """Show how far it is: the context counts on by what it is called with.

        Without a terminal the screen gets a line at the beginning and one at the end.
        """
        counted = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        columns = (*counted, TimeElapsedColumn(), TimeRemainingColumn())
        done = 0

        def more(count: int) -> None:
            nonlocal done
            done += count
            bar.advance(task, count)

        with Progress(*columns, console=self.screen, transient=True) as bar:
            task = bar.add_task(what, total=total)
            if not self.screen.is_terminal:
                self.say(f"… {what}")
            yield more
        self.say(f"✓ {what}: {done}")


@dataclass(frozen=True, slots=True)
class Command:
    """One operators' command: `python -m tools.operators.<name>`, `make <name>`.

    `changes`: it writes, so it has `--dry-run` and `--yes`.
    """

    name: str
    description: str
    arguments: Callable[[argparse.ArgumentParser], None]
    do: Callable[[Operator], Exit]
    changes: bool = False

    def main(self, arguments: Sequence[str] | None = None) -> int:
        """Do what the command line says; returns the exit status."""
        asked = self.parser().parse_args(arguments)
        screen = Console(stderr=True, highlight=False, soft_wrap=True)
        try:
            session = a_session(asked.region, asked.profile)
            stack = look_up(session, asked.stack_name)
            return self.do(Operator(session, stack, asked, screen))
        except RefusedError as error:
            screen.print(escape(printable(str(error))))
            return Exit.REFUSED
        except ToolError as error:
            screen.print(
                f"[bold red]The command failed.[/bold red] {escape(printable(str(error)))}"
            )
            return Exit.AWS
        except KeyboardInterrupt:
            screen.print("Stopped. The same command once more goes on.")
            return Exit.PARTLY

    def run(self) -> NoReturn:
        """Do what the process was started for, and end it with the exit status."""
        try:
            status = self.main()
        except Exception:  # noqa: BLE001  any fault: Python would end with 1, "nothing found"
            traceback.print_exc()
            status = Exit.BROKEN
        sys.exit(status)

    def parser(self) -> argparse.ArgumentParser:
        """The command's arguments with those of all commands."""
        parser = argparse.ArgumentParser(
            prog=f"python -m tools.operators.{self.name}",
            description=self.description,
            epilog=EPILOG,
        )
        self.arguments(parser)
        shared = parser.add_argument_group("the stack and the answer")
        shared.add_argument(
            "--stack-name", required=True, help="the stack's name in CloudFormation"
        )
        shared.add_argument(
            "--region", help="the stack's region (default: as AWS_DEFAULT_REGION or ~/.aws says)"
        )
        shared.add_argument("--profile", help="the profile of ~/.aws to use")
        shared.add_argument("--json", action="store_true", help="answer with one JSON document")
        if self.changes:
            shared.add_argument(
                "--dry-run", action="store_true", help="show what would be changed, and end"
            )
            shared.add_argument("--yes", action="store_true", help="do not ask")
        return parser
