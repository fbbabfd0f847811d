"""Two clients at one API: neither can read, list or cancel what the other has sent, nor tell its
ids."""

import json
from typing import Any

import pytest

from tests.handlers.cloud import Cloud
from tests.handlers.lambdas import Function
from tests.handlers.samples import (
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
from tests.handlers.voipit import FakeVoipit

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
