"""Operators see the messages of all clients, and the whole list; each look is logged."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from sms_gateway.adapters import message_search
from sms_gateway.adapters.message_item import to_item
from sms_gateway.adapters.message_search import KEYS_AT_ONCE
from sms_gateway.domain.client import Client, Role
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.status import Status
from sms_gateway.entrypoints.logs import logger
from tests.fakes.builders import a_message
from tests.fakes.clock import START, FakeClock
from tests.handlers.cloud import GUARDS, Cloud
from tests.handlers.lambdas import Answer, Function
from tests.handlers.output import Output
from tests.support.samples import (
    API_KEY_ID,
    MESSAGE_ID,
    NUMBER,
    OPERATORS_KEY_ID,
    OTHER_CLIENT,
    by,
    sample,
)

Json = dict[str, Any]
pytestmark = pytest.mark.usefixtures("clock")
OTHER_NUMBER = "+40721234568"
CRM, SHOP = "crm", "shop"
BACKWARDS = {"since": "2026-11-22T14:35:00.002Z", "until": "2026-11-22T14:35:00.001Z"}
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _an_operator(cloud: Cloud) -> None:
    cloud.enter(Client("ana", Role.OPERATOR), OPERATORS_KEY_ID)
    cloud.enter(Client(CRM), API_KEY_ID)


def asking(path: str, **query: str) -> Json:
    """A `GET` of this path with the operator's key."""
    return sample("status-search-messages") | {
        "resource": path,
        "path": path,
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()},
    }


def one_message(message_id: str, **query: str) -> Json:
    return asking("/messages", **query) | {
        "resource": "/messages/{messageId}",
        "path": f"/messages/{message_id}",
        "pathParameters": {"messageId": message_id},
    }


def store(cloud: Cloud, message_id: str = MESSAGE_ID, **values: Any) -> None:
    ordinary = {"status": Status.SUBMITTED, "client": CRM, "phone_number": PhoneNumber(NUMBER)}
    message = a_message(**{"message_id": message_id, **ordinary, **values})
    cloud.store(to_item(message))


def found(answer: Answer) -> list[str]:
    assert answer.status == 200
    return [f"{message['client']}/{message['messageId']}" for message in answer.body["messages"]]


def pages(function: Function, **query: str) -> Iterator[Answer]:
    """All pages of a search."""
    cursor: Json = {}
    while True:
        answer = function(asking("/messages", **query, **cursor))
        assert answer.status == 200
        yield answer
        if "cursor" not in answer.body:
            return
        cursor = {"cursor": answer.body["cursor"]}


def test_an_operator_reads_any_message_of_the_client_it_names(
    status: Function, cloud: Cloud, output: Output
) -> None:
    store(cloud, status=Status.SENT)
    store(cloud, client=SHOP)

    answer = status(one_message(MESSAGE_ID, client=SHOP))

    assert (answer.status, answer.body["client"], answer.body["status"]) == (200, SHOP, "submitted")
    line = output.line("message read")
    assert (line["key_id"], line["client"]) == (OPERATORS_KEY_ID, "ana")
    assert (line["owner"], line["message_id"]) == (SHOP, MESSAGE_ID)
    assert status(one_message(MESSAGE_ID, client="unknown")).status == 404
    assert status(one_message(MESSAGE_ID)).is_problem("malformed-request", "client")


