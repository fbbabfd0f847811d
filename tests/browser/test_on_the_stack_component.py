"""`<click-to-sms>` in real pages in front of the deployed gateway and the simulator of Voipit.

What the component does with every answer, second by second: `test_click_to_sms_*.py`, where a test
plays the gateway. Here, that the gateway gives those answers, and that one text is one SMS.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

import pytest
import requests
from playwright.sync_api import Page, expect

from local.stack import LocalStack
from sms_gateway.domain.access_token import TokenKey, mint_token, read_token
from tests.browser.host_page import HIDE, until
from tests.browser.observed import Observed
from tests.browser.stack_host import UNTIL_ANSWERED, Host, RealComponent, running_host_page

SENT: Final = "Sent: the carrier has it."
UNCONFIRMED: Final = "We do not know if it was sent. Sent again, it may arrive twice."
LATE: Final = "+40799000005"
SLOW: Final = "+40799000015"
SIMULATOR_SECONDS: Final = 10
REFUSED: Final = "the server responded with a status of 4"
"""What Chromium writes of an answer that the test wants."""
_numbers = count(1)


def a_number() -> str:
    """A mobile number that behaves, and has had no message yet."""
    return f"+40741{next(_numbers):06}"


def received(stack: LocalStack, number: str) -> list[dict[str, Any]]:
    """What Voipit was asked to send to the number, in order."""
    answer = requests.get(
        f"{stack.voipit_url}/_simulator/journal",
        params={"phoneNumber": number},
        timeout=SIMULATOR_SECONDS,
    )
    entries: list[dict[str, Any]] = answer.json()["requests"]
    return entries


@contextmanager
def taking(stack: LocalStack, name: str, seconds: float) -> Iterator[None]:
    """How long the simulator takes where it is slow, or late."""
    settings = f"{stack.voipit_url}/_simulator/settings"
    before = requests.get(settings, timeout=SIMULATOR_SECONDS).json()[name]
    for pause, run in ((seconds, True), (before, False)):
        answer = requests.patch(settings, json={name: pause}, timeout=SIMULATOR_SECONDS)
        answer.raise_for_status()
        if run:
            yield


@pytest.fixture
def host(stack: LocalStack) -> Iterator[Host]:
    """It mints what docs/access-tokens.md advises: for one message, this number and this page."""

    def mint(_: str, number: str) -> Mapping[str, Any]:
        with stack.gateway() as gateway:
            return gateway.mint_token(phone_number=number, origin=running.origin)

    with running_host_page(stack.api_url, mint) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_key_in_any_request(stack: LocalStack, observed: Observed) -> Iterator[None]:
    """The context fails the test for the header as well; here, for the key anywhere."""
    yield
    for each in observed.requests:
        assert stack.api_key not in f"{each.url} {each.headers} {each.post_data}"


def opened(page: Page, address: str) -> RealComponent:
    page.goto(address)
    return RealComponent(page.locator("click-to-sms").first)


def sends(observed: Observed) -> list[tuple[str, str]]:
    """The message's id and the token of each request to send, in order."""
    return [
        (json.loads(each.post_data or "")["messageId"], each.headers["authorization"])
        for each in observed.to("/page/messages")
        if each.method == "POST" and each.url.endswith("/page/messages")
    ]


def test_a_contact_gets_an_sms_and_each_end_is_said_without_a_reload(
    page: Page, stack: LocalStack, observed: Observed
) -> None:
    sms = opened(page, stack.demo_page_url)
    page.get_by_role("heading", name="Ana Popescu").wait_for()
    sms.is_accessible()
    sms.send("Bună ziua!")
    sms.says(SENT)

    page.get_by_role("link", name="Ion Țurcanu").click()
    sms.send("Bună ziua!")
    sms.says("Not sent. The SMS provider reported an error.")

    page.get_by_role("link", name="Ilinca Șerban").click()
    before = len(received(stack, "+40799000008"))
    sms.send("Bună ziua!")
    sms.says(UNCONFIRMED)
    sms.button("Send again anyway").click()
    until(lambda: len(sends(observed)) == 4, page)
    sms.says(UNCONFIRMED)

    (first, first_token), (second, second_token) = sends(observed)[2:]
    assert first_token != second_token
    asked = received(stack, "+40799000008")[before:]
    assert [each["messageId"] for each in asked] == [first, second]
    log = page.locator("#log code").all_text_contents()
    assert log == ["unconfirmed", "unconfirmed", "failed", "sent"]
    assert [each.url for each in observed.requests if each.is_navigation_request()] == [
        stack.demo_page_url
    ]


