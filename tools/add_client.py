"""The clients of a deployed stack, and their API keys: `make client` runs this.

A client sees its own messages only, with any of its keys. `--name crm` makes a key for the client
crm, its first or a further one; `--list` shows the clients with the ids of their keys; `--remove`
takes one key away, by its id, or a client with all its keys, by its name.
"""

import argparse
import sys
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from rich.markup import escape

from sms_gateway.domain.client import Role
from tools.client_keys import ClientKeys, Key
from tools.progress import console
from tools.stacks import ToolError, a_session

_DONE: Final = 0
_NOT_DONE: Final = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.name is None and (asked.role or asked.key):
        parser.error("--role and --key go with --name")
    role = Role(asked.role) if asked.role else None
    try:
        keys = ClientKeys.of_stack(a_session(asked.region), asked.stack_name)
        if asked.list:
            return _show(keys)
        if asked.remove is not None:
            return _remove(keys, asked.remove, asks=not asked.yes)
        if asked.key:
            return _enter(keys, asked.key, asked.name, role, asks=not asked.yes)
        return _add(keys, asked.name, role)
    except ToolError as error:
        console.print(f"[bold red]The command failed.[/bold red] {escape(str(error))}")
        return _NOT_DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.add_client", description=__doc__)
    parser.add_argument("--stack-name", required=True, help="the stack's name in CloudFormation")
    parser.add_argument(
        "--region", help="the stack's region (default: as AWS_DEFAULT_REGION or ~/.aws says)"
    )
    job = parser.add_mutually_exclusive_group(required=True)
    job.add_argument("--name", help="make a key for the client of this name, new or not")
    job.add_argument("--list", action="store_true", help="show the clients and their keys' ids")
    job.add_argument(
        "--remove",
        metavar="KEY_ID|NAME",
        help="delete a key, or all keys of a client, after asking",
    )
    parser.add_argument(
        "--role",
        choices=[*map(str, Role)],
        help="with --name: the role of a new client (default: client)",
    )
    parser.add_argument(
        "--key",
        metavar="KEY_ID",
        help="with --name: enter this key, which has no client yet, instead of making one",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    return parser


def _show(keys: ClientKeys) -> int:
    notes, every = keys.notes(), keys.all()
    for client, theirs in groupby(every, key=lambda key: key.client):
        console.print(escape(f"{client.name} ({client.role})"))
        for key in theirs:
            told = [
                *notes.get(key.key_id, []),
                *(["of the template"] if key.of_template else []),
                *([] if key.entered else [f'called "{key.name}", never entered']),
            ]
            console.print(escape(f"  {key.key_id}  {', '.join(told)}".rstrip()))
    if keys.list_again(every):
        console.print("The directory of clients, which operators see, was put in order.")
    return _DONE


def _add(keys: ClientKeys, name: str, role: Role | None) -> int:
    new = keys.add(name, role)
    one = f"{len(new.others) + 1} keys now" if new.others else "a key"
    console.print(
        f"The {new.client.role} {name} has {one}; AWS can take a minute to accept the new one."
    )
    console.print(f"  id         {new.key_id}")
    console.print(f"  x-api-key  {escape(new.api_key)}")
    console.print("Keep the key secret.")
    for other in new.others:
        console.print(
            f"When no program uses {other} any more: make client REMOVE={other}"
            f" STACK={keys.stack_name}"
        )
    return _DONE


def _enter(keys: ClientKeys, key_id: str, name: str, role: Role | None, *, asks: bool) -> int:
    key, client = keys.to_enter(key_id, name, role)
    if client.name != key_id:
        console.print(
            f"So far the key {key_id} is a client of its own. As a key of {name} it will not read,"
            " list or cancel the messages it has sent until now, and its ids and its daily count"
            " begin"
            " anew. The functions take up to a minute to notice; send nothing with it until then."
        )
        if asks and not _agreed(key_id):
            return _NOT_DONE
    keys.enter(key, client)
    console.print(f"The key {key_id} belongs to the {client.role} {name}.")
    return _DONE


def _remove(keys: ClientKeys, wanted: str, *, asks: bool) -> int:
    found, others = keys.find(wanted)
    client = found[0].client
    what = "key" if len(found) == 1 else "keys"
    ids, left = (", ".join(key.key_id for key in some) for some in (found, others))
    console.print(f"The {what} {ids} of the {client.role} {client.name} will be deleted for good.")
    console.print(f"It keeps {left}." if left else _shut_out(found[0]))
    if asks and not _agreed(wanted if found[0].key_id == wanted else client.name):
        return _NOT_DONE
    keys.remove(found)
    console.print("Deleted. AWS can take a minute to refuse it.")
    return _DONE


def _shut_out(last: Key) -> str:
    """What happens to a client without a key."""
    name = last.client.name
    if last.client.role is Role.OPERATOR:
        return "No other key is left: this shuts the operator out."
    told = (
        "No other key is left: this shuts the client out. Its queued messages are still sent, and"
        " its"
        " messages stay until they expire."
    )
    if last.entered:
        return f"{told} A new key of {name} would read them again."
    return (
        f"{told} No key will read them any more, unless this one is entered first"
        f" (NAME={name} KEY={name}) and a second one is made."
    )


def _agreed(to_type: str) -> bool:
    """Whether the person at the keyboard types this."""
    try:
        answer = console.input(f"Type {to_type} to go on: ")
    except (EOFError, KeyboardInterrupt):
        answer = ""
    if answer.strip() == to_type:
        return True
    console.print("Nothing was changed.")
    return False


if __name__ == "__main__":
    sys.exit(main())
