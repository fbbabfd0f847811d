"""Two clients at one API: neither can read, list or cancel what the other has sent, nor tell its
ids."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.fakes.clock import FakeClock
from tests.handlers.cloud import Calls, Cloud
from tests.handlers.lambdas import Answer, Function
from tests.handlers.voipit import FakeVoipit
from tests.support.samples import (
    API_KEY_ID,
    MESSAGE_ID,
    NUMBER,
    OTHER_CLIENT,
    about,
    by,
    sample,
    with_body,
    with_headers,
)

TEXT = "Comanda dvs. este gata."
Json = dict[str, Any]

pytestmark = pytest.mark.usefixtures("clock")


def a_post(client: str, **body: Any) -> Json:
    """The sample request for an ordinary message, with these values, of this client."""
    values = {"phoneNumber": NUMBER, "message": TEXT, "metadata": None} | body
    return by(client, with_body(sample("send-post-message"), **values))


def is_unknown_to(client: str, function: Function, request: Json) -> bool:
    """Whether the client gets a 404, to the last byte that of a message that never was."""
    theirs = function.invoke(by(client, request))
    unknown = function.invoke(by(client, about(request, messageId="never-sent")))
    assert theirs["statusCode"] == 404
    return json.dumps(theirs).encode() == json.dumps(unknown).encode()


@pytest.fixture(
    params=[(API_KEY_ID, OTHER_CLIENT), (OTHER_CLIENT, API_KEY_ID)], ids=["one", "the other"]
)
def clients(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Whose message there is, and who tries."""
    owner, other = request.param
    return owner, other


def test_a_message_of_the_other_is_read_as_one_that_does_not_exist(
    send: Function, status: Function, clients: tuple[str, str]
) -> None:
    owner, other = clients
    send(a_post(owner))
    request = sample("status-get-message")
    assert is_unknown_to(other, status, request)
    assert status(by(owner, request)).status == 200


def test_a_message_of_the_other_cannot_be_taken_back(
    send: Function, cloud: Cloud, clients: tuple[str, str]
) -> None:
    owner, other = clients
    assert send(by(owner, sample("send-scheduled-message"))).status == 202
    before = cloud.rows()
    request = sample("send-delete-message")
    assert is_unknown_to(other, send, request)
    assert cloud.rows() == before
    assert send(by(owner, request)).body["status"] == "cancelled"


def test_nor_is_it_told_that_it_was_tried_already(send: Function, clients: tuple[str, str]) -> None:
    owner, other = clients
    send(a_post(owner))
    assert send(by(other, sample("send-delete-message"))).status == 404
    assert send(by(owner, sample("send-delete-message"))).status == 409


def test_the_messages_of_the_other_are_in_no_list(
    send: Function, status: Function, clients: tuple[str, str]
) -> None:
    owner, other = clients
    send(a_post(owner))
    request = sample("status-list-messages")
    listed = {client: status(by(client, request)).body["messages"] for client in clients}
    assert (len(listed[owner]), listed[other]) == (1, [])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": "Altceva."},
        {"phoneNumber": "+40721234568"},
        {"sendAt": "2026-11-22T20:00:00Z"},
    ],
    ids=["equal", "other text", "other number", "scheduled"],
)
@pytest.mark.parametrize("where", ["body", "header"])
def test_an_id_of_the_other_is_free(  # noqa: PLR0913, PLR0917  what pytest hands in, all by name
    send: Function,
    cloud: Cloud,
    voipit: FakeVoipit,
    clients: tuple[str, str],
    where: str,
    body: Json,
) -> None:
    owner, other = clients
    send(a_post(owner, metadata={"orderId": "1042"}))
    before = cloud.rows()
    request = a_post(other, **body)
    if where == "header":
        request = with_headers(with_body(request, messageId=None), {"Idempotency-Key": MESSAGE_ID})
    answer = send(request)
    assert (answer.status, answer.body["messageId"]) == (202, MESSAGE_ID)
    assert "idempotent-replayed" not in answer.headers
    assert {row["client"] for row in cloud.rows()} == {owner, other}
    assert before[0] in cloud.rows()
    assert [form["messageId"] for form in voipit.taken] == [MESSAGE_ID] * (
        1 if "sendAt" in body else 2
    )


