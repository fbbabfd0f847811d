"""`GET /messages`: what the caller has sent to one number, page by page."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from sms_gateway.adapters.message_item import to_item
from sms_gateway.adapters.secrets import LOOK_UPS_AT_ONCE
from sms_gateway.domain.cursor import CursorKey
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.signing import SIGNATURE_BYTES, to_base64url
from sms_gateway.domain.status import Status
from tests.fakes.builders import a_message
from tests.fakes.clock import START
from tests.handlers.cloud import Calls, Cloud
from tests.handlers.lambdas import Answer, ColdStart, Function
from tests.handlers.output import Output
from tests.support.samples import API_KEY_ID, NUMBER, OTHER_CLIENT, by, sample, with_body

OTHER_NUMBER = "+40721234568"


def a_list(*, client: str = API_KEY_ID, **query: str) -> dict[str, Any]:
    """The sample request with this query, decoded as API Gateway does it."""
    query = {"phoneNumber": NUMBER} | query
    several = {name: [value] for name, value in query.items()}
    return by(client, sample("status-list-messages")) | {
        "queryStringParameters": query,
        "multiValueQueryStringParameters": several,
    }


def store(
    cloud: Cloud,
    number: int,
    *,
    status: Status = Status.SUBMITTED,
    client: str = API_KEY_ID,
    phone_number: str = NUMBER,
) -> str:
    """Store the so-maniest message; returns its id."""
    message = a_message(
        status,
        message_id=f"{client}-{phone_number[-1]}-{number:03}",
        client=client,
        phone_number=PhoneNumber(phone_number),
        created_at=START + timedelta(seconds=number),
    )
    cloud.store(to_item(message))
    return message.message_id


def ids(answer: Answer) -> list[str]:
    assert answer.status == 200
    return [message["messageId"] for message in answer.body["messages"]]


def walk(status: Function, **query: str) -> Iterator[Answer]:
    """One page after the other, each when it is asked for."""
    answer = status(a_list(**query))
    yield answer
    while "cursor" in answer.body:
        answer = status(a_list(**query, cursor=answer.body["cursor"]))
        yield answer


def test_what_send_answered_is_listed_newest_first(send: Function, status: Function) -> None:
    taken = [
        send(with_body(sample("send-post-message"), messageId=message_id)).body
        for message_id in ("first", "second")
    ]
    answer = status(sample("status-list-messages"))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.body == {"messages": taken[::-1]}


def test_a_number_nothing_was_sent_to_has_an_empty_list(status: Function) -> None:
    answer = status(a_list())
    assert (answer.status, answer.body) == (200, {"messages": []})


def test_page_by_page_each_is_shown_once_although_a_new_one_comes_in_between(
    status: Function, cloud: Cloud
) -> None:
    stored = [store(cloud, number) for number in range(25)]
    pages = []
    for page in walk(status, limit="10"):
        pages.append(ids(page))
        store(cloud, 100 + len(pages))
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [message_id for page in pages for message_id in page] == stored[::-1]


def test_without_a_limit_twenty_are_shown_and_with_one_a_hundred_at_most(
    status: Function, cloud: Cloud
) -> None:
    for number in range(101):
        store(cloud, number)
    assert [len(ids(status(a_list(**query)))) for query in ({}, {"limit": "100"})] == [20, 100]


def test_the_last_page_is_not_empty(status: Function, cloud: Cloud) -> None:
    for number in range(4):
        store(cloud, number)
    assert [len(ids(page)) for page in walk(status, limit="2")] == [2, 2]


def test_what_has_changed_between_two_pages_is_shown_as_it_is_now(
    status: Function, cloud: Cloud
) -> None:
    for number in range(2):
        store(cloud, number)
    pages = walk(status, limit="1")
    next(pages)
    store(cloud, 0, status=Status.SENT)
    assert next(pages).body["messages"][0]["status"] == "sent"


def test_only_the_callers_own_messages_are_listed(status: Function, cloud: Cloud) -> None:
    own, others = store(cloud, 1), store(cloud, 2, client=OTHER_CLIENT)
    store(cloud, 3, phone_number=OTHER_NUMBER)
    assert ids(status(a_list())) == [own]
    assert ids(status(a_list(client=OTHER_CLIENT))) == [others]
    assert ids(status(a_list(client="a-third-one"))) == []


@pytest.mark.parametrize(
    "query",
    [
        "phoneNumber=%2B40721234567",
        "phoneNumber=+40721234567",
        "phoneNumber=0721%20234%20567",
        "phoneNumber=%2B40%20(0)721.234.567",
        "phoneNumber=0040721234567",
        "phoneNumber=tel:%2B40721234567",
        "phoneNumber=0721-234-567&limit=1",
    ],
)
def test_a_number_may_be_written_as_people_write_it(
    status: Function, cloud: Cloud, query: str
) -> None:
    own = store(cloud, 1)
    assert ids(status(a_list(**dict(parse_qsl(query))))) == [own]


@pytest.mark.parametrize("number", ["+12025550123", "+40900123456", OTHER_NUMBER])
def test_a_number_that_may_not_be_texted_may_be_asked_for(status: Function, number: str) -> None:
    assert ids(status(a_list(phoneNumber=number))) == []


@pytest.mark.parametrize("number", ["nobody", "+4072123", "0" * 30])
def test_a_number_nobody_has_is_refused_naming_it(
    status: Function, calls: Calls, number: str
) -> None:
    answer = status(a_list(phoneNumber=number))
    assert (answer.status, answer.is_problem("invalid-phone-number", "phoneNumber")) == (422, True)
    assert calls.made == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"phonenumber": NUMBER}, "phonenumber"),
        ({"offset": "20"}, "offset"),
        ({"cursor": ""}, "cursor"),
        ({"phoneNumber": ""}, "phoneNumber"),
    ],
    ids=lambda value: "" if isinstance(value, str) else "&".join(value),
)
def test_a_query_that_cannot_be_read_is_refused_naming_the_parameter(
    status: Function, calls: Calls, query: dict[str, str], field: str
) -> None:
    answer = status(a_list(**query))
    assert (answer.status, answer.is_problem("malformed-request", field)) == (400, True)
    assert calls.made == []


@pytest.mark.parametrize("parameters", [None, {}])
def test_a_number_has_to_be_given(status: Function, parameters: dict[str, str] | None) -> None:
    event = a_list() | {
        "queryStringParameters": parameters,
        "multiValueQueryStringParameters": parameters,
    }
    answer = status(event)
    assert (answer.status, answer.is_problem("malformed-request", "phoneNumber")) == (400, True)


@pytest.fixture
def cursor(status: Function, cloud: Cloud, calls: Calls) -> str:
    """A cursor of the sample's client and number, which leads to one more message."""
    for client in (API_KEY_ID, OTHER_CLIENT):
        for phone_number in (NUMBER, OTHER_NUMBER):
            for number in range(2):
                store(cloud, number, client=client, phone_number=phone_number)
    cursor: str = status(a_list(limit="1")).body["cursor"]
    calls.forget()
    return cursor