def test_a_client_sees_nothing_of_another_whatever_it_names(status: Function, cloud: Cloud) -> None:
    store(cloud, client=SHOP)
    store(cloud, "own")
    for query in (
        {"client": SHOP},
        {"messageId": MESSAGE_ID},
        {"status": "submitted"},
        {"status": "queued"},
        {"phoneNumber": NUMBER, "client": SHOP},
        {"phoneNumber": NUMBER, "since": "2026-11-01T00:00:00Z"},
    ):
        answer = status(by(API_KEY_ID, asking("/messages", **query)))
        assert (answer.status, answer.is_problem("operator-only")) == (403, True)
    answer = status(by(API_KEY_ID, one_message(MESSAGE_ID, client=SHOP)))
    assert (answer.status, answer.is_problem("operator-only")) == (403, True)
    answer = status(by(API_KEY_ID, asking("/suppressions")))
    assert (answer.status, answer.is_problem("operator-only")) == (403, True)
    own = status(by(API_KEY_ID, asking("/messages", phoneNumber=NUMBER, client=CRM)))
    assert [each["messageId"] for each in own.body["messages"]] == ["own"]
    assert "client" not in own.body["messages"][0], "a client knows its own name"


def test_an_id_is_found_at_every_client_that_has_used_it(status: Function, cloud: Cloud) -> None:
    for client in (SHOP, CRM):
        store(cloud, client=client)
    store(cloud, "another")

    assert found(status(asking("/messages", messageId=MESSAGE_ID))) == [
        f"{CRM}/{MESSAGE_ID}",
        f"{SHOP}/{MESSAGE_ID}",
    ]
    only = status(asking("/messages", messageId=MESSAGE_ID, client=SHOP))
    assert found(only) == [f"{SHOP}/{MESSAGE_ID}"]
    assert found(status(asking("/messages", messageId="unknown"))) == []


def test_what_was_sent_to_a_number_is_found_client_by_client(
    status: Function, cloud: Cloud
) -> None:
    for minutes, client in enumerate((CRM, SHOP, CRM, SHOP)):
        at = START + timedelta(minutes=minutes)
        store(cloud, f"m-{minutes}", client=client, created_at=at)
    store(cloud, "other", phone_number=PhoneNumber(OTHER_NUMBER))
    everything = [f"{SHOP}/m-3", f"{SHOP}/m-1", f"{CRM}/m-2", f"{CRM}/m-0"]

    assert found(status(asking("/messages", phoneNumber=NUMBER))) == everything
    by_one = [one for page in pages(status, phoneNumber=NUMBER, limit="1") for one in found(page)]
    assert by_one == everything
    of_one = asking("/messages", phoneNumber=NUMBER, client=CRM)
    assert found(status(of_one)) == [f"{CRM}/m-2", f"{CRM}/m-0"]
    span = {"since": "2026-11-22T14:36:00Z", "until": "2026-11-22T14:37:30Z"}
    in_time = asking("/messages", phoneNumber=NUMBER, **span)
    assert found(status(in_time)) == [f"{SHOP}/m-1", f"{CRM}/m-2"]
    of_one_in_time = asking("/messages", phoneNumber=NUMBER, client=CRM, **span)
    assert found(status(of_one_in_time)) == [f"{CRM}/m-2"]


