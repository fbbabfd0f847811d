"""Tell the world about changes of status, from the table's own stream."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sms_gateway.domain.events import status_event
from sms_gateway.domain.message import Message

if TYPE_CHECKING:  # `publish` needs no other port, and all of them cost 4 ms of its cold start
    from sms_gateway.use_cases.ports import Publisher


@dataclass(frozen=True, slots=True)
class RowChange:
    """A message before (`None`: it was created) and after one write."""

    before: Message | None
    after: Message

    @property
    def is_change_of_status(self) -> bool:
        """Whether the write made a new version; a kept contradicting report, say, does not."""
        return self.before is None or self.before.version != self.after.version


@dataclass(frozen=True, slots=True)
class PublishChanges:
    """One event per change of status."""

    publisher: "Publisher"
    source: str

    def __call__(self, changes: Sequence[RowChange]) -> set[int]:
        """Publish what is news; returns the positions in `changes` that have to be tried again."""
        positions = [i for i, change in enumerate(changes) if change.is_change_of_status]
        events = [(self._event(changes[i]), changes[i].after.client) for i in positions]
        return {positions[failed] for failed in self.publisher.publish(events)}

    def _event(self, change: RowChange) -> dict[str, object]:
        previous = change.before.status if change.before else None
        return status_event(change.after, previous, self.source)
