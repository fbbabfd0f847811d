from collections.abc import Sequence
from typing import Any


class FakePublisher:
    """The port `Publisher`: keeps what it took, and loses what it is told to."""

    def __init__(self) -> None:
        self.published: list[tuple[dict[str, Any], str]] = []
        self.will_lose: set[str] = set()
        """Ids of events that are not published."""

    def publish(self, events: Sequence[tuple[dict[str, Any], str]]) -> set[int]:
        lost = {i for i, (event, _) in enumerate(events) if event["id"] in self.will_lose}
        self.published.extend(pair for i, pair in enumerate(events) if i not in lost)
        return lost
