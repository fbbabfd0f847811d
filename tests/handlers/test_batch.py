"""`POST /messages/batch`: from API Gateway's event to tables, queue and results in order."""

import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from threading import current_thread
from threading import enumerate as enumerate_threads
from typing import Any

import pytest
from aws_lambda_powertools import Metrics

from tests.fakes.clock import FakeClock
from tests.handlers.cloud import GUARDS, TABLE, Calls, Cloud
from tests.handlers.lambdas import Answer, ColdStart, Function
from tests.handlers.output import Output
from tests.handlers.voipit import FakeVoipit
from tests.support.samples import NOTHING_FAILED, NUMBER, queue_body, sample, with_headers

TEXT = "Comanda dvs. este gata."
Json = dict[str, Any]

pytestmark = pytest.mark.usefixtures("clock")


def a_batch(
    *messages: Any, key: str | None = None, event: str = "send-post-message", **more: Any
) -> Json:
    """The sample request with a batch in it, and an `Idempotency-Key` if there is one."""
    request = sample(event) | {
        "path": "/messages/batch",
        "resource": "/messages/batch",
        "body": json.dumps({"messages": messages, **more}),
    }
    return with_headers(request, {"Idempotency-Key": key}) if key else request


def an_item(position: int = 0, **values: Any) -> Json:
    """An ordinary message to a number of its own."""
    return {"phoneNumber": f"072100{position:04}", "message": TEXT, **values}


def items(count: int) -> list[Json]:
    return [an_item(position) for position in range(count)]


def problems(answer: Answer) -> Mapping[int, str]:
    """The codes of the problems, by position."""
    assert answer.status == 202
    found = {}
    for position, result in enumerate(answer.body["results"]):
        if "problem" in result:
            assert set(result) == {"problem"}
            found[position] = result["problem"]["type"].removeprefix(
                "urn:problem-type:sms-gateway:"
            )
    return found


def messages(answer: Answer) -> Sequence[Json]:
    return [result["message"] for result in answer.body["results"] if "message" in result]


def replayed(answer: Answer) -> Sequence[bool]:
    return [result["replayed"] for result in answer.body["results"] if "message" in result]


HUNDRED_WITH_THREE_BAD = [
    an_item(7, phoneNumber="0721 23")
    if position == 7
    else an_item(50, message="a" * 161)
    if position == 50
    else an_item(99, colour="red")
    if position == 99
    else an_item(position)
    for position in range(100)
]


def test_of_a_hundred_with_three_bad_ones_ninety_seven_are_queued_and_three_are_problems(
    send: Function, cloud: Cloud, calls: Calls, voipit: FakeVoipit, output: Output
) -> None:
    answer = send(a_batch(*HUNDRED_WITH_THREE_BAD))

    assert answer.headers["content-type"] == "application/json"
    assert len(answer.body["results"]) == 100
    assert problems(answer) == {
        7: "invalid-phone-number",
        50: "text-too-long",
        99: "malformed-request",
    }
    taken = messages(answer)
    assert {message["status"] for message in taken} == {"queued"}
    assert [m["phoneNumber"] for m in taken] == [
        f"+4072100{position:04}" for position in range(100) if position not in {7, 50, 99}
    ]
    ids = [message["messageId"] for message in taken]
    assert sorted(row["messageId"] for row in cloud.rows()) == sorted(ids)
    enqueued = [(body["messageId"], delay) for body, delay in calls.enqueued]
    assert sorted(enqueued) == sorted((message_id, 0) for message_id in ids)
    assert Counter(calls.made) == {
        "dynamodb:PutItem": 1,  # the batch without a name
        "dynamodb:BatchGetItem": 1,  # the do-not-contact list
        "dynamodb:TransactWriteItems": 97,
        "sqs:SendMessageBatch": 10,
    }
    assert voipit.called == []
    assert output.counted() == {"MessageTaken": 97}


def test_the_sample_batch_is_answered_message_by_message(send: Function) -> None:
    answer = send(sample("send-post-batch"))

    assert [m["messageId"] for m in messages(answer)] == ["order-1044", "orders-2026-11-22.3"]
    assert problems(answer) == {1: "invalid-phone-number"}


def test_the_same_batch_again_is_all_replays_and_stores_and_enqueues_nothing(
    send: Function, cloud: Cloud, calls: Calls, output: Output
) -> None:
    first = send(a_batch(*HUNDRED_WITH_THREE_BAD))
    stored, guards = cloud.rows(), cloud.rows(GUARDS)
    calls.enqueued.clear()

    again = send(a_batch(*HUNDRED_WITH_THREE_BAD))

    assert replayed(again) == [True] * 97
    assert messages(again) == messages(first)
    assert problems(again) == problems(first)
    assert (cloud.rows(), cloud.rows(GUARDS), calls.enqueued) == (stored, guards, [])
    assert output.counted() == {"MessageTaken": 97, "MessageReplayed": 97}


