"""The records of the table's stream as changes of messages, and what cannot be told of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from sms_gateway.adapters.message_item import from_item
from sms_gateway.entrypoints.logs import logger
from sms_gateway.entrypoints.metrics import Metric, count
from sms_gateway.use_cases.publish_changes import RowChange


def read_changes(event: Mapping[str, Any]) -> Iterator[tuple[str, RowChange]]:
    """(sequence number, change) of each record that leaves a message behind.

    Removals, such as by the table's time to live, are left out: they change no status. A change
    that cannot be read is left out, loudly: tried again it would hold up its shard for a day.
    """
    for record in event["Records"]:
        images = record["dynamodb"]
        if "NewImage" not in images:
            continue
        try:
            change = _change(images)
        except Exception as error:  # noqa: BLE001  whatever is wrong with it, it is this record's
            logger.error("a change cannot be read", exc_info=error, record=images["SequenceNumber"])
            count(Metric.UNREADABLE_CHANGE)
            continue
        yield images["SequenceNumber"], change


def event_refused(event_id: str, code: str) -> None:
    """SNS refuses this event for good: tried again it would hold up its shard for a day."""
    logger.error("an event was refused for good", event_id=event_id, code=code)
    count(Metric.EVENT_REFUSED)


def _change(images: Mapping[str, Any]) -> RowChange:
    before = images.get("OldImage")
    return RowChange(from_item(before) if before else None, from_item(images["NewImage"]))
