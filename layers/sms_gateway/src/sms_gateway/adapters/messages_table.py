"""The `Messages` table. Every change of a message is one conditional write."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from sms_gateway.adapters.message_item import (
    attribute,
    from_item,
    history_entry,
    report_entry,
    to_item,
)
from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.report import DeliveryReport
from sms_gateway.use_cases.ports import AlreadyStoredError, ChangeRefusedError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MAX_CONTRADICTING_REPORTS: Final = 10
"""Kept on the item; further ones are only counted, so that nobody can make an item grow."""


class _ConditionFailedError(Exception):
    """The condition did not hold; `item` is the row that was in the way, if there is one."""

    def __init__(self, item: dict[str, Any] | None) -> None:
        super().__init__("condition failed")
        self.item = item


@contextmanager
def _table_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            item: Any = error.response.get("Item")  # there by ReturnValuesOnConditionCheckFailure
            raise _ConditionFailedError(item) from error
        raise StoreUnavailableError("The table refused the request.") from error
    except BotoCoreError as error:
        raise StoreUnavailableError("The table did not answer.") from error


@dataclass(frozen=True, slots=True)
class MessagesTable:
    """Implements the port `Messages` on DynamoDB."""

    client: "DynamoDBClient"
    table_name: str

    def create(self, message: Message) -> None:
        """Store a new message: intent and claim in one write."""
        try:
            with _table_errors():
                self.client.put_item(
                    TableName=self.table_name,
                    Item=to_item(message),
                    ConditionExpression="attribute_not_exists(messageId)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except _ConditionFailedError as failure:
            if failure.item is None:
                raise StoreUnavailableError("The table did not show the stored row.") from failure
            raise AlreadyStoredError(from_item(failure.item)) from failure

    def change(self, message_id: str, change: Change) -> Message:
        """Make the change; its sources in the table of moves are the write's own condition."""
        sources = {f":from{i}": s for i, s in enumerate(sorted(change.sources))}
        values: dict[str, Any] = {
            **sources,
            ":status": change.target,
            ":at": to_iso(change.at),
            ":entry": [history_entry(change.entry)],
            ":one": 1,
        }
        condition = f"#status IN ({', '.join(sources)})"
        if change.claim is not None:
            condition += " AND claim = :claim"
            values[":claim"] = change.claim
        sets = [
            "#status = :status",
            "updatedAt = :at",
            "history = list_append(history, :entry)",
            "version = version + :one",
        ]
        removes = []
        for name, value in (("reason", change.reason), ("errorMessage", change.error_message)):
            if value is None:
                removes.append(name)  # what the last change said no longer holds
            else:
                sets.append(f"{name} = :{name}")
                values[f":{name}"] = value
        if change.report:
            sets.append("report = :report")
            values[":report"] = report_entry(change.report)
        expression = f"SET {', '.join(sets)}"
        if removes:
            expression += f" REMOVE {', '.join(removes)}"
        try:
            with _table_errors():
                answer = self.client.update_item(
                    TableName=self.table_name,
                    Key={"messageId": attribute(message_id)},
                    UpdateExpression=expression,
                    ConditionExpression=condition,
                    ExpressionAttributeNames={"#status": "status"},
                    ExpressionAttributeValues={k: attribute(_plain(v)) for k, v in values.items()},
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except _ConditionFailedError as failure:
            raise ChangeRefusedError(from_item(failure.item) if failure.item else None) from failure
        return from_item(answer["Attributes"])

    def note_contradiction(self, message_id: str, report: DeliveryReport) -> None:
        """Count the report, and keep it while there is room. `version` stays: no event follows."""
        values = {":one": attribute(1)}
        keep = {
            ":entry": attribute([report_entry(report)]),
            ":none": attribute([]),
            ":room": attribute(MAX_CONTRADICTING_REPORTS),
        }
        kept = (
            "SET contradictingReports ="
            " list_append(if_not_exists(contradictingReports, :none), :entry)"
            " ADD contradictions :one"
        )
        has_room = (
            "attribute_exists(messageId) AND (attribute_not_exists(contradictingReports)"
            " OR size(contradictingReports) < :room)"
        )
        try:
            self._note(message_id, kept, has_room, values | keep)
        except _ConditionFailedError as full_or_gone:
            if full_or_gone.item:
                try:
                    self._note(
                        message_id,
                        "ADD contradictions :one",
                        "attribute_exists(messageId)",
                        values,
                    )
                except _ConditionFailedError:
                    return  # its time to live ran out this very moment

    def _note(
        self, message_id: str, expression: str, condition: str, values: dict[str, Any]
    ) -> None:
        with _table_errors():
            self.client.update_item(
                TableName=self.table_name,
                Key={"messageId": attribute(message_id)},
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )

    def get(self, message_id: str) -> Message | None:
        """The message as it stands now: read consistently, so a caller sees its own POST."""
        with _table_errors():
            answer = self.client.get_item(
                TableName=self.table_name,
                Key={"messageId": attribute(message_id)},
                ConsistentRead=True,
            )
        item = answer.get("Item")
        return from_item(item) if item else None


def _plain(value: Any) -> Any:
    """Enum members as the plain strings that DynamoDB's serializer wants."""
    return str(value) if isinstance(value, str) else value
