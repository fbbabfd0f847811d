"""The API keys of a deployed stack, and the client that each of them belongs to.

A key is on the stack's usage plan, which lets it in, and has a row in the table `Guards`, which
says which client it belongs to (adapters/clients_table.py). The row is there before the key is let
in, and stays for a day after it is not any more.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import boto3

from sms_gateway.adapters.clients_table import ClientsTable
from sms_gateway.adapters.dynamodb import ConditionFailedError
from sms_gateway.domain.client import (
    Client,
    ListedKey,
    Role,
    digest_identity,
    is_client_name,
)
from sms_gateway.domain.errors import StoreUnavailableError
from tools.stacks import ToolError, aws_errors, in_words, look_up

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

STACK_TAG: Final = "voipit-sms-gateway:stack"
"""Says which stack a key was made for. (What counts is the usage plan it is on.)"""
ROW_KEPT: Final = timedelta(days=1)
"""How long a removed key's row stays: by far longer than API Gateway can still let the key in."""

_PLAN: Final = "UsagePlanId"
_OWN_KEY: Final = "ApiKeyId"
_GUARDS: Final = "GuardsTable"
_AWS: Final = (".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws")


class ClientsError(ToolError):
    """It did not work, and nothing was changed unless the message says so."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is let in; the key itself is not in here.

    `name` is what API Gateway calls it. `entered`: there is a row for it; without one `client` is
    named after its id.
    """

    key_id: str
    name: str
    client: Client
    entered: bool
    of_template: bool


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made, with what its owner sends as `x-api-key`."""

    key_id: str
    api_key: str = field(repr=False)
    client: Client
    others: Sequence[str]
    """The ids of the keys that the client has had before."""


@dataclass(frozen=True, slots=True)
class ClientKeys:
    """The keys on a stack's usage plan. Every method raises `ClientsError`."""

    api: "APIGatewayClient"
    table: ClientsTable
    stack_name: str
    plan_id: str
    own_key_id: str

    @classmethod
    def of_stack(cls, session: boto3.session.Session, stack_name: str) -> "ClientKeys":
        """Those of the stack with this name."""
        with _aws_errors():
            stack = look_up(session, stack_name)
            plan, guards = stack.output(_PLAN), stack.output(_GUARDS)
            api, dynamodb = session.client("apigateway"), session.client("dynamodb")
        table = ClientsTable(dynamodb, guards)
        return cls(api, table, stack_name, plan, stack.outputs.get(_OWN_KEY, ""))

    def all(self) -> list[Key]:
        """Every key, by the names of their clients."""
        with _aws_errors():
            pages = self.api.get_paginator("get_usage_plan_keys").paginate(usagePlanId=self.plan_id)
            on_plan = {key["id"]: key["name"] for page in pages for key in page["items"]}
            rows = {key_id: self.table.get(key_id) for key_id in on_plan}
        keys = [
            Key(
                key_id,
                name,
                rows[key_id] or Client(key_id),
                entered=rows[key_id] is not None,
                of_template=key_id == self.own_key_id,
            )
            for key_id, name in on_plan.items()
        ]
        return sorted(keys, key=lambda key: (key.client.name.casefold(), key.key_id))

    def clients_ever(self) -> list[str]:
        """The names of all clients that these programs know, with a key or without one today.

        A key that was let in, never entered and deleted without these programs is not among them.
        """
        keys = self.all()
        with _aws_errors():
            names = set(self.table.directory().names)
            names |= {key.client.name for key in keys if key.entered}
            for key in keys:
                if not key.entered:
                    names |= set(self._identities(key.key_id, self._api_key(key.key_id)))
        return sorted(names)

    def list_again(self, keys: Sequence[Key]) -> bool:
        """Put the directory in order, which holds these keys and no others; whether it was not.

        Other programs can have made and deleted keys, and an earlier release knows no directory.
        """
        with _aws_errors():
            directory = self.table.directory()
            wanted = frozenset(map(self._listed, keys))
            names = {key.client.name for key in keys if key.entered}
            if directory.keys == wanted and names <= directory.names:
                return False
            self.table.unlist((directory.keys or frozenset()) - wanted)
            self.table.know(names, wanted)
        return True

    def notes(self) -> dict[str, list[str]]:
        """By the ids of keys, what API Gateway tells: when it was made, whether it is disabled."""
        notes: dict[str, list[str]] = {}
        with _aws_errors():
            for page in self.api.get_paginator("get_api_keys").paginate():
                for key in page["items"]:
                    made = key.get("createdDate")
                    notes[key["id"]] = [f"made {made.astimezone(UTC):%Y-%m-%d}"] if made else []
                    if not key.get("enabled", True):
                        notes[key["id"]].append("disabled")
        return notes

    def add(self, name: str, role: Role | None) -> NewKey:
        """A key for the client of this name, its first or a further one.

        Without a role it is the one that the client has. A key that could not be made usable
        is not left behind.
        """
        keys = self.all()
        client = _client_called(name, role, keys)
        with _aws_errors():
            others = list(map(self._listed, keys))
            made = self.api.create_api_key(
                name=name,
                description=f"A key of the client {name} of {self.stack_name}",
                enabled=True,
                tags={STACK_TAG: self.stack_name},
            )
        key_id, api_key = made["id"], made["value"]
        try:
            with _aws_errors():
                # The row first. A key that is let in without one is a client of its own, and the
                # functions remember for a minute that a key has none.
                for identity in self._identities(key_id, api_key):
                    self.table.enter(identity, client)
                self.table.know({client.name}, [ListedKey(key_id, client), *others])
                self.api.create_usage_plan_key(
                    usagePlanId=self.plan_id, keyId=key_id, keyType="API_KEY"
                )
        except BaseException:
            with suppress(ClientsError):  # it might be on the plan although AWS did not say so
                self._take_off_the_plan(key_id)
            self._delete(key_id, api_key)
            with suppress(ClientsError), _aws_errors():
                self.table.unlist([ListedKey(key_id, client)])
            raise
        its_others = [key.key_id for key in keys if key.client == client]
        return NewKey(key_id, api_key, client, its_others)

    def to_enter(self, key_id: str, name: str, role: Role | None) -> tuple[Key, Client]:
        """A key that was never entered, and the client that it is to belong to."""
        keys = self.all()
        found = next((key for key in keys if key.key_id == key_id), None)
        if found is None:
            raise ClientsError(f'There is no key with the id "{key_id}".')
        if found.entered:
            raise ClientsError(
                f"The key {key_id} belongs to the client {found.client.name}, and stays with it:"
                " make a new key for the other client, and remove this one."
            )
        others = [key for key in keys if key is not found]
        return found, _client_called(name, role, others)

    def enter(self, key: Key, client: Client) -> None:
        """From now on the key belongs to this client; the functions notice within a minute."""
        try:
            with _aws_errors():
                identities = self._identities(key.key_id, self._api_key(key.key_id))
                before, listed = self._listed(key), ListedKey(key.key_id, client)
                self.table.know({client.name, *identities}, [listed])  # they were clients till now
                for identity in identities:
                    self.table.enter(identity, client)
                self.table.unlist([before])
        except ConditionFailedError as error:
            raise ClientsError(
                f"Meanwhile the key {key.key_id} was entered for another client."
            ) from error

    def find(self, wanted: str) -> tuple[list[Key], list[Key]]:
        """The key with this id, or else all keys of the client with this name; what it has beside.

        None of the first is the template's own.
        """
        keys = self.all()
        found = [key for key in keys if key.key_id == wanted] or [
            key for key in keys if key.client.name.casefold() == wanted.casefold()
        ]
        if not found:
            raise ClientsError(f'There is no client and no key "{wanted}".')
        for key in found:
            if key.of_template:
                raise ClientsError(
                    f"The key {key.key_id} belongs to the template; it goes when the stack goes."
                    f" Until then `aws apigateway update-api-key --api-key {key.key_id}"
                    " --patch-operations op=replace,path=/enabled,value=false` shuts it out."
                )
        others = [key for key in keys if key.client == found[0].client and key not in found]
        return found, others

    def remove(self, keys: Sequence[Key]) -> None:
        """Shut keys out for good."""
        gone: list[str] = []
        for key in keys:
            try:
                self._remove(key)
            except ClientsError as error:
                if not gone:
                    raise
                raise ClientsError(
                    f"Removed so far: {', '.join(gone)}. Run it again for the others. {error}"
                ) from error
            gone.append(key.key_id)

    def _remove(self, key: Key) -> None:
        with _aws_errors():
            api_key, listed = self._api_key(key.key_id), self._listed(key)
        self._take_off_the_plan(key.key_id)
        self._delete(key.key_id, api_key)
        # Last, since nothing must keep a leaked key from being shut out.
        names = [key.client.name] if key.entered else self._identities(key.key_id, api_key)
        with _aws_errors():
            self.table.know(names)
            self.table.unlist([listed])

    def _take_off_the_plan(self, key_id: str) -> None:
        with _aws_errors():
            self.api.delete_usage_plan_key(usagePlanId=self.plan_id, keyId=key_id)

    def _delete(self, key_id: str, api_key: str) -> None:
        """Delete a key that is on no plan any more, and only then let its row go."""
        try:
            with _aws_errors():
                self.api.delete_api_key(apiKey=key_id)
        except ClientsError as error:
            raise ClientsError(
                f"The API key {key_id} is of no use and could not be deleted; delete it by"
                f" hand. {error}"
            ) from error
        for identity in self._identities(key_id, api_key):
            try:
                with _aws_errors(), suppress(ConditionFailedError):  # it was never entered
                    self.table.let_expire(identity, datetime.now(UTC) + ROW_KEPT)
            except ClientsError as error:
                raise ClientsError(
                    f"The API key {key_id} is gone. The row key#{identity} of the table"
                    f" {self.table.table_name} is left over: it does no harm, and may be deleted by"
                    f" hand tomorrow. {error}"
                ) from error

    def _listed(self, key: Key) -> ListedKey:
        """The key as the functions know it."""
        if key.entered:
            return ListedKey(key.key_id, key.client)
        return ListedKey(
            key.key_id, Client(self._identities(key.key_id, self._api_key(key.key_id))[-1])
        )

    def _identities(self, key_id: str, api_key: str) -> list[str]:
        """The names by which the functions know the key: not every AWS tells them its id."""
        return [key_id] if self._is_aws else [key_id, digest_identity(api_key)]

    def _api_key(self, key_id: str) -> str:
        """The key itself, if it is needed."""
        if self._is_aws:
            return ""
        return self.api.get_api_key(apiKey=key_id, includeValue=True)["value"]

    @property
    def _is_aws(self) -> bool:
        return (urlsplit(self.api.meta.endpoint_url).hostname or "").endswith(_AWS)


