"""The calls that are measured: how each is prepared in a version's world, and its events."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from benchmarks import events
from benchmarks.world import World

Event = dict[str, Any]
Prepare = Callable[[World, int], list[Event]]

GATEWAY: Final = frozenset({"today", "then"})
ALL: Final = GATEWAY | {"lean", "tutorial"}
RECORDS: Final = 100
"""Records of the stream in one call of `publish`, and messages in a batch."""


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of call: events for so many calls, made before the clock runs."""

    name: str
    function: str
    prepare: Prepare
    versions: frozenset[str] = ALL
    calls: int = 10
    """In each round."""
    is_refused: bool = False
    """Whether the call has to be answered with an error."""


def sends(world: World, count: int) -> list[Event]:
    """Messages with an id of the caller's own."""
    return [events.send(world.tree, number) for number in world.numbers(count)]


def sends_without_id(world: World, count: int) -> list[Event]:
    """Messages to which the gateway gives an id."""
    return [events.send(world.tree, number, has_id=False) for number in world.numbers(count)]


def _reports(world: World, count: int, *, are_forged: bool) -> list[Event]:
    """Voipit's reports of messages that have been sent for it."""
    world.stubs("heard")
    for event in sends(world, count):
        world.call("send", event)
    return [
        events.report(world.tree, form["sendResultTo"], form["messageId"], is_forged=are_forged)
        for form in world.stubs("heard")["forms"]
    ]


def reports(world: World, count: int) -> list[Event]:
    """Each about a message of its own."""
    return _reports(world, count, are_forged=False)


def forged(world: World, count: int) -> list[Event]:
    """The same with a signature that is not the gateway's."""
    return _reports(world, 1, are_forged=True) * count


def reads(world: World, count: int) -> list[Event]:
    """One message, over and over."""
    (event,) = sends(world, 1)
    world.call("send", event)
    row = world.stubs("rows", table="Messages")[-1]
    return [events.get_message(world.tree, row["messageId"]["S"])] * count


def lists(length: int) -> Prepare:
    """The messages to one number, of which there are more than are asked for."""

    def prepare(world: World, count: int) -> list[Event]:
        (number,) = world.numbers()
        world.call("send", events.send(world.tree, number))
        row = world.stubs("rows", table="Messages")[-1]
        patterns = {"messageId": "listed-{i:06d}"}
        if "clientCreatedAt" in row:
            start = row["clientCreatedAt"]["S"].rpartition(".")[0]
            patterns["clientCreatedAt"] = start + ".{i:03d}Z"
        world.stubs("fill", table="Messages", item=row, count=length + 50, patterns=patterns)
        return [events.list_messages(world.tree, events.phone_number(number), length)] * count

    return prepare


def changes(length: int) -> Prepare:
    """So many records of the table's stream, over and over: messages that were stored and sent."""

    def prepare(world: World, count: int) -> list[Event]:
        world.stubs("heard")
        for event in sends(world, length // 2 + 1):
            world.call("send", event)
        heard = world.stubs("heard")["changes"]
        images = [(before, after) for table, before, after in heard if table == "Messages"]
        return [events.stream(world.tree, images[:length])] * count

    return prepare


def queued(world: World, count: int) -> list[Event]:
    """A queue message each, about a message that waits since a batch."""
    world.stubs("heard")
    for start in range(0, count, RECORDS):  # what a batch holds at most
        numbers = world.numbers(min(RECORDS, count - start))
        world.call("send", events.batch(world.tree, numbers))
    return [events.queue(world.tree, [body]) for _, body in world.stubs("heard")["queued"]]


def nothing_due(world: World, count: int) -> list[Event]:
    """The schedule's event, with an empty table."""
    return [events.every_minute(world.tree)] * count


def batches(length: int) -> Prepare:
    """Batches of so many messages."""
    return lambda world, count: [
        events.batch(world.tree, world.numbers(length)) for _ in range(count)
    ]


SEND: Final = Case("send, own id", "send", sends)
CALLBACK: Final = Case("callback", "callback", reports)
STATUS: Final = Case("status, one message", "status", reads)
PUBLISH: Final = Case(f"publish, {RECORDS} records", "publish", changes(RECORDS), calls=2)
DISPATCH: Final = Case("dispatch, one message", "dispatch", queued, GATEWAY)
WATCH: Final = Case("watch, nothing due", "watch", nothing_due, GATEWAY, calls=5)

WARM: Final = (
    SEND,
    Case("send, no id", "send", sends_without_id, GATEWAY),
    CALLBACK,
    Case("callback, forged", "callback", forged, GATEWAY, calls=30, is_refused=True),
    STATUS,
    Case("list of 20", "status", lists(20), GATEWAY, calls=5),
    Case("list of 100", "status", lists(100), GATEWAY, calls=2),
    Case("publish, one record", "publish", changes(1)),
    PUBLISH,
    DISPATCH,
    WATCH,
    Case("batch of 100", "send", batches(RECORDS), GATEWAY, calls=1),
)
RESTED: Final = (SEND, CALLBACK, STATUS, DISPATCH)
COLD: Final = (SEND, CALLBACK, STATUS, PUBLISH, DISPATCH, WATCH)