def test_a_text_that_cannot_be_sent_is_said_and_sent_to_nobody(
    page: Page, stack: LocalStack, host: Host, observed: Observed
) -> None:
    observed.expect(REFUSED)
    number = a_number()
    sms = opened(page, host.origin)
    sms.write(number, "ă" * 161)
    sms.send()
    expect(sms.sms.locator("[part=counter]")).to_have_text(
        "1 character too many. Shorten the message."
    )
    expect(sms.message).to_be_focused()
    sms.is_accessible()

    sms.send("La mulți ani! 🎂")
    expect(sms.message_error).to_have_text("An SMS cannot show 🎂. Remove it.")
    expect(sms.sms.locator("mark.bad")).to_have_text("🎂")
    sms.is_accessible()
    assert sends(observed) == []

    sms.message.fill("AÈ™a")
    expect(sms.message_error).to_contain_text(
        "Text decoded with the wrong code page", timeout=UNTIL_ANSWERED
    )
    expect(sms.message_error).to_contain_text("probably ș")
    sms.send()
    expect(sms.message).to_be_focused()
    sms.is_accessible()
    assert sends(observed) == []

    sms.send("Aţi citeÅ£i")
    expect(sms.message_error).to_contain_text("probably ţ", timeout=UNTIL_ANSWERED)
    assert received(stack, number) == []

    sms.send("Așa")
    sms.says(SENT)
    (asked,) = received(stack, number)
    assert asked["messageCarried"] == "Asa"


def test_a_double_click_and_a_reload_while_it_is_under_way_are_one_sms(
    page: Page, stack: LocalStack, host: Host, observed: Observed
) -> None:
    number = a_number()
    sms = opened(page, host.origin)
    sms.write(number, "Un dublu clic")
    sms.button("Send SMS").dblclick()
    sms.says(SENT)
    assert len(received(stack, number)) == len(sends(observed)) == 1

    before = len(received(stack, SLOW))
    with taking(stack, "slowAnswer", 8):  # the gateway waits for 10
        sms.button("New message").click()
        sms.write(SLOW, "O reîncărcare")
        sms.send()
        until(lambda: len(received(stack, SLOW)) > before, page)
        sms.says("Sending…")
        page.reload()
        expect(sms.message).to_have_value("O reîncărcare")
        sms.send()
        sms.says(SENT)

    (first, _), (second, _) = sends(observed)[1:]
    assert first == second
    assert [each["messageId"] for each in received(stack, SLOW)[before:]] == [first]


def test_a_token_that_does_not_allow_it_is_said_and_renewed_where_that_helps(
    page: Page, stack: LocalStack, host: Host, observed: Observed
) -> None:
    observed.expect(REFUSED)
    number, mint = a_number(), host.mint
    sms = opened(page, host.origin)
    sms.number.fill(number)

    kept = mint("first", number)
    expired = signed_anew(stack, kept["token"], timedelta(seconds=-1))
    host.mint = lambda reason, _: kept if reason == "expired" else {"token": expired}
    sms.send("După un token expirat")
    sms.says(SENT)
    assert host.asked == ["first", "expired"]
    (accepted,) = received(stack, number)
    assert {message_id for message_id, _ in sends(observed)} == {accepted["messageId"]}

    sms.button("New message").click()
    host.mint = lambda *_: kept
    sms.number.fill(number)
    sms.send("Cu tokenul folosit")
    sms.says("All permitted messages were sent.")

    host.mint = lambda *_: {"token": expired}
    sms.send("Cu un token expirat")
    sms.says("Permission to send ran out. Reload the page.")

    host.mint = lambda *_: mint("first", "+40722000111")
    sms.send("La alt număr")
    sms.says("This page may not send to this number.")
    assert received(stack, number) == [accepted]


