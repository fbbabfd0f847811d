"""The wall between clients: what one has sent is not there for the other."""

from collections.abc import Callable
from typing import Any

import pytest

from sms_gateway.domain.errors import (
    GatewayError,
    MalformedRequestError,
    MessageNotFoundError,
)
from sms_gateway.domain.status import Status
from tests.fakes.builders import ID, key
from tests.fakes.clock import START
from tests.fakes.gateway import FakeGateway

CLIENTS = [("clinic", "crm"), ("crm", "clinic")]
LATER = START.replace(hour=20)


def what_is_said(call: Callable[[], object]) -> tuple[type[GatewayError], str, object]:
    """The error of a call, as far as anybody outside could see it."""
    with pytest.raises(GatewayError) as refused:
        call()
    return type(refused.value), str(refused.value), vars(refused.value)


@pytest.mark.parametrize(("owner", "other"), CLIENTS)
def test_anothers_message_is_read_as_one_that_does_not_exist(
    gateway: FakeGateway, owner: str, other: str
) -> None:
    gateway.send(client=owner)

    theirs = what_is_said(lambda: gateway.read_message(other, ID))

    assert theirs == what_is_said(lambda: gateway.read_message(other, "unknown"))
    assert theirs[0] is MessageNotFoundError
    assert gateway.read_message(owner, ID).client == owner


@pytest.mark.parametrize(("owner", "other"), CLIENTS)
def test_anothers_message_is_not_taken_back(gateway: FakeGateway, owner: str, other: str) -> None:
    gateway.send(client=owner, send_at=LATER)

    theirs = what_is_said(lambda: gateway.cancel(client=other))

    assert theirs == what_is_said(lambda: gateway.cancel("unknown", client=other))
    assert theirs[0] is MessageNotFoundError
    assert gateway.messages.rows[key(ID, owner)].status is Status.QUEUED
    assert gateway.cancel(client=owner).status is Status.CANCELLED


def test_each_lists_its_own_although_both_text_the_same_number(gateway: FakeGateway) -> None:
    gateway.send(client="clinic", message_id="ours")
    gateway.send(client="crm", message_id="theirs")

    listed = {
        client: [message.message_id for message in gateway.list(client).messages]
        for client in ("clinic", "crm", "stranger")
    }

    assert listed == {"clinic": ["ours"], "crm": ["theirs"], "stranger": []}


def test_anothers_cursor_opens_nothing(gateway: FakeGateway) -> None:
    for client in ("clinic", "crm"):
        for number in range(2):
            gateway.send(client=client, message_id=f"{client}-{number}")
    cursor = gateway.list("clinic", limit=1).cursor
    assert cursor

    assert what_is_said(lambda: gateway.list("crm", cursor))[0] is MalformedRequestError
    assert [m.message_id for m in gateway.list("clinic", cursor).messages] == ["clinic-0"]


@pytest.mark.parametrize(("owner", "other"), CLIENTS)
@pytest.mark.parametrize(
    "values",
    [{}, {"text": "something else"}, {"metadata": {}}, {"send_at": LATER}],
    ids=["equal", "other text", "other metadata", "scheduled"],
)
def test_an_id_that_another_uses_is_free(
    gateway: FakeGateway, owner: str, other: str, values: dict[str, Any]
) -> None:
    first = gateway.send(client=owner).message

    second = gateway.send(client=other, **values)

    assert not second.replayed
    assert gateway.messages.rows == {key(ID, owner): first, key(ID, other): second.message}
    assert gateway.send(client=owner).message == first


def test_two_clients_who_send_the_same_at_once_have_not_clicked_twice(
    gateway: FakeGateway,
) -> None:
    results = [gateway.send(client=client, message_id=None) for client in ("clinic", "crm")]

    assert [result.replayed for result in results] == [False, False]
    assert {message.client for message in gateway.messages.rows.values()} == {"clinic", "crm"}