def test_what_a_client_has_sent_is_found_by_time_the_newest_first(
    status: Function, cloud: Cloud
) -> None:
    for minutes in range(5):
        # Two in one millisecond, to two numbers, and stored in another order than that of time.
        at = START + timedelta(minutes=minutes // 2 * (-1) ** minutes)
        number = PhoneNumber(NUMBER if minutes % 2 else OTHER_NUMBER)
        store(cloud, f"m-{minutes}", created_at=at, phone_number=number, updated_at=START)
    store(cloud, "of another", client=SHOP)
    everything = [f"{CRM}/m-{minutes}" for minutes in (4, 2, 1, 0, 3)]

    assert found(status(asking("/messages", client=CRM))) == everything
    by_one = [one for page in pages(status, client=CRM, limit="1") for one in found(page)]
    assert by_one == everything
    span = {"since": "2026-11-22T14:35:00.123Z", "until": "2026-11-22T14:36:00.123Z"}
    assert found(status(asking("/messages", client=CRM, **span))) == everything[1:4]
    later = asking("/messages", client=CRM, since="2026-11-22T14:35:00.124Z")
    assert found(status(later)) == everything[:2]
    before = asking("/messages", client=CRM, until="2026-11-22T14:35:00.122Z")
    assert found(status(before)) == everything[4:]
    assert found(status(asking("/messages", client="unknown"))) == []


def test_what_a_client_has_sent_is_narrowed_by_a_status_that_has_no_index(
    status: Function, cloud: Cloud
) -> None:
    for minutes in range(4):
        kind = Status.SENT if minutes % 2 else Status.SUBMITTED
        store(cloud, f"m-{minutes}", status=kind, created_at=START + timedelta(minutes=minutes))

    sent = [one for page in pages(status, client=CRM, status="sent") for one in found(page)]
    assert sent == [f"{CRM}/m-3", f"{CRM}/m-1"]
    one = list(pages(status, client=CRM, status="sent", limit="1"))
    assert [each for page in one for each in found(page)] == sent


def test_a_client_and_a_time_read_one_partition_of_the_index_and_the_rows(
    status: Function, cloud: Cloud
) -> None:
    for number in range(3):
        store(cloud, f"m-{number}")
    status(asking("/messages", client=SHOP))
    cloud.calls.made.clear()

    status(asking("/messages", client=CRM, since="2026-11-22T00:00:00Z"))

    assert cloud.calls.of("dynamodb") == ["dynamodb:Query", "dynamodb:BatchGetItem"]


def test_what_needs_attention_is_found_by_its_status_the_latest_first(
    status: Function, cloud: Cloud
) -> None:
    for days in range(5):
        at = START - days * DAY
        store(cloud, f"f-{days}", status=Status.FAILED, updated_at=at, created_at=at)
    store(cloud, "shop", client=SHOP, status=Status.FAILED, updated_at=START - DAY)
    store(cloud, "old", status=Status.FAILED, updated_at=START - 40 * DAY)
    store(cloud, "u", status=Status.UNCONFIRMED)
    recent = [f"{CRM}/f-0", f"{SHOP}/shop", *(f"{CRM}/f-{days}" for days in range(1, 5))]

    assert found(status(asking("/messages", status="failed"))) == recent
    some = [one for page in pages(status, status="failed", limit="2") for one in found(page)]
    assert some == recent
    since = f"{(START - 2 * DAY):%Y-%m-%dT%H:%M:%S.123Z}"
    assert found(status(asking("/messages", status="failed", since=since))) == recent[:4]
    until = asking("/messages", status="failed", until=since, client=CRM)
    assert found(status(until)) == [f"{CRM}/f-{days}" for days in (2, 3, 4)]
    assert found(status(asking("/messages", status="unconfirmed"))) == [f"{CRM}/u"]


def test_a_search_far_back_goes_on_over_pages_that_are_empty(
    status: Function, cloud: Cloud
) -> None:
    store(cloud, "old", status=Status.FAILED, updated_at=START - 80 * DAY)

    read = list(pages(status, status="failed", since="2026-08-01T00:00:00Z"))

    assert [found(page) for page in read] == [[], [], [f"{CRM}/old"], []][: len(read)]
    assert len(read) >= 3


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00Z", "0005-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
@pytest.mark.parametrize(
    "where",
    [
        {"status": "failed"},
        {"status": "queued"},
        {"client": CRM},
        {"client": CRM, "phoneNumber": NUMBER},
    ],
)
def test_a_time_at_the_edge_of_the_calendar_is_a_time(
    status: Function, cloud: Cloud, at: str, where: dict[str, str]
) -> None:
    store(cloud, status=Status.FAILED)

    assert found(status(asking("/messages", **where, since=at, until=at))) == []
    assert status(asking("/messages", **where, since=at)).status == 200
    assert status(asking("/messages", **where, until=at)).status == 200


def test_queued_messages_are_found_among_all_that_wait_for_something(
    status: Function, cloud: Cloud
) -> None:
    for number in range(12):
        kind = Status.QUEUED if number % 3 == 0 else Status.SUBMITTED
        store(cloud, f"m-{number:02}", status=kind, client=CRM if number else SHOP)
    expected = {f"{SHOP}/m-00", *(f"{CRM}/m-{number:02}" for number in (3, 6, 9))}

    assert set(found(status(asking("/messages", status="queued")))) == expected
    read = [one for page in pages(status, status="queued", limit="1") for one in found(page)]
    assert (len(read), set(read)) == (4, expected)
    of_one = status(asking("/messages", status="queued", client=SHOP))
    assert found(of_one) == [f"{SHOP}/m-00"]


def test_one_call_reads_so_much_and_no_more(
    status: Function, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sms_gateway.adapters.message_search.KEYS_AT_ONCE", 2)
    monkeypatch.setattr("sms_gateway.adapters.message_search._ROWS_AT_ONCE", 1)
    for number in range(5):
        store(cloud, f"m-{number}", status=Status.SENT if number else Status.FAILED)

    read = list(pages(status, phoneNumber=NUMBER, status="failed"))

    assert KEYS_AT_ONCE == 300
    assert len(read) == 3
    assert [one for page in read for one in found(page)] == [f"{CRM}/m-0"]


@pytest.mark.parametrize("limit", ["1", "100"])
def test_keys_of_other_clients_are_read_so_much_and_no_more_too(
    status: Function, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    assert message_search.MOST_KEYS == 3000
    monkeypatch.setattr(message_search, "MOST_KEYS", 4)
    for number in range(10):
        # The same times, so that a call also ends in the midst of a group with one sort key.
        at = START + timedelta(minutes=number // 3)
        client = SHOP if number in {3, 9} else CRM
        store(cloud, f"m-{number}", client=client, status=Status.FAILED, updated_at=at)

    read = [found(page) for page in pages(status, status="failed", client=SHOP, limit=limit)]

    assert [one for page in read for one in page] == [f"{SHOP}/m-9", f"{SHOP}/m-3"]
    assert len(read) >= 3


def test_a_search_whose_last_day_has_gone_by_meanwhile_ends_and_does_not_begin_anew(
    status: Function, cloud: Cloud, clock: FakeClock
) -> None:
    for days in (0, 30):
        store(cloud, f"f-{days}", status=Status.FAILED, updated_at=START - days * DAY)
    store(cloud, "f-x", status=Status.FAILED, updated_at=START - 30 * DAY + timedelta(seconds=1))
    second = status(asking("/messages", status="failed", limit="2")).body["cursor"]
    rest = asking("/messages", status="failed", cursor=second)
    assert found(status(rest)) == [f"{CRM}/f-30"]

    clock.advance(DAY.total_seconds())

    assert found(status(rest)) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "phoneNumber"),
        ({"since": "2026-11-22T00:00:00Z"}, "phoneNumber"),
        ({"status": "sent"}, "status"),
        ({"status": "sending", "since": "2026-11-22T00:00:00Z"}, "status"),
        ({"messageId": "a", "phoneNumber": NUMBER}, "phoneNumber"),
        ({"messageId": "a", "status": "failed"}, "status"),
        ({"messageId": "a", "until": "2026-11-22T00:00:00Z"}, "until"),
        ({"status": "lost"}, "status"),
        ({"status": "failed", "since": "yesterday"}, "since"),
        ({"status": "failed", "cursor": "AAAA"}, "cursor"),
        # DynamoDB refuses a BETWEEN of which the lower end is above the upper one.
        ({"phoneNumber": NUMBER, "client": CRM, **BACKWARDS}, "until"),
        ({"phoneNumber": NUMBER, **BACKWARDS}, "until"),
        ({"status": "failed", **BACKWARDS}, "until"),
        ({"status": "queued", **BACKWARDS}, "until"),
        ({"client": CRM, **BACKWARDS}, "until"),
    ],
)
def test_a_search_that_no_index_answers_is_refused_and_reads_nothing(
    status: Function, cloud: Cloud, query: dict[str, str], field: str
) -> None:
    status(asking("/messages", status="failed"))
    cloud.calls.made.clear()

    assert status(asking("/messages", **query)).is_problem("malformed-request", field)
    assert cloud.calls.of("dynamodb") == []


def test_a_cursor_is_good_for_its_own_search_alone(status: Function, cloud: Cloud) -> None:
    for number in range(3):
        store(cloud, f"m-{number}", status=Status.FAILED)
        cloud.suppress(f"+4072123456{number}")
    search = status(asking("/messages", status="failed", limit="1")).body["cursor"]
    number = status(asking("/messages", phoneNumber=NUMBER, limit="1")).body["cursor"]
    own = status(by(API_KEY_ID, asking("/messages", phoneNumber=NUMBER, limit="1"))).body["cursor"]
    listed = status(asking("/suppressions", limit="1")).body["cursor"]

    for request in (
        asking("/messages", status="unconfirmed", cursor=search),
        asking("/messages", status="failed", client=CRM, cursor=search),
        asking("/messages", status="failed", cursor=number),
        asking("/messages", phoneNumber=NUMBER, cursor=own),
        by(API_KEY_ID, asking("/messages", phoneNumber=NUMBER, cursor=number)),
        asking("/suppressions", cursor=search),
        asking("/messages", status="failed", cursor=listed),
    ):
        assert status(request).is_problem("malformed-request", "cursor")


def test_a_row_of_another_release_is_named(status: Function, cloud: Cloud, output: Output) -> None:
    store(cloud, status=Status.FAILED)
    (item,) = cloud.clients.dynamodb.scan(TableName="Messages")["Items"]
    cloud.store(item | {"status": {"S": "paused"}})

    answer = status(asking("/messages", status="failed"))

    assert answer.body == {"messages": [], "unreadableMessages": [MESSAGE_ID]}
    assert output.line("messages of another release")["level"] == "ERROR"


def test_each_search_is_logged_with_the_key_what_was_looked_for_and_what_was_shown(
    status: Function, cloud: Cloud, output: Output
) -> None:
    store(cloud, client=SHOP)

    status(asking("/messages", phoneNumber=NUMBER, client=SHOP))

    looked, shown = (line for line in output.lines() if "by an operator" in line["message"])
    for line in (looked, shown):
        assert (line["key_id"], line["client"]) == (OPERATORS_KEY_ID, "ana")
    assert shown["shown"] == [f"{SHOP}/{MESSAGE_ID}"]
    assert looked["looked_for"]["client"] == SHOP
    assert looked["looked_for"]["phone_number"] == PhoneNumber(NUMBER).masked
    assert NUMBER[1:] not in json.dumps(output.lines())


def test_what_an_operator_looks_for_is_logged_before_it_is_looked_up(
    status: Function, cloud: Cloud, output: Output
) -> None:
    """So a look is logged that finds nothing, or whose answer is lost."""
    number = asking("/suppressions") | {
        "resource": "/suppressions/{phoneNumber}",
        "path": f"/suppressions/{NUMBER}",
        "pathParameters": {"phoneNumber": NUMBER},
    }
    provider = asking("/provider")
    assert status(one_message("unknown", client=SHOP)).status == 404
    assert status(number).status == 404
    assert status(provider).status == 200
    cloud.calls.does_not_answer("dynamodb")
    assert status(asking("/messages", status="failed")).is_store_unavailable()

    message = output.line("message looked for by an operator")
    assert (message["owner"], message["message_id"]) == (SHOP, "unknown")
    suppression = output.line("suppression looked for")
    assert suppression["phone_number"] == PhoneNumber(NUMBER).masked
    way = output.line("way to Voipit looked at by an operator")
    search = output.line("messages looked for by an operator")
    assert search["looked_for"]["status"] == "failed"
    for line in (message, suppression, way, search):
        assert (line["key_id"], line["client"]) == (OPERATORS_KEY_ID, "ana")


@pytest.fixture
def only_errors() -> Iterator[None]:
    """`LogLevel` is ERROR."""
    before = logger.log_level
    logger.setLevel("ERROR")
    yield
    logger.setLevel(before)


@pytest.mark.usefixtures("only_errors")
def test_what_an_operator_looks_at_and_changes_is_logged_at_every_level(
    status: Function, send: Function, cloud: Cloud, output: Output
) -> None:
    """Of a client the same lines are left out."""
    store(cloud, client=CRM)
    number = {
        "resource": "/suppressions/{phoneNumber}",
        "path": f"/suppressions/{NUMBER}",
        "pathParameters": {"phoneNumber": NUMBER},
    }
    for method in ("PUT", "DELETE"):
        for key in (OPERATORS_KEY_ID, API_KEY_ID):
            assert send(by(key, asking("") | number | {"httpMethod": method})).status == 204
    for event in (
        asking("/messages", phoneNumber=NUMBER, client=CRM),
        one_message(MESSAGE_ID, client=CRM),
        asking("/suppressions"),
        asking("") | number,
        asking("/provider"),
    ):
        status(event)
        status(by(API_KEY_ID, event))

    lines = output.lines()
    assert {line["key_id"] for line in lines} == {OPERATORS_KEY_ID}
    assert [line["message"] for line in lines if line["level"] == "AUDIT"] == [
        "number suppressed",
        "number no longer suppressed",
        "messages looked for by an operator",
        "messages searched by an operator",
        "message looked for by an operator",
        "message read",
        "suppressions listed",
        "suppression looked for",
        "way to Voipit looked at by an operator",
    ]


def test_an_operator_exports_the_do_not_contact_list_page_by_page(
    status: Function, cloud: Cloud, output: Output
) -> None:
    numbers = [f"+407212345{number:02}" for number in range(67, 72)]
    for number in reversed(numbers):
        cloud.suppress(number)

    whole = status(asking("/suppressions"))
    listed: list[Json] = []
    cursor: Json = {}
    while True:
        page = status(asking("/suppressions", limit="2", **cursor))
        listed += page.body["suppressions"]
        if "cursor" not in page.body:
            break
        cursor = {"cursor": page.body["cursor"]}

    assert [each["phoneNumber"] for each in listed] == numbers
    assert listed == whole.body["suppressions"]
    assert listed[0].keys() == {"phoneNumber", "since", "client"}
    assert listed[0]["client"] == OTHER_CLIENT
    lines = [line for line in output.lines() if line["message"] == "suppressions listed"]
    assert {(line["key_id"], line["client"]) for line in lines} == {(OPERATORS_KEY_ID, "ana")}
    assert len(lines) == 4


def test_an_operator_puts_numbers_on_the_list_and_takes_them_off(
    send: Function, status: Function, cloud: Cloud
) -> None:
    assert send(by(OPERATORS_KEY_ID, sample("send-put-suppression"))).status == 204
    (entry,) = status(asking("/suppressions")).body["suppressions"]
    assert (entry["phoneNumber"], entry["client"]) == (NUMBER, "ana")
    assert send(by(OPERATORS_KEY_ID, sample("send-delete-suppression"))).status == 204
    assert status(asking("/suppressions")).body == {"suppressions": []}
    assert cloud.rows() == []


def test_no_search_asks_more_of_the_tables_than_queries_and_named_rows(
    status: Function, cloud: Cloud
) -> None:
    store(cloud, status=Status.FAILED)
    for query in (
        {"status": "failed"},
        {"status": "queued"},
        {"phoneNumber": NUMBER},
        {"messageId": MESSAGE_ID},
    ):
        status(asking("/messages", **query))
    status(asking("/suppressions"))

    asked = {call for call in cloud.calls.made if call.startswith("dynamodb:")}
    assert asked == {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem"}
    assert {row["guard"].partition("#")[0] for row in cloud.rows(GUARDS)} == {"key"}
