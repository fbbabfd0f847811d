"""The clients of a deployed stack: one API key each.

`python -m tools.add_client --stack-name voipit-sms-gateway --name crm` makes a key, `… --list`
shows whose keys there are, `… --remove crm` takes one away. A client sees its own messages only.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.markup import escape

from local.progress import console

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_cloudformation import CloudFormationClient

STACK_TAG: Final = "voipit-sms-gateway:stack"
"""Says which stack a key was made for. (What counts is the usage plan it is on.)"""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")
_PLAN: Final = "UsagePlanId"
_OWN_KEY: Final = "ApiKeyId"


class ClientsError(Exception):
    """It did not work, and nothing was changed unless the message says so."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client. `key_id` is how messages and events name it; the key itself is not in here."""

    key_id: str
    name: str
    belongs_to_stack: bool = False


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client that was just made, with the key it sends as `x-api-key`."""

    key_id: str
    api_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Clients:
    """The API keys on a stack's usage plan. Every method raises `ClientsError`."""

    api: "APIGatewayClient"
    stack_name: str
    plan_id: str
    own_key_id: str

    @classmethod
    def of_stack(cls, session: boto3.session.Session, stack_name: str) -> "Clients":
        """Those of the stack with this name."""
        with _aws_errors():
            outputs = _outputs(session.client("cloudformation"), stack_name)
            api = session.client("apigateway")
        if _PLAN not in outputs:
            raise ClientsError(
                f"The stack {stack_name} has no output {_PLAN}. Is it this gateway, and as new as"
                " this program? `sam deploy` brings it up to date."
            )
        return cls(api, stack_name, outputs[_PLAN], outputs.get(_OWN_KEY, ""))

    def all(self) -> list[Client]:
        """Every client, by name."""
        with _aws_errors():
            pages = self.api.get_paginator("get_usage_plan_keys").paginate(usagePlanId=self.plan_id)
            keys = [key for page in pages for key in page["items"]]
        clients = [Client(key["id"], key["name"], key["id"] == self.own_key_id) for key in keys]
        return sorted(clients, key=lambda client: client.name.casefold())

    def add(self, name: str) -> NewClient:
        """A new client with a key of its own. A key that cannot be used is not left behind."""
        if not _NAME.fullmatch(name):
            raise ClientsError(
                "A name has 1 to 64 letters, digits, spaces and . _ -, and begins with a letter or"
                " a digit."
            )
        taken = self._named(name)
        if taken:
            raise ClientsError(f'There is a client "{taken[0].name}" already.')
        with _aws_errors():
            key = self.api.create_api_key(
                name=name,
                description=f"A client of {self.stack_name}",
                enabled=True,
                tags={STACK_TAG: self.stack_name},
            )
        try:
            with _aws_errors():
                self.api.create_usage_plan_key(
                    usagePlanId=self.plan_id, keyId=key["id"], keyType="API_KEY"
                )
        except BaseException:
            self._delete(key["id"])
            raise
        return NewClient(key["id"], key["value"])

    def find(self, name: str) -> Client:
        """The client with this name, if it can be removed."""
        found = self._named(name)
        if not found:
            raise ClientsError(f'There is no client "{name}".')
        if len(found) > 1:
            ids = ", ".join(client.key_id for client in found)
            raise ClientsError(
                f'Several keys are called "{name}" ({ids}): take the right one off the usage plan'
                f" {self.plan_id} by hand."
            )
        if found[0].belongs_to_stack:
            raise ClientsError("This key belongs to the template; it goes when the stack goes.")
        return found[0]

    def remove(self, client: Client) -> None:
        """Shut a client out for good: first the key loses its plan, then it is deleted."""
        with _aws_errors():
            self.api.delete_usage_plan_key(usagePlanId=self.plan_id, keyId=client.key_id)
        self._delete(client.key_id)

    def _named(self, name: str) -> list[Client]:
        wanted = name.casefold()
        return [client for client in self.all() if client.name.casefold() == wanted]

    def _delete(self, key_id: str) -> None:
        try:
            with _aws_errors():
                self.api.delete_api_key(apiKey=key_id)
        except ClientsError as error:
            raise ClientsError(
                f"The API key {key_id} is good for nothing and could not be deleted; delete it by"
                f" hand. {error}"
            ) from error


@contextmanager
def _aws_errors() -> Iterator[None]:
    """What AWS says when it says no, as `ClientsError`."""
    try:
        yield
    except ClientError as error:
        answer = error.response["Error"]
        raise ClientsError(f"AWS refuses ({answer['Code']}): {answer['Message']}") from error
    except BotoCoreError as error:
        sentence = str(error).rstrip(".")
        raise ClientsError(f"AWS cannot be asked: {sentence}.") from error


def _outputs(cloudformation: "CloudFormationClient", stack_name: str) -> dict[str, str]:
    try:
        (stack,) = cloudformation.describe_stacks(StackName=stack_name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        raise ClientsError(
            f"There is no stack {stack_name} in {cloudformation.meta.region_name}."
        ) from error
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())}


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.add_client", description=__doc__)
    parser.add_argument("--stack-name", required=True, help="the stack's name in CloudFormation")
    parser.add_argument(
        "--region", help="where it is, if not where AWS_DEFAULT_REGION or ~/.aws says"
    )
    job = parser.add_mutually_exclusive_group(required=True)
    job.add_argument("--name", help="make a key for a client of this name")
    job.add_argument("--list", action="store_true", help="show the clients")
    job.add_argument("--remove", metavar="NAME", help="delete a client's key, after asking")
    asked = parser.parse_args(arguments)
    try:
        with _aws_errors():
            session = boto3.session.Session(region_name=asked.region)
        clients = Clients.of_stack(session, asked.stack_name)
        if asked.list:
            _show(clients.all())
        elif asked.name is not None:
            _add(clients, asked.name)
        else:
            return _remove(clients, clients.find(asked.remove))
    except ClientsError as error:
        console.print(f"[bold red]It did not work.[/bold red] {escape(str(error))}")
        return 1
    return 0


def _show(clients: Sequence[Client]) -> None:
    for client in clients:
        note = " (of the template)" if client.belongs_to_stack else ""
        console.print(escape(f"{client.key_id}  {client.name}{note}"))


def _add(clients: Clients, name: str) -> None:
    client = clients.add(name)
    console.print(f"The client {escape(name)} has a key; AWS may take a minute to know it.")
    console.print(f"  id         {client.key_id}")
    console.print(f"  x-api-key  {escape(client.api_key)}")
    console.print("The id stands in its events (message attribute client). Keep the key secret.")


def _remove(clients: Clients, client: Client) -> int:
    console.print(
        f"The client {escape(client.name)} ({client.key_id}) will be shut out for good:"
        " a new key is a new client. What it has queued is still sent, its messages stay until they"
        " expire, and nobody can read them through the API."
    )
    try:
        answer = console.input("Type its name to go on: ")
    except (EOFError, KeyboardInterrupt):
        answer = ""
    if answer.strip() != client.name:
        console.print("Nothing was changed.")
        return 1
    clients.remove(client)
    console.print("It is gone.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
