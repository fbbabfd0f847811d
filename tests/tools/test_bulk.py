from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sms_gateway_client import NotFoundError, UnavailableError
from sms_gateway_client.gateway import BATCH
from tests.support.gateway_server import preview_of
from tools.bulk import Bulk, Gateway, Plan
from tools.csv_results import DUPLICATE, REFUSED, UNKNOWN, Result, ResultFile
from tools.csv_rows import Row

Json = dict[str, Any]
SEND = "people.csv"
ADDRESS = "https://here.test/v1"


@dataclass
class GatewayInMemory:
    """Takes everything but what has a problem; `problems` are those of the next tries of a number.

    `gives_up_after` so many batches were stored: the answer to the last one never came.
    """

    stored: dict[str, Json] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    problems: dict[str, deque[tuple[int, str]]] = field(default_factory=dict)
    statuses: dict[str, deque[str | None]] = field(default_factory=dict)
    retry_after: int | None = None
    gives_up_after: int = 1000
    url: str = ADDRESS

    def send_batch(self, messages: Iterable[Any]) -> list[Any]:
        messages = list(messages)
        self.sizes.append(len(messages))
        results = [self._take(message) for message in messages]
        if len(self.sizes) == self.gives_up_after:
            raise UnavailableError("no answer")
        return results

    def preview_batch(self, messages: Iterable[Any]) -> list[Any]:
        return [preview_of(message) for message in messages]

    def _take(self, message: Json) -> Json:
        problems = self.problems.get(message["phoneNumber"])
        if problems:
            status, code = problems.popleft()
            problem = {"type": f"urn:x:{code}", "status": status, "detail": "No."}
            if self.retry_after is not None:
                problem["retryAfter"] = self.retry_after
            return {"problem": problem}
        replayed = message["messageId"] in self.stored
        self.stored[message["messageId"]] = message
        return {"message": self.view(message["messageId"], "queued"), "replayed": replayed}

    def message(self, message_id: str) -> Any:
        statuses = self.statuses.get(self.stored[message_id]["phoneNumber"])
        if not statuses:
            return self.view(message_id, "sent")
        status = statuses.popleft()
        if status is None:
            raise NotFoundError("404", status=404)
        return self.view(message_id, status)

    @staticmethod
    def view(message_id: str, status: str) -> Json:
        why = {"reason": "transmission-error", "errorMessage": "no route"}
        return {"messageId": message_id, "status": status, **(why if status == "failed" else {})}


@dataclass
class Watcher:
    rows: int = 0
    pauses: list[str] = field(default_factory=list)

    def done(self, rows: int) -> None:
        self.rows += rows

    def pausing(self, why: str, seconds: float) -> None:
        assert seconds > 0
        self.pauses.append(why)


class World:
    """One file of rows, what is known of it on the disk, and a clock that only pauses move."""

    def __init__(self, folder: Path) -> None:
        self.gateway = GatewayInMemory()
        self.watcher = Watcher()
        self.file = ResultFile(folder / "people.csv.results.csv", ",")
        self.time = 0.0

    def bulk(self, rows: Sequence[Row], *, send: str = SEND, wait: float = 120.0) -> Bulk:
        """A new run of the program."""
        gateway: Gateway = self.gateway
        known, elsewhere = self.file.read(gateway.url)
        bulk = Bulk(
            Plan.of(rows, send),
            known,
            elsewhere,
            self.file,
            gateway,
            self.watcher,
            wait,
            self.sleep,
            lambda: self.time,
        )
        bulk.rewrite()
        return bulk

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def rows(count: int) -> list[Row]:
    return [Row(number + 2, f"0721{number:06}", f"Text {number}") for number in range(count)]


def on_disk(world: World) -> dict[str, Result]:
    """What stands on the disk about this gateway."""
    return world.file.read(world.gateway.url)[0]


def statuses(world: World) -> list[str]:
    return [result.status for result in on_disk(world).values()]


def test_rows_are_sent_a_hundred_at_a_time_each_with_its_id(world: World) -> None:
    people = rows(250)

    world.bulk(people).send()

    assert world.gateway.sizes == [100, 100, 50]
    assert list(world.gateway.stored.values()) == [
        {
            "messageId": row.message_id(SEND),
            "phoneNumber": row.number,
            "message": row.message,
        }
        for row in people
    ]
    assert statuses(world) == ["queued"] * 250
    assert world.watcher.rows == 250