def is_refused(answer: Answer) -> bool:
    """Whether the cursor was, and nothing but the cursor is said to be wrong."""
    return answer.status == 400 and answer.is_problem("malformed-request", "cursor")


def test_a_cursor_that_was_altered_is_refused_and_nothing_is_read(
    status: Function, calls: Calls, cursor: str
) -> None:
    altered = [
        cursor[:-1] + ("A" if cursor[-1] != "A" else "B"),
        ("A" if cursor[0] != "A" else "B") + cursor[1:],
        cursor[:-1],
        f"{cursor}A",
        f"{cursor}=",
        f" {cursor}",
        cursor.swapcase(),
        "nonsense",
    ]
    assert [text for text in altered if not is_refused(status(a_list(cursor=text)))] == []
    assert calls.of("dynamodb") == []


@pytest.mark.parametrize(
    "asked",
    [{"client": OTHER_CLIENT}, {"phoneNumber": OTHER_NUMBER}],
    ids=["another client", "another number"],
)
def test_a_cursor_is_good_for_its_own_list_only(
    status: Function, cursor: str, asked: dict[str, str]
) -> None:
    assert is_refused(status(a_list(**asked, cursor=cursor)))
    assert len(ids(status(a_list(limit="1", cursor=cursor)))) == 1


def test_a_cursor_is_good_however_its_number_is_written_and_its_limit_chosen(
    status: Function, cursor: str
) -> None:
    whole = ids(status(a_list()))
    assert ids(status(a_list(phoneNumber="0721 234 567", limit="50", cursor=cursor))) == whole[1:]


