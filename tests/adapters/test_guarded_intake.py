"""What holds for the tables behind `Intake` alone: their items, their calls, their trouble."""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import repeat
from threading import Barrier
from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from sms_gateway.adapters.dynamodb import TRIES_OF_A_REQUEST
from sms_gateway.adapters.intake import MAX_SHARDS, GuardedIntake
from sms_gateway.adapters.messages_table import MessagesTable
from sms_gateway.adapters.suppressions_table import SuppressionsTable
from sms_gateway.domain.errors import (
    ClientLimitError,
    InvalidValueError,
    LimitReachedError,
    StoreUnavailableError,
    TokenUsedUpError,
)
from sms_gateway.domain.guards import HOUR, Limits, Suppression
from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.status import Status
from sms_gateway.use_cases.ports import AlreadyStoredError, DoubleClickError
from sms_gateway.use_cases.store_message import StoreMessage
from tests.adapters.dynamodb_clients import a_client, calls_of
from tests.adapters.test_dynamodb import CONDITION, CONFLICT
from tests.adapters.test_intake import WINDOW, a_new
from tests.fakes.builders import DUE, NUMBER, a_message, a_token
from tests.fakes.clock import START
from tests.support.tables import a_guards_table, a_messages_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DAY: Final = "2026-11-22"
EVERYTHING: Final = Limits(10, 50, 10_000, WINDOW, suppressions=True)
"""All guards are on."""
LATE: Final = 1795478400
"""A day after the end of the day of `START`, in epoch seconds."""
YEAR_LATER: Final = LATE + 399 * 86400
"""400 days after the end of the day of `START`: thirteen months of usage can be read."""


def an_intake(client: "DynamoDBClient", limits: Limits) -> GuardedIntake:
    return GuardedIntake(a_messages_table(client), a_guards_table(client), limits)


def guards(intake: GuardedIntake) -> dict[str, Any]:
    """The items of the guards table by the beginning of their key, without it."""
    items = intake.messages.client.scan(TableName=intake.guards_table)["Items"]
    return {item.pop("guard")["S"]: item for item in items}


def count_in_the_first_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the turn of a client's first row for every message, as long as it has room."""
    monkeypatch.setattr("sms_gateway.adapters.intake.count", lambda _: repeat(0))


# --- calls -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "id_is_chosen", "actions"),
    [
        (EVERYTHING, False, ["Put", "Put", "ConditionCheck", "Update", "Update"]),
        (EVERYTHING, True, ["Put", "ConditionCheck", "Update", "Update"]),
        (Limits(recipient_daily=1), True, ["Put", "Update", "Update"]),
        (Limits(recipient_hourly=1), True, ["Put", "Update", "Update"]),
        (Limits(client_daily=1), False, ["Put", "Update"]),
        (Limits(suppressions=True), False, ["Put", "ConditionCheck", "Update"]),
        (Limits(double_click=WINDOW), False, ["Put", "Put", "Update"]),
        (Limits(double_click=WINDOW), True, ["Put", "Update"]),
        (Limits(), False, ["Put", "Update"]),
    ],
)
def test_a_message_and_its_guards_and_its_count_are_one_transaction(
    dynamodb: "DynamoDBClient", limits: Limits, actions: list[str], *, id_is_chosen: bool
) -> None:
    intake = an_intake(dynamodb, limits)
    with calls_of(dynamodb) as made:
        intake.store(a_new(), id_is_chosen=id_is_chosen)

    ((name, params),) = made
    assert name == "TransactWriteItems"
    assert [action for item in params["TransactItems"] for action in item] == actions


def test_a_list_that_was_looked_at_before_is_no_part_of_the_transaction(
    dynamodb: "DynamoDBClient",
) -> None:
    intake = an_intake(dynamodb, EVERYTHING)
    waits = stored(intake)
    with calls_of(dynamodb) as made:
        intake.store(a_new(), id_is_chosen=True, is_unlisted=True)
        intake.claim(waits, Change.claiming(waits, "claim-2", START, DUE), is_unlisted=True)

    written = [params["TransactItems"] for name, params in made if name == "TransactWriteItems"]
    assert [[action for item in items for action in item] for items in written] == [
        ["Put", "Update", "Update"],
        ["Update", "Update"],
    ]


