"""The circuit: one item of the table `Guards`, whose other items are those of `intake`."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.types import TypeDeserializer

from sms_gateway.adapters.dynamodb import ConditionFailedError, table_errors, write
from sms_gateway.adapters.message_item import attribute
from sms_gateway.domain.circuit import Circuit, OpenReason
from sms_gateway.domain.clock import from_milliseconds, to_milliseconds

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CIRCUIT: Final = "circuit"
_deserialize: Final = TypeDeserializer().deserialize


@dataclass(frozen=True, slots=True)
class GuardsTable:
    """Implements the port `Circuits` on DynamoDB. Moments are epoch milliseconds."""

    client: "DynamoDBClient"
    table_name: str

    def get(self) -> Circuit:
        """The circuit as it stands now: read consistently, so that what one learns all know."""
        with table_errors():
            answer = self.client.get_item(
                TableName=self.table_name,
                Key={"guard": attribute(CIRCUIT)},
                ConsistentRead=True,
            )
        plain = {name: _deserialize(value) for name, value in answer.get("Item", {}).items()}
        return Circuit(
            reason=OpenReason(plain["reason"]) if "reason" in plain else None,
            since=_moment(plain, "since"),
            pings=int(plain.get("pings", 0)),
            next_ping_at=_moment(plain, "nextPingAt"),
            failed=plain.get("failed"),
            proven=plain.get("proven"),
            probe_until=_moment(plain, "probeUntil"),
        )

    def take_probe(self, now: datetime, until: datetime) -> bool:
        """Try an unproven account, alone. A probe that was never released runs out by itself."""
        return self._update(
            "SET probeUntil = :until",
            "attribute_not_exists(reason) AND"
            " (attribute_not_exists(probeUntil) OR probeUntil <= :now)",
            {":until": to_milliseconds(until), ":now": to_milliseconds(now)},
        )

    def release_probe(self) -> None:
        """Let somebody else try."""
        self._update("REMOVE probeUntil", None, {})

    def prove(self, account_version: str) -> None:
        """Voipit has answered this account."""
        self._update("SET proven = :proven REMOVE probeUntil", None, {":proven": account_version})

    def doubt(self, account_version: str) -> None:
        """The account that counts as answered is not this one. No change if it is another."""
        self._update("REMOVE proven", "proven = :version", {":version": account_version})

    def open(
        self, reason: OpenReason, failed: str, since: datetime, next_ping_at: datetime
    ) -> None:
        """Stop sending. No change if it is open already."""
        self._update(
            "SET reason = :reason, failed = :failed, since = :since, nextPingAt = :next,"
            " pings = :none REMOVE probeUntil, proven",
            "attribute_not_exists(reason)",
            {
                ":reason": str(reason),
                ":failed": failed,
                ":since": to_milliseconds(since),
                ":next": to_milliseconds(next_ping_at),
                ":none": 0,
            },
        )

    def take_ping(self, seen: Circuit, next_ping_at: datetime, account_version: str) -> bool:
        """Claim the next ping of the outage that was seen."""
        if seen.since is None:
            return False
        return self._update(
            "SET pings = :pings, nextPingAt = :next, failed = :failed",
            "since = :since AND pings = :seen",
            {
                ":since": to_milliseconds(seen.since),
                ":seen": seen.pings,
                ":pings": seen.pings + 1,
                ":next": to_milliseconds(next_ping_at),
                ":failed": account_version,
            },
        )

    def stay_open(self, seen: Circuit, reason: OpenReason, next_ping_at: datetime) -> None:
        """The outage that was seen goes on, for another reason."""
        if seen.since is None:
            return
        self._update(
            "SET reason = :reason, nextPingAt = :next",
            "since = :since",
            {
                ":reason": str(reason),
                ":next": to_milliseconds(next_ping_at),
                ":since": to_milliseconds(seen.since),
            },
        )

    def close(self, seen: Circuit, account_version: str) -> None:
        """End the outage that was seen, and no other."""
        if seen.since is None:
            return
        self._update(
            "SET proven = :proven REMOVE reason, failed, since, nextPingAt, pings",
            "since = :since",
            {":proven": account_version, ":since": to_milliseconds(seen.since)},
        )

    def _update(self, expression: str, condition: str | None, values: dict[str, Any]) -> bool:
        """One conditional write; whether the condition held."""
        optional: Any = {}
        if condition is not None:
            optional["ConditionExpression"] = condition
        if values:
            optional["ExpressionAttributeValues"] = {k: attribute(v) for k, v in values.items()}
        try:
            write(
                lambda: self.client.update_item(
                    TableName=self.table_name,
                    Key={"guard": attribute(CIRCUIT)},
                    UpdateExpression=expression,
                    **optional,
                )
            )
        except ConditionFailedError:
            return False
        return True


def _moment(plain: dict[str, Any], name: str) -> datetime | None:
    return from_milliseconds(int(plain[name])) if name in plain else None
