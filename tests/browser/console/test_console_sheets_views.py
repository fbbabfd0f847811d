"""Test message and clients; and axe, Romanian and a phone for all views of files and lists."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console.console_gateway import CLIENT, OPERATOR, life, problem
from tests.browser.console.console_tab import Console
from tests.browser.console.sheets_gateway import SheetsGateway, entry

USE: dict[str, Any] = {
    "month": "2026-11",
    "complete": True,
    "keysAreListed": True,
    "clients": [
        {
            "client": "crm",
            "roles": ["client"],
            "keys": 2,
            "taken": 12345,
            "resent": 3,
            "today": 900,
            "dailyLimit": 1000,
        },
        {
            "client": "ops",
            "roles": ["operator"],
            "keys": 1,
            "taken": 0,
            "resent": 0,
            "today": 0,
            "dailyLimit": None,
        },
    ],
}


@pytest.fixture
def gateway() -> SheetsGateway:
    return SheetsGateway(clients=USE, suppressed={"+40721000001": entry("+40721000001")})


def write(page: Page, number: str, text: str, *, key: str = CLIENT) -> None:
    page.get_by_label("A client's key").fill(key)
    page.get_by_label("Phone number").fill(number)
    page.get_by_label("Message").fill(text)
    page.get_by_role("button", name="See what the phone will show").click()


def test_a_test_message_is_seen_sent_and_followed_until_it_is_final(
    console: Console, gateway: SheetsGateway
) -> None:
    page = console.open("test-message")
    write(page, "0721 000 001", "Buna ziua")
    expect(page.get_by_role("heading", name="+40721000001 will show")).to_be_focused()
    expect(page.locator("blockquote")).to_have_text("Buna ziua")
    assert gateway.sent == {}
    page.get_by_role("button", name="Send SMS").dblclick()
    expect(page).to_have_title(re.compile("^Message .+ · SMS gateway$"))
    (message_id,) = gateway.sent
    expect(page).to_have_title(f"Message {message_id} · SMS gateway")
    expect(page.get_by_text("Voipit has taken it")).to_be_visible()
    gateway.messages[0] |= life("sent", messageId=message_id, phoneNumber="+40721000001")
    page.clock.run_for(15_000)
    expect(page.locator(".summary").get_by_text("sent")).to_be_visible()
    posts = [asked for asked in gateway.asked if asked.method == "POST"]
    assert {asked.headers["x-api-key"] for asked in posts} == {CLIENT}


def test_a_test_message_that_would_be_refused_cannot_be_sent(
    console: Console, gateway: SheetsGateway
) -> None:
    page = console.open("test-message")
    write(page, "123", "Buna ziua")
    expect(page.locator(".shown").get_by_text("Not a valid mobile number.")).to_be_visible()
    expect(page.get_by_role("button", name="Send SMS")).to_have_count(0)
    assert gateway.sent == {}


def test_a_test_message_whose_answer_is_lost_is_sent_once(
    console: Console, gateway: SheetsGateway
) -> None:
    page = console.open("test-message")
    write(page, "0721000001", "Buna ziua")
    gateway.is_cut = lambda asked: asked.path == "messages" and asked.method == "POST"
    page.get_by_role("button", name="Send SMS").click()
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_focused()
    gateway.is_cut = lambda _: False
    again.click()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    assert len(gateway.sent) == 1


def test_a_test_message_that_is_looked_at_once_more_after_a_lost_answer_is_sent_once(
    console: Console, gateway: SheetsGateway
) -> None:
    page = console.open("test-message")
    write(page, "0721000001", "Buna ziua")
    gateway.is_cut = lambda asked: asked.path == "messages" and asked.method == "POST"
    page.get_by_role("button", name="Send SMS").click()
    expect(page.get_by_role("button", name="Try again")).to_be_focused()
    gateway.is_cut = lambda _: False
    page.get_by_role("button", name="See what the phone will show").click()
    page.get_by_role("button", name="Send SMS").click()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    assert len(gateway.sent) == 1


def test_an_operators_key_never_sends_a_test_message(
    console: Console, gateway: SheetsGateway
) -> None:
    page = console.open("test-message")
    write(page, "0721000001", "Buna ziua", key=OPERATOR)
    expect(page.get_by_role("alert").filter(has_text="which never sends")).to_be_visible()
    assert gateway.sent == {}


def test_clients_show_their_use_of_a_month_and_of_the_day(
    console: Console, gateway: SheetsGateway
) -> None:
    page = console.open("clients")
    row = page.get_by_role("row", name="crm")
    expect(row).to_contain_text("12,345")
    expect(row).to_contain_text("900 of 1,000")
    expect(page.get_by_role("row", name="ops operator")).to_contain_text("0, no limit")
    gateway.clients = {**USE, "month": "2026-10", "complete": False}
    page.get_by_label("Month (UTC)").select_option("October 2026")
    expect(page).to_have_url("https://gateway.example/v1/console/#/clients?month=2026-10")
    expect(page.get_by_text("Counts are kept for 400 days")).to_be_visible()
    assert gateway.calls("clients")[-1].query["month"] == "2026-10"


def test_clients_that_are_not_listed_are_not_taken_for_absent(
    console: Console, gateway: SheetsGateway
) -> None:
    gateway.clients = {**USE, "keysAreListed": False, "clients": []}
    page = console.open("clients")
    expect(page.get_by_text("make client LIST=1")).to_be_visible()
    expect(page.get_by_text("No client is known. make client makes one.")).to_be_visible()


PLACES = ["do-not-contact?number=0721000001", "send", "test-message", "clients"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_in_the_views_of_files_and_lists(
    console: Console, tmp_path: Path, scheme: str
) -> None:
    console.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page = console.open("now")
    for place in PLACES:
        page.goto(f"https://gateway.example/v1/console/#/{place}")
        console.settle()
        assert console.findings() == [], place
    write(_at(console, "test-message"), "123", "a")
    expect(page.locator(".shown h2")).to_be_visible()
    assert console.findings() == [], "a preview"
    page = _at(console, "send")
    path = tmp_path / "a.csv"
    path.write_text("number,message\n0721000001,a\n123,b\n", encoding="utf-8")
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_role("button", name="Send only the 1 right row")).to_be_visible()
    assert console.findings() == [], "findings"
    page.get_by_role("button", name="Send only the 1 right row").click()
    expect(page.get_by_role("heading", name="Result")).to_be_visible()
    assert console.findings() == [], "the result"
    page = _at(console, "do-not-contact")
    page.get_by_role("button", name="Take off +").first.click()
    assert console.findings() == [], "the question"


def _at(console: Console, place: str) -> Page:
    console.page.goto(f"https://gateway.example/v1/console/#/{place}")
    console.settle()
    return console.page


@pytest.mark.parametrize("place", PLACES)
def test_a_phone_shows_the_whole_view_in_one_column_and_in_romanian(
    console: Console, place: str
) -> None:
    page = console.page
    page.set_viewport_size({"width": 320, "height": 700})
    console.open(place)
    page.locator("button.language").click()
    console.settle()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("document.documentElement.lang") == "ro"
    text = page.locator("main").inner_text()
    assert not set(text) & set("ŞşŢţ")
    assert "{" not in text


def test_a_gateway_without_the_route_says_so(console: Console, gateway: SheetsGateway) -> None:
    gateway.broken = lambda asked: problem("RouteNotFound") if asked.path == "clients" else None
    page = console.open("clients")
    expect(page.get_by_text("It is older than the console: update it.")).to_be_visible()