def test_a_batch_is_one_line_in_the_log_that_counts(send: Function, output: Output) -> None:
    garbled = an_item(4, message="casă".encode().decode("cp1252"))
    send(a_batch(an_item(1), an_item(2), an_item(1), an_item(3, message=" "), garbled, None, None))

    line = output.line("batch taken")
    assert (line["taken"], line["replayed"]) == (2, 1)
    assert line["refused"] == {
        "blank-text": 1,
        "mis-decoded-text": 1,
        "malformed-request": 2,
    }


def test_a_problem_in_a_batch_is_the_document_that_one_message_alone_would_get(
    send: Function,
) -> None:
    (result,) = send(a_batch(an_item(message="Da \N{THUMBS UP SIGN}"))).body["results"]

    alone = send(sample("send-post-message") | {"body": json.dumps(an_item(message="Da 👍"))})
    assert result["problem"] == alone.body
    assert result["problem"]["field"] == "message"


@pytest.mark.parametrize("what", [None, 7, "0721000001", [], ["phoneNumber"], {}], ids=repr)
def test_an_item_that_is_no_message_is_a_problem_at_its_place(send: Function, what: Any) -> None:
    answer = send(a_batch(an_item(1), what, an_item(2)))

    assert problems(answer) == {1: "malformed-request"}
    assert answer.body["results"][1]["problem"]["status"] == 400
    assert len(messages(answer)) == 2