def test_an_id_of_the_other_is_free_in_a_batch(
    send: Function, cloud: Cloud, clients: tuple[str, str]
) -> None:
    owner, other = clients
    send(a_post(owner))
    (before,) = cloud.rows()
    items = [
        {"phoneNumber": NUMBER, "message": TEXT, "messageId": MESSAGE_ID},
        {"phoneNumber": "+40721234568", "message": TEXT, "messageId": "their-own"},
    ]
    batch = sample("send-post-message") | {"path": "/messages/batch", "resource": "/messages/batch"}
    answer = send(by(other, batch | {"body": json.dumps({"messages": items})}))
    taken = [result["message"]["messageId"] for result in answer.body["results"]]
    assert taken == [MESSAGE_ID, "their-own"]
    assert before in cloud.rows()
    assert sorted((row["client"], row["messageId"]) for row in cloud.rows()) == sorted(
        [(owner, MESSAGE_ID), (other, MESSAGE_ID), (other, "their-own")]
    )


def test_two_clients_who_send_the_same_at_once_have_not_clicked_twice(
    send: Function, cloud: Cloud, voipit: FakeVoipit, clients: tuple[str, str]
) -> None:
    answers = [send(a_post(client, messageId=None)) for client in clients]
    assert [answer.status for answer in answers] == [202, 202]
    assert {row["client"] for row in cloud.rows()} == set(clients)
    assert len(voipit.taken) == 2


USED, FREE = "order-used", "order-free"
"""Of these the other client has used one. They are of the same length."""
SUPPRESSED = "+40721234569"


def a_batch(client: str, *message_ids: str) -> Json:
    """The sample batch of this client, with an ordinary message for each id."""
    items = [{"phoneNumber": NUMBER, "message": TEXT, "messageId": i} for i in message_ids]
    batch = with_headers(sample("send-post-batch"), {"Idempotency-Key": "b"})
    return by(client, batch | {"body": json.dumps({"messages": items})})


def by_header(message_id: str) -> Json:
    """A post whose id is in a header."""
    request = a_post(API_KEY_ID, messageId=None)
    return with_headers(request, {"Idempotency-Key": message_id})


ABOUT_AN_ID: dict[str, tuple[str, Callable[[str], Json]]] = {
    "an equal message": ("send", lambda i: a_post(API_KEY_ID, messageId=i)),
    "another message": ("send", lambda i: a_post(API_KEY_ID, messageId=i, message="Altceva.")),
    "an id in a header": ("send", by_header),
    "a scheduled message": (
        "send",
        lambda i: a_post(API_KEY_ID, messageId=i, sendAt="2026-11-22T20:00:00Z"),
    ),
    "a message too late": (
        "send",
        lambda i: a_post(API_KEY_ID, messageId=i, validUntil="2026-11-22T10:00:00Z"),
    ),
    "a number on the list": (
        "send",
        lambda i: a_post(API_KEY_ID, messageId=i, phoneNumber=SUPPRESSED),
    ),
    "a number over its limit": ("send", lambda i: a_post(API_KEY_ID, messageId=i)),
    "a text that is refused": (
        "send",
        lambda i: a_post(API_KEY_ID, messageId=i, message="x" * 161),
    ),
    "a batch": ("send", lambda i: a_batch(API_KEY_ID, i, f"{i}-too")),
    "a batch that has it twice": ("send", lambda i: a_batch(API_KEY_ID, i, i)),
    "taking it back": ("send", lambda i: about(sample("send-delete-message"), messageId=i)),
    "reading it": ("status", lambda i: about(sample("status-get-message"), messageId=i)),
    "a preview": ("status", lambda i: with_body(sample("status-preview"), messageId=i)),
}