def test_equal_rows_are_one_message_and_the_others_say_of_which(world: World) -> None:
    row = Row(2, "0721 234 567", "Da")
    again = [Row(5, "0721-234-567", "Da"), Row(9, "0721234567", "Da")]
    bulk = world.bulk([row, Row(3, "0721234567", "Nu"), *again])

    bulk.send()

    assert world.gateway.sizes == [2]
    assert [(r.line, r.status, r.detail) for r in bulk.results()] == [
        (2, "queued", ""),
        (3, "queued", ""),
        (5, DUPLICATE, "the same as line 2"),
        (9, DUPLICATE, "the same as line 2"),
    ]
    assert len({r.message_id for r in bulk.results()}) == 2


def test_a_second_run_sends_nothing(world: World) -> None:
    world.bulk(rows(120)).send()

    again = world.bulk(rows(120))
    again.send()

    assert (again.to_send(), world.gateway.sizes) == ([], [100, 20])


def test_a_second_run_of_an_edited_file_sends_what_is_new(world: World) -> None:
    first, second = rows(2)
    world.bulk([first, second]).send()
    moved = Row(3, second.number, second.message)
    bulk = world.bulk([Row(2, "0799", "New"), moved, Row(4, first.number, "Another")])

    bulk.send()
    bulk.rewrite()

    assert world.gateway.sizes == [2, 2]
    assert len(world.gateway.stored) == 4
    assert [(r.line, r.number) for r in bulk.results()] == [
        (2, "0799"),
        (3, second.number),
        (4, first.number),
    ]
    gone = first.message_id(SEND)
    assert on_disk(world)[gone].status == "queued", "what was sent is told for good"


def test_another_name_is_another_send_and_both_are_told(world: World) -> None:
    world.bulk(rows(3)).send()

    world.bulk(rows(3), send="autumn").send()

    assert len(world.gateway.stored) == len(on_disk(world)) == 6


def test_what_another_gateway_has_taken_is_not_taken_here_and_both_are_told(world: World) -> None:
    there, here = world.gateway, GatewayInMemory(url="https://elsewhere.test/v1")
    world.bulk(rows(3)).send()

    world.gateway = here
    bulk = world.bulk(rows(3))
    bulk.send()
    bulk.follow()

    assert len(there.stored) == len(here.stored) == 3
    assert statuses(world) == ["sent"] * 3
    world.gateway = there
    assert statuses(world) == ["queued"] * 3
    assert world.bulk(rows(3)).to_send() == []


def test_a_run_elsewhere_that_is_cut_short_forgets_nothing_of_here(world: World) -> None:
    there, here = world.gateway, GatewayInMemory(url="https://elsewhere.test/v1", gives_up_after=2)
    world.bulk(rows(150)).send()

    world.gateway = here
    with pytest.raises(UnavailableError):
        world.bulk(rows(150)).send()

    assert len(statuses(world)) == 100
    world.gateway = there
    assert len(statuses(world)) == 150


def test_rows_of_which_the_gateway_is_not_known_are_offered_again_and_doubled_by_nobody(
    world: World,
) -> None:
    world.bulk(rows(3)).send()
    lines = world.file.path.read_text().splitlines()
    world.file.path.write_text("".join(f"{line.rpartition(',')[0]}\n" for line in lines))

    world.bulk(rows(3)).send()

    assert (world.gateway.sizes, len(world.gateway.stored)) == ([3, 3], 3)
    assert statuses(world) == ["queued"] * 3


def test_a_run_that_was_given_up_has_written_down_all_it_knows(world: World) -> None:
    world.gateway.gives_up_after = 3
    bulk = world.bulk(rows(450))

    with pytest.raises(UnavailableError):
        bulk.send()

    assert len(world.gateway.stored) == 300
    assert statuses(world) == ["queued"] * 200


def test_a_run_goes_on_where_the_last_one_stopped_and_doubles_nothing(world: World) -> None:
    world.gateway.gives_up_after = 3
    with pytest.raises(UnavailableError):
        world.bulk(rows(450)).send()

    world.bulk(rows(450)).send()

    assert world.gateway.sizes == [100, 100, 100, 100, 100, 50]
    assert len(world.gateway.stored) == 450
    assert statuses(world) == ["queued"] * 450


def test_a_row_that_is_refused_says_why_and_is_offered_again_by_the_next_run_only(
    world: World,
) -> None:
    world.gateway.problems["0721000001"] = deque([(422, "text-too-long")])
    bulk = world.bulk(rows(3))
    bulk.send()

    assert world.gateway.sizes == [3]
    assert bulk.results()[1] == Result(
        3, "0721000001", rows(3)[1].message_id(SEND), REFUSED, "urn:x:text-too-long", "No.", ADDRESS
    )
    assert world.watcher.rows == 3

    world.bulk(rows(3)).send()

    assert world.gateway.sizes == [3, 1]
    assert statuses(world) == ["queued"] * 3


