"""The keys with which a deployed stack signs: callback URLs, cursors of lists, access tokens.

`python -m tools.rotate --stack-name voipit-sms-gateway --key callback` makes a new key. The one
before stays good for what it has signed, so a second rotation has to wait; `--now` does not wait
and ends both, which is for a key that has leaked.
"""

import argparse
import secrets
import string
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import boto3
from rich.markup import escape

from tools.progress import console
from tools.stacks import DeployedStack, ToolError, a_session, aws_errors, look_up

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

EXCLUDED: Final = "\"'\\/@ "
"""What the template excludes from these secrets, too."""
LENGTH: Final = 64
_CHARACTERS: Final = [
    character
    for character in string.ascii_letters + string.digits + string.punctuation
    if character not in EXCLUDED
]
_DEADLINE: Final = "ReportDeadlineMinutes"
LONGEST_DEADLINE: Final = 1440
LONGEST_LIFE_OF_A_TOKEN: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
REMEMBERED_MINUTES: Final = 5
"""How long a function uses a key without asking for it again."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A key that can be rotated: the stack's output that names its secret, what it has signed."""

    output: str
    signed: str
    lost: str
    """What happens to the signed URLs, cursors or tokens once their key is gone."""
    needed_for: timedelta = _DAY
    """How long after a rotation what the key before has signed can still come."""


KINDS: Final = {
    "callback": Kind(
        "CallbackKeySecretArn",
        "delivery reports that are under way",
        "reports about messages that were sent until now are refused, and so are some about"
        f" messages of the next {REMEMBERED_MINUTES} minutes. Those messages become no_report, or"
        " are sent once more if they were unconfirmed and their sender chose to resend",
    ),
    "cursor": Kind(
        "CursorKeySecretArn",
        "cursors that callers hold",
        "cursors that were given out until now are refused (400), and lists begin anew",
    ),
    "tokens": Kind(
        "TokenKeySecretArn",
        "access tokens that pages hold",
        "access tokens that were given out until now are refused (401), and so are some of the next"
        f" {REMEMBERED_MINUTES} minutes. Pages ask their servers for new ones",
        LONGEST_LIFE_OF_A_TOKEN + timedelta(minutes=REMEMBERED_MINUTES),
    ),
}


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """The secret of one kind of key in one stack. Every method raises `ToolError`.

    `needed_for`: how long after a rotation the key before can still be asked for.
    """

    client: "SecretsManagerClient"
    arn: str
    needed_for: timedelta

    @classmethod
    def of_stack(
        cls, session: boto3.session.Session, stack_name: str, kind: Kind
    ) -> "SigningSecret":
        """The one of the stack with this name."""
        stack = look_up(session, stack_name)
        arn = stack.output(kind.output)
        with aws_errors():
            client = session.client("secretsmanager")
        needed_for = kind.needed_for
        if kind is KINDS["callback"]:
            # A report that is a day late still counts.
            needed_for += timedelta(minutes=_report_deadline(stack))
        return cls(client, arn, needed_for)

    def rotated_at(self) -> datetime | None:
        """When the current key was made; `None` if it is the first one."""
        made: dict[str, datetime] = {}
        with aws_errors():
            page = self.client.list_secret_version_ids(SecretId=self.arn)
            versions = page["Versions"]
            while following := page.get("NextToken"):
                page = self.client.list_secret_version_ids(SecretId=self.arn, NextToken=following)
                versions += page["Versions"]
        for version in versions:
            made |= dict.fromkeys(version.get("VersionStages", ()), version["CreatedDate"])
        return made.get("AWSCURRENT") if "AWSPREVIOUS" in made else None

    def rotate(self) -> None:
        """A new key. The current one becomes the one before, the one before is gone."""
        key = "".join(secrets.choice(_CHARACTERS) for _ in range(LENGTH))
        with aws_errors():
            self.client.put_secret_value(SecretId=self.arn, SecretString=key)


def _report_deadline(stack: DeployedStack) -> int:
    """Minutes; the longest possible if the stack does not tell."""
    return int(stack.parameters.get(_DEADLINE) or LONGEST_DEADLINE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.rotate", description=__doc__)
    parser.add_argument("--stack-name", required=True, help="the stack's name in CloudFormation")
    parser.add_argument(
        "--region", help="the stack's region (default: as AWS_DEFAULT_REGION or ~/.aws says)"
    )
    parser.add_argument("--key", required=True, choices=sorted(KINDS), help="which key")
    parser.add_argument(
        "--now",
        action="store_true",
        help="a key has leaked: end the current one and the one before at once, after asking",
    )
    parser.add_argument("--yes", action="store_true", help="with --now: do not ask")
    asked = parser.parse_args(arguments)
    if asked.yes and not asked.now:
        parser.error("--yes is the answer to what --now asks")
    kind = KINDS[asked.key]
    try:
        session = a_session(asked.region)
        secret = SigningSecret.of_stack(session, asked.stack_name, kind)
        if asked.now:
            return _end_both(secret, kind, asked.stack_name, is_sure=asked.yes)
        return _rotate(secret, kind, asked.key)
    except ToolError as error:
        console.print(f"[bold red]The command failed.[/bold red] {escape(str(error))}")
        return 1


def _rotate(secret: SigningSecret, kind: Kind, key: str) -> int:
    rotated_at = secret.rotated_at()
    if rotated_at is not None and utc_now() < rotated_at + secret.needed_for:
        console.print(
            f"[bold red]Not yet.[/bold red] The key was rotated at {_told(rotated_at)}, and the one"
            f" before is still needed for {kind.signed}. It can be rotated again from"
            f" {_told(rotated_at + secret.needed_for + _MINUTE)} on. Nothing was changed. If a key"
            " has leaked, NOW=1 (--now) ends both at once."
        )
        return 1
    secret.rotate()
    console.print(
        f"The {key} key is rotated; within {REMEMBERED_MINUTES} minutes every function uses the new"
        f" one. The one before stays good for {kind.signed}. It can be rotated again from"
        f" {_told(utc_now() + secret.needed_for + _MINUTE)} on."
    )
    return 0


def _end_both(secret: SigningSecret, kind: Kind, stack_name: str, *, is_sure: bool) -> int:
    console.print(
        f"The current key and the one before will both be ended. The consequence: {kind.lost}."
        f" A function that remembers them takes them for up to {REMEMBERED_MINUTES} minutes more."
    )
    if not is_sure:
        try:
            answer = console.input("Type the stack's name to go on: ")
        except (EOFError, KeyboardInterrupt):
            answer = ""
        if answer.strip() != stack_name:
            console.print("Nothing was changed.")
            return 1
    secret.rotate()
    try:
        secret.rotate()
    except ToolError as error:
        raise ToolError(
            "The key was rotated once and not twice, so the key that was current until now is"
            f" still valid. Run the command again. {error}"
        ) from error
    console.print("Both keys are ended.")
    return 0


def _told(at: datetime) -> str:
    """The minute of a moment, for people."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
