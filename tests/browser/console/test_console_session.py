"""The operator's key: where it is asked for, where it goes, and when it is erased."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.console.console_gateway import (
    CLIENT,
    CONSOLE,
    NOW,
    OPERATOR,
    ORIGIN,
    Gateway,
    problem,
)
from tests.browser.console.console_tab import Console

STORED = "[JSON.stringify({...sessionStorage}), JSON.stringify({...localStorage}), document.cookie]"


def key_is_erased(page: Page) -> bool:
    return OPERATOR not in "".join(page.evaluate(STORED))


def asks_for_key(page: Page) -> None:
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert key_is_erased(page)


def test_an_operator_signs_in_and_sees_what_goes_on(console: Console) -> None:
    page = console.open(key=None)
    console.sign_in(OPERATOR)
    expect(page).to_have_title("Now · SMS gateway")
    expect(page.get_by_role("heading", level=1, name="Now")).to_be_focused()
    expect(page.get_by_text("Voipit answers")).to_be_visible()
    assert OPERATOR in page.evaluate("JSON.stringify({...sessionStorage})")
    assert OPERATOR not in page.evaluate("JSON.stringify({...localStorage})")


def test_a_browser_that_keeps_no_data_of_sites_is_told_what_to_allow(
    console: Console,
) -> None:
    page = console.page
    # As Chromium does it; the error, which the page passes on, would otherwise fail the test.
    page.add_init_script(
        """Object.defineProperty(window, "localStorage", {
             get() { throw new DOMException("Access is denied.", "SecurityError"); },
           });
           addEventListener("error", (event) => event.preventDefault());"""
    )
    page.goto(CONSOLE)
    expect(page.get_by_text("Allow cookies and site data, then reload.")).to_be_visible()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "Enter the key."),
        ("wrong", "The gateway does not know this key."),
        (CLIENT, "This is the key of a client."),
    ],
)
def test_a_key_that_is_not_an_operators_is_refused_in_words(
    console: Console, key: str, words: str
) -> None:
    page = console.open(key=None)
    console.sign_in(key)
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.get_by_label("Operator's key")).to_be_focused()
    assert page.evaluate("sessionStorage.length") == 0


def test_signing_in_while_the_gateway_fails_says_so(console: Console, gateway: Gateway) -> None:
    gateway.broken = lambda _: problem("StoreUnavailable")
    page = console.open(key=None)
    console.sign_in(OPERATOR)
    expect(page.get_by_role("alert")).to_contain_text("could not answer (HTTP 503)")


def test_lock_erases_the_key_in_every_tab(console: Console, tabs: BrowserContext) -> None:
    page = console.open()
    other = tabs.new_page()
    other.clock.install(time=NOW)
    Console(other, console.gateway).open("messages?status=failed")
    page.get_by_role("button", name="Lock").click()
    for each in (page, other):
        asks_for_key(each)
        expect(each.get_by_text("The console is locked.")).to_be_visible()
        assert each.locator("table").count() == 0


def test_fifteen_minutes_without_use_erase_the_key(console: Console) -> None:
    page = console.open()
    page.clock.fast_forward("14:50")
    page.keyboard.press("Tab")
    page.clock.fast_forward("14:50")
    expect(page.get_by_text("Voipit answers")).to_be_visible()
    page.clock.fast_forward("00:20")
    asks_for_key(page)
    expect(page.get_by_text("You were away for 15 minutes")).to_be_visible()


def test_a_key_that_the_gateway_refuses_later_is_erased(console: Console, gateway: Gateway) -> None:
    page = console.open()
    gateway.broken = lambda _: problem("Forbidden")
    page.clock.run_for(15_000)
    asks_for_key(page)
    expect(page.get_by_text("The gateway no longer accepts the key")).to_be_visible()


def test_the_key_is_in_the_header_of_the_consoles_own_requests_alone(
    console: Console, gateway: Gateway
) -> None:
    page = console.open()
    page.get_by_role("link", name="Attention", exact=True).click()
    console.settle()
    with_key = [asked for asked in gateway.asked if "x-api-key" in asked.headers]
    assert len(with_key) > 5
    for asked in gateway.asked:
        assert asked.url.startswith(f"{ORIGIN}/v1/")
        assert OPERATOR not in asked.url
        assert "cookie" not in asked.headers
        assert ("x-api-key" in asked.headers) != asked.url.startswith(CONSOLE)
