"""A page in a browser: what an access token allows, and what a stolen one is worth."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from sms_gateway.adapters.secrets import LOOK_UPS_AT_ONCE
from sms_gateway.domain.access_token import TokenKey, read_token
from sms_gateway.domain.signing import to_base64url
from tests.fakes.clock import FakeClock
from tests.handlers.cloud import GUARDS, Cloud
from tests.handlers.lambdas import Answer, ColdStart, Function
from tests.handlers.output import Output
from tests.handlers.voipit import FakeVoipit, an_error
from tests.support.samples import (
    API_KEY_ID,
    MESSAGE_ID,
    NUMBER,
    ORIGIN,
    OTHER_CLIENT,
    about,
    by,
    sample,
    with_body,
    with_headers,
    without_header,
)

Json = dict[str, Any]
OTHER_NUMBER = "+40721234568"
OTHER_ORIGIN = "https://shop.example.com"
PAGE_ID = json.loads(sample("send-page-message")["body"])["messageId"]
TEXT = "Comanda dvs. este gata."


@dataclass
class Page:
    """Both functions, a client's server that mints tokens, and a page that uses them."""

    send: Function
    status: Function

    def mint(self, client: str = API_KEY_ID, **values: Any) -> Answer:
        body = {"phoneNumber": NUMBER, "origin": ORIGIN} | values
        given = {name: value for name, value in body.items() if value is not None}
        request = sample("status-post-token") | {"body": json.dumps(given)}
        return self.status(by(client, request))

    def token(self, client: str = API_KEY_ID, **values: Any) -> str:
        minted = self.mint(client, **values)
        assert minted.status == 201
        token: str = minted.body["token"]
        return token

    def post(self, token: str, message_id: str = PAGE_ID, **how: Any) -> Answer:
        return self.send(_of_a_page("send-page-message", token, messageId=message_id, **how))

    def preview(self, token: str, message_id: str = PAGE_ID, **how: Any) -> Answer:
        return self.status(_of_a_page("status-page-preview", token, messageId=message_id, **how))

    def read(self, token: str, message_id: str = PAGE_ID, origin: str | None = ORIGIN) -> Answer:
        request = about(sample("status-page-message"), messageId=message_id)
        return self.status(_from(origin, with_headers(request, _bearer(token))))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _from(origin: str | None, event: Json) -> Json:
    if origin is None:
        return without_header(event, "Origin")
    return with_headers(event, {"Origin": origin})


def _of_a_page(name: str, token: str, origin: str | None = ORIGIN, **body: Any) -> Json:
    request = with_headers(sample(name), _bearer(token))
    return _from(origin, with_body(request, **{"message": TEXT, **body}))


@pytest.fixture
def page(cold_start: ColdStart, clock: FakeClock) -> Page:  # noqa: ARG001  it stands still
    origins = f"{ORIGIN},{OTHER_ORIGIN}"
    return Page(
        cold_start("send", ALLOWED_ORIGINS=origins), cold_start("status", ALLOWED_ORIGINS=origins)
    )


def used(cloud: Cloud) -> dict[str, int]:
    """How often each token was used, as the table says."""
    return {
        row["guard"].removeprefix("token#"): int(row["messages"])
        for row in cloud.rows(GUARDS)
        if row["guard"].startswith("token#")
    }


# --- minting ---------------------------------------------------------------------------------


def test_a_client_gets_a_token_for_a_page_and_nothing_is_stored(
    page: Page, cloud: Cloud, output: Output
) -> None:
    answer = page.mint(metadata={"case": "4711"})

    assert (answer.status, answer.headers["cache-control"]) == (201, "no-store")
    token = answer.body.pop("token")
    assert answer.body == {
        "expiresAt": "2026-11-22T15:15:00.123Z",
        "maxMessages": 1,
        "phoneNumber": NUMBER,
        "origin": ORIGIN,
    }
    assert read_token(token) is not None
    assert (cloud.rows(), cloud.rows(GUARDS)) == ([], [])
    line = output.line("token minted")
    assert (line["client"], line["key_id"]) == (API_KEY_ID, API_KEY_ID)
    assert (line["phone_number"], line["origin"]) == ("+407•••••567", ORIGIN)
    assert output.counted() == {"TokenMinted": 1}


