"""What the life of a message costs in write and read units, as pages/lives.py says."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from pages.lives import LIVES, Units
from sms_gateway.adapters import aws
from tests.fakes.clock import FakeClock
from tests.handlers.cloud import Cloud
from tests.handlers.lambdas import Answer, ColdStart, Function
from tests.handlers.test_limits import NO_LIMITS
from tests.handlers.voipit import FakeVoipit, an_error
from tests.support.samples import ONE_QUEUED, ORIGIN, queue_body, sample, with_body
from tests.support.units import Meter

HOUR: Final = 3600
GUARDS: Final = {"all guards": {"RECIPIENT_HOURLY_LIMIT": "2"}, "no guard": NO_LIMITS}
"""By name, what the functions' environments say."""
IN_A_BATCH: Final = 3
NOTHING: Final = Units(0, 0)
WATCH: Final = "one run of watch, nothing due"


@dataclass
class World:
    """The functions, and a meter that listens to them."""

    cold_start: ColdStart
    environment: dict[str, str]
    clock: FakeClock
    voipit: FakeVoipit
    cloud: Cloud
    meter: Meter
    shared: Units = NOTHING
    """What was spent by the way and is no message's own."""
    messages: int = 1

    def __post_init__(self) -> None:
        self._functions: dict[str, Function] = {}
        # Reads the secrets and proves the account.
        self.post("warm-up", phoneNumber="+40799000000")
        self.report()
        self.meter.spent.clear()

    def function(self, name: str) -> Function:
        """The function, started when it is first needed."""
        if name not in self._functions:
            started = self.cold_start(name, ALLOWED_ORIGINS=ORIGIN, **self.environment)
            self._functions[name] = started
        return self._functions[name]

    def post(self, message_id: str | None = "m-1", **body: Any) -> Answer:
        return self.function("send")(
            with_body(sample("send-post-message"), messageId=message_id, **body)
        )

    def post_from_a_page(self) -> Answer:
        return self.function("send")(sample("send-page-message"))

    def post_batch(self) -> None:
        items = [
            {"phoneNumber": f"072100{n:04}", "message": "Buna ziua.", "messageId": f"b-{n}"}
            for n in range(IN_A_BATCH)
        ]
        self.messages = IN_A_BATCH
        request = sample("send-post-batch") | {"body": json.dumps({"messages": items})}
        assert len(self.function("send")(request).body["results"]) == IN_A_BATCH

    def suppress(self) -> None:
        self.cloud.suppress("+40721234567")

    def dispatch(self, message_id: str = "m-1") -> None:
        record = ONE_QUEUED["Records"][0] | {"body": json.dumps(queue_body(message_id))}
        self.function("dispatch").invoke({"Records": [record]})

    def watch(self) -> None:
        """A run, which is there without this message too."""
        self.function("watch").invoke(sample("watch-scheduled"))
        idle = LIVES["all guards"][WATCH]
        self.shared = Units(self.shared.writes + idle.writes, self.shared.reads + idle.reads)

    def report(self, position: int = -1) -> None:
        """Voipit reports what it has taken."""
        form = {"apiName": "sms", "type": "deliveryReport", "status": "sent", "id": "m-1"}
        path = self.voipit.taken[position]["sendResultTo"].removeprefix("https://callback.example")
        body = base64.b64encode(urlencode(form).encode()).decode()
        answer = self.function("callback")(
            sample("callback-form") | {"body": body, "rawPath": path}
        )
        assert answer.status == 200

    def unreachable(self) -> None:
        self.voipit.reachable = False
        assert self.post().body["reason"] == "no-connection"
        self.voipit.reachable = True
        self.clock.advance(30)

    @property
    def spent(self) -> Units:
        """The share of each message."""
        writes = self.meter.units.writes - self.shared.writes
        reads = self.meter.units.reads - self.shared.reads
        return Units(writes / self.messages, reads / self.messages)


# --- lives ------------------------------------------------------------------------------------


def straight(world: World) -> None:
    assert world.post().body["status"] == "submitted"
    world.report()


def straight_without_an_id(world: World) -> None:
    world.post(None)
    world.report()


