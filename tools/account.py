"""The account at Voipit that a deployed stack sends with: `make account` runs this.

It asks for account number and API password, tries them with a ping, which sends nothing, and puts
them into the stack's secret. Neither is ever on a command line or in a file.

To change the password, change it at Voipit first and run this at once. The gateway's first request
with the old one is refused, and from then on messages wait; within a minute after the secret has
changed it pings, and sends them. The other way round it would be the gateway that brings the wrong
password, and nothing would tell it when to try again.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import boto3
from rich.markup import escape

from sms_gateway.adapters.secrets import RememberedSecret, VoipitAccounts
from sms_gateway.adapters.voipit.client import VoipitClient
from sms_gateway.adapters.voipit.transport import VoipitSession
from sms_gateway.domain.account import Account
from sms_gateway.domain.errors import AccountMissingError, SecretUnavailableError
from sms_gateway.domain.outcome import Outcome
from sms_gateway.domain.status import Reason, Trigger
from tools.progress import console
from tools.questions import NoAnswerError, agrees, ask, ask_secretly
from tools.stacks import DeployedStack, ToolError, a_session, aws_errors, look_up

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

PINGS: Final = 3
"""At most, in all: a wrong password is an invalid request, and too many get us blocked."""
PAUSE: Final = 3.0
"""Seconds before the next ping."""
_NUMBER: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PASSWORD: Final = re.compile(r"[^\x00-\x1f\x7f]{1,128}")

_REFUSED: Final = {
    Reason.CREDENTIALS_REJECTED: (
        "Voipit refuses this account (401): it does not know the account number, or the account's"
        " API module is off, or the password is wrong. That counted as an invalid request against"
        " the address of this machine, and too many of them get it blocked."
    ),
    Reason.PATH_NOT_FOUND: (
        "Voipit does not know the address that was called (404). That counted as an invalid"
        " request, too. Check the stack's parameter VoipitBaseUrl."
    ),
    Reason.IP_BLOCKED: (
        "Voipit has blocked the address of this machine (403.6), after too many invalid requests"
        " from it, and has not looked at the account. The block ends by itself after a while. The"
        " gateway calls from another address."
    ),
}
"""What the refusals of a ping mean."""


@dataclass(frozen=True, slots=True)
class AccountSecret:
    """The secret of a stack that holds the account. Every method raises `ToolError`."""

    client: "SecretsManagerClient"
    arn: str

    @classmethod
    def of_stack(cls, session: boto3.session.Session, stack: DeployedStack) -> "AccountSecret":
        """The one of this stack."""
        arn = stack.output("VoipitSecretArn")
        with aws_errors():
            return cls(session.client("secretsmanager"), arn)

    def get(self) -> Account | None:
        """The account in it; `None` if it holds none, by the gateway's own reading."""
        try:
            return VoipitAccounts(RememberedSecret(self.client, self.arn), "").refreshed()
        except AccountMissingError:
            return None
        except SecretUnavailableError as error:
            raise ToolError(
                f"The secret {self.arn} cannot be read. Check that you are allowed to call"
                " secretsmanager:GetSecretValue."
            ) from error

    def put(self, account: Account) -> None:
        """From now on the gateway sends with this account."""
        text = json.dumps({"accountNumber": account.number, "password": account.password})
        with aws_errors():
            self.client.put_secret_value(SecretId=self.arn, SecretString=text)


@dataclass(slots=True)
class Trial:
    """Pings, a few in all."""

    client: VoipitClient
    pause: Callable[[float], None] = time.sleep
    left: int = field(default=PINGS)

    def ping(self, account: Account) -> Outcome | None:
        """What Voipit says to the account; `None` once it has not answered and no ping is left."""
        while self.left:
            if self.left < PINGS:
                self.pause(PAUSE)
            self.left -= 1
            outcome = self.client.ping(account)
            if outcome.trigger is Trigger.ACCEPTED or outcome.reason in _REFUSED:
                return outcome
            console.print(f"Voipit gave no clear answer ({outcome.reason}).")
        return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.account",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack-name", required=True, help="the stack's name in CloudFormation")
    parser.add_argument(
        "--region", help="the stack's region (default: as AWS_DEFAULT_REGION or ~/.aws says)"
    )
    asked = parser.parse_args(arguments)
    try:
        session = a_session(asked.region)
        stack = look_up(session, asked.stack_name)
        return 0 if fill(session, stack) else 1
    except ToolError as error:
        console.print(f"[bold red]The command failed.[/bold red] {escape(str(error))}")
        return 1


def fill(session: boto3.session.Session, stack: DeployedStack) -> bool:
    """Ask for the account, try it, store it; whether it is stored. Raises `ToolError`."""
    secret = AccountSecret.of_stack(session, stack)
    base_url = stack.parameter("VoipitBaseUrl")
    console.print(
        f"The account at Voipit of the stack {stack.name}. This command tries it before it stores"
        " it, by a"
        f" ping to {escape(base_url)}, which sends no SMS."
    )
    try:
        account = _tried(Trial(VoipitClient(base_url, VoipitSession())))
    except NoAnswerError:
        account = None
    if account is None:
        console.print("Nothing was stored.")
        return False
    secret.put(account)
    console.print(
        "The account is stored. The gateway reads it within a minute if it was waiting for an"
        " account (GET"
        " /provider shows that), and within five minutes otherwise."
    )
    return True


def _tried(trial: Trial) -> Account | None:
    """An account that Voipit has answered, or that is to be stored all the same."""
    while True:
        account = _asked_for()
        outcome = trial.ping(account)
        if outcome is not None and outcome.trigger is Trigger.ACCEPTED:
            console.print("[green]✓[/green] Voipit knows this account.")
            return account
        said = _REFUSED.get(outcome.reason) if outcome is not None and outcome.reason else None
        is_wrong = outcome is not None and outcome.reason is not Reason.IP_BLOCKED
        if said:
            console.print(escape(said))
        if not is_wrong:
            console.print("So it is unknown whether the account is right.")
            return account if agrees("Store it untried?", default=False) else None
        if outcome is not None and outcome.reason is Reason.PATH_NOT_FOUND:
            return None
        if not trial.left:
            console.print(
                f"{PINGS} tries have failed, and more could get this machine's address blocked."
                " Look the account up at Voipit."
            )
            return None
        console.print(
            f"Tries left: {trial.left}. Enter the account again, or press Ctrl-C to stop:"
        )


def _asked_for() -> Account:
    """Raises `NoAnswerError`."""
    while not _NUMBER.fullmatch(number := ask("Account number")):
        console.print('An account number has letters, digits, "_" and "-", at most 64.')
    while not _PASSWORD.fullmatch(password := ask_secretly("API password")):
        console.print("A password has 1 to 128 characters, none of them a control character.")
    return Account(number, password, "")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
