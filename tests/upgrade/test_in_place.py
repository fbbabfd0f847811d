"""One release after another is deployed onto the same stack, and everything goes on."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import requests

from local.gateway import SubscribedQueue, wait_for_status, wait_until
from sms_gateway.adapters.message_item import to_item
from sms_gateway.domain.status import Reason, Status
from sms_gateway_client import Gateway
from tests.fakes.builders import NUMBER, a_message
from tests.support import raw
from tests.support.raw import Json
from tests.support.releases import RELEASE_0_2_0
from tests.upgrade.life import (
    PATIENCE,
    Life,
    a_number,
    begin_life,
    close_circuit,
    post,
    secrets,
    wait_while_watching,
)
from tests.upgrade.local_cloud import Cloud

pytestmark = pytest.mark.timeout(600)  # the first test of each crossing deploys twice
TODAY: Final = None
CLIENT: Final = "crm"
"""Beside the client of the stack's own key. It gets a second key before the rollback."""
ADDED_SINCE = "TokenKeySecretArn"
"""That of access tokens, which 0.2.0 does not have: a rollback takes it away."""
STAYS: Final = {"MessagesTable", "GuardsTable", "TopicArn", "ApiKeyId", "CallbackUrl"}
"""Outputs that name what holds something or has an address. (The API's own address is not among
them: the local AWS makes a new API where AWS changes the one that is there, as tests/template
shows.)"""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One release has begun a life, and then the other was deployed."""

    cloud: Cloud
    release: str | None
    life: Life


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((RELEASE_0_2_0, TODAY), id="from 0.2.0 to today's"),
        pytest.param((TODAY, RELEASE_0_2_0), id="back to 0.2.0"),
    ],
)
def crossing(cloud: Cloud, request: pytest.FixtureRequest) -> Crossing:
    before, after = request.param
    if cloud.release != before:
        cloud.deploy(before)
    life = begin_life(cloud, cloud.add_client(before, CLIENT))
    cloud.deploy(after)
    close_circuit(cloud)
    return Crossing(cloud, after, life)


@pytest.fixture
def life(crossing: Crossing) -> Life:
    return crossing.life


@pytest.fixture
def api(crossing: Crossing) -> Iterator[Gateway]:
    with crossing.cloud.gateway() as client:
        yield client


@pytest.fixture
def others(crossing: Crossing) -> Iterator[Gateway]:
    with crossing.cloud.gateway(crossing.life.other_key) as client:
        yield client


@pytest.fixture(scope="module")
def consumer(crossing: Crossing) -> SubscribedQueue:
    """It reads its queue only now: the events of the release before are in it as well."""
    assert crossing.cloud.deployed
    return SubscribedQueue(crossing.cloud.deployed, crossing.cloud.deployed.events_queue_url)


def report_to(crossing: Crossing, message: Json) -> requests.Response:
    """Voipit reports `sent`, to the URL that it was given with the message."""
    url = crossing.cloud.simulator.send_result_to(message["messageId"])
    report = {"apiName": "sms", "type": "deliveryReport", "status": "sent"}
    return requests.post(url, data=report, timeout=60)


def test_the_functions_are_those_of_the_release_that_was_deployed(
    crossing: Crossing, api: Gateway
) -> None:
    package = crossing.cloud.checkout(crossing.release) / "layers/sms_gateway/src/sms_gateway"
    contract = json.loads((package / "entrypoints" / "openapi.json").read_text(encoding="utf-8"))
    told = api.raw("GET", "/openapi.json").json()
    # Where it is asked at stands under `servers`.
    assert told | {"servers": None} == contract | {"servers": None}


def test_what_holds_something_or_has_an_address_is_the_same(crossing: Crossing) -> None:
    assert crossing.cloud.deployed
    outputs = crossing.cloud.deployed.stack_outputs
    assert {n: outputs[n] for n in STAYS} == {n: crossing.life.outputs[n] for n in STAYS}
    before, now = crossing.life.secrets, secrets(crossing.cloud)
    assert before.keys() ^ now.keys() == {ADDED_SINCE}
    keys = {n: each for n, each in before.items() if n not in {"VoipitSecretArn", ADDED_SINCE}}
    assert keys.items() <= now.items()


def test_a_settled_message_reads_as_before(life: Life, api: Gateway) -> None:
    now = raw.get(api, life.settled["messageId"]).json()
    assert {n: now.get(n) for n in life.settled} == life.settled


@pytest.mark.parametrize("which", ["submitted", "unconfirmed"])
def test_a_report_to_a_url_of_the_release_before_is_recorded(
    crossing: Crossing, api: Gateway, which: str
) -> None:
    message: Json = getattr(crossing.life, which)
    assert raw.get(api, message["messageId"]).json()["status"] == which

    assert report_to(crossing, message).status_code == 200

    assert raw.get(api, message["messageId"]).json()["status"] == "sent"


def test_what_was_scheduled_or_waited_is_sent_once(crossing: Crossing, api: Gateway) -> None:
    waiting = [m["messageId"] for m in (crossing.life.scheduled, *crossing.life.queued)]
    stand: dict[str, str] = {}

    def settled() -> bool:
        stand.update((each, raw.get(api, each).json()["status"]) for each in waiting)
        return set(stand.values()) == {"sent"}

    wait_while_watching(crossing.cloud, settled, lambda: f"they stand at {stand}")
    assert [crossing.cloud.simulator.acceptances(each) for each in waiting] == [1, 1, 1]


def test_a_repeated_request_is_answered_with_the_stored_message_and_sends_nothing(
    crossing: Crossing, api: Gateway
) -> None:
    for message in crossing.life.messages:
        wanted = {"phoneNumber", "message", "messageId", "sendAt"}
        again = raw.post(api, {name: value for name, value in message.items() if name in wanted})
        assert again.status_code == 202, again.text
        assert again.json()["createdAt"] == message["createdAt"]
    asked = [crossing.cloud.simulator.acceptances(m["messageId"]) for m in crossing.life.messages]
    assert asked == [1] * len(crossing.life.messages)


def test_an_id_that_was_used_for_another_message_is_still_refused(life: Life, api: Gateway) -> None:
    other = {"phoneNumber": a_number(), "message": "Other", "messageId": life.settled["messageId"]}
    answer = raw.post(api, other)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith(":message-id-reused")


def test_a_number_on_the_do_not_contact_list_is_not_texted(life: Life, api: Gateway) -> None:
    answer = raw.post(api, {"phoneNumber": life.suppressed_number, "message": "Hello"})
    assert answer.status_code == 422
    assert answer.json()["type"].endswith(":suppressed")


def test_a_client_has_its_key_and_its_own_messages_alone(
    life: Life, api: Gateway, others: Gateway
) -> None:
    theirs = life.of_another_client["messageId"]
    assert raw.get(others, theirs).json()["status"] == "sent"
    assert raw.get(others, life.settled["messageId"]).status_code == 404
    assert raw.get(api, theirs).status_code == 404


def test_a_cursor_goes_on_where_it_stood(life: Life, api: Gateway) -> None:
    query = {"phoneNumber": life.listed_number, "cursor": life.cursor}
    rest = api.raw("GET", "/messages", query=query).json()["messages"]
    assert [message["messageId"] for message in rest] == life.listed[1:]


def test_operators_see_what_was_sent_before_where_the_release_can_show_it(
    crossing: Crossing,
) -> None:
    """The index by client is filled from the rows that were there; the directory by `make client`.

    0.2.0 has neither, and refuses the question.
    """
    operator = crossing.cloud.add_client(crossing.release, "ana", "ROLE=operator")
    with crossing.cloud.gateway(operator) as ana:
        if crossing.release is not TODAY:
            assert ana.raw("GET", "/messages", query={"client": CLIENT}).status_code == 403
            return
        found = [message["messageId"] for message in ana.search(client=CLIENT)]
        clients = ana.clients()
    assert crossing.life.of_another_client["messageId"] in found
    own = {each["client"]: each["keys"] for each in clients["clients"]}
    assert (clients["keysAreListed"], own[CLIENT]) == (True, 1)


def test_a_new_message_is_sent_and_told_of(api: Gateway, consumer: SubscribedQueue) -> None:
    message_id = post(api, a_number())["messageId"]
    wait_for_status(api, message_id, "sent")
    event = consumer.wait_for_event(message_id, "sent", timeout=PATIENCE)
    assert event["data"]["sequence"] == 3


def test_a_consumer_gets_every_change_once_whichever_release_has_published_it(
    crossing: Crossing, api: Gateway, consumer: SubscribedQueue
) -> None:
    for message in crossing.life.messages:
        history = raw.get(api, message["messageId"]).json()["history"]
        told = all_told(consumer, message["messageId"], len(history))
        times = Counter(event["data"]["sequence"] for event in told)
        assert times.keys() == {change["sequence"] for change in history}
        again = {event["id"] for event in told if times[event["data"]["sequence"]] > 1}
        assert again <= crossing.cloud.repeated
        assert len({event["source"] for event in told}) == 1


def all_told(consumer: SubscribedQueue, message_id: str, number: int) -> list[Json]:
    """The events of a message, once so many different ones have come."""

    def came() -> list[Json]:
        return consumer.events_of(message_id)

    wait_until(
        lambda: len({event["id"] for event in came()}) >= number,
        lambda: f"only {came()} came",
        timeout=PATIENCE,
    )
    return came()


# --- rows of today's release, read by either -------------------------------------------------


def a_row(message_id: str, status: Status, reason: Reason | None) -> dict[str, Any]:
    """A message as today's release stores it. Nothing is due for an hour."""
    now = datetime.now(UTC).replace(microsecond=0)
    message = a_message(
        status, message_id=message_id, client=CLIENT, expires_at=now + timedelta(days=1)
    )
    due_at = message.due_at and now + timedelta(hours=1)
    return to_item(replace(message, due_at=due_at, reason=reason))


