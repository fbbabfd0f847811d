"""The counts of clients in the table `Guards`, as intake.py writes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sms_gateway.adapters import guard_items
from sms_gateway.adapters.attributes import plain
from sms_gateway.adapters.guard_rows import read_guards
from sms_gateway.adapters.intake import MAX_SHARDS
from sms_gateway.domain.usage import Count

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class UsageCounts:
    """Implements the port `Usage` on DynamoDB: by keys that are computed, so nothing is scanned."""

    client: "DynamoDBClient"
    table_name: str

    def of(self, clients: Sequence[str], days: Sequence[date]) -> list[Count]:
        """What these clients had on these days; a day without a message is left out.

        A message of just now can be absent for a moment. Raises `StoreUnavailableError`.
        """
        return list(self._counts(clients, days))

    def _counts(self, clients: Sequence[str], days: Sequence[date]) -> Iterator[Count]:
        places = {
            guard_items.of_client_and_day(client, day.isoformat(), shard): (client, day)
            for client in clients
            for day in days
            for shard in range(MAX_SHARDS)
        }
        messages = dict.fromkeys(places.values(), 0)
        resends = dict.fromkeys(places.values(), 0)
        rows = read_guards(self.client, self.table_name, list(places), consistent=False)
        for row in map(plain, rows):
            place = places[row["guard"]]
            messages[place] += int(row["messages"])
            resends[place] += int(row.get("resends", 0))
        for (client, day), number in messages.items():
            if number:
                resent = resends[client, day]
                yield Count(client, day, number - resent, resent)