def test_the_items_are_what_their_documentation_says(
    dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    count_in_the_first_row(monkeypatch)
    intake = an_intake(dynamodb, replace(EVERYTHING, client_daily=50))
    first, second = a_new(), a_new(START + HOUR)
    intake.store(first, id_is_chosen=False)
    intake.store(second, id_is_chosen=True, token=a_token(token_id="t-1"))

    items = guards(intake)

    last = "last#clinic#+40721234567"
    intent = items[last].pop("intent")["S"]
    assert re.fullmatch(r"[0-9a-f]{64}", intent)
    assert items == {
        "recipient#+40721234567": {
            "sent": {"L": [{"N": "1795361700123"}, {"N": "1795358100123"}]},
            "writes": {"N": "2"},
            "expiresAt": {"N": str(LATE)},
        },
        # A day longer than the token, which is good for fifteen minutes.
        "token#t-1": {"messages": {"N": "1"}, "expiresAt": {"N": str(1795358100 + 900 + 86400)}},
        f"client#clinic#{DAY}#0": {"messages": {"N": "2"}, "expiresAt": {"N": str(YEAR_LATER)}},
        last: {
            "messageId": {"S": first.message_id},
            "equalUntil": {"N": "1795358110123"},
            "expiresAt": {"N": str(1795358110 + 86400)},
        },
    }


# --- usage -----------------------------------------------------------------------------------


def counted(intake: GuardedIntake, name: str) -> int:
    """The sum over the rows of a client's counts."""
    rows = [row for key, row in guards(intake).items() if key.startswith("client#clinic#")]
    return sum(int(row.get(name, {"N": "0"})["N"]) for row in rows)


@pytest.mark.parametrize("limits", [Limits(), EVERYTHING, replace(EVERYTHING, client_daily=0)])
def test_a_message_is_counted_once_whatever_limits_there_are(
    dynamodb: "DynamoDBClient", limits: Limits
) -> None:
    intake = an_intake(dynamodb, limits)
    now, scheduled = a_new(), replace(a_new(), counted_at=None, status=Status.QUEUED, attempt=0)
    for message in (now, scheduled):
        intake.store(message, id_is_chosen=True)
    with pytest.raises(AlreadyStoredError):
        intake.store(now, id_is_chosen=True)
    a_claim(intake, scheduled, START + HOUR)

    assert counted(intake, "messages") == 2
    assert counted(intake, "resends") == 0


@pytest.mark.parametrize("limits", [Limits(), EVERYTHING, Limits(suppressions=True)])
def test_a_message_that_is_sent_again_is_told_apart_from_one_that_was_taken(
    dynamodb: "DynamoDBClient", limits: Limits
) -> None:
    intake = an_intake(dynamodb, limits)
    intake.store(a_new(), id_is_chosen=True)
    a_claim(intake, stored(intake, Status.UNCONFIRMED, counted_at=START))

    assert counted(intake, "messages") - counted(intake, "resends") == 1
    assert counted(intake, "resends") == 1


def test_without_a_limit_a_count_bounds_nothing(dynamodb: "DynamoDBClient") -> None:
    intake = an_intake(dynamodb, Limits())
    for _ in range(100):
        intake.store(a_new(), id_is_chosen=True)

    assert counted(intake, "messages") == 100


@pytest.mark.parametrize("limits", [Limits(), EVERYTHING])
def test_messages_at_the_same_time_are_counted_in_rows_of_their_own(
    dynamodb: "DynamoDBClient", limits: Limits
) -> None:
    intake = an_intake(dynamodb, limits)
    with calls_of(dynamodb) as made:
        for number in range(3 * MAX_SHARDS):
            intake.store(a_new(phone_number=PhoneNumber(f"+4072{number:07}")), id_is_chosen=True)

    rows = [params["TransactItems"][-1]["Update"]["Key"]["guard"]["S"] for _, params in made]
    assert all(
        len(set(rows[start : start + MAX_SHARDS])) == MAX_SHARDS
        for start in range(2 * MAX_SHARDS + 1)
    )


def test_processes_begin_in_different_rows(dynamodb: "DynamoDBClient") -> None:
    intake = an_intake(dynamodb, Limits())
    with calls_of(dynamodb) as made:
        for _ in range(30):
            process = GuardedIntake(intake.messages, intake.guards_table, Limits())
            process.store(a_new(), id_is_chosen=True)

    rows = {params["TransactItems"][-1]["Update"]["Key"]["guard"]["S"] for _, params in made}
    assert len(rows) > 1


def test_what_was_counted_without_a_limit_counts_against_one_that_is_set(
    dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    count_in_the_first_row(monkeypatch)
    intake = an_intake(dynamodb, Limits())
    intake.store(a_new(), id_is_chosen=True)
    limited = GuardedIntake(intake.messages, intake.guards_table, Limits(client_daily=1))

    with pytest.raises(ClientLimitError):
        limited.store(a_new(), id_is_chosen=True)


# --- claims ----------------------------------------------------------------------------------


def a_claim(intake: GuardedIntake, message: Message, at: datetime = START) -> Message:
    return intake.claim(message, Change.claiming(message, "claim-2", at, DUE))


def stored(intake: GuardedIntake, status: Status = Status.QUEUED, **changes: Any) -> Message:
    """A message that waits, counted when it was stored unless `changes` say otherwise."""
    message = a_message(status, **changes)
    dynamodb = intake.messages.client
    dynamodb.put_item(**intake.messages.as_put(message))
    return message


@pytest.mark.parametrize(
    ("limits", "status", "counted_at", "calls"),
    [
        (Limits(), Status.QUEUED, START, ["UpdateItem"]),
        (Limits(client_daily=9), Status.QUEUED, START, ["UpdateItem"]),
        (EVERYTHING, Status.QUEUED, None, ["TransactWriteItems"]),
        (EVERYTHING, Status.QUEUED, START, ["GetItem", "TransactWriteItems"]),
        (EVERYTHING, Status.UNCONFIRMED, START, ["TransactWriteItems"]),
    ],
    ids=["no guard", "the client's alone", "scheduled", "counted before", "resend"],
)
def test_a_claim_is_one_write_and_reads_only_to_move_a_place(
    dynamodb: "DynamoDBClient",
    limits: Limits,
    status: Status,
    counted_at: datetime | None,
    calls: list[str],
) -> None:
    intake = an_intake(dynamodb, limits)
    message = stored(intake, status, counted_at=counted_at)
    with calls_of(dynamodb) as made:
        a_claim(intake, message)

    assert [name for name, _ in made] == calls


@pytest.mark.parametrize(
    ("status", "actions"),
    [
        (Status.QUEUED, ["Update", "ConditionCheck", "Update"]),
        (Status.UNCONFIRMED, ["Update", "ConditionCheck", "Update", "Update"]),
    ],
    ids=["queued", "resend"],
)
def test_a_claim_is_one_transaction_with_everything_that_may_stop_it(
    dynamodb: "DynamoDBClient", status: Status, actions: list[str]
) -> None:
    intake = an_intake(dynamodb, EVERYTHING)
    message = stored(intake, status)
    with calls_of(dynamodb) as made:
        a_claim(intake, message)

    params = made[-1][1]
    assert [action for item in params["TransactItems"] for action in item] == actions


def recipients_row(intake: GuardedIntake) -> dict[str, Any]:
    (row,) = (item for key, item in guards(intake).items() if key.startswith("recipient#"))
    return {"sent": [int(at["N"]) for at in row["sent"]["L"]], "writes": int(row["writes"]["N"])}


def test_a_row_that_has_grown_too_long_is_written_anew_once_in_a_while(
    dynamodb: "DynamoDBClient",
) -> None:
    """Seventeen more than the two that its limit needs make it too long."""
    intake = an_intake(dynamodb, Limits(recipient_hourly=2))
    calls = []
    for number in range(40):
        with calls_of(dynamodb) as made:
            intake.store(a_new(START + number * HOUR), id_is_chosen=True)
        calls.append(len(made))

    assert [n for n, made in enumerate(calls) if made == 2] == [19, 37]
    assert set(calls) == {1, 2}
    row = recipients_row(intake)
    assert row["writes"] == 40
    assert len(row["sent"]) <= 19
    assert row["sent"] == sorted(row["sent"], reverse=True)


def test_a_row_that_another_process_has_written_meanwhile_is_looked_at_again(
    dynamodb: "DynamoDBClient",
) -> None:
    intake = an_intake(dynamodb, Limits(recipient_hourly=3))
    message = stored(intake, counted_at=START - HOUR)
    intake.store(a_new(START), id_is_chosen=True)
    reads: list[str] = []

    def somebody_is_faster(**_: Any) -> None:
        reads.append("read")
        if len(reads) == 1:
            intake.store(a_new(START + timedelta(seconds=1)), id_is_chosen=True)

    events: Any = dynamodb.meta.events
    events.register("after-call.dynamodb.GetItem", somebody_is_faster)
    a_claim(intake, message, START + timedelta(seconds=2))
    events.unregister("after-call.dynamodb.GetItem", somebody_is_faster)

    assert len(recipients_row(intake)["sent"]) == 3
    assert recipients_row(intake)["writes"] == 3
    assert reads == ["read"], "the row in the way was shown by the failed write"


@pytest.mark.usefixtures("pauses")
def test_a_row_that_never_stands_still_makes_the_table_unavailable() -> None:
    intake, stub = a_stubbed_intake(Limits(recipient_hourly=3))
    item = {"guard": {"S": "recipient#"}, "sent": {"L": []}, "writes": {"N": "1"}}
    reasons = [{"Code": "None"}, {"Code": CONDITION, "Item": item}]
    with stub:
        for _ in range(TRIES_OF_A_REQUEST):
            stub.add_client_error(
                "transact_write_items",
                service_error_code="TransactionCanceledException",
                http_status_code=400,
                modeled_fields={"CancellationReasons": reasons},
            )

        with pytest.raises(StoreUnavailableError):
            intake.store(a_new(), id_is_chosen=True)

        stub.assert_no_pending_responses()


@pytest.mark.usefixtures("conflicts", "pauses")
def test_of_many_claims_at_once_as_many_are_made_as_there_is_room_for(
    dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = an_intake(dynamodb, Limits(recipient_hourly=5))
    monkeypatch.setattr("sms_gateway.adapters.dynamodb.TRIES_OF_A_REQUEST", 100)
    messages = [stored(intake, message_id=f"m-{n}", counted_at=None) for n in range(15)]
    messages += [stored(intake, message_id=f"c-{n}", counted_at=START - HOUR) for n in range(15)]

    came_to = at_once(30, lambda: a_claim(intake, messages.pop()))

    assert came_to == {"taken": 5, "RecipientLimitError": 25}
    assert recipients_row(intake) == {"sent": [1795358100123] * 5, "writes": 5}


# --- how a client's count is spread ----------------------------------------------------------


def count_as_used_up(intake: GuardedIntake, limit: int, *, but: int) -> None:
    """Fill the rows that hold this limit, all but so many messages, one in each row."""
    shards = min(16, limit)
    for shard in range(shards):
        share = limit // shards + (shard < limit % shards)
        intake.messages.client.put_item(
            TableName=intake.guards_table,
            Item={
                "guard": {"S": f"client#clinic#{DAY}#{shard}"},
                "messages": {"N": str(share - (shard < but))},
            },
        )


@pytest.mark.parametrize("limit", [1, 99, 100, 199, 250, 1599, 1600, 1607, 10_000, 1_000_003])
def test_the_rows_of_a_count_hold_the_limit_between_them(
    dynamodb: "DynamoDBClient", limit: int
) -> None:
    intake = an_intake(dynamodb, Limits(client_daily=limit))
    left = min(16, limit)
    count_as_used_up(intake, limit, but=left)

    for _ in range(left):
        intake.store(a_new(), id_is_chosen=True)
    with pytest.raises(ClientLimitError):
        intake.store(a_new(), id_is_chosen=True)

    counts = {key: int(item["messages"]["N"]) for key, item in guards(intake).items()}
    assert sum(counts.values()) == limit
    assert max(counts.values()) - min(counts.values()) <= 1


def taken_by(intake: GuardedIntake, *, of: int) -> int:
    """How many messages are taken before one is refused."""
    for number in range(of):
        try:
            intake.store(a_new(), id_is_chosen=True)
        except ClientLimitError:
            return number
    return of


@pytest.mark.parametrize(("before", "after"), [(1, 2), (5, 6), (15, 40), (199, 200), (250, 1607)])
def test_what_was_counted_before_a_limit_was_raised_counts_afterwards(
    dynamodb: "DynamoDBClient", before: int, after: int
) -> None:
    intake = an_intake(dynamodb, Limits(client_daily=before))
    count_as_used_up(intake, before, but=0)
    raised = GuardedIntake(intake.messages, intake.guards_table, Limits(client_daily=after))

    assert taken_by(raised, of=20) == min(after - before, 20)


def test_a_count_is_spread_over_its_rows(dynamodb: "DynamoDBClient") -> None:
    intake = an_intake(dynamodb, Limits(client_daily=10_000))
    for _ in range(100):
        intake.store(a_new(), id_is_chosen=True)

    assert len(guards(intake)) > MAX_SHARDS / 2


def test_a_client_at_its_limit_costs_a_round_of_its_rows_once_and_then_one_look_each(
    dynamodb: "DynamoDBClient",
) -> None:
    intake = an_intake(dynamodb, Limits(client_daily=1600))
    count_as_used_up(intake, 1600, but=0)
    tried = []
    for _ in range(3):
        with calls_of(dynamodb) as made, pytest.raises(ClientLimitError):
            intake.store(a_new(), id_is_chosen=True)
        tried.append(len(made))

    assert tried == [MAX_SHARDS, 1, 1]


def test_what_is_remembered_of_a_full_row_holds_for_its_client_and_its_day_alone(
    dynamodb: "DynamoDBClient",
) -> None:
    intake = an_intake(dynamodb, Limits(client_daily=2))
    count_as_used_up(intake, 2, but=0)
    with pytest.raises(ClientLimitError):
        intake.store(a_new(), id_is_chosen=True)

    intake.store(a_new(client="shop"), id_is_chosen=True)
    intake.store(a_new(START + timedelta(days=1)), id_is_chosen=True)
    with calls_of(dynamodb) as made, pytest.raises(ClientLimitError):
        intake.store(a_new(), id_is_chosen=True)

    assert len(made) == 2, "the day before has been forgotten"


def test_a_message_that_was_taken_is_found_again_when_all_rows_are_known_to_be_full(
    dynamodb: "DynamoDBClient",
) -> None:
    intake = an_intake(dynamodb, Limits(client_daily=1))
    first = a_new()
    intake.store(first, id_is_chosen=True)
    for _ in range(2):
        with pytest.raises(ClientLimitError):
            intake.store(a_new(), id_is_chosen=True)

    with pytest.raises(AlreadyStoredError):
        intake.store(first, id_is_chosen=True)


# --- many at once ----------------------------------------------------------------------------


@pytest.fixture
def conflicts(dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch) -> None:
    """Every third transaction meets a conflict first, as it would if they were under way together;
    moto's never meet."""
    client: Any = dynamodb
    call, chance = client._make_api_call, random.Random(7)  # noqa: S311, SLF001

    def call_in_conflict(operation: str, parameters: dict[str, Any]) -> Any:
        if operation == "TransactWriteItems" and chance.random() < 1 / 3:
            raise a_conflict()
        return call(operation, parameters)

    monkeypatch.setattr(client, "_make_api_call", call_in_conflict)


def a_conflict() -> ClientError:
    answer: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": "busy"},
        "CancellationReasons": [{"Code": CONFLICT}],
    }
    return ClientError(answer, "TransactWriteItems")


def at_once(number: int, ask: Callable[[], object]) -> Counter[str]:
    """What becomes of so many requests that come together."""
    together = Barrier(number)

    def one(_: int) -> str:
        together.wait()
        try:
            ask()
        except (
            LimitReachedError,
            DoubleClickError,
            AlreadyStoredError,
            TokenUsedUpError,
        ) as refused:
            return type(refused).__name__
        return "taken"

    with ThreadPoolExecutor(number) as threads:
        return Counter(threads.map(one, range(number)))


@pytest.mark.usefixtures("conflicts", "pauses")
@pytest.mark.parametrize(
    ("limits", "id_is_chosen", "came_to"),
    [
        (Limits(recipient_hourly=5), True, {"taken": 5, "RecipientLimitError": 25}),
        (Limits(client_daily=7), True, {"taken": 7, "ClientLimitError": 23}),
        (Limits(double_click=WINDOW), False, {"taken": 1, "DoubleClickError": 29}),
    ],
    ids=["recipient", "client", "clicks"],
)
def test_of_many_at_once_as_many_are_taken_as_the_guards_let_in(
    dynamodb: "DynamoDBClient",
    monkeypatch: pytest.MonkeyPatch,
    limits: Limits,
    came_to: dict[str, int],
    *,
    id_is_chosen: bool,
) -> None:
    intake = an_intake(dynamodb, limits)
    # So that nobody loses a lottery: the conflicts here are as frequent as they come.
    monkeypatch.setattr("sms_gateway.adapters.dynamodb.TRIES_OF_A_REQUEST", 100)

    assert at_once(30, lambda: intake.store(a_new(), id_is_chosen=id_is_chosen)) == came_to

    rows = dynamodb.scan(TableName=intake.messages.table_name)["Count"]
    assert rows == came_to["taken"]


@pytest.mark.usefixtures("conflicts", "pauses")
@pytest.mark.parametrize(("used", "tries"), [(0, 100), (1, 2)], ids=["new", "used, busy"])
def test_fifty_uses_at_once_of_a_token_for_one_message_are_one_message(
    dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch, used: int, tries: int
) -> None:
    """Also where they get in each other's way for longer than any of them waits."""
    intake, token = an_intake(dynamodb, Limits(recipient_hourly=99, client_daily=999)), a_token()
    monkeypatch.setattr("sms_gateway.adapters.dynamodb.TRIES_OF_A_REQUEST", 100)
    for _ in range(used):
        intake.store(a_new(), id_is_chosen=True, token=token)
    monkeypatch.setattr("sms_gateway.adapters.dynamodb.TRIES_OF_A_REQUEST", tries)

    came_to = at_once(50, lambda: intake.store(a_new(), id_is_chosen=True, token=token))

    assert came_to == Counter(taken=1 - used, TokenUsedUpError=49 + used)
    assert dynamodb.scan(TableName=intake.messages.table_name)["Count"] == 1


@pytest.mark.usefixtures("conflicts", "pauses")
def test_of_many_clients_rows_none_holds_more_than_its_share(
    dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = an_intake(dynamodb, Limits(client_daily=250))
    monkeypatch.setattr("sms_gateway.adapters.dynamodb.TRIES_OF_A_REQUEST", 100)
    count_as_used_up(intake, 250, but=2)

    came_to = at_once(10, lambda: intake.store(a_new(), id_is_chosen=True))

    assert came_to == {"taken": 2, "ClientLimitError": 8}
    assert sum(int(item["messages"]["N"]) for item in guards(intake).values()) == 250


# --- trouble with AWS ------------------------------------------------------------------------


def cancelled(*codes: str) -> dict[str, Any]:
    """What a stub needs for a transaction whose actions came to these codes."""
    return {
        "service_error_code": "TransactionCanceledException",
        "http_status_code": 400,
        "response_meta": {},
        "modeled_fields": {"CancellationReasons": [{"Code": code} for code in codes]},
    }


def a_stubbed_intake(limits: Limits) -> tuple[GuardedIntake, Stubber]:
    client = a_client()
    return GuardedIntake(MessagesTable(client, "M"), "G", limits), Stubber(client)


def test_a_transaction_that_meets_another_one_is_repeated(pauses: list[float]) -> None:
    intake, stub = a_stubbed_intake(Limits(recipient_hourly=1))
    with stub:
        stub.add_client_error("transact_write_items", **cancelled("None", CONFLICT))
        stub.add_client_error("transact_write_items", **cancelled(CONFLICT, CONDITION))
        stub.add_response("transact_write_items", {})

        intake.store(a_new(), id_is_chosen=True)

        stub.assert_no_pending_responses()
    assert len(pauses) == 2


@pytest.mark.usefixtures("pauses")
def test_a_transaction_that_never_gets_through_makes_the_table_unavailable() -> None:
    intake, stub = a_stubbed_intake(Limits(client_daily=10_000))
    with stub:
        for _ in range(TRIES_OF_A_REQUEST):
            stub.add_client_error("transact_write_items", **cancelled("None", CONFLICT))

        with pytest.raises(StoreUnavailableError):
            intake.store(a_new(), id_is_chosen=True)

        stub.assert_no_pending_responses()


@pytest.mark.usefixtures("pauses")
@pytest.mark.parametrize(("used", "error"), [("0", StoreUnavailableError), ("1", TokenUsedUpError)])
def test_of_uses_of_a_token_that_never_get_through_the_row_tells_whether_they_are_too_many(
    used: str, error: type[Exception]
) -> None:
    intake, stub = a_stubbed_intake(Limits(client_daily=10_000))
    with stub:
        for _ in range(TRIES_OF_A_REQUEST):
            stub.add_client_error("transact_write_items", **cancelled("None", CONFLICT, "None"))
        stub.add_response("get_item", {"Item": {"messages": {"N": used}}})

        with pytest.raises(error):
            intake.store(a_new(), id_is_chosen=True, token=a_token())

        stub.assert_no_pending_responses()


def test_of_a_use_of_a_token_without_an_answer_nothing_is_said_that_is_not_known() -> None:
    """It might have been stored: then it is sent, and is not refused."""
    intake, stub = a_stubbed_intake(Limits(client_daily=10_000))
    with stub:
        stub.add_client_error("transact_write_items", "InternalServerError", http_status_code=400)

        with pytest.raises(StoreUnavailableError):
            intake.store(a_new(), id_is_chosen=True, token=a_token())

        stub.assert_no_pending_responses()


@pytest.mark.parametrize("code", ["ThrottlingError", "ValidationError", "AccessDenied"])
def test_a_transaction_that_fails_otherwise_makes_the_table_unavailable(code: str) -> None:
    intake, stub = a_stubbed_intake(Limits(client_daily=10_000))
    with stub:
        stub.add_client_error("transact_write_items", **cancelled("None", code))

        with pytest.raises(StoreUnavailableError):
            intake.store(a_new(), id_is_chosen=True)

        stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("limits", "codes"),
    [
        (Limits(recipient_hourly=1), [CONDITION, "None"]),
        (Limits(recipient_hourly=1), ["None", CONDITION]),
        (Limits(double_click=WINDOW), ["None", CONDITION]),
    ],
    ids=["the message", "the recipient", "the twin"],
)
def test_a_row_in_the_way_that_is_not_shown_is_not_guessed_at(
    limits: Limits, codes: list[str]
) -> None:
    intake, stub = a_stubbed_intake(limits)
    with stub:
        stub.add_client_error("transact_write_items", **cancelled(*codes))

        with pytest.raises(StoreUnavailableError):
            intake.store(a_new(), id_is_chosen=False)


class NoBody:
    """Of an answer that says nothing."""

    @staticmethod
    def stream(**_: Any) -> Iterator[bytes]:
        yield b""


def test_a_transaction_whose_answer_was_lost_is_ours_and_is_counted_once(
    dynamodb: "DynamoDBClient",
) -> None:
    """AWS's client repeats it under the same token, so that DynamoDB may tell (for ten minutes).

    Moto knows no tokens, nor may a local AWS: then the row in the way carries our own claim.
    """
    intake = an_intake(dynamodb, EVERYTHING)
    tokens: list[str] = []

    def lose_the_first_answer(request: Any, **_: Any) -> AWSResponse | None:
        tokens.append(json.loads(request.body)["ClientRequestToken"])
        headers: Any = {}
        return AWSResponse(request.url, 500, headers, NoBody()) if len(tokens) == 1 else None

    events: Any = dynamodb.meta.events
    events.register_first("before-send.dynamodb.TransactWriteItems", lose_the_first_answer)
    result = StoreMessage(intake, intake.messages)(a_new(), id_is_chosen=False, token=a_token())
    events.unregister("before-send.dynamodb.TransactWriteItems", lose_the_first_answer)

    assert not result.replayed
    assert len(tokens) == 2
    assert len(set(tokens)) == 1
    (sent,) = (item["sent"]["L"] for item in guards(intake).values() if "sent" in item)
    assert len(sent) == 1
    assert guards(intake)[f"token#{a_token().token_id}"]["messages"] == {"N": "1"}


def test_a_suppression_is_seen_by_the_very_next_message(dynamodb: "DynamoDBClient") -> None:
    """If the caller has not looked, that is a condition of the write itself."""
    intake = an_intake(dynamodb, Limits(suppressions=True))
    table = SuppressionsTable(dynamodb, intake.guards_table)
    with calls_of(dynamodb) as made:
        table.put(Suppression(NUMBER, START, "clinic"))
        with pytest.raises(InvalidValueError):
            intake.store(a_new(), id_is_chosen=True)

    assert [name for name, _ in made] == ["PutItem", "TransactWriteItems"]
