"""The records of the table's stream as changes of messages."""

from collections.abc import Mapping
from typing import Any

from sms_gateway.adapters.message_item import from_item
from sms_gateway.use_cases.publish_changes import RowChange


def read_changes(event: Mapping[str, Any]) -> list[tuple[str, RowChange]]:
    """(sequence number, change) of each record that leaves a message behind.

    Removals, such as by the table's time to live, are left out: they change no status.
    """
    return [
        (record["dynamodb"]["SequenceNumber"], _change(record["dynamodb"]))
        for record in event["Records"]
        if "NewImage" in record["dynamodb"]
    ]


def _change(images: Mapping[str, Any]) -> RowChange:
    before = images.get("OldImage")
    return RowChange(from_item(before) if before else None, from_item(images["NewImage"]))
