"""Where the gateway ends, wall by wall: messages a second, reckoned from settings and quotas."""

from typing import Final, NamedTuple

from pages.calls import SECONDS
from pages.scale.gateway import (
    BATCH,
    GUARDS_UNITS,
    MESSAGES_UNITS,
    PARTITION_UNITS,
    PUBLISH_SECONDS,
    Settings,
)
from sms_gateway.adapters.message_item import SHARDS_OF
from sms_gateway.domain.waits import Waits

CHANGES: Final = 3
"""Changes of a straight message's row: `sending`, `submitted`, `sent`."""
DUE_UNITS: Final = 4
"""Write units of a straight life on the index `due`."""
TOPIC_QUOTA: Final = 3_000
"""Events a second that SNS takes in Frankfurt, as far as we know; Service Quotas tells."""
API_QUOTA: Final = 10_000
"""Requests a second of an account's API Gateway in a region."""
ITEM_READS: Final = 3_000
"""Read units a second of one partition key."""
DAY: Final = 24 * 60 * 60
_SMALL_ACCOUNT: Final = 10
"""Concurrent executions of some new accounts."""


class Wall(NamedTuple):
    """A limit as messages a second, what it holds up, and what moves it."""

    what: str
    rate: float
    of: str
    moved_by: str


def walls(settings: Settings, template: dict[str, float]) -> list[Wall]:
    """All that are known, the nearest first. `template` has the parameters' numbers by name."""
    seconds = SECONDS["send"] + SECONDS["callback"]
    return sorted(
        [
            Wall(
                "a client's messages a day",
                template["ClientDailyLimit"] / DAY,
                "one client, day and night",
                "`ClientDailyLimit`",
            ),
            Wall(
                "a key's requests a day",
                template["ApiDailyQuota"] / DAY,
                "one key, day and night",
                "`ApiDailyQuota`",
            ),
            Wall(
                "what `dispatch` hands over at once",
                template["DispatchConcurrency"] / SECONDS["dispatch"],
                "batches, `sendAt`, second tries; the rest waits in the queue",
                "`DispatchConcurrency`",
            ),
            Wall(
                "what `watch` lets in after an outage",
                template["DrainPerSecond"],
                "messages that waited; new ones go ahead",
                "`DrainPerSecond`",
            ),
            Wall("a key's requests a second", settings.key_rate, "one key", "`ApiRateLimit`"),
            Wall(
                "a route's requests a second",
                settings.route_rate,
                "all keys together",
                "`RouteRateLimit`",
            ),
            Wall(
                "`publish`, one call at a time for each shard of the stream",
                published(settings) / CHANGES,
                "events come late, and in order; nothing is refused",
                "`ParallelizationFactor` in template.yaml; more shards, which come with the load",
            ),
            Wall(
                "the table Guards, while it is new",
                settings.table_units / GUARDS_UNITS,
                "503, the client repeats",
                "DynamoDB itself within half an hour; warm throughput",
            ),
            Wall(
                "the table Messages, while it is new",
                settings.table_units / MESSAGES_UNITS,
                "503, the client repeats",
                "the same",
            ),
            Wall(
                "the index `client`, one partition key for each client",
                PARTITION_UNITS,
                "one client; DynamoDB holds up the table's writes for it",
                "a second client (a second `NAME`); a shard in the index's key",
            ),
            Wall(
                "SNS's quota of events",
                TOPIC_QUOTA / CHANGES,
                "events come late; nothing is refused",
                "Service Quotas",
            ),
            Wall(
                "the index `due`, four partition keys of messages that Voipit has",
                len(SHARDS_OF[Waits.FOR_VOIPIT]) * PARTITION_UNITS / DUE_UNITS,
                "503, the client repeats",
                "`SHARDS_OF`, with a release that reads both",
            ),
            Wall(
                "concurrent executions of the account",
                settings.concurrency / seconds,
                "API Gateway answers 5xx, Voipit's reports come again",
                "Service Quotas",
            ),
            Wall(
                "concurrent executions of a new account: 10",
                _SMALL_ACCOUNT / seconds,
                "the same",
                "Service Quotas, before anything else",
            ),
            Wall(
                "the row of the circuit, read before each call of Voipit",
                ITEM_READS,
                "503, the client repeats",
                "a memory of a second in the process",
            ),
            Wall("API Gateway's quota", API_QUOTA, "429", "Service Quotas"),
        ],
        key=lambda wall: wall.rate,
    )


def published(settings: Settings) -> float:
    """Changes a second that `publish` gets rid of when its batches are full."""
    fixed, each, each_ten = PUBLISH_SECONDS
    seconds = fixed + each * BATCH + each_ten * BATCH / 10
    return settings.shards * settings.lanes * BATCH / seconds