@pytest.mark.parametrize(
    ("event", "field"),
    [
        pytest.param(a_batch(), "messages", id="empty"),
        pytest.param(a_batch(*items(101)), "messages", id="101"),
        pytest.param(a_batch(an_item(), name="autumn"), "name", id="an unknown field"),
        pytest.param(a_batch(an_item(), key="a b"), "Idempotency-Key", id="a name that is none"),
        pytest.param(a_batch(an_item(), key="a" * 61), "Idempotency-Key", id="a long name"),
        pytest.param(a_batch() | {"body": "[]"}, "body", id="a list alone"),
        pytest.param(a_batch() | {"body": "{}"}, "messages", id="nothing"),
        pytest.param(a_batch() | {"body": '{"messages": {}}'}, "messages", id="no list"),
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole_and_stores_nothing(
    send: Function, cloud: Cloud, calls: Calls, event: Json, field: str
) -> None:
    answer = send(event)

    assert (answer.status, answer.is_problem("malformed-request", field)) == (400, True)
    assert (cloud.rows(), cloud.rows(GUARDS), calls.enqueued) == ([], [], [])


def test_a_named_batch_makes_ids_of_its_name_and_can_be_repeated(
    send: Function, cloud: Cloud
) -> None:
    batch = a_batch(an_item(1), an_item(2, messageId="mine"), an_item(3), key="autumn")

    first, again = send(batch), send(batch)

    assert [m["messageId"] for m in messages(first)] == ["autumn.1", "mine", "autumn.3"]
    assert (replayed(first), replayed(again)) == ([False] * 3, [True] * 3)
    assert len(cloud.rows()) == 3
    assert not [row for row in cloud.rows(GUARDS) if row["guard"].startswith("batch#")]


def test_a_name_used_for_another_batch_is_refused_item_by_item(send: Function) -> None:
    send(a_batch(an_item(1), an_item(2), key="autumn"))

    answer = send(a_batch(an_item(1), an_item(3), an_item(4), key="autumn"))

    assert replayed(answer) == [True, False]
    assert problems(answer) == {1: "message-id-reused"}


def test_the_same_batch_of_another_client_is_another_batch(send: Function, cloud: Cloud) -> None:
    mine = send(a_batch(*items(3)))

    theirs = send(a_batch(*items(3), event="send-post-message-without-key-id"))

    assert replayed(theirs) == [False] * 3
    ids = {m["messageId"] for answer in (mine, theirs) for m in messages(answer)}
    assert len(ids) == len(cloud.rows()) == 6


def test_a_batch_without_a_name_is_forgotten_after_a_day(send: Function, clock: FakeClock) -> None:
    batch = a_batch(*items(2))
    send(batch)
    clock.advance(24 * 3600 - 1)
    assert replayed(send(batch)) == [True, True]
    clock.advance(1)

    assert replayed(send(batch)) == [False, False]


def test_equal_items_are_one_message_unless_double_clicks_are_two(
    send: Function, cold_start: ColdStart, cloud: Cloud
) -> None:
    joined = send(a_batch(an_item(1), an_item(1)))
    assert (replayed(joined), len(cloud.rows())) == ([False, True], 1)
    assert messages(joined)[0] == messages(joined)[1]

    both = cold_start("send", DOUBLE_CLICK_SECONDS="0")(a_batch(an_item(2), an_item(2)))

    assert (replayed(both), len(cloud.rows())) == ([False, False], 3)


def test_the_limit_of_a_recipient_is_reached_within_a_batch(send: Function, cloud: Cloud) -> None:
    batch = a_batch(*(an_item(1, message=f"{TEXT} {n}") for n in range(12)), an_item(2))

    answer = send(batch)

    limit = "recipient-limit-reached"
    assert problems(answer) == {10: limit, 11: limit}
    assert answer.body["results"][10]["problem"]["status"] == 429
    assert len(cloud.rows()) == 11
    assert problems(send(batch)) == {10: limit, 11: limit}
    assert len(cloud.rows()) == 11


def test_the_limit_of_a_client_is_reached_within_a_batch(cold_start: ColdStart) -> None:
    answer = cold_start("send", CLIENT_DAILY_LIMIT="2")(a_batch(*items(4)))

    # Which of them the limit lets in is not told by their order: three are stored at once.
    assert [*problems(answer).values()] == ["client-limit-reached"] * 2


def test_who_must_not_be_texted_is_left_out_of_a_batch(send: Function, cloud: Cloud) -> None:
    cloud.suppress(NUMBER)

    answer = send(a_batch(an_item(1), an_item(phoneNumber=NUMBER), an_item(2)))

    assert problems(answer) == {1: "suppressed"}
    assert answer.body["results"][1]["problem"]["status"] == 422


def test_an_item_with_a_time_waits_for_it(send: Function, calls: Calls, cloud: Cloud) -> None:
    soon, far = "2026-11-22T15:10:00Z", "2026-11-23T15:00:00Z"

    answer = send(a_batch(an_item(1, sendAt=soon), an_item(2, sendAt=far), an_item(3), key="b"))

    assert [message["status"] for message in messages(answer)] == ["queued"] * 3
    assert calls.enqueued == [(queue_body("b.1"), 600), (queue_body("b.3"), 0)]
    assert cloud.row("b.2")["sendAt"] == "2026-11-23T15:00:00.000Z"


def test_a_table_that_is_away_takes_no_item_and_repeating_the_batch_completes_it(
    send: Function, calls: Calls, output: Output
) -> None:
    batch = a_batch(*items(5), key="autumn")
    calls.does_not_answer("dynamodb")

    answer = send(batch)

    assert problems(answer) == dict.fromkeys(range(5), "store-unavailable")
    assert answer.body["results"][0]["problem"]["status"] == 503
    assert output.counted() == {"StoreUnavailable": 5}
    calls.trouble.clear()
    assert replayed(send(batch)) == [False] * 5


def test_a_batch_that_cannot_even_be_remembered_is_503_and_stores_nothing(
    send: Function, calls: Calls, cloud: Cloud
) -> None:
    calls.does_not_answer("dynamodb")

    answer = send(a_batch(*items(5)))

    assert answer.is_store_unavailable()
    assert cloud.rows(TABLE) == []


def test_what_there_is_no_time_for_is_left_to_the_repetition(send: Function, cloud: Cloud) -> None:
    batch = a_batch(*items(5), key="autumn")

    answer = send(batch, milliseconds_left=7_000)

    assert problems(answer) == dict.fromkeys(range(5), "store-unavailable")
    assert cloud.rows() == []
    assert replayed(send(batch)) == [False] * 5


def test_lines_and_metrics_are_written_by_the_thread_of_the_request_alone(
    send: Function, cloud: Cloud, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Powertools keeps a line's keys, and the metrics, in places that threads would share.
    writers: list[str] = []
    emit, add = logging.StreamHandler.emit, Metrics.add_metric

    def noting_emit(*given: Any) -> None:
        writers.append(current_thread().name)
        emit(*given)

    def noting_add(*given: Any, **named: Any) -> None:
        writers.append(current_thread().name)
        add(*given, **named)

    monkeypatch.setattr(logging.StreamHandler, "emit", noting_emit)
    monkeypatch.setattr(Metrics, "add_metric", noting_add)
    cloud.suppress(NUMBER)
    send(a_batch(an_item(phoneNumber=NUMBER), *items(5), key="autumn"))
    calls.does_not_answer("dynamodb")
    send(a_batch(*items(5), key="winter"))

    assert len(writers) > 2
    assert set(writers) == {current_thread().name}
    assert not [each for each in enumerate_threads() if each.name.startswith("ThreadPool")]


def test_a_queue_that_is_away_is_no_trouble(send: Function, calls: Calls, cloud: Cloud) -> None:
    calls.does_not_answer("sqs")

    answer = send(a_batch(*items(25)))

    assert replayed(answer) == [False] * 25
    assert len(cloud.rows()) == 25
    assert calls.made.count("sqs:SendMessageBatch") <= 2, "one call, and botocore's own repetition"


def test_a_batch_is_handed_to_voipit_by_dispatch(
    send: Function, dispatch: Function, cloud: Cloud, voipit: FakeVoipit
) -> None:
    ids = [m["messageId"] for m in messages(send(a_batch(*items(12))))]

    records = cloud.waiting(cloud.dispatch_queue)
    assert dispatch.invoke({"Records": records}) == NOTHING_FAILED

    assert sorted(form["messageId"] for form in voipit.taken) == sorted(ids)
    assert {row["status"] for row in cloud.rows()} == {"submitted"}