def test_after_a_rotation_an_old_cursor_works_once_more(
    cold_start: ColdStart, cloud: Cloud, cursor: str
) -> None:
    cloud.rotate_cursor_key("a second key of the tests")
    assert len(ids(cold_start("status")(a_list(limit="1", cursor=cursor)))) == 1
    cloud.rotate_cursor_key("a third key of the tests")
    assert is_refused(cold_start("status")(a_list(limit="1", cursor=cursor)))


def cursor_of(key_id: str) -> str:
    """A cursor that names this key, and whose signature nobody has made."""
    return to_base64url(bytes.fromhex(key_id) + bytes(SIGNATURE_BYTES) + b"position")


@pytest.mark.usefixtures("cursor")
def test_a_cursor_whose_key_cannot_be_looked_up_now_is_503_and_not_a_wrong_one(
    status: Function, cloud: Cloud
) -> None:
    """Unknown key ids have used up the look-ups of this process, and the key is rotated."""
    guesses = [f"{number:08x}" for number in range(1 + LOOK_UPS_AT_ONCE)]
    assert [g for g in guesses if not is_refused(status(a_list(cursor=cursor_of(g))))] == []
    cloud.rotate_cursor_key("a second key of the tests")
    newest = CursorKey("a second key of the tests").key_id
    assert status(a_list(cursor=cursor_of(newest))).is_store_unavailable()


def test_a_cursor_whose_key_was_made_a_moment_ago_is_good(
    status: Function, cold_start: ColdStart, cloud: Cloud, cursor: str
) -> None:
    """Although this process has read both stages just now."""
    assert is_refused(status(a_list(cursor=cursor_of("01234567"))))
    cloud.rotate_cursor_key("a second key of the tests")
    newest = cold_start("status")(a_list(limit="1")).body["cursor"]
    assert newest != cursor
    assert len(ids(status(a_list(limit="1", cursor=newest)))) == 1


def test_the_key_is_read_only_if_a_cursor_is_made_or_checked(
    status: Function, cloud: Cloud, calls: Calls
) -> None:
    store(cloud, 1)
    status(a_list())
    assert calls.made == ["dynamodb:Query", "dynamodb:BatchGetItem"]
    store(cloud, 2)
    status(a_list(limit="1"))
    assert calls.made[2:] == [
        "dynamodb:Query",
        "dynamodb:BatchGetItem",
        "secretsmanager:GetSecretValue",
    ]


@pytest.mark.parametrize("checked", [True, False], ids=["checked", "made"])
def test_a_key_that_cannot_be_read_is_503_with_retry_after(
    cold_start: ColdStart, calls: Calls, cursor: str, *, checked: bool
) -> None:
    calls.does_not_answer("secretsmanager")
    status = cold_start("status")
    answer = status(a_list(limit="1", **({"cursor": cursor} if checked else {})))
    assert answer.is_store_unavailable()


@pytest.mark.parametrize("call", ["dynamodb:Query", "dynamodb:BatchGetItem"])
def test_a_table_that_does_not_answer_is_503_with_retry_after(
    status: Function, cloud: Cloud, calls: Calls, call: str
) -> None:
    store(cloud, 1)
    calls.does_not_answer(call)
    assert status(a_list()).is_store_unavailable()


def test_the_log_tells_how_many_and_neither_to_whom_nor_where_to_go_on(
    status: Function, cloud: Cloud, output: Output
) -> None:
    for number in range(2):
        store(cloud, number)
    cursor = status(a_list(limit="1")).body["cursor"]
    status(a_list(cursor=cursor, phoneNumber=OTHER_NUMBER))
    written = output.everything()
    assert '"found":1' in written.replace(" ", "")
    assert cursor not in written
