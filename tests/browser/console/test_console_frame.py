"""The console's frame: addresses, search, keyboard, language and colours."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.console.console_gateway import OPERATOR, Gateway, life
from tests.browser.console.console_tab import Console


@pytest.fixture(autouse=True)
def _messages(gateway: Gateway) -> None:
    gateway.messages += [life("sent", 1), life("failed", 2), life("failed", 3, client="shop")]


def test_a_link_to_a_view_leads_there_after_the_sign_in(console: Console) -> None:
    page = console.open("message?client=crm&id=order-2", key=None)
    console.sign_in(OPERATOR)
    expect(page).to_have_title("Message order-2 · SMS gateway")
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()


def test_an_address_without_a_view_says_so(console: Console) -> None:
    page = console.open("nowhere")
    expect(page.get_by_role("heading", name="No such page")).to_be_visible()


def test_back_and_forward_go_through_the_views_with_their_filters(console: Console) -> None:
    page = console.open("messages?status=failed")
    page.get_by_role("link", name="order-3").click()
    expect(page).to_have_title("Message order-3 · SMS gateway")
    page.go_back()
    expect(page.get_by_role("table", name="Messages").get_by_role("row")).to_have_count(3)
    expect(page.get_by_label("Status", exact=True)).to_have_value("failed")
    page.go_forward()
    expect(page).to_have_title("Message order-3 · SMS gateway")


def test_a_change_of_view_moves_the_focus_to_its_heading(console: Console) -> None:
    page = console.open()
    page.get_by_role("link", name="Messages", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Messages")).to_be_focused()
    expect(page.get_by_role("link", name="Messages", exact=True)).to_have_attribute(
        "aria-current", "page"
    )


def test_one_box_finds_numbers_statuses_and_ids(console: Console) -> None:
    page = console.open()
    for text, address in {
        "0721 200 002": "messages?number=0721+200+002",
        "+40721200002": "messages?number=%2B40721200002",
        "failed": "messages?status=failed",
        "eșuat": "messages?status=failed",
        "order-2": "message?client=crm&id=order-2",
        "order-99": "messages?id=order-99",
    }.items():
        page.get_by_role("searchbox").fill(text)
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"https://gateway.example/v1/console/#/{address}")
        console.settle()
        found = page.locator("main code", has_text="order-2")
        expect(found).to_have_count(0 if text == "order-99" else 1)


def test_an_id_of_two_clients_shows_both_messages(console: Console, gateway: Gateway) -> None:
    gateway.messages.append(life("sent", 2, client="shop"))
    page = console.open("messages?id=order-2")
    expect(page.get_by_role("table").get_by_role("link")).to_have_count(2)


def test_the_keyboard_alone_signs_in_searches_and_opens_a_message(console: Console) -> None:
    page = console.open(key=None)
    tab_to(page.get_by_label("Operator's key"))
    page.keyboard.type(OPERATOR)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Now")).to_be_focused()
    page.get_by_role("searchbox").focus()
    page.keyboard.type("failed")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Messages")).to_be_focused()
    console.settle()
    tab_to(page.get_by_role("link", name="order-2"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Message order-2")).to_be_focused()


def tab_to(node: Locator) -> None:
    """Presses Tab until the node has the focus."""
    for _ in range(15):
        node.page.keyboard.press("Tab")
        if node.evaluate("node => node === document.activeElement"):
            return
    expect(node).to_be_focused()


def test_the_link_past_the_menu_leads_to_the_content_and_keeps_the_address(
    console: Console,
) -> None:
    page = console.open("attention")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    assert page.url.endswith("#/attention")


def test_the_console_speaks_romanian_and_remembers_it(console: Console) -> None:
    page = console.open("messages?status=failed")
    page.get_by_role("button", name="RO", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mesaje")
    expect(page.locator("html")).to_have_attribute("lang", "ro")
    expect(page.locator(".badge").first).to_have_text("eșuat")
    expect(page.get_by_text("Acestea sunt toate: 2 mesaje.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mesaje")
    expect(page).to_have_title("Mesaje · Gateway SMS")


def test_the_colours_follow_the_system_until_the_switch_is_used(console: Console) -> None:
    page = console.page
    page.emulate_media(color_scheme="dark")
    console.open()
    colour = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(colour)
    switch = page.get_by_role("button", name="Dark colours")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    light = page.evaluate(colour)
    assert (dark, light) == ("rgb(15, 20, 25)", "rgb(246, 248, 250)")
    page.reload()
    assert page.evaluate(colour) == light


def test_on_a_phone_the_rest_of_the_menu_is_behind_a_button(console: Console) -> None:
    page = console.page
    page.set_viewport_size({"width": 390, "height": 844})
    console.open()
    more = page.get_by_role("button", name="More")
    expect(more).to_have_attribute("aria-expanded", "false")
    more.click()
    expect(more).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(more).to_have_attribute("aria-expanded", "false")
    expect(more).to_be_focused()
