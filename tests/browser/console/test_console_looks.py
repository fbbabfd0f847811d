"""Every view for every pair of eyes: axe in both schemes, narrow screens, forced colours."""

from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.console.console_gateway import Gateway, life, problem
from tests.browser.console.console_tab import Console

STATUSES = ["sent", "failed", "unconfirmed", "no_report", "queued", "submitted", "cancelled"]
VIEWS = [
    "now",
    "attention",
    "messages",
    "messages?status=failed",
    "messages?status=sent",
    "messages?id=nothing",
    "message?client=crm&id=order-2",
    "message?client=crm&id=nothing",
    "nowhere",
]


@pytest.fixture(autouse=True)
def _messages(gateway: Gateway) -> None:
    gateway.messages += [life(status, number) for number, status in enumerate(STATUSES)]


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
)
def test_axe_finds_nothing_wrong(
    console: Console, scheme: Literal["light", "dark"], width: int
) -> None:
    page = console.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    console.open()
    for place in VIEWS:
        page.evaluate(f"location.hash = '#/{place}'")
        console.settle()
        assert console.findings() == [], place


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_where_something_is(
    console: Console, gateway: Gateway, scheme: Literal["light", "dark"]
) -> None:
    page = console.page
    page.emulate_media(color_scheme=scheme)
    console.open(key=None)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("Enter the key.")
    assert console.findings() == []
    gateway.provider = {
        "available": False,
        "reason": "credentials",
        "since": "2026-11-22T14:35:00.123Z",
    }
    console.open()
    page.get_by_text("Show as table").click()
    gateway.broken = lambda _: problem("InternalError")
    page.clock.run_for(13_000)
    expect(page.get_by_role("alert")).to_be_visible()
    assert console.findings() == []


@pytest.mark.parametrize("width", [320, 390, 768])
def test_no_view_is_wider_than_the_screen(console: Console, width: int) -> None:
    page = console.page
    page.set_viewport_size({"width": width, "height": 700})
    console.open()
    for place in VIEWS:
        page.evaluate(f"location.hash = '#/{place}'")
        console.settle()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, place


@pytest.fixture
def romanian(console: Console) -> Console:
    """A browser whose operator reads Romanian."""
    console.page.add_init_script(
        "Object.defineProperty(navigator, 'language', { get: () => 'ro-RO' })"
    )
    return console


@pytest.mark.parametrize("place", ["now", "attention", "message?client=crm&id=order-2"])
def test_a_browser_that_prefers_romanian_gets_it(romanian: Console, place: str) -> None:
    page = romanian.open(place)
    expect(page.locator("html")).to_have_attribute("lang", "ro")
    text = page.locator("body").inner_text()
    for english in ("message", "Voipit answers", "later", "Last", "Show", "needs", "Number"):
        assert english not in text.replace("Number not reachable.", "")
    assert not set("şţŞŢ") & set(text)
    assert romanian.findings() == []


def test_forced_colours_leave_the_statuses_their_shapes_and_words(console: Console) -> None:
    page = console.page
    page.emulate_media(forced_colors="active")
    console.open("messages?status=failed")
    badge = page.locator(".badge").first
    expect(badge).to_have_text("failed")
    assert badge.evaluate("node => getComputedStyle(node).borderTopStyle") == "solid"


def test_print_leaves_the_frame_out_and_is_light(console: Console) -> None:
    page = console.page
    page.emulate_media(color_scheme="dark", media="print")
    console.open("message?client=crm&id=order-2")
    expect(page.locator(".bar")).to_be_hidden()
    expect(page.locator(".life")).to_be_visible()