@pytest.mark.parametrize("body", [None, "", "{}", '{"phoneNumber": null, "maxMessages": null}'])
def test_without_a_word_a_token_is_for_one_message_and_a_quarter_of_an_hour(
    page: Page, body: str | None
) -> None:
    answer = page.status(sample("status-post-token") | {"body": body})

    assert answer.status == 201
    assert answer.body.keys() == {"token", "expiresAt", "maxMessages"}
    assert (answer.body["expiresAt"], answer.body["maxMessages"]) == (
        "2026-11-22T15:15:00.123Z",
        1,
    )


@pytest.mark.parametrize(
    ("values", "problem", "field"),
    [
        ({"phoneNumber": "0721 234"}, "invalid-phone-number", "phoneNumber"),
        ({"phoneNumber": "+33612345678"}, "country-not-allowed", "phoneNumber"),
        ({"origin": "https://evil.example"}, "origin-not-allowed", "origin"),
        ({"origin": "null"}, "malformed-request", "origin"),
        ({"maxMessages": 21}, "malformed-request", "maxMessages"),
        ({"maxMessages": 0}, "malformed-request", "maxMessages"),
        ({"maxMessages": True}, "malformed-request", "maxMessages"),
        ({"expiresInSeconds": 3601}, "malformed-request", "expiresInSeconds"),
        ({"expiresInSeconds": 0.5}, "malformed-request", "expiresInSeconds"),
        ({"phonenumber": NUMBER}, "malformed-request", "phonenumber"),
        ({"metadata": {f"n{n}": "" for n in range(11)}}, "malformed-request", "metadata"),
        ({"metadata": {f"n{n}": "ț" * 200 for n in range(9)}}, "token-too-long", "metadata"),
    ],
)
def test_what_cannot_be_a_token_is_refused_when_it_is_asked_for(
    page: Page, output: Output, values: Json, problem: str, field: str
) -> None:
    assert page.mint(**values).is_problem(problem, field)
    assert output.counted() == {}


def test_a_number_on_the_list_gets_no_token(page: Page, cloud: Cloud) -> None:
    cloud.suppress(NUMBER)

    assert page.mint().is_problem("suppressed", "phoneNumber")


def test_where_no_page_is_allowed_to_call_there_are_no_tokens(
    cold_start: ColdStart,
    clock: FakeClock,  # noqa: ARG001  it stands still
) -> None:
    answer = cold_start("status")(sample("status-post-token") | {"body": "{}"})

    assert answer.is_problem("origin-not-allowed", "origin")


# --- what a page does ------------------------------------------------------------------------


def test_a_page_previews_sends_and_reads(page: Page, voipit: FakeVoipit, output: Output) -> None:
    token = page.token(metadata={"case": "4711"})

    preview = page.preview(token)
    sent = page.post(token)
    read = page.read(token)

    assert (preview.status, preview.body["accepted"]) == (200, True)
    assert (sent.status, sent.body["status"]) == (202, "submitted")
    assert sent.body["metadata"] == {"case": "4711"}
    assert read.body == sent.body
    assert [form["messageId"] for form in voipit.taken] == [PAGE_ID]
    line = output.line("message taken")
    assert line["client"] == API_KEY_ID
    assert line["token_id"] == output.line("token minted")["token_id"]
    assert output.counted()["MessageTaken"] == 1


def test_what_a_page_has_sent_belongs_to_its_client(page: Page) -> None:
    sent = page.post(page.token())

    own = page.status(about(sample("status-get-message"), messageId=PAGE_ID))
    assert own.body == sent.body
    other = page.status(by(OTHER_CLIENT, about(sample("status-get-message"), messageId=PAGE_ID)))
    assert other.status == 404


