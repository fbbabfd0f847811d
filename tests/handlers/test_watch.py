"""`watch`: whatever is due moves on, with nobody watching."""

from collections import Counter
from typing import Any

import pytest

from pages.metrics import AT_REST
from sms_gateway.domain.errors import StoreUnavailableError
from tests.fakes.clock import FakeClock
from tests.handlers.cloud import Calls, Cloud
from tests.handlers.lambdas import ColdStart, Function
from tests.handlers.output import Output
from tests.handlers.voipit import FakeVoipit, an_error
from tests.support.samples import (
    MESSAGE_ID,
    NOTHING_FAILED,
    done,
    image,
    queue_body,
    sample,
    with_body,
)

TICK = sample("watch-scheduled")
pytestmark = pytest.mark.usefixtures("clock")


def stored(cloud: Cloud, position: int, **values: Any) -> None:
    """A row of the stream's sample batch, with other values."""
    cloud.store(image(position) | values)


def test_where_nothing_is_due_nothing_is_done(
    watch: Function, voipit: FakeVoipit, output: Output
) -> None:
    assert watch.invoke(TICK) == done(0)
    assert voipit.called == []
    assert output.line("watched")["done"] == done(0)


def test_a_run_asks_the_index_and_never_scans(watch: Function, calls: Calls) -> None:
    watch.invoke(TICK)
    looks = {"secretsmanager:GetSecretValue"}  # for an account that was never answered
    assert set(calls.made) == {"dynamodb:GetItem", "dynamodb:Query"} | looks


def test_a_claim_within_its_lease_is_left_alone(
    watch: Function, clock: FakeClock, cloud: Cloud
) -> None:
    stored(cloud, 0)
    clock.advance(60)
    assert watch.invoke(TICK) == done(0)
    assert cloud.row(MESSAGE_ID)["status"] == "sending"


def test_an_overdue_claim_is_a_message_nobody_can_tell_about(
    watch: Function, clock: FakeClock, cloud: Cloud, voipit: FakeVoipit, output: Output
) -> None:
    stored(cloud, 0)
    clock.advance(61)
    assert watch.invoke(TICK) == done(1, moved=1)
    row = cloud.row(MESSAGE_ID)
    assert (row["status"], row["reason"]) == ("unconfirmed", "claim-expired")
    assert 0 <= float(row["dueAt"]) - clock.time() - 3600 < 1, "its report is awaited an hour"
    assert voipit.called == []
    assert output.counted() == {"MessageMoved": 1, "WatchRan": 1}


def test_a_row_that_nobody_can_read_does_not_hold_up_the_others(
    watch: Function, clock: FakeClock, cloud: Cloud, output: Output
) -> None:
    ids = [f"m-{number}" for number in range(20)]
    for message_id in ids:
        stored(cloud, 0, messageId={"S": message_id})
    stored(cloud, 0, messageId={"S": "m-0"}, status={"S": "a status of a later release"})
    clock.advance(61)

    watch.invoke(TICK)

    assert {cloud.row(message_id)["status"] for message_id in ids[1:]} == {"unconfirmed"}
    assert output.line("a message cannot be looked at")["message_id"] == "m-0"
    assert output.counted() == {"MessageMoved": 19, "MessageBroken": 1, "WatchRan": 1}


def test_a_reason_of_a_later_release_is_no_obstacle(
    watch: Function, clock: FakeClock, cloud: Cloud
) -> None:
    stored(cloud, 0, reason={"S": "of-a-later-release"})
    clock.advance(61)

    assert watch.invoke(TICK) == done(1, moved=1)


def test_a_second_run_finds_nothing_left_to_do(
    watch: Function, clock: FakeClock, cloud: Cloud
) -> None:
    stored(cloud, 0)
    clock.advance(61)
    watch.invoke(TICK)
    assert watch.invoke(TICK) == done(0)


def test_a_report_that_does_not_come_is_no_report_and_a_late_one_still_counts(
    watch: Function, callback: Function, clock: FakeClock, cloud: Cloud
) -> None:
    stored(cloud, 1)
    clock.advance(3601)
    assert watch.invoke(TICK) == done(1, moved=1)
    row = cloud.row(MESSAGE_ID)
    assert row["status"] == "no_report"
    assert {"dueAt", "dueShard"} & set(row) == set(), "settled: out of the index"
    assert callback(sample("callback-form")).status == 200
    assert cloud.row(MESSAGE_ID)["status"] == "sent"