def _client_called(name: str, role: Role | None, keys: Sequence[Key]) -> Client:
    """The client of this name: the one that has some of the keys, or a new one."""
    if not is_client_name(name):
        raise ClientsError(
            "A client's name has 1 to 64 letters, digits and . _ - and begins with a letter or a"
            f' digit; "{name}" does not.'
        )
    for key in keys:
        if key.entered and key.client.name == name:
            if role not in {None, key.client.role}:
                raise ClientsError(
                    f"{name} has the role {key.client.role}, which stays as it is. Choose another"
                    f" name for one with the role {role}."
                )
            return key.client
    for key in keys:
        _check_free(name, key)
    return Client(name, role or Role.CLIENT)


def _check_free(name: str, key: Key) -> None:
    """Raise if a new client of this name would be taken for what the key belongs to."""
    wanted = name.casefold()
    if key.key_id.casefold() == wanted:
        raise ClientsError(
            f'"{name}" is the id of a key. Choose another name; to give this client a second key,'
            f" enter the first one under its own id: NAME={key.key_id} KEY={key.key_id}."
        )
    if key.client.name.casefold() == wanted:
        raise ClientsError(
            f'There is a client "{key.client.name}" already. Write its name like that, or choose'
            " one that differs by more than capitals."
        )
    if not key.entered and key.name.casefold() == wanted:
        raise ClientsError(
            f'The key {key.key_id} is called "{key.name}" and was never entered: it is the client'
            f" {key.key_id}. Choose another name, or enter this key: NAME={name} KEY={key.key_id}."
        )


@contextmanager
def _aws_errors() -> Iterator[None]:
    """What AWS says when it says no, as `ClientsError`."""
    try:
        with aws_errors():
            yield
    except ClientsError:
        raise
    except ToolError as error:
        raise ClientsError(str(error)) from error
    except StoreUnavailableError as error:
        raise ClientsError(in_words(error.__cause__ or error)) from error