def test_a_reload_with_the_same_id_and_a_renewed_token_is_a_replay_and_no_second_sms(
    page: Page, cloud: Cloud, voipit: FakeVoipit, clock: FakeClock
) -> None:
    first = page.post(page.token(), metadata={"page": "1"})
    clock.advance(901)
    renewed = page.token()

    again = page.post(renewed, metadata={"page": "1"})

    assert again.is_replay_of(first)
    assert page.read(renewed).body == first.body
    assert len(voipit.taken) == 1
    assert list(used(cloud).values()) == [1]
    # The renewed token was not used: it still sends.
    assert page.post(renewed, str(uuid4())).status == 202


def test_the_metadata_of_the_token_cannot_be_overridden(page: Page) -> None:
    token = page.token(metadata={"case": "4711", "clinic": "Iași"})

    sent = page.post(token, metadata={"case": "0815", "page": "1"})

    assert sent.body["metadata"] == {"case": "4711", "clinic": "Iași", "page": "1"}


def test_more_than_ten_entries_together_are_refused_and_use_nothing_up(
    page: Page, cloud: Cloud
) -> None:
    token = page.token(metadata={f"t{n}": "" for n in range(6)})
    many = {f"p{n}": "" for n in range(5)}

    for ask in (page.post, page.preview):
        assert ask(token, metadata=many).is_problem("too-much-metadata", "metadata")
    assert used(cloud) == {}
    many.popitem()
    assert page.post(token, metadata=many).status == 202


def test_a_message_that_fails_the_rules_or_a_limit_uses_nothing_up(
    page: Page, cloud: Cloud
) -> None:
    token = page.token(phoneNumber=None)
    cloud.suppress(OTHER_NUMBER)

    assert page.post(token, message="x" * 161).is_problem("text-too-long")
    assert page.post(token, phoneNumber=OTHER_NUMBER).is_problem("suppressed")
    assert used(cloud) == {}
    assert page.post(token).status == 202


def test_a_token_for_three_messages_sends_three(page: Page, voipit: FakeVoipit) -> None:
    token = page.token(maxMessages=3)

    answers = [page.post(token, str(uuid4()), message=f"Nr. {n}") for n in range(5)]

    assert [answer.status for answer in answers] == [202, 202, 202, 403, 403]
    assert answers[3].is_problem("token-used-up")
    assert len(voipit.taken) == 3


def test_a_message_that_voipit_refused_is_used_up_too(page: Page, voipit: FakeVoipit) -> None:
    """Whether it was sent is not always known, so what counts is that it was stored."""
    voipit.answer = an_error("400", "Bad request")
    token = page.token()
    assert page.post(token).body["status"] == "failed"

    assert page.post(token, str(uuid4())).is_problem("token-used-up")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"messageId": None}, "messageId"),
        ({"messageId": MESSAGE_ID}, "messageId"),
        ({"messageId": PAGE_ID.upper()}, "messageId"),
        ({"messageId": "9b1deb4d-3b7d-1bad-9bdd-2b0d7b3dcb6d"}, "messageId"),
        ({"messageId": "9b1deb4d-3b7d-5bad-9bdd-2b0d7b3dcb6d"}, "messageId"),
        ({"messageId": f"{PAGE_ID}\n"}, "messageId"),
        ({"onUnconfirmed": "resend"}, "onUnconfirmed"),
        ({"sendAt": "2026-11-22T15:05:00Z"}, "sendAt"),
        ({"client": OTHER_CLIENT}, "client"),
    ],
    ids=[
        "no id",
        "an order",
        "capitals",
        "a time",
        "a name",
        "a line end",
        "resend",
        "later",
        "a client",
    ],
)
def test_an_id_that_could_be_guessed_and_a_second_or_later_sending_are_not_for_pages(
    page: Page, voipit: FakeVoipit, body: Json, field: str
) -> None:
    token = page.token()

    for name, function in (("send-page-message", page.send), ("status-page-preview", page.status)):
        request = _of_a_page(name, token, **body)
        assert function(request).is_problem("malformed-request", field)
    assert voipit.taken == []