@pytest.mark.parametrize(
    ("chosen", "expected", "queue"),
    [
        ("hold", "no_report", []),
        ("resend", "unconfirmed", [(queue_body(), 0)]),
    ],
)
def test_what_becomes_of_an_unconfirmed_message_is_what_its_sender_chose(  # noqa: PLR0913, PLR0917  what pytest hands in, all by name
    watch: Function,
    clock: FakeClock,
    cloud: Cloud,
    calls: Calls,
    chosen: str,
    expected: str,
    queue: list[tuple[dict[str, str], int]],
) -> None:
    doubt = {"status": {"S": "unconfirmed"}, "openTries": {"L": [{"N": "1"}]}}
    stored(cloud, 1, **doubt, onUnconfirmed={"S": chosen})
    clock.advance(3601)
    assert watch.invoke(TICK) == done(1, moved=int(chosen == "hold"), enqueued=len(queue))
    assert cloud.row(MESSAGE_ID)["status"] == expected
    assert calls.enqueued == queue


def test_a_scheduled_message_is_let_in_a_minute_before_its_time(
    watch: Function, send: Function, clock: FakeClock, calls: Calls, cloud: Cloud
) -> None:
    send(sample("send-scheduled-message"))
    clock.advance(3538)
    assert watch.invoke(TICK) == done(0)
    clock.advance(60)
    assert watch.invoke(TICK) == done(1, enqueued=1)
    ((body, delay),) = calls.enqueued
    assert (body, delay) == (queue_body(), 2)
    assert cloud.row(MESSAGE_ID)["version"] == 1, "no change of status, so no event"


def test_a_due_message_goes_its_whole_way(  # noqa: PLR0913, PLR0917  what pytest hands in, all by name
    watch: Function,
    dispatch: Function,
    send: Function,
    clock: FakeClock,
    cloud: Cloud,
    voipit: FakeVoipit,
) -> None:
    send(sample("send-scheduled-message"))
    clock.advance(3600)
    assert watch.invoke(TICK) == done(1, enqueued=1)
    (record,) = cloud.waiting(cloud.dispatch_queue)
    assert dispatch.invoke({"Records": [record]}) == NOTHING_FAILED
    assert cloud.row(MESSAGE_ID)["status"] == "submitted"
    assert len(voipit.taken) == 1


def test_a_message_that_the_queue_lost_is_let_in_again(
    watch: Function, send: Function, clock: FakeClock, cloud: Cloud
) -> None:
    send(sample("send-scheduled-message"))
    clock.advance(3600)
    watch.invoke(TICK)
    assert len(cloud.waiting(cloud.dispatch_queue)) == 1
    assert watch.invoke(TICK) == done(0)
    clock.advance(91)
    assert watch.invoke(TICK) == done(1, enqueued=1)


def test_a_queue_that_does_not_answer_costs_a_minute_and_no_more(
    watch: Function, send: Function, clock: FakeClock, calls: Calls, cloud: Cloud
) -> None:
    send(sample("send-scheduled-message"))
    clock.advance(3600)
    calls.does_not_answer("sqs")
    watch.invoke(TICK)
    calls.forget()
    clock.advance(91)
    watch.invoke(TICK)
    assert len(cloud.waiting(cloud.dispatch_queue)) == 1


def test_a_message_whose_validity_ran_out_fails(
    watch: Function, send: Function, clock: FakeClock, cloud: Cloud, voipit: FakeVoipit
) -> None:
    send(sample("send-scheduled-message"))
    clock.advance(3 * 3600)
    assert watch.invoke(TICK) == done(1, moved=1)
    assert (cloud.row(MESSAGE_ID)["status"], cloud.row(MESSAGE_ID)["reason"]) == (
        "failed",
        "too-late",
    )
    assert voipit.called == []


def test_so_many_a_second_are_let_in(
    cold_start: ColdStart, send: Function, clock: FakeClock, calls: Calls
) -> None:
    for n in range(4):
        send(with_body(sample("send-scheduled-message"), messageId=f"m{n}"))
    clock.advance(3600)
    watch = cold_start("watch", DRAIN_PER_SECOND="2")
    assert watch.invoke(TICK) == done(4, enqueued=4)
    assert [delay for _, delay in calls.enqueued] == [0, 1, 1, 2]
    assert {body["messageId"] for body, _ in calls.enqueued} == {"m0", "m1", "m2", "m3"}


