"""The Python client and the functions that answer it mean the same."""

from datetime import datetime, timedelta

import pytest

from sms_gateway.adapters.clients_table import ClientsTable
from sms_gateway.domain.client import Client, Role
from sms_gateway.entrypoints.metrics import metrics
from sms_gateway_client import (
    AlreadyTriedError,
    Gateway,
    LimitReachedError,
    NotAllowedError,
    NotFoundError,
    RefusedError,
)
from tests.fakes.clock import FakeClock
from tests.handlers.cloud import GUARDS, Cloud
from tests.handlers.lambdas import ColdStart
from tests.handlers.over_http import Functions
from tests.handlers.voipit import FakeVoipit
from tests.support.samples import API_KEY_ID, NUMBER, OPERATORS_KEY_ID, ORIGIN

OTHER = "+40721234568"


@pytest.fixture(autouse=True)
def _stack(monkeypatch: pytest.MonkeyPatch) -> None:
    # As POWERTOOLS_SERVICE_NAME does in a process of its own.
    monkeypatch.setattr(metrics.provider, "service", "texting")


@pytest.fixture
def functions(cold_start: ColdStart, clock: FakeClock) -> Functions:  # noqa: ARG001  it stands still
    return Functions(
        cold_start("send", ALLOWED_ORIGINS=ORIGIN), cold_start("status", ALLOWED_ORIGINS=ORIGIN)
    )


@pytest.fixture
def gateway(functions: Functions) -> Gateway:
    return functions.gateway()


def test_a_message_is_previewed_sent_and_read(gateway: Gateway, voipit: FakeVoipit) -> None:
    preview = gateway.preview("0721 234 567", "Bună ziua", metadata={"order": "1"})
    sent = gateway.send("0721 234 567", "Bună ziua", metadata={"order": "1"})
    read = gateway.message(sent["messageId"])

    assert (preview["accepted"], preview["phoneNumber"]) == (True, NUMBER)
    assert (read["status"], read["message"]) == ("submitted", preview["message"])
    assert read["metadata"] == {"order": "1"}
    assert len(voipit.taken) == 1


def test_a_message_for_later_has_all_that_it_was_given(gateway: Gateway, clock: FakeClock) -> None:
    tomorrow = clock() + timedelta(days=1)

    message = gateway.send(
        NUMBER,
        "Da",
        message_id="order-1",
        send_at=tomorrow,
        valid_until=tomorrow + timedelta(hours=1),
        on_unconfirmed="resend",
    )

    assert (message["messageId"], message["status"]) == ("order-1", "queued")
    assert datetime.fromisoformat(message["sendAt"]) == tomorrow
    assert datetime.fromisoformat(message["validUntil"]) == tomorrow + timedelta(hours=1)
    assert message["onUnconfirmed"] == "resend"


def test_a_refusal_names_what_is_wrong(gateway: Gateway) -> None:
    with pytest.raises(RefusedError) as error:
        gateway.send(NUMBER, "x" * 161)

    assert (error.value.code, error.value.status) == ("text-too-long", 422)
    assert error.value.field == "message"
    assert error.value.problem is not None
    assert error.value.problem["septets"] == 161
    assert error.value.unanswered == []


def test_the_limit_of_a_number_says_when_to_try_again(gateway: Gateway) -> None:
    def send_many() -> None:
        for number in range(20):
            gateway.send(NUMBER, f"No. {number}")

    with pytest.raises(LimitReachedError) as error:
        send_many()

    assert error.value.code == "recipient-limit-reached"
    assert 0 < (error.value.retry_after or 0) <= 3600
    (message,) = error.value.unanswered
    assert message["phoneNumber"] == NUMBER


def test_each_message_of_a_batch_has_a_result_of_its_own(gateway: Gateway) -> None:
    texts = ["Da", "Nu", "☃"]

    looked = gateway.preview_batch({"phoneNumber": NUMBER, "message": text} for text in texts)
    taken, also, refused = gateway.send_batch(
        {"phoneNumber": NUMBER, "message": text} for text in texts
    )

    assert [each["preview"]["accepted"] for each in looked] == [True, True, False]
    assert [each["message"]["status"] for each in (taken, also)] == ["queued", "queued"]
    assert refused["problem"]["type"].endswith(":unsupported-characters")