# --- origins ---------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", [None, "null", "", OTHER_ORIGIN, f"{ORIGIN}.evil.example"])
def test_a_post_from_another_origin_or_none_is_refused(
    page: Page, voipit: FakeVoipit, output: Output, origin: str | None
) -> None:
    token = page.token()

    for ask in (page.post, page.preview):
        answer = ask(token, origin=origin)
        assert (answer.status, answer.is_problem("token-not-allowed", "Origin")) == (403, True)
    assert voipit.taken == []
    assert output.counted() == {"TokenMinted": 1, "TokenNotAllowed": 2}


def test_a_read_needs_no_origin_but_no_wrong_one(page: Page) -> None:
    token = page.token()
    page.post(token)

    assert page.read(token, origin=None).status == 200
    for origin in ("null", OTHER_ORIGIN):
        assert page.read(token, origin=origin).is_problem("token-not-allowed", "Origin")


def test_two_headers_of_a_name_are_not_one(page: Page) -> None:
    """API Gateway shows the last one, and all of them beside it."""
    token = page.token()
    request = _of_a_page("send-page-message", token)
    several = request["multiValueHeaders"]

    two_tokens = several | {"Authorization": [f"Bearer {token}", f"Bearer {token}"]}
    two_origins = several | {"Origin": ["https://evil.example", ORIGIN]}
    assert page.send(request | {"multiValueHeaders": two_tokens}).is_problem("token-invalid")
    assert page.send(request | {"multiValueHeaders": two_origins}).is_problem("token-not-allowed")
    for value in (f"Bearer {token}, Bearer {token}", f"Bearer {token} x", token, f"Basic {token}"):
        asked = with_headers(request, {"Authorization": value})
        assert page.send(asked).is_problem("token-invalid")
    for name in ("authorization", "AUTHORIZATION"):
        lower = with_headers(without_header(request, "Authorization"), {name: f"bearer  {token}"})
        assert page.send(lower).status == 202


def test_a_browser_may_send_the_token_from_an_allowed_origin(page: Page) -> None:
    for resource, method, function in (
        ("/page/messages", "POST", page.send),
        ("/page/messages/preview", "POST", page.status),
        ("/page/messages/{messageId}", "GET", page.status),
    ):
        path = resource.replace("{messageId}", PAGE_ID)
        preflight = function(sample("send-preflight") | {"resource": resource, "path": path})
        assert (preflight.status, preflight.headers["access-control-allow-origin"]) == (204, ORIGIN)
        allowed = preflight.headers["access-control-allow-headers"].lower().split(",")
        assert {"authorization", "content-type"} <= set(allowed)
        assert method in preflight.headers["access-control-allow-methods"] or method == "GET"


def test_a_page_of_an_origin_that_is_not_allowed_can_read_that(page: Page) -> None:
    """Otherwise its person would read of a broken connection."""
    token = page.token()
    stranger = "https://evil.example"

    for answer in (
        page.status(_from(stranger, _of_a_page("status-page-preview", token))),
        page.send(_from(stranger, _of_a_page("send-page-message", token))),
        page.read(token, origin=stranger),
    ):
        assert answer.is_problem("token-not-allowed", "Origin")
        assert answer.headers["access-control-allow-origin"] == "*"

    for function, resource in (
        (page.send, "/page/messages"),
        (page.status, "/page/messages/preview"),
        (page.status, "/page/messages/{messageId}"),
    ):
        path = resource.replace("{messageId}", PAGE_ID)
        question = sample("send-preflight") | {"resource": resource, "path": path}
        preflight = function(_from(stranger, question))
        assert (preflight.status, preflight.headers["access-control-allow-origin"]) == (204, "*")
        allowed = preflight.headers["access-control-allow-headers"].lower().split(",")
        assert {"authorization", "content-type"} <= set(allowed)
        assert preflight.headers["access-control-allow-methods"]


def test_the_page_may_read_why_it_was_refused(page: Page) -> None:
    """Without the CORS header a 401 would look like a broken connection."""
    refused = page.post("no token")

    assert refused.status == 401
    assert refused.headers["access-control-allow-origin"] == ORIGIN