def test_the_calls_of_a_run_follow_from_what_is_due_and_not_from_what_is_stored(
    watch: Function, clock: FakeClock, cloud: Cloud, calls: Calls
) -> None:
    watch.invoke(TICK)  # the first run looks up the secret
    made = []
    for stored_besides in (0, 60):
        for number in range(stored_besides):
            stored(cloud, 0, messageId={"S": f"not-due-{number}"}, dueAt={"N": "4000000000"})
        for number in range(25):
            queued = {"status": {"S": "queued"}, "dueShard": {"S": str(4 + number % 2)}}
            stored(cloud, 0, messageId={"S": f"due-{number}"}, **queued)
        clock.advance(61)
        calls.forget()
        assert watch.invoke(TICK) == done(25, enqueued=25)
        made.append(Counter(calls.made))

    assert (
        made[0]
        == made[1]
        == {
            "dynamodb:Query": 8,
            "dynamodb:BatchGetItem": 1,
            "dynamodb:UpdateItem": 25,
            "dynamodb:GetItem": 1,
            "sqs:GetQueueAttributes": 1,
            "sqs:SendMessageBatch": 3,
        }
    )


@pytest.mark.parametrize("shard", "01234567")
def test_rows_of_an_earlier_release_are_looked_after_in_whatever_shard_they_lie(
    watch: Function, clock: FakeClock, cloud: Cloud, shard: str
) -> None:
    stored(cloud, 0, messageId={"S": "claimed"}, dueShard={"S": shard})
    stored(cloud, 0, messageId={"S": "waits"}, status={"S": "queued"}, dueShard={"S": shard})
    clock.advance(61)

    assert watch.invoke(TICK) == done(2, moved=1, enqueued=1)
    assert cloud.row("claimed")["dueShard"] in "0123"
    assert cloud.row("waits")["dueShard"] in "67"


def test_a_run_that_has_no_time_left_says_so_and_the_next_one_goes_on(
    watch: Function, clock: FakeClock, cloud: Cloud
) -> None:
    stored(cloud, 0)
    clock.advance(61)
    assert watch.invoke(TICK, milliseconds_left=9_000) == done(0) | {"finished": False}
    assert cloud.row(MESSAGE_ID)["status"] == "sending"
    assert watch.invoke(TICK) == done(1, moved=1)


def test_a_table_that_does_not_answer_is_an_error_that_is_seen_and_the_next_run_goes_on(
    watch: Function, clock: FakeClock, calls: Calls, cloud: Cloud
) -> None:
    stored(cloud, 0)
    clock.advance(61)
    calls.does_not_answer("dynamodb")
    with pytest.raises(StoreUnavailableError):
        watch.invoke(TICK)
    calls.forget()
    assert watch.invoke(TICK) == done(1, moved=1)


def test_a_run_measures_the_state_of_things_zeros_too(watch: Function, output: Output) -> None:
    watch.invoke(TICK)

    assert output.measured() == {
        ("WaitingForCircuit", "Count"): [0],
        ("OldestDueSeconds", "Seconds"): [0],
        ("CircuitOpen", "Count"): [0],
        ("WatchRan", "Count"): [1],
    }
    assert len(output.measured()) == AT_REST, "docs/metrics.md tells what they cost"


def test_what_waits_for_an_open_circuit_is_measured(
    watch: Function, send: Function, clock: FakeClock, voipit: FakeVoipit, output: Output
) -> None:
    voipit.answer = an_error("401", "Unauthorized")
    send(sample("send-post-message"))
    clock.advance(90)
    watch.invoke(TICK)

    measured = output.measured()
    assert measured["CircuitOpen", "Count"] == [1]
    assert measured["WaitingForCircuit", "Count"] == [1]
    (late,) = measured["OldestDueSeconds", "Seconds"]
    assert 29 < late <= 30, "90 s after the request, and it was due after a minute"
    assert measured["ProviderRejectedUs", "Count"] == [1]


def test_a_run_that_cannot_tell_what_is_due_is_missing_among_the_runs(
    watch: Function, calls: Calls, output: Output
) -> None:
    calls.does_not_answer("dynamodb:Query")
    with pytest.raises(StoreUnavailableError):
        watch.invoke(TICK)

    assert output.counted() == {}
