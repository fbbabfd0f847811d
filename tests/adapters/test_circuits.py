"""The port `Circuits`: one contract, held by the table and by the fake that stands in for it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sms_gateway.adapters.circuit_table import CircuitTable
from sms_gateway.domain.circuit import Circuit, OpenReason
from sms_gateway.use_cases.ports import Circuits
from tests.fakes.circuits import FakeCircuits
from tests.fakes.clock import START
from tests.support.tables import a_guards_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MINUTE = timedelta(minutes=1)
MILLISECOND = timedelta(milliseconds=1)
PING_AT = START + 60 * MINUTE
OUTAGE = Circuit(OpenReason.CREDENTIALS, since=START, next_ping_at=PING_AT, failed="v1")


@pytest.fixture(params=["fake", "table"])
def circuits(request: pytest.FixtureRequest, dynamodb: "DynamoDBClient") -> Circuits:
    if request.param == "fake":
        return FakeCircuits()
    return CircuitTable(dynamodb, a_guards_table(dynamodb))


def open_it(circuits: Circuits, reason: OpenReason = OpenReason.CREDENTIALS) -> Circuit:
    circuits.open(reason, "v1", START, PING_AT)
    return circuits.get()


def test_a_circuit_nobody_has_touched_is_closed_and_proves_nothing(circuits: Circuits) -> None:
    assert circuits.get() == Circuit()


@pytest.mark.parametrize("reason", OpenReason)
def test_an_opened_circuit_says_since_when_why_and_for_which_account(
    circuits: Circuits, reason: OpenReason
) -> None:
    assert open_it(circuits, reason) == replace(OUTAGE, reason=reason)


def test_a_reason_of_a_later_release_is_the_most_careful_one(dynamodb: "DynamoDBClient") -> None:
    table = CircuitTable(dynamodb, a_guards_table(dynamodb))
    open_it(table)
    dynamodb.update_item(
        TableName=table.table_name,
        Key={"guard": {"S": "circuit"}},
        UpdateExpression="SET reason = :later",
        ExpressionAttributeValues={":later": {"S": "maintenance"}},
    )

    assert table.get() == replace(OUTAGE, reason=OpenReason.CONFIGURATION)


def test_a_circuit_is_opened_once_and_the_first_reason_stays(circuits: Circuits) -> None:
    open_it(circuits)

    circuits.open(OpenReason.IP_BLOCKED, "v2", START + MINUTE, PING_AT + MINUTE)

    assert circuits.get() == OUTAGE


def test_an_answer_proves_the_account_and_ends_the_probe(circuits: Circuits) -> None:
    circuits.take_probe(START, START + MINUTE)

    circuits.prove("v1", START)

    assert circuits.get() == Circuit(proven="v1", proven_at=START)


def test_opening_forgets_what_was_proven_and_who_is_trying(circuits: Circuits) -> None:
    circuits.prove("v1", START)
    circuits.take_probe(START, START + MINUTE)

    assert open_it(circuits) == OUTAGE


def test_a_probe_is_held_by_one(circuits: Circuits) -> None:
    assert circuits.take_probe(START, START + MINUTE)
    assert not circuits.take_probe(START, START + MINUTE)
    assert circuits.get().probe_until == START + MINUTE


def test_of_many_who_ask_at_once_one_gets_the_probe(circuits: Circuits) -> None:
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: circuits.take_probe(START, START + MINUTE), range(16)))

    assert taken.count(True) == 1


@pytest.mark.parametrize(
    ("waited", "taken"),
    [(MINUTE - timedelta(milliseconds=1), False), (MINUTE, True), (9 * MINUTE, True)],
    ids=["held", "run out", "long ago"],
)
def test_a_probe_that_was_never_given_back_runs_out(
    circuits: Circuits, waited: timedelta, *, taken: bool
) -> None:
    circuits.take_probe(START, START + MINUTE)
    now = START + waited

    assert circuits.take_probe(now, now + MINUTE) is taken


def test_a_probe_that_was_given_back_can_be_taken_at_once(circuits: Circuits) -> None:
    circuits.take_probe(START, START + MINUTE)

    circuits.release_probe()

    assert circuits.get() == Circuit()
    assert circuits.take_probe(START, START + MINUTE)


def test_a_probe_nobody_holds_can_be_given_back(circuits: Circuits) -> None:
    circuits.release_probe()

    assert circuits.get() == Circuit()


def test_nobody_tries_anything_while_the_circuit_is_open(circuits: Circuits) -> None:
    open_it(circuits)

    assert not circuits.take_probe(PING_AT, PING_AT + MINUTE)
    assert circuits.get() == OUTAGE


def test_a_ping_is_taken_by_one_until_its_lease_is_over(circuits: Circuits) -> None:
    seen = open_it(circuits)

    assert circuits.take_ping(seen, START, START + MINUTE)
    assert circuits.get() == replace(OUTAGE, ping_until=START + MINUTE)
    assert not circuits.take_ping(seen, START + MINUTE - MILLISECOND, START + 9 * MINUTE)
    assert circuits.take_ping(seen, START + MINUTE, START + 2 * MINUTE)


def test_of_many_who_ask_at_once_one_gets_the_ping(circuits: Circuits) -> None:
    seen = open_it(circuits)

    def ask(_: int) -> bool:
        return circuits.take_ping(seen, START, START + MINUTE)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(16))).count(True) == 1


def test_who_has_not_seen_the_last_ping_does_not_get_the_next(circuits: Circuits) -> None:
    seen = open_it(circuits)
    after_ping = seen.after_ping(OpenReason.CREDENTIALS, "v2", PING_AT)
    circuits.take_ping(seen, START, START + MINUTE)
    circuits.stay_open(seen, after_ping)

    assert not circuits.take_ping(seen, START, START + MINUTE)
    assert circuits.take_ping(circuits.get(), START, START + MINUTE)


def test_nobody_pings_for_a_circuit_that_is_closed(circuits: Circuits) -> None:
    assert not circuits.take_ping(Circuit(), START, PING_AT)
    assert not circuits.take_ping(OUTAGE, START, PING_AT)
    assert circuits.get() == Circuit()


def test_a_pong_closes_the_circuit_and_proves_the_account(circuits: Circuits) -> None:
    seen = open_it(circuits)
    circuits.take_ping(seen, START, PING_AT)

    circuits.close(seen, "v2", START)

    assert circuits.get() == Circuit(proven="v2", proven_at=START)


@pytest.mark.parametrize("seen", [OUTAGE, Circuit()], ids=["an earlier outage", "no outage"])
def test_closing_ends_the_outage_that_was_seen_and_no_other(
    circuits: Circuits, seen: Circuit
) -> None:
    later = replace(OUTAGE, since=START + MINUTE)
    circuits.open(OpenReason.CREDENTIALS, "v1", START + MINUTE, PING_AT)

    circuits.close(seen, "v2", START)
    assert not circuits.take_ping(seen, START, PING_AT)

    assert circuits.get() == later


def test_a_circuit_that_was_closed_can_be_opened_again(circuits: Circuits) -> None:
    circuits.close(open_it(circuits), "v1", START)

    circuits.open(OpenReason.IP_BLOCKED, "v1", START + MINUTE, PING_AT)

    assert circuits.get() == Circuit(
        OpenReason.IP_BLOCKED, since=START + MINUTE, next_ping_at=PING_AT, failed="v1"
    )


@pytest.mark.parametrize(
    ("doubted", "left"),
    [("v1", Circuit()), ("v2", Circuit(proven="v1", proven_at=START))],
    ids=["the proven one", "another one"],
)
def test_doubt_is_cast_on_the_account_that_is_named_and_on_no_other(
    circuits: Circuits, doubted: str, left: Circuit
) -> None:
    circuits.prove("v1", START)
    circuits.take_probe(START, START + MINUTE)

    circuits.doubt(doubted)

    assert circuits.get() == replace(left, probe_until=START + MINUTE)


@pytest.mark.parametrize("is_open", [False, True])
def test_doubt_about_an_account_nobody_has_proven_changes_nothing(
    circuits: Circuits, *, is_open: bool
) -> None:
    if is_open:
        open_it(circuits)
    before = circuits.get()

    circuits.doubt("v1")

    assert circuits.get() == before


def test_an_outage_may_go_on_for_another_reason(circuits: Circuits) -> None:
    seen = open_it(circuits)
    circuits.take_ping(seen, START, PING_AT)
    after_ping = Circuit(
        OpenReason.IP_BLOCKED, START, pings=1, next_ping_at=PING_AT + MINUTE, failed="v2"
    )

    circuits.stay_open(seen, after_ping)

    assert circuits.get() == after_ping


def test_when_a_ping_was_answered_403_is_known_through_the_next_outages(
    circuits: Circuits,
) -> None:
    seen = open_it(circuits)
    circuits.stay_open(seen, seen.after_ping(OpenReason.IP_BLOCKED, "v1", START + MINUTE))
    circuits.stay_open(seen, replace(seen, blocked_at=None))
    assert circuits.get().blocked_at == START + MINUTE

    circuits.close(seen, "v1", PING_AT)
    assert circuits.get() == Circuit(proven="v1", proven_at=PING_AT, blocked_at=START + MINUTE)
    circuits.prove("v1", PING_AT)
    circuits.doubt("v1")
    circuits.open(OpenReason.CREDENTIALS, "v1", PING_AT, PING_AT + MINUTE)
    assert circuits.get().blocked_at == START + MINUTE


@pytest.mark.parametrize("seen", [OUTAGE, Circuit()], ids=["an earlier outage", "no outage"])
@pytest.mark.parametrize("is_open", [False, True])
def test_only_the_outage_that_was_seen_goes_on(
    circuits: Circuits, seen: Circuit, *, is_open: bool
) -> None:
    if is_open:
        circuits.open(OpenReason.CREDENTIALS, "v1", START + MINUTE, PING_AT)
    before = circuits.get()

    circuits.stay_open(seen, OUTAGE.after_ping(OpenReason.IP_BLOCKED, "v2", PING_AT))

    assert circuits.get() == before


MISSING = Circuit(OpenReason.ACCOUNT_MISSING, since=START)


def test_a_missing_account_stops_everything_and_promises_no_ping(circuits: Circuits) -> None:
    circuits.prove("v1", START)
    circuits.take_probe(START, START + MINUTE)

    circuits.miss(circuits.get(), START)

    assert circuits.get() == MISSING


def test_a_missing_account_is_the_reason_of_the_outage_that_was_seen(circuits: Circuits) -> None:
    seen = open_it(circuits)
    circuits.take_ping(seen, START, PING_AT)

    circuits.miss(seen, START + MINUTE)

    assert circuits.get() == replace(MISSING, since=START + MINUTE)


@pytest.mark.parametrize("seen", [Circuit(), Circuit(OpenReason.CREDENTIALS, since=START - MINUTE)])
def test_an_outage_that_was_not_seen_keeps_its_reason(circuits: Circuits, seen: Circuit) -> None:
    open_it(circuits)

    circuits.miss(seen, START + MINUTE)

    assert circuits.get() == OUTAGE


def test_an_account_that_was_found_is_tried_by_one(circuits: Circuits) -> None:
    circuits.miss(Circuit(), START)

    circuits.find(circuits.get())

    assert circuits.get() == Circuit()
    assert circuits.take_probe(START, START + MINUTE)


@pytest.mark.parametrize(
    "seen", [Circuit(), replace(MISSING, since=START - MINUTE)], ids=["no outage", "an earlier one"]
)
def test_only_the_missing_account_that_was_seen_is_found(circuits: Circuits, seen: Circuit) -> None:
    circuits.miss(Circuit(), START)

    circuits.find(seen)

    assert circuits.get() == MISSING


def test_what_is_found_ends_no_other_outage(circuits: Circuits) -> None:
    seen = open_it(circuits)

    circuits.find(seen)

    assert circuits.get() == OUTAGE