@pytest.mark.parametrize("name", ABOUT_AN_ID)
@pytest.mark.parametrize("taken", [False, True], ids=["just sent", "still queued"])
def test_nothing_tells_whether_the_other_has_used_an_id(  # noqa: PLR0913  what pytest hands in, all by name
    send: Function, status: Function, cloud: Cloud, calls: Calls, name: str, *, taken: bool
) -> None:
    """Neither the answer nor the calls of AWS that it took, which is what its time would tell."""
    cloud.suppress(SUPPRESSED)
    later = {"sendAt": "2026-11-22T20:00:00Z"} if taken else {}
    send(a_post(OTHER_CLIENT, messageId=USED, **later))
    send(a_post(API_KEY_ID, messageId="the-first-one-reads-secrets"))
    if name == "a number over its limit":
        for number in range(9 if taken else 8):  # one that is scheduled is not counted yet
            assert send(a_post(API_KEY_ID, messageId=f"m-{number}")).status == 202
    which, request = ABOUT_AN_ID[name]
    function = {"send": send, "status": status}[which]

    def told(message_id: str) -> tuple[int, str, list[str]]:
        calls.made.clear()
        answer = function.invoke(request(message_id))
        return answer["statusCode"], answer["body"].replace(message_id, "X"), list(calls.made)

    before = {(row["client"], row["messageId"]): row for row in cloud.rows()}
    assert told(USED) == told(FREE)
    assert {
        (row["client"], row["messageId"]): row for row in cloud.rows()
    }.items() >= before.items()


def test_no_list_tells_whether_the_other_has_texted_a_number(
    send: Function, status: Function, calls: Calls
) -> None:
    send(a_post(OTHER_CLIENT, messageId=USED))

    def told(number: str) -> tuple[int, str, list[str]]:
        calls.made.clear()
        query = {"phoneNumber": number, "limit": "10"}
        several = {name: [value] for name, value in query.items()}
        request = sample("status-list-messages") | {
            "queryStringParameters": query,
            "multiValueQueryStringParameters": several,
        }
        answer = status.invoke(request)
        return answer["statusCode"], answer["body"], list(calls.made)

    assert told(NUMBER) == told("+40721234568")


@pytest.mark.parametrize("theirs", [TEXT, "Altceva."], ids=["equal", "different"])
def test_one_id_of_two_clients_is_two_messages_and_each_sees_its_own(
    send: Function, status: Function, voipit: FakeVoipit, clients: tuple[str, str], theirs: str
) -> None:
    texts = dict(zip(clients, (TEXT, theirs), strict=True))
    first = {client: send(a_post(client, message=text)) for client, text in texts.items()}

    assert [form["messageId"] for form in voipit.taken] == [MESSAGE_ID, MESSAGE_ID]
    assert len({form["sendResultTo"] for form in voipit.taken}) == 2
    for client, text in texts.items():
        assert status(by(client, sample("status-get-message"))).body["message"] == text
        assert send(a_post(client, message=text)).is_replay_of(first[client])
        (listed,) = status(by(client, sample("status-list-messages"))).body["messages"]
        assert (listed["messageId"], listed["message"]) == (MESSAGE_ID, text)
    assert len(voipit.taken) == 2


def test_taking_back_one_of_two_messages_with_one_id_leaves_the_other(
    send: Function, status: Function, clients: tuple[str, str]
) -> None:
    one, other = clients
    for client in clients:
        assert send(by(client, sample("send-scheduled-message"))).status == 202

    assert send(by(one, sample("send-delete-message"))).body["status"] == "cancelled"

    assert status(by(other, sample("status-get-message"))).body["status"] == "queued"


def test_a_cursor_of_one_goes_on_in_its_own_list_and_opens_none_of_the_others(
    send: Function, status: Function, clients: tuple[str, str], clock: FakeClock
) -> None:
    one, other = clients
    for number in range(3):
        for client in clients:
            clock.advance(1)
            send(a_post(client, messageId=f"order-{number}", message=f"{client} {number}"))

    def a_page(client: str, cursor: str | None) -> Answer:
        query = {"phoneNumber": NUMBER, "limit": "1"} | ({"cursor": cursor} if cursor else {})
        several = {name: [value] for name, value in query.items()}
        request = sample("status-list-messages") | {
            "queryStringParameters": query,
            "multiValueQueryStringParameters": several,
        }
        return status(by(client, request))

    seen, cursor = [], None
    for _ in range(3):
        page = a_page(one, cursor)
        seen += [message["message"] for message in page.body["messages"]]
        if cursor:
            assert a_page(other, cursor).is_problem("malformed-request", "cursor")
        cursor = page.body.get("cursor")
    assert (seen, cursor) == ([f"{one} {number}" for number in (2, 1, 0)], None)
