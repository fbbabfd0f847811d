"""The circuit: one item of the table `Guards` (guard_items.py)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sms_gateway.adapters import guard_items
from sms_gateway.adapters.attributes import Item, attributes, plain
from sms_gateway.adapters.dynamodb import ConditionFailedError, table_errors, write
from sms_gateway.domain.circuit import Circuit, OpenReason
from sms_gateway.domain.clock import from_milliseconds, to_milliseconds

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEY = guard_items.key(guard_items.CIRCUIT)


@dataclass(frozen=True, slots=True)
class CircuitTable:
    """Implements the port `Circuits` on DynamoDB. Moments are epoch milliseconds."""

    client: "DynamoDBClient"
    table_name: str

    def get(self) -> Circuit:
        """The circuit as it stands now: read consistently, so that what one learns all know."""
        with table_errors():
            answer = self.client.get_item(
                TableName=self.table_name,
                Key=_KEY,
                ConsistentRead=True,
            )
        return circuit_of(answer.get("Item", {}))

    def take_probe(self, now: datetime, until: datetime) -> bool:
        """Try an unproven account, alone. A probe that was never released runs out by itself."""
        return self._update(
            "SET probeUntil = :until",
            "attribute_not_exists(reason) AND"
            " (attribute_not_exists(probeUntil) OR probeUntil <= :now)",
            {":until": to_milliseconds(until), ":now": to_milliseconds(now)},
        )

    def release_probe(self) -> None:
        """Let another process try."""
        self._update("REMOVE probeUntil", None, {})

    def prove(self, account_version: str, at: datetime) -> None:
        """Voipit has answered this account."""
        self._update(
            "SET proven = :proven, provenAt = :at REMOVE probeUntil",
            None,
            {":proven": account_version, ":at": to_milliseconds(at)},
        )

    def doubt(self, account_version: str) -> None:
        """The account that counts as answered is not this one. No change if it is another."""
        self._update("REMOVE proven, provenAt", "proven = :version", {":version": account_version})

    def open(
        self, reason: OpenReason, failed: str, since: datetime, next_ping_at: datetime
    ) -> None:
        """Stop sending. No change if it is open already."""
        self._update(
            "SET reason = :reason, failed = :failed, since = :since, nextPingAt = :next,"
            " pings = :none REMOVE probeUntil, pingUntil, proven, provenAt",
            "attribute_not_exists(reason)",
            {
                ":reason": str(reason),
                ":failed": failed,
                ":since": to_milliseconds(since),
                ":next": to_milliseconds(next_ping_at),
                ":none": 0,
            },
        )

    def take_ping(self, seen: Circuit, now: datetime, until: datetime) -> bool:
        """Be the one who pings in the outage that was seen. It runs out by itself."""
        if seen.since is None or seen.next_ping_at is None:
            return False
        return self._update(
            "SET pingUntil = :until",
            "since = :since AND nextPingAt = :next"
            " AND (attribute_not_exists(pingUntil) OR pingUntil <= :now)",
            {
                ":since": to_milliseconds(seen.since),
                ":next": to_milliseconds(seen.next_ping_at),
                ":now": to_milliseconds(now),
                ":until": to_milliseconds(until),
            },
        )

    def stay_open(self, seen: Circuit, after_ping: Circuit) -> None:
        """The outage that was seen goes on, as it is after a ping."""
        if seen.since is None or after_ping.reason is None or after_ping.next_ping_at is None:
            return
        sets = "reason = :reason, failed = :failed, pings = :pings, nextPingAt = :next"
        values = {
            ":reason": str(after_ping.reason),
            ":failed": after_ping.failed,
            ":pings": after_ping.pings,
            ":next": to_milliseconds(after_ping.next_ping_at),
            ":since": to_milliseconds(seen.since),
        }
        if after_ping.blocked_at is not None:
            sets += ", blockedAt = :blocked"
            values[":blocked"] = to_milliseconds(after_ping.blocked_at)
        self._update(f"SET {sets} REMOVE pingUntil", "since = :since", values)

    def miss(self, seen: Circuit, at: datetime) -> None:
        """There is no account. No change if the outage that was seen is not the one there is."""
        values = {":reason": str(OpenReason.ACCOUNT_MISSING), ":since": to_milliseconds(at)}
        condition = "attribute_not_exists(reason)"
        if seen.since is not None:
            condition = "since = :seen"
            values[":seen"] = to_milliseconds(seen.since)
        self._update(
            "SET reason = :reason, since = :since"
            " REMOVE failed, nextPingAt, pings, pingUntil, probeUntil, proven, provenAt",
            condition,
            values,
        )

    def find(self, seen: Circuit) -> None:
        """End the outage that was seen; what was found is not proven."""
        if seen.since is None:
            return
        self._update(
            "REMOVE reason, since",
            "reason = :reason AND since = :since",
            {
                ":reason": str(OpenReason.ACCOUNT_MISSING),
                ":since": to_milliseconds(seen.since),
            },
        )

    def close(self, seen: Circuit, account_version: str, at: datetime) -> None:
        """End the outage that was seen, and no other."""
        if seen.since is None:
            return
        self._update(
            "SET proven = :proven, provenAt = :at"
            " REMOVE reason, failed, since, nextPingAt, pings, pingUntil",
            "since = :since",
            {
                ":proven": account_version,
                ":at": to_milliseconds(at),
                ":since": to_milliseconds(seen.since),
            },
        )

    def _update(self, expression: str, condition: str | None, values: dict[str, Any]) -> bool:
        """One conditional write; whether the condition held."""
        optional: Any = {}
        if condition is not None:
            optional["ConditionExpression"] = condition
        if values:
            optional["ExpressionAttributeValues"] = attributes(values)
        try:
            write(
                lambda: self.client.update_item(
                    TableName=self.table_name,
                    Key=_KEY,
                    UpdateExpression=expression,
                    **optional,
                )
            )
        except ConditionFailedError:
            return False
        return True


def circuit_of(row: Item) -> Circuit:
    """The circuit as its row tells; a closed one that proves nothing if there is none."""
    item = plain(row)
    return Circuit(
        reason=_open_reason(item),
        since=_moment(item, "since"),
        pings=int(item.get("pings", 0)),
        next_ping_at=_moment(item, "nextPingAt"),
        failed=item.get("failed"),
        proven=item.get("proven"),
        proven_at=_moment(item, "provenAt"),
        probe_until=_moment(item, "probeUntil"),
        ping_until=_moment(item, "pingUntil"),
        blocked_at=_moment(item, "blockedAt"),
    )


def _open_reason(item: dict[str, Any]) -> OpenReason | None:
    """Why the circuit is open. A reason of a later release is read as the most careful one."""
    if "reason" not in item:
        return None
    try:
        return OpenReason(item["reason"])
    except ValueError:
        return OpenReason.CONFIGURATION


def _moment(item: dict[str, Any], name: str) -> datetime | None:
    return from_milliseconds(int(item[name])) if name in item else None