def signed_anew(stack: LocalStack, token: str, lives_for: timedelta) -> str:
    """The same token with another end, signed by the stack's own key."""
    secret = stack.aws("secretsmanager").get_secret_value(
        SecretId=stack.stack_outputs["TokenKeySecretArn"]
    )
    key, claimed, now = TokenKey(secret["SecretString"]), read_token(token), datetime.now(UTC)
    assert claimed is not None
    return mint_token(replace(claimed.opened(key, now), expires_at=now + lives_for), key)


def test_a_page_of_an_origin_that_is_not_allowed_says_so_itself(
    page: Page, stack: LocalStack, host: Host, observed: Observed
) -> None:
    observed.expect(REFUSED)
    number, words = a_number(), f"The gateway does not allow {host.origin}."
    sms = opened(page, host.origin)
    sms.number.fill(number)
    with stack.gateway() as gateway:
        of_the_demo = gateway.mint_token(origin=stack.demo_page_url.removesuffix("/"))
        of_any_page = gateway.mint_token()
    host.mint = lambda *_: of_the_demo
    sms.send("Cu tokenul altei pagini")
    sms.says(words)

    page.reload()
    host.mint = lambda *_: of_any_page
    with allowed_origins(stack, "https://crm.example"):
        sms.send("De pe o pagină străină")
        sms.says(words)
    assert received(stack, number) == []


@contextmanager
def allowed_origins(stack: LocalStack, origins: str) -> Iterator[None]:
    """`AllowedOrigins`, as the template hands it to the function that sends."""
    aws = stack.aws("lambda")
    name = next(
        each["FunctionName"]
        for page in aws.get_paginator("list_functions").paginate()
        for each in page["Functions"]
        if "SendFunction" in each["FunctionName"]
    )
    before = aws.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    aws.update_function_configuration(
        FunctionName=name, Environment={"Variables": {**before, "ALLOWED_ORIGINS": origins}}
    )
    try:
        yield
    finally:
        aws.update_function_configuration(FunctionName=name, Environment={"Variables": before})


def test_the_keyboard_alone_sends_in_romanian(page: Page, stack: LocalStack, host: Host) -> None:
    number, keys = a_number(), page.keyboard
    sms = opened(page, f"{host.origin}/?ro")
    expect(sms.button("Trimite SMS")).to_be_visible()
    keys.press("Tab")
    expect(sms.number).to_be_focused()
    keys.type(number)
    keys.press("Tab")
    keys.type("Bună, Ștefan!")
    expect(sms.sms.locator("[part=preview]")).to_have_text("Pe telefon va apărea: „Buna, Stefan!”")
    expect(sms.sms.locator("[part=counter]")).to_have_text("Mai puteți scrie 147 de caractere.")
    keys.press("Tab")
    keys.press("Enter")
    sms.says("Trimis: operatorul l-a preluat.")

    keys.press("Tab")
    expect(sms.button("Mesaj nou")).to_be_focused()
    keys.press("Space")
    expect(sms.message).to_be_focused()
    sms.number.fill(number)
    sms.message.focus()
    keys.type("Încă unul")
    keys.press("Control+Enter")
    sms.says("Trimis: operatorul l-a preluat.")
    assert [each["messageCarried"] for each in received(stack, number)] == [
        "Buna, Stefan!",
        "Inca unul",
    ]


def test_a_hidden_tab_asks_nothing_and_one_question_when_it_is_shown(
    page: Page, stack: LocalStack, host: Host, observed: Observed
) -> None:
    page.add_init_script(HIDE)
    page.clock.install()
    before = len(received(stack, LATE))
    sms = opened(page, host.origin)
    sms.write(LATE, "Raportul vine târziu")
    with taking(stack, "lateReportDelay", 15):
        sms.send()
        sms.says("Handed to the SMS provider. Waiting for its report.")
    page.evaluate("turn('hidden')")
    until(lambda: bool(received(stack, LATE)[before:][0]["reports"]), page)
    asked = len(observed.to("/page/messages"))
    page.clock.run_for(300_000)
    assert len(observed.to("/page/messages")) == asked

    page.evaluate("turn('visible')")
    sms.says(SENT)
    assert [each.method for each in observed.to("/page/messages")[asked:]].count("GET") == 1
