"""What both tables hold about one phone number, found and deleted.

Every deletion is one conditional write: a row that another process has changed since it was read
stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sms_gateway.adapters import guard_items
from sms_gateway.adapters.attributes import Item, attributes
from sms_gateway.adapters.dynamodb import ConditionFailedError, write
from sms_gateway.adapters.message_item import key_attributes
from sms_gateway.adapters.messages_table import MessagesTable
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.phone_number import PhoneNumber
from tools.operators.parts.pace import Pace
from tools.operators.parts.rows import Rows, of_number, store_errors


@dataclass(frozen=True, slots=True)
class LastMessage:
    """The row that knows a client's last message to the number."""

    client: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Guards:
    """The rows of the table `Guards` about the number.

    `writes`: how often the row of its sendings was written; `None` if there is none.
    """

    last: tuple[LastMessage, ...]
    writes: int | None
    is_suppressed: bool

    @property
    def count(self) -> int:
        """How many they are, without the entry of the do-not-contact list."""
        return len(self.last) + (self.writes is not None)


@dataclass(frozen=True, slots=True)
class Traces:
    """The rows about one number. Every method raises `ToolError`."""

    table: MessagesTable
    guards_table: str
    number: PhoneNumber
    pace: Pace

    def messages(self) -> Rows:
        """The messages to the number, of all clients.

        The index can lack one that was stored this very moment; how each stands is read from the
        table itself.
        """
        return of_number(self.table.client, self.table.table_name, self.number)

    def message(self, key: MessageKey) -> Message | None:
        """One of them as it stands now."""
        with store_errors():
            return self.table.get(key)

    def guards(self, clients: Iterable[str]) -> Guards:
        """The number's rows in the other table; those of last messages by these clients."""
        last = []
        for client in sorted(set(clients)):
            row = self._guard(guard_items.of_last_message(client, self.number))
            if row:
                last.append(LastMessage(client, row["messageId"]["S"]))
        recipient = self._guard(guard_items.of_recipient(self.number))
        return Guards(
            tuple(last),
            int(recipient["writes"]["N"]) if recipient else None,
            self._guard(guard_items.of_suppression(self.number)) is not None,
        )

    def delete_message(self, message: Message) -> bool:
        """Whether the message is gone; not if its status has changed since it was read."""
        return self._delete(
            self.table.table_name,
            key_attributes(message.key),
            "version = :version AND phoneNumber = :number",
            {":version": message.version, ":number": self.number.e164},
        )

    def delete_last(self, last: LastMessage) -> bool:
        """Whether the row is gone; not if the client has sent another message since."""
        guard = guard_items.of_last_message(last.client, self.number)
        return self._delete_guard(guard, "messageId = :id", {":id": last.message_id})

    def delete_sendings(self, writes: int) -> bool:
        """Whether the row of the number's sendings is gone; not if there was one more since."""
        guard = guard_items.of_recipient(self.number)
        return self._delete_guard(guard, "writes = :writes", {":writes": writes})

    def delete_suppression(self) -> None:
        """Take the number off the do-not-contact list: its entry is gone, whatever it held.

        The key alone says that the entry is the number's.
        """
        guard = guard_items.of_suppression(self.number)
        self._delete_guard(guard, "guard = :guard", {":guard": guard})

    def _guard(self, guard: str) -> Item | None:
        with store_errors():
            answer = self.table.client.get_item(
                TableName=self.guards_table, Key=guard_items.key(guard), ConsistentRead=True
            )
        return answer.get("Item")

    def _delete_guard(self, guard: str, condition: str, values: dict[str, Any]) -> bool:
        return self._delete(self.guards_table, guard_items.key(guard), condition, values)

    def _delete(
        self, table: str, key: dict[str, Any], condition: str, values: dict[str, Any]
    ) -> bool:
        self.pace.spend(1)
        try:
            with store_errors():
                write(
                    lambda: self.table.client.delete_item(
                        TableName=table,
                        Key=key,
                        ConditionExpression=condition,
                        ExpressionAttributeValues=attributes(values),
                        ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    )
                )
        except ConditionFailedError as failure:
            return failure.item is None  # its time to live was over, or another run was faster
        return True
