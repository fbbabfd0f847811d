"""Which client an API key belongs to: items of the table `Guards` (guard_items.py).

`expiresAt` is there only after the key was removed. `tools/add_client.py` writes these items, the
functions `send` and `status` read them. One item more is a directory: it names all clients there
ever were, and the keys of today, for what operators look at. No function decides anything by it.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sms_gateway.adapters import guard_items
from sms_gateway.adapters.attributes import attribute, attributes
from sms_gateway.adapters.dynamodb import table_errors, write
from sms_gateway.adapters.message_item import epoch
from sms_gateway.domain.client import Client, Directory, ListedKey, Role
from sms_gateway.domain.errors import StoreUnavailableError, UnreadableRowError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REMEMBERED_FOR: Final = 60.0
"""Seconds that an answer of the table is used without asking again."""
PAUSE_AFTER_FAILURE: Final = 2.0
"""Seconds in which a table that did not answer is asked about unknown keys only."""
MAX_REMEMBERED: Final = 1000
"""Keys that one process remembers."""

_Seconds = Callable[[], float]


@dataclass(frozen=True, slots=True)
class ClientsTable:
    """The items themselves. Each method raises `StoreUnavailableError` if the table fails."""

    client: "DynamoDBClient"
    table_name: str

    def get(self, key_id: str) -> Client | None:
        """The client whose key this is, as it was entered, or `None`.

        An item that is about to expire counts: see `let_expire`.

        Raises:
            UnreadableRowError: a later release has given it a role that this one does not know.
        """
        with table_errors():
            answer = self.client.get_item(
                TableName=self.table_name, Key=_key(key_id), ConsistentRead=True
            )
        item = answer.get("Item")
        if item is None:
            return None
        try:
            return Client(item["client"]["S"], Role(item["role"]["S"]))
        except ValueError:
            raise UnreadableRowError(
                "A later release of the gateway has given this API key a role that this one does"
                " not know. Ask the operator of the gateway to deploy that release."
            ) from None

    def enter(self, key_id: str, client: Client) -> None:
        """Make it a key of this client. Nothing changes if it is one already.

        Raises:
            ConditionFailedError: it is a key of another client.
        """
        item = {
            "guard": guard_items.of_api_key(key_id),
            "client": client.name,
            "role": str(client.role),
        }
        write(
            lambda: self.client.put_item(
                TableName=self.table_name,
                Item=attributes(item),
                ConditionExpression=(
                    "attribute_not_exists(guard) OR (client = :client AND #role = :role)"
                ),
                ExpressionAttributeNames={"#role": "role"},
                ExpressionAttributeValues={
                    ":client": attribute(client.name),
                    ":role": attribute(str(client.role)),
                },
            )
        )

    def know(self, names: Collection[str], keys: Collection[ListedKey] = ()) -> None:
        """Remember for good that there are such clients: their keys' items will vanish one day.

        `keys` are entered into the directory; those that are in it already stay.
        """
        self._change_directory("ADD", {"names": names, "keys": list(map(_entry, keys))})

    def unlist(self, keys: Collection[ListedKey]) -> None:
        """Take keys out of the directory, if they are in it."""
        self._change_directory("DELETE", {"keys": list(map(_entry, keys))})

    def directory(self) -> Directory:
        """What `know` was given. A key that was never entered need not be among it.

        A key to which a later release has given a role that this one does not know is left out.
        """
        with table_errors():
            answer = self.client.get_item(
                TableName=self.table_name,
                Key=guard_items.key(guard_items.KNOWN_CLIENTS),
                ConsistentRead=True,
            )
        item = answer.get("Item", {})
        names = frozenset(item.get("names", {}).get("SS", ()))
        if "keys" not in item:
            return Directory(names, None)
        return Directory(names, frozenset(filter(None, map(_listed, item["keys"]["SS"]))))

    def _change_directory(self, action: str, sets: Mapping[str, Collection[str]]) -> None:
        given = {name: sorted(values) for name, values in sets.items() if values}
        if not given:
            return  # DynamoDB knows no empty set
        write(
            lambda: self.client.update_item(
                TableName=self.table_name,
                Key=guard_items.key(guard_items.KNOWN_CLIENTS),
                UpdateExpression=f"{action} {', '.join(f'#{name} :{name}' for name in given)}",
                ExpressionAttributeNames={f"#{name}": name for name in given},
                ExpressionAttributeValues={
                    f":{name}": {"SS": each} for name, each in given.items()
                },
            )
        )

    def let_expire(self, key_id: str, at: datetime) -> None:
        """Have the table delete this item after this moment. Its key is refused already.

        It is not deleted at once because API Gateway can still let a deleted key in for a moment,
        and without its item that key would be a client of its own, with a day's limit of its own.

        Raises:
            ConditionFailedError: the key was never entered.
        """
        write(
            lambda: self.client.update_item(
                TableName=self.table_name,
                Key=_key(key_id),
                UpdateExpression="SET expiresAt = :at",
                ConditionExpression="attribute_exists(guard)",
                ExpressionAttributeValues={":at": attribute(epoch(at))},
            )
        )


@dataclass(frozen=True, slots=True)
class _Remembered:
    client: Client
    asked_at: float


class RememberedClients:
    """Implements the port `Clients`. Keys without an item are remembered like all others.

    The wall clock is used on purpose, for the reason that `RememberedSecret` gives.
    """

    def __init__(self, table: ClientsTable, now: _Seconds = time.time) -> None:
        self._table = table
        self._now = now
        self._known: dict[str, _Remembered] = {}
        """Those that were asked about last come last."""
        self._failed_at = float("-inf")

    def of_key(self, key_id: str) -> Client:
        """The client whose key this is, at most `REMEMBERED_FOR` seconds old.

        When the table does not answer, an older one is used if there is one.

        Raises:
            StoreUnavailableError: it does not answer, and nothing is remembered of this key.
            UnreadableRowError: see `ClientsTable.get`. What is remembered is not used then: the
                role has changed.
        """
        now = self._now()
        known = self._known.get(key_id)
        if known and (
            abs(now - known.asked_at) < REMEMBERED_FOR
            or abs(now - self._failed_at) < PAUSE_AFTER_FAILURE
        ):
            return known.client
        try:
            client = self._table.get(key_id) or Client(key_id)
        except UnreadableRowError:
            raise
        except StoreUnavailableError:
            self._failed_at = self._now()
            if known is None:
                raise
            return known.client
        self._remember(key_id, _Remembered(client, now))
        return client

    def _remember(self, key_id: str, remembered: _Remembered) -> None:
        self._known.pop(key_id, None)
        while len(self._known) >= MAX_REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[key_id] = remembered


def _entry(key: ListedKey) -> str:
    return f"{key.key_id}#{key.client.role}#{key.client.name}"


def _listed(entry: str) -> ListedKey | None:
    key_id, role, name = entry.split("#")
    try:
        return ListedKey(key_id, Client(name, Role(role)))
    except ValueError:
        return None


def _key(key_id: str) -> dict[str, Any]:
    return guard_items.key(guard_items.of_api_key(key_id))