# --- a stolen token --------------------------------------------------------------------------


def test_a_stolen_token_is_worth_one_sms_to_one_number(
    page: Page, voipit: FakeVoipit, clock: FakeClock
) -> None:
    order = page.send(with_body(sample("send-post-message"), messageId=str(uuid4()), message=TEXT))
    of_another_page = page.post(page.token(phoneNumber=OTHER_NUMBER), phoneNumber=OTHER_NUMBER)
    assert (order.status, of_another_page.status) == (202, 202)
    before = len(voipit.taken)
    stolen, mine = page.token(), str(uuid4())

    def refusals() -> Iterator[tuple[int, Answer]]:
        # Another number, another origin, what is another's.
        yield 403, page.post(stolen, mine, phoneNumber=OTHER_NUMBER)
        yield 403, page.preview(stolen, mine, phoneNumber=OTHER_NUMBER)
        yield 403, page.post(stolen, mine, origin=OTHER_ORIGIN)
        yield 403, page.post(stolen, mine, origin="https://evil.example")
        yield 403, page.post(stolen, mine, origin=None)
        yield 403, page.post(stolen, order.body["messageId"])
        yield 404, page.read(stolen, order.body["messageId"])
        yield 404, page.read(stolen, of_another_page.body["messageId"])
        yield 404, page.read(stolen, str(uuid4()))
        yield 404, page.read(stolen, MESSAGE_ID)
        yield 400, page.post(stolen, mine, onUnconfirmed="resend")
        yield 400, page.post(stolen, mine, sendAt="2026-12-31T12:00:00Z")
        # Whatever asks for a key. (API Gateway refuses these before a function sees them.)
        for name in (
            "send-post-message",
            "send-post-batch",
            "send-delete-message",
            "send-put-suppression",
            "send-delete-suppression",
            "status-get-message",
            "status-list-messages",
            "status-list-suppressions",
            "status-search-messages",
            "status-preview",
            "status-preview-batch",
            "status-get-suppression",
            "status-get-provider",
            "status-post-token",
        ):
            function = page.send if name.startswith("send") else page.status
            yield 403, function(_without_key(with_headers(sample(name), _bearer(stolen))))
        # As an API key.
        yield (
            401,
            page.send(
                with_headers(
                    without_header(sample("send-page-message"), "Authorization"),
                    {"x-api-key": stolen},
                )
            ),
        )

    for expected, answer in refusals():
        assert answer.status == expected, answer
    assert len(voipit.taken) == before

    first = page.post(stolen, mine)
    assert first.status == 202
    assert page.post(stolen, mine).is_replay_of(first)
    assert page.post(stolen, mine, message="Altceva").is_problem("message-id-reused")
    for _ in range(5):
        assert page.post(stolen, str(uuid4())).is_problem("token-used-up")
    for expected, answer in refusals():
        assert answer.status == expected, answer

    clock.advance(900)
    for answer in (page.post(stolen, mine), page.preview(stolen), page.read(stolen, mine)):
        assert (answer.status, answer.is_problem("token-expired")) == (401, True)
    assert [form["phoneNumber"] for form in voipit.taken[before:]] == [NUMBER]


def _without_key(event: Json) -> Json:
    event = without_header(event, "x-api-key")
    identity = {k: v for k, v in event["requestContext"]["identity"].items() if "apiKey" not in k}
    return event | {"requestContext": event["requestContext"] | {"identity": identity}}


def test_a_rotation_with_now_ends_every_token_once_the_functions_have_noticed(
    page: Page, cloud: Cloud, voipit: FakeVoipit, cold_start: ColdStart
) -> None:
    """Those that remember the key take it for five minutes more; a new process not at all."""
    stolen = page.token()
    cloud.rotate_token_key("a second key")
    cloud.rotate_token_key("a third key")

    send = cold_start("send", ALLOWED_ORIGINS=ORIGIN)
    status = cold_start("status", ALLOWED_ORIGINS=ORIGIN)
    after = Page(send, status)
    for answer in (after.post(stolen), after.preview(stolen), after.read(stolen)):
        assert (answer.status, answer.is_problem("token-invalid")) == (401, True)
    assert voipit.taken == []
    assert after.post(after.token()).status == 202