def test_all_messages_to_a_number_are_read_page_by_page(gateway: Gateway, clock: FakeClock) -> None:
    ids = []
    for number in range(5):
        ids.append(gateway.send(NUMBER, f"No. {number}")["messageId"])
        clock.advance(1)
    gateway.send(OTHER, "Da")

    assert [each["messageId"] for each in gateway.messages(NUMBER, page_size=2)] == ids[::-1]
    assert list(gateway.messages("+40721234569")) == []


def test_a_message_is_taken_back_until_it_was_tried(gateway: Gateway) -> None:
    (result,) = gateway.send_batch([{"phoneNumber": NUMBER, "message": "Da"}])
    tried = gateway.send(NUMBER, "Nu")

    assert gateway.cancel(result["message"]["messageId"])["status"] == "cancelled"
    with pytest.raises(AlreadyTriedError):
        gateway.cancel(tried["messageId"])
    with pytest.raises(NotFoundError):
        gateway.cancel("order-of-no-one")


def test_a_number_is_put_on_the_list_and_taken_off(gateway: Gateway) -> None:
    assert gateway.suppression(NUMBER) is None
    gateway.suppress(NUMBER)
    entry = gateway.suppression(NUMBER)

    assert entry is not None
    assert entry["phoneNumber"] == NUMBER
    with pytest.raises(RefusedError, match="do-not-contact list"):
        gateway.send(NUMBER, "Da")
    gateway.unsuppress(NUMBER)
    assert gateway.suppression(NUMBER) is None


def test_whether_voipit_is_reachable_is_told(gateway: Gateway) -> None:
    assert gateway.provider() == {"available": True}


def test_an_operator_looks_at_messages_clients_and_the_last_hour(
    functions: Functions, gateway: Gateway, cloud: Cloud, clock: FakeClock
) -> None:
    for number in range(3):
        gateway.send(NUMBER, f"Nr. {number}", message_id=f"order-{number}")
        clock.advance(60)
    cloud.enter(Client("ana", Role.OPERATOR), OPERATORS_KEY_ID)
    names = [f"client-{number:03}" for number in range(60)]
    ClientsTable(cloud.clients.dynamodb, GUARDS).know({API_KEY_ID, *names})
    ana = functions.gateway(client=OPERATORS_KEY_ID)

    since = clock() - timedelta(seconds=130)
    found = ana.search(client=API_KEY_ID, since=since, page_size=1)
    assert [message["messageId"] for message in found] == ["order-2", "order-1"]
    clients = ana.clients()
    assert [each["client"] for each in clients["clients"]] == sorted([API_KEY_ID, *names])
    taken = {each["client"]: each["taken"] for each in clients["clients"]}
    assert taken == dict.fromkeys(names, 0) | {API_KEY_ID: 3}
    assert (clients["month"], "cursor" in clients) == ("2026-11", False)
    assert ana.clients("2026-10")["month"] == "2026-10"
    assert ana.statistics()["waiting"]["count"] == 0


def test_a_page_sends_with_a_token_that_a_server_has_minted(
    functions: Functions, gateway: Gateway, voipit: FakeVoipit
) -> None:
    token = gateway.mint_token(phone_number=NUMBER, origin=ORIGIN, metadata={"case": "4711"})
    page = functions.gateway(token=token["token"], origin=ORIGIN)

    assert page.preview(NUMBER, "Da")["accepted"]
    sent = page.send(NUMBER, "Da")
    assert page.message(sent["messageId"])["metadata"] == {"case": "4711"}
    with pytest.raises(NotAllowedError) as error:
        page.send(NUMBER, "Nu")

    assert error.value.code == "token-used-up"
    assert len(voipit.taken) == 1


def test_a_token_that_the_gateway_does_not_know_is_renewed(
    functions: Functions, gateway: Gateway
) -> None:
    page = functions.gateway(
        token="another",
        renew=lambda: gateway.mint_token()["token"],
        origin=ORIGIN,
    )

    assert page.send(NUMBER, "Da")["status"] == "submitted"
