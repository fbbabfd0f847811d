"""What the process that measures asks of the stubs: a line of JSON each, and one back."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.certificates import presenting
from benchmarks.stubs.aws import Stub
from benchmarks.stubs.delays import LIKE_AWS
from benchmarks.stubs.expressions import Item
from benchmarks.stubs.server import HttpsServer
from benchmarks.stubs.tables import Table


@dataclass(slots=True)
class Control:
    """Each public method is an order; its result is the answer."""

    stub: Stub
    aws: HttpsServer
    voipit: HttpsServer
    _kept: dict[str, dict[str, Table]] = field(default_factory=dict)

    async def start(self) -> dict[str, int]:
        """Open both ports."""
        return {"aws": await self.aws.start(), "voipit": await self.voipit.start()}

    def create(self, tables: Mapping[str, Any], secrets: Mapping[str, str]) -> None:
        """Tables by name, as a template describes them; secrets by ARN."""
        self.stub.tables.tables = {name: Table.of(name, each) for name, each in tables.items()}
        self.stub.secrets = dict(secrets)

    def put(self, table: str, items: list[Item]) -> None:
        """Store rows; this counts no units and no changes."""
        for item in items:
            stored = self.stub.tables.tables[table]
            stored.write({name: item[name] for name in stored.key}, item)

    def fill(self, table: str, item: Item, count: int, patterns: Mapping[str, str]) -> None:
        """Store a row so many times; each attribute of `patterns` is a text of the row's number.

        In a pattern `{i}` is the number.
        """
        for i in range(count):
            texts = {name: {"S": pattern.format(i=i)} for name, pattern in patterns.items()}
            self.put(table, [{**item, **texts}])

    def clear(self, table: str) -> None:
        """Delete all rows of a table; this counts no units and no changes."""
        stored = self.stub.tables.tables[table]
        for item in list(stored.items.values()):
            stored.write({name: item[name] for name in stored.key}, None)

    def rows(self, table: str) -> list[Item]:
        """All rows of a table."""
        return list(self.stub.tables.tables[table].items.values())

    def keep(self, name: str) -> None:
        """Remember what the tables hold."""
        self._kept[name] = {key: table.copy() for key, table in self.stub.tables.tables.items()}

    def restore(self, name: str) -> None:
        """Have the tables hold again what they held at `keep`."""
        kept = self._kept[name].items()
        self.stub.tables.tables = {key: table.copy() for key, table in kept}

    def delay(self, *, like_aws: bool) -> None:
        """Answer as slowly as AWS and Voipit do, or at once."""
        self.stub.delays = dict(LIKE_AWS) if like_aws else {}

    def close_resting(self) -> int:
        """Close every connection on which no request is under way."""
        return self.aws.close_resting() + self.voipit.close_resting()

    def tally(self) -> dict[str, Any]:
        """Calls, connections, units, rows of `Messages` read and messages queued since the last."""
        stub = self.stub
        told = {
            "calls": dict(stub.calls),
            "connections": self.aws.connections + self.voipit.connections,
            "units": dict(stub.tables.units),
            "rows": stub.tables.rows_read,
            "enqueued": stub.enqueued,
        }
        stub.calls.clear()
        stub.tables.units.clear()
        self.aws.connections = self.voipit.connections = 0
        stub.tables.rows_read = stub.enqueued = 0
        return told

    def heard(self) -> dict[str, Any]:
        """What was queued, what Voipit was sent and what changed, since this was asked last."""
        stub = self.stub
        told = {"queued": stub.queued, "forms": stub.forms, "changes": stub.tables.changes}
        stub.queued, stub.forms, stub.tables.changes = [], [], []
        return told


async def serve(chain: Path) -> None:
    """Until the input ends. A new connection's certificate chain is the one in the file."""
    stub, context = Stub(), presenting(chain)
    control = Control(stub, HttpsServer(stub.of_aws, context), HttpsServer(stub.of_voipit, context))
    reader = asyncio.StreamReader(limit=1 << 30)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        order = json.loads(line)
        told = getattr(control, order.pop("do"))(**order)
        if asyncio.iscoroutine(told):
            told = await told
        print(json.dumps(told), flush=True)