def from_a_page(world: World) -> None:
    world.post_from_a_page()
    world.report()


def refused_by_voipit(world: World) -> None:
    world.voipit.answer = an_error("400", "Bad request")
    assert world.post().body["status"] == "failed"


def tried_twice(world: World) -> None:
    world.unreachable()
    world.dispatch()
    world.report()


def submitted_and_never_reported(world: World) -> None:
    world.post()
    world.clock.advance(HOUR + 1)
    world.watch()
    assert world.cloud.row("m-1")["status"] == "no_report"


def unconfirmed_and_never_reported(world: World) -> None:
    world.voipit.cuts_off = True
    assert world.post().body["status"] == "unconfirmed"
    world.clock.advance(HOUR + 1)
    world.watch()
    assert world.cloud.row("m-1")["status"] == "no_report"


def sent_again(world: World) -> None:
    world.voipit.cuts_off = True
    world.post(onUnconfirmed="resend")
    world.voipit.cuts_off = False
    world.clock.advance(HOUR + 1)
    world.watch()
    world.dispatch()
    world.report()
    assert world.cloud.row("m-1")["attempt"] == 2


def scheduled(world: World) -> None:
    world.post(sendAt="2026-11-22T16:00:00Z")
    world.clock.advance(HOUR)
    world.watch()
    world.dispatch()
    world.report()
    assert world.cloud.row("m-1")["status"] == "sent"


def a_batch(world: World) -> None:
    world.post_batch()
    for number in range(IN_A_BATCH):
        world.dispatch(f"b-{number}")
        world.report()


def replayed(world: World) -> None:
    world.post()
    world.meter.spent.clear()
    assert world.post().headers["idempotent-replayed"] == "true"


def refused_by_a_limit(world: World) -> None:
    for number in range(2):
        world.post(f"before-{number}")
    world.meter.spent.clear()
    assert world.post().status == 429


def refused_by_the_list(world: World) -> None:
    world.suppress()
    assert world.post().status == 422


def a_run_of_watch(world: World) -> None:
    world.function("watch").invoke(sample("watch-scheduled"))


Life = Callable[[World], None]
WITHOUT: Final[dict[str, Life]] = {
    "straight": straight,
    "straight, from a page": from_a_page,
    "tried twice": tried_twice,
    "each of a batch": a_batch,
}
WITH_ALL: Final[dict[str, Life]] = WITHOUT | {
    "straight, without an id": straight_without_an_id,
    "refused by Voipit": refused_by_voipit,
    "submitted, no report": submitted_and_never_reported,
    "unconfirmed, no report": unconfirmed_and_never_reported,
    "unconfirmed, sent again": sent_again,
    "scheduled": scheduled,
    "replayed": replayed,
    "refused by a limit": refused_by_a_limit,
    "refused by the list": refused_by_the_list,
    WATCH: a_run_of_watch,
}
BY_GUARDS: Final = {"all guards": WITH_ALL, "no guard": WITHOUT}


@pytest.fixture
def start(
    cold_start: ColdStart, clock: FakeClock, voipit: FakeVoipit, cloud: Cloud
) -> Iterator[Callable[[str], World]]:
    """Makes a world, under these guards."""
    with Meter(cloud.clients.dynamodb).listening(aws.dynamodb()) as meter:
        yield lambda guards: World(cold_start, GUARDS[guards], clock, voipit, cloud, meter)


@pytest.mark.parametrize(
    ("guards", "life"), [(guards, life) for guards, lives in BY_GUARDS.items() for life in lives]
)
def test_a_life_costs_what_is_written_down(
    start: Callable[[str], World], guards: str, life: str
) -> None:
    world = start(guards)

    BY_GUARDS[guards][life](world)

    spent = "\n".join(f"{s.call}: {s.units}" for s in world.meter.spent)
    assert world.spent == LIVES[guards][life], spent


def test_every_life_that_is_written_down_is_lived() -> None:
    assert {guards: set(lives) for guards, lives in BY_GUARDS.items()} == {
        guards: set(lives) for guards, lives in LIVES.items()
    }