def test_what_today_s_release_writes_in_every_status_and_for_every_reason_is_read(
    crossing: Crossing, others: Gateway
) -> None:
    assert crossing.cloud.deployed
    kinds = [*((s, None) for s in Status), *((Status.QUEUED, reason) for reason in Reason)]
    table = crossing.cloud.aws("dynamodb")
    for number, (status, reason) in enumerate(kinds):
        table.put_item(
            TableName=crossing.cloud.deployed.messages_table,
            Item=a_row(f"row-{number}", status, reason),
        )

    read = [raw.get(others, f"row-{number}") for number in range(len(kinds))]

    assert [answer.status_code for answer in read] == [200] * len(kinds)
    assert [answer.json()["status"] for answer in read] == [str(status) for status, _ in kinds]
    told = [
        (reason and str(reason), a.json().get("reason"))
        for (_, reason), a in zip(kinds, read, strict=True)
    ]
    assert [each for each in told if each[1] not in (each[0], None)] == []


def test_a_row_that_cannot_be_read_is_told_of_and_stays_as_it_is(
    crossing: Crossing, others: Gateway
) -> None:
    assert crossing.cloud.deployed
    where = {"TableName": crossing.cloud.deployed.messages_table}
    of_the_future = a_row("of-the-future", Status.SENT, None) | {"status": {"S": "handed_on"}}
    crossing.cloud.aws("dynamodb").put_item(**where, Item=of_the_future)

    answer = raw.get(others, "of-the-future")
    listed = others.raw("GET", "/messages", query={"phoneNumber": NUMBER.e164, "limit": 100})

    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (
        503,
        "store-unavailable",
    )
    assert "of-the-future" in listed.json()["unreadableMessages"]
    key = {name: of_the_future[name] for name in ("messageId", "client")}
    assert crossing.cloud.aws("dynamodb").get_item(**where, Key=key)["Item"] == of_the_future


def test_nothing_was_sent_twice(crossing: Crossing) -> None:
    accepted = [r["messageId"] for r in crossing.cloud.simulator.requests() if r["accepted"]]
    assert [each for each, times in Counter(accepted).items() if times > 1] == []
