"""Tables that a deleted stack has left behind, and the do-not-contact list in them.

The tables outlive their stack under the names that CloudFormation gave them, so the next stack of
the same name begins with an empty list unless the old one is copied.
"""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import boto3
from rich.progress import Progress

from sms_gateway.adapters.dynamodb import table_errors
from sms_gateway.adapters.guard_items import SUPPRESSION_PREFIX
from sms_gateway.adapters.suppressions_table import SuppressionsTable
from sms_gateway.domain.clock import from_iso
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.guards import Suppression
from sms_gateway.domain.phone_number import PhoneNumber
from tools.progress import console
from tools.stacks import ToolError, aws_errors, in_words

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class OldTables:
    """What earlier stacks of one name have left behind. Every method raises `ToolError`."""

    client: "DynamoDBClient"
    messages: list[str]
    guards: list[str]

    @classmethod
    def of_stack(
        cls, session: boto3.session.Session, stack_name: str, in_use: Collection[str]
    ) -> "OldTables":
        """Those named after the stack that are not `in_use` by it."""
        name = re.compile(rf"{re.escape(stack_name)}-(Messages|Guards)-[A-Za-z0-9]+")
        found: dict[str, list[str]] = {"Messages": [], "Guards": []}
        with aws_errors():
            client = session.client("dynamodb")
            for page in client.get_paginator("list_tables").paginate():
                for table in page["TableNames"]:
                    if (match := name.fullmatch(table)) and table not in in_use:
                        found[match[1]].append(table)
        return cls(client, found["Messages"], found["Guards"])

    @property
    def names(self) -> list[str]:
        """All of them."""
        return [*self.messages, *self.guards]

    def do_not_contact(self) -> dict[PhoneNumber, Suppression]:
        """The lists of all of them; of a number that is on several, the earliest entry."""
        found: dict[PhoneNumber, Suppression] = {}
        for table in self.guards:
            for entry in self._entries(table):
                known = found.get(entry.phone_number)
                if known is None or entry.since < known.since:
                    found[entry.phone_number] = entry
        return found

    def missing_from(
        self, table: str, entries: dict[PhoneNumber, Suppression]
    ) -> list[Suppression]:
        """The entries whose numbers are not on the list of this table."""
        numbers = list(entries)
        there: set[PhoneNumber] = set()
        with _store_errors():
            for start in range(0, len(numbers), _AT_ONCE):
                some = numbers[start : start + _AT_ONCE]
                there |= SuppressionsTable(self.client, table).among(some)
        return [entry for number, entry in entries.items() if number not in there]

    def copy(self, entries: Collection[Suppression], table: str) -> None:
        """Enter them; an entry that is there stays as it is, so this may be repeated."""
        new = SuppressionsTable(self.client, table)
        with Progress(console=console) as progress, _store_errors():
            for entry in progress.track(entries, description="copying the do-not-contact list"):
                new.put(entry)

    def _entries(self, table: str) -> Iterator[Suppression]:
        # Not by the index `list`: entries that an earlier release has written are not in it.
        with _store_errors(), table_errors():
            pages = self.client.get_paginator("scan").paginate(
                TableName=table,
                FilterExpression="begins_with(guard, :prefix)",
                ExpressionAttributeValues={":prefix": {"S": SUPPRESSION_PREFIX}},
                ConsistentRead=True,
            )
            for page in pages:
                for item in page["Items"]:
                    number = PhoneNumber(item["guard"]["S"].removeprefix(SUPPRESSION_PREFIX))
                    yield Suppression(number, from_iso(item["since"]["S"]), item["client"]["S"])


@contextmanager
def _store_errors() -> Iterator[None]:
    """What a table says when it says no, as `ToolError`."""
    try:
        yield
    except StoreUnavailableError as error:
        raise ToolError(
            f"{in_words(error.__cause__ or error)} What was copied until then stays; `make deploy`"
            " offers the rest again."
        ) from error
