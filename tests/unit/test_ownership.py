"""The wall between clients: what one has sent is not there for the other."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from sms_gateway.domain.errors import (
    GatewayError,
    InvalidValueError,
    MalformedRequestError,
    MessageNotFoundError,
    RecipientLimitError,
)
from sms_gateway.domain.guards import Limits, Suppression
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.status import Status
from sms_gateway.use_cases.watch import Watched
from tests.fakes.builders import ID, a_report, key
from tests.fakes.clock import START
from tests.fakes.gateway import REPORT_DEADLINE, FakeGateway

CLIENTS = [("clinic", "crm"), ("crm", "clinic")]
LATER = START.replace(hour=20)
SECOND = timedelta(seconds=1)
SUPPRESSED = PhoneNumber("+40721234569")


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


@pytest.mark.parametrize(("owner", "other"), CLIENTS)
@pytest.mark.parametrize(
    ("error", "values"),
    [
        (InvalidValueError, {"valid_until": START - SECOND}),
        (InvalidValueError, {"text": " "}),
        (RecipientLimitError, {}),
        (InvalidValueError, {"phone_number": SUPPRESSED.e164}),
    ],
    ids=["too late", "no text", "limit", "suppressed"],
)
def test_what_is_refused_is_refused_alike_whether_another_uses_the_id_or_not(
    gateway: FakeGateway, owner: str, other: str, error: type[GatewayError], values: dict[str, Any]
) -> None:
    gateway.intake.limits = Limits(1 if error is RecipientLimitError else 0, suppressions=True)
    gateway.suppressions.put(Suppression(SUPPRESSED, START, owner))
    gateway.send(client=owner)

    used = what_is_said(lambda: gateway.send(client=other, **values))

    assert used == what_is_said(lambda: gateway.send(client=other, message_id="free", **values))
    assert used[0] is error
    assert list(gateway.messages.rows) == [key(ID, owner)]


@pytest.mark.parametrize(("owner", "other"), CLIENTS)
def test_a_look_up_takes_the_same_calls_whether_another_uses_the_id_or_not(
    gateway: FakeGateway, owner: str, other: str
) -> None:
    gateway.send(client=owner)

    def calls(do: Callable[[], object]) -> list[str]:
        made: list[str] = []
        gateway.boundary.before = made.append
        with suppress(GatewayError):
            do()
        return made

    for used, free in (
        (
            calls(lambda: gateway.read_message(other, ID)),
            calls(lambda: gateway.read_message(other, "free")),
        ),
        (
            calls(lambda: gateway.cancel(client=other)),
            calls(lambda: gateway.cancel("free", client=other)),
        ),
        (
            calls(lambda: gateway.send(client=other)),
            calls(lambda: gateway.send(client=other, message_id="free")),
        ),
    ):
        assert used == free != []


def test_a_report_is_about_the_message_of_one_client(gateway: FakeGateway) -> None:
    for client in ("clinic", "crm"):
        gateway.send(client=client)

    gateway.report(a_report(), key(ID, "crm"))

    statuses = {of.client: row.status for of, row in gateway.messages.rows.items()}
    assert statuses == {"clinic": Status.SUBMITTED, "crm": Status.SENT}


def test_the_queue_hands_out_the_messages_of_both_under_one_id(gateway: FakeGateway) -> None:
    for client in ("clinic", "crm"):
        gateway.send(client=client, text=f"from {client}", send_at=START + SECOND)
    gateway.clock.advance(1)

    gateway.run_queue()

    assert sorted(h.message.text for h in gateway.voipit.handed) == ["from clinic", "from crm"]
    assert len({h.send_result_to for h in gateway.voipit.handed}) == 2


def test_watch_looks_at_the_messages_of_both_under_one_id(gateway: FakeGateway) -> None:
    for client in ("clinic", "crm"):
        gateway.send(client=client)
    gateway.clock.advance(REPORT_DEADLINE.total_seconds() + 61)

    assert gateway.watch() == Watched(looked_at=2, moved=2, oldest_due=61 * SECOND)
    assert {row.status for row in gateway.messages.rows.values()} == {Status.NO_REPORT}