def test_an_ordinary_rotation_keeps_the_tokens_that_are_out(
    page: Page, cloud: Cloud, cold_start: ColdStart
) -> None:
    token = page.token()
    cloud.rotate_token_key("a second key")

    assert (
        cold_start("send", ALLOWED_ORIGINS=ORIGIN)(_of_a_page("send-page-message", token)).status
        == 202
    )


def test_a_token_that_was_made_a_moment_after_a_rotation_is_looked_up_at_once(
    page: Page, cloud: Cloud, cold_start: ColdStart
) -> None:
    page.post(page.token())
    cloud.rotate_token_key("a second key")
    new = Page(page.send, cold_start("status", ALLOWED_ORIGINS=ORIGIN)).token()

    assert page.post(new, str(uuid4())).status == 202


def test_forged_tokens_ask_no_table_and_their_look_ups_of_keys_are_bounded(
    page: Page, cloud: Cloud, output: Output
) -> None:
    page.post(page.token())
    cloud.calls.made.clear()

    for _ in range(LOOK_UPS_AT_ONCE + 20):
        payload = to_base64url(os.urandom(60))
        key = TokenKey(os.urandom(8).hex())
        signature = to_base64url(key.sign(payload.encode()))
        answer = page.post(f"v1.{payload}.{key.key_id}.{signature}")
        assert (answer.status, answer.is_problem("token-invalid")) == (401, True)

    assert cloud.calls.of("dynamodb") == []
    assert len(cloud.calls.of("secretsmanager")) <= 2 * (LOOK_UPS_AT_ONCE + 1)
    assert "StoreUnavailable" not in output.counted(), "a stranger rings no alarm"


def test_a_token_that_was_signed_with_a_known_key_id_and_another_key_asks_nothing_at_all(
    page: Page, cloud: Cloud
) -> None:
    token = page.token()
    page.post(token)
    head, _, tail = token.partition(".")
    payload, key_id, signature = tail.split(".")
    cloud.calls.made.clear()

    for forged in (
        f"{head}.{payload[::-1]}.{key_id}.{signature}",
        f"{head}.{payload}.{key_id}.{signature[::-1]}",
        f"{head}.{payload}.{key_id}.{'A' * 22}",
    ):
        assert page.post(forged).is_problem("token-invalid")
    assert cloud.calls.made == []


def test_a_token_reads_what_another_page_has_sent_to_its_number_by_the_id_alone(
    page: Page,
) -> None:
    """As docs/access-tokens.md says: a renewed token has to read it, and the id is random."""
    sent = page.post(page.token())

    assert page.read(page.token()).body == sent.body
    assert page.read(page.token(phoneNumber=OTHER_NUMBER)).status == 404


def test_a_token_of_another_client_reads_and_repeats_nothing_of_this_one(
    page: Page, voipit: FakeVoipit
) -> None:
    """One id of two clients is two messages."""
    first = page.post(page.token())
    theirs = page.token(OTHER_CLIENT)

    assert page.read(theirs).status == 404
    own = page.post(theirs)
    assert (own.status, "idempotent-replayed" in own.headers) == (202, False)
    assert page.read(page.token()).body == first.body
    assert len(voipit.taken) == 2


def test_a_key_that_was_removed_mints_no_more(page: Page) -> None:
    """API Gateway refuses a removed key; what is out ends within the hour."""
    request = _without_key(sample("status-post-token"))

    assert page.status(request).is_problem("forbidden")


def test_a_signing_key_that_cannot_be_read_is_a_503(page: Page, cloud: Cloud) -> None:
    token = page.token()
    cloud.calls.does_not_answer("secretsmanager")

    assert page.post(token).is_store_unavailable()