@pytest.mark.parametrize("problem", [(429, "recipient-limit-reached"), (503, "store-unavailable")])
def test_a_row_that_cannot_be_taken_just_now_is_offered_again_in_the_same_run(
    world: World, problem: tuple[int, str]
) -> None:
    world.gateway.problems["0721000001"] = deque([problem] * 3)

    world.bulk(rows(BATCH + 1)).send()

    assert world.gateway.sizes == [100, 1, 1, 1, 1]
    assert statuses(world).count("queued") == 101
    assert world.watcher.pauses == ["1 of the rows cannot be taken just now"] * 3
    assert world.watcher.rows == 101


def test_what_cannot_be_taken_for_longer_stays_refused(world: World) -> None:
    world.gateway.problems["0721000001"] = deque([(429, "client-limit-reached")] * 1000)

    world.bulk(rows(3), wait=60.0).send()

    assert 30 <= world.time <= 60
    assert sorted(statuses(world)) == ["queued", "queued", REFUSED]
    assert world.watcher.rows == 3


def test_a_row_is_offered_again_when_the_gateway_says_so_and_not_before(world: World) -> None:
    world.gateway.problems["0721000001"] = deque([(429, "recipient-limit-reached")])
    world.gateway.retry_after = 40

    world.bulk(rows(3), wait=60.0).send()

    assert world.time == 40
    assert statuses(world) == ["queued"] * 3


def test_nobody_waits_for_what_comes_too_late(world: World) -> None:
    world.gateway.problems["0721000001"] = deque([(429, "recipient-limit-reached")])
    world.gateway.retry_after = 61

    world.bulk(rows(3), wait=60.0).send()

    assert world.time == 0
    assert world.gateway.sizes == [3]
    assert world.watcher.rows == 3


def test_without_waiting_everything_is_offered_once(world: World) -> None:
    world.gateway.problems["0721000001"] = deque([(429, "client-limit-reached")] * 2)

    world.bulk(rows(3), wait=0.0).send()

    assert world.gateway.sizes == [3]


def test_a_refusal_is_written_down_once_however_often_it_is_heard(world: World) -> None:
    world.gateway.problems["0721000001"] = deque([(429, "client-limit-reached")] * 1000)

    world.bulk(rows(3), wait=60.0).send()

    assert len(world.file.path.read_text().splitlines()) == 1 + 3


def test_messages_are_followed_until_all_are_settled(world: World) -> None:
    people = rows(5)
    world.gateway.statuses = {
        people[0].number: deque(["submitted", "submitted", "sent"]),
        people[1].number: deque(["unconfirmed", "no_report"]),
        people[2].number: deque(["failed"]),
        people[3].number: deque([None]),
    }
    world.gateway.problems[people[4].number] = deque([(422, "suppressed")])
    bulk = world.bulk(people)
    bulk.send()
    world.watcher.rows = 0

    bulk.follow()

    assert [(r.status, r.detail) for r in bulk.results()] == [
        ("sent", ""),
        ("no_report", ""),
        ("failed", "transmission-error: no route"),
        (UNKNOWN, "the gateway does not know this message any more"),
        (REFUSED, "No."),
    ]
    assert list(on_disk(world).values()) == bulk.results()
    assert world.watcher.rows == 4
    assert bulk.unsettled() == []


def test_what_is_settled_is_not_asked_about_again(world: World) -> None:
    bulk = world.bulk(rows(3))
    bulk.send()
    bulk.follow()
    world.gateway.stored.clear()

    world.bulk(rows(3)).follow()

    assert statuses(world) == ["sent"] * 3


def test_a_message_the_gateway_has_forgotten_is_not_sent_again(world: World) -> None:
    world.gateway.statuses["0721000000"] = deque([None])
    bulk = world.bulk(rows(1))
    bulk.send()
    bulk.follow()

    assert world.bulk(rows(1)).to_send() == []


def test_statuses_that_were_heard_before_the_gateway_fell_silent_are_kept(world: World) -> None:
    bulk = world.bulk(rows(3))
    bulk.send()
    asked: list[str] = []

    def message(message_id: str) -> Json:
        asked.append(message_id)
        if len(asked) == 3:
            raise UnavailableError("no answer")
        return GatewayInMemory.view(message_id, "sent")

    world.gateway.message = message  # type: ignore[method-assign]
    with pytest.raises(UnavailableError):
        bulk.follow()
    bulk.rewrite()

    assert statuses(world) == ["sent", "sent", "queued"]
