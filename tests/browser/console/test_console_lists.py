"""Attention and Messages: filters, older rows, new rows."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console.console_gateway import Gateway, life, problem
from tests.browser.console.console_tab import Console


def rows(page: Page, name: str = "Messages") -> list[str]:
    """The ids of the rows of a table."""
    return page.get_by_role("table", name=name).locator("tbody code").all_text_contents()


def test_attention_has_the_most_urgent_first_and_says_what_to_do(
    console: Console, gateway: Gateway
) -> None:
    gateway.messages += [life("failed", 1), life("no_report", 2), life("unconfirmed", 3)]
    page = console.open("attention")
    headings = page.get_by_role("heading", level=2)
    assert headings.all_inner_texts() == ["Unconfirmed 1", "Failed 1", "No report 1"]
    expect(page.get_by_text("Do not send them again without asking the recipient")).to_be_visible()
    expect(
        page.get_by_text("1 \N{MULTIPLICATION SIGN} Voipit did not answer in time.")
    ).to_be_visible()
    assert rows(page, "failed") == ["order-1"]


def test_attention_looks_back_a_day_or_as_long_as_is_chosen(
    console: Console, gateway: Gateway
) -> None:
    page = console.open("attention")
    expect(page.get_by_text("None in this time.")).to_have_count(3)
    assert gateway.calls("messages")[-1].query["since"].startswith("2026-11-21T15:03")
    page.get_by_role("link", name="Last 7 days").click()
    expect(page.get_by_role("link", name="Last 7 days")).to_have_attribute("aria-current", "true")
    console.settle()
    assert gateway.calls("messages")[-1].query["since"].startswith("2026-11-15T15:03")


def test_a_list_masks_a_number_in_the_providers_words_too(
    console: Console, gateway: Gateway
) -> None:
    words = "The carrier could not deliver to +40721 200 001"
    gateway.messages.append(life("failed", 1, errorMessage=words))
    page = console.open("messages?status=failed")
    expect(page.get_by_role("row").nth(1)).to_contain_text("could not deliver to +407")
    assert "200 001" not in page.locator("main").inner_text()
    page.get_by_role("button", name="Whole numbers").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text(words)


def test_the_filters_are_in_the_address_and_go_one_by_one(
    console: Console, gateway: Gateway
) -> None:
    gateway.messages += [life("failed", 1), life("failed", 2, client="shop"), life("sent", 3)]
    page = console.open("messages")
    expect(page.get_by_text("Which messages do you look for?")).to_be_visible()
    page.get_by_label("Status", exact=True).select_option("failed")
    page.get_by_label("Client").fill("crm")
    page.get_by_label("Time").select_option("24h")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile(r"#/messages\?client=crm&status=failed&time=24h$"))
    expect(page.get_by_role("link", name="order-1")).to_be_visible()
    assert rows(page) == ["order-1"]
    page.get_by_role("link", name="Remove the filter: Client crm").click()
    expect(page.get_by_role("link", name="order-2")).to_be_visible()
    assert rows(page) == ["order-1", "order-2"]


def test_a_time_from_the_calendar_is_asked_in_the_browsers_zone(
    console: Console, gateway: Gateway
) -> None:
    page = console.open("messages?client=crm")
    page.get_by_label("Time").select_option("range")
    page.get_by_label("From").fill("2026-11-22T10:00")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(
        page.get_by_role("link", name="Remove the filter: Time 10:00 \N{EN DASH} …")
    ).to_be_visible()
    console.settle()
    assert gateway.calls("messages")[-1].query["since"] == "2026-11-22T08:00:00.000Z"


def test_a_status_that_no_index_holds_is_not_asked_for_alone(
    console: Console, gateway: Gateway
) -> None:
    page = console.open("messages?status=sent")
    expect(page.get_by_text("Name a client, or search for the number.")).to_be_visible()
    assert gateway.calls("messages") == []


def test_older_rows_come_fifty_at_a_time_with_the_focus_on_the_first_of_them(
    console: Console, gateway: Gateway
) -> None:
    gateway.messages += [life("failed", number) for number in range(1, 121)]
    page = console.open("messages?status=failed")
    assert len(rows(page)) == 50
    page.get_by_role("button", name="Load older").click()
    expect(page.get_by_role("link", name="order-51", exact=False)).to_be_focused()
    assert len(rows(page)) == 100
    page.get_by_role("button", name="Load older").click()
    expect(page.get_by_text("That is all: 120 messages.")).to_be_visible()
    expect(page.get_by_role("button", name="Load older")).to_be_hidden()
    assert rows(page) == [f"order-{number}" for number in range(1, 121)]


def test_the_way_back_from_a_message_leads_to_the_rows_that_were_loaded(
    console: Console, gateway: Gateway
) -> None:
    gateway.messages += [life("failed", number) for number in range(1, 121)]
    page = console.open("messages?status=failed")
    page.get_by_role("button", name="Load older").click()
    expect(page.get_by_role("link", name="order-51")).to_be_focused()
    page.get_by_role("link", name="order-99").click()
    expect(page.get_by_role("heading", level=1, name="Message order-99")).to_be_focused()
    page.go_back()
    expect(page.get_by_role("link", name="order-99")).to_be_in_viewport()
    assert len(rows(page)) == 100


def test_short_pages_are_read_on_until_there_are_enough_rows(
    console: Console, gateway: Gateway
) -> None:
    gateway.page_size = 20
    gateway.messages += [life("failed", number) for number in range(1, 61)]
    page = console.open("messages?status=failed")
    assert len(rows(page)) == 50


def test_older_rows_that_cannot_be_read_can_be_tried_again(
    console: Console, gateway: Gateway
) -> None:
    gateway.messages += [life("failed", number) for number in range(1, 61)]
    page = console.open("messages?status=failed")
    gateway.broken = lambda _: problem("GatewayTimeout")
    page.get_by_role("button", name="Load older").click()
    expect(page.get_by_role("alert")).to_contain_text("did not answer in time")
    assert len(rows(page)) == 50
    gateway.broken = lambda _: None
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("That is all: 60 messages.")).to_be_visible()


def test_new_rows_wait_behind_a_button_and_known_ones_change_in_place(
    console: Console, gateway: Gateway
) -> None:
    gateway.messages += [life("submitted", 8), life("sent", 9)]
    page = console.open("messages?client=crm")
    gateway.messages[0] = life("sent", 8)
    gateway.messages += [life("sending", 7), life("sending", 6)]
    page.clock.run_for(37_000)
    news = page.get_by_role("button", name="2 new")
    expect(news).to_be_visible()
    assert rows(page) == ["order-8", "order-9"]
    assert page.locator(".badge").all_inner_texts() == ["sent", "sent"]
    expect(page.get_by_role("status")).to_have_text("2 new")
    news.click()
    assert rows(page) == ["order-6", "order-7", "order-8", "order-9"]
    expect(page.get_by_role("link", name="order-6")).to_be_focused()
    expect(news).to_be_hidden()


def test_a_message_that_has_got_another_status_leaves_the_list_of_its_status(
    console: Console, gateway: Gateway
) -> None:
    gateway.messages += [life("unconfirmed", 8), life("unconfirmed", 9)]
    page = console.open("messages?status=unconfirmed")
    gateway.messages[0] = life("sent", 8)
    page.clock.run_for(37_000)
    expect(page.get_by_role("link", name="order-8")).to_have_count(0)
    assert rows(page) == ["order-9"]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("messages?id=nothing", "No client has a message with this id."),
        ("messages?number=0721999999", "No message has gone to this number."),
        ("messages?client=unknown", "No message fits these filters."),
    ],
)
def test_an_empty_list_says_what_that_means(console: Console, place: str, words: str) -> None:
    expect(console.open(place).get_by_text(words)).to_be_visible()


def test_messages_of_a_later_release_are_named(console: Console, gateway: Gateway) -> None:
    gateway.more["messages"] = lambda _: (
        200,
        {"messages": [life("sent", 1)], "unreadableMessages": ["order-77"]},
    )
    page = console.open("messages?client=crm")
    expect(
        page.get_by_text("1 message of a later release cannot be shown: order-77")
    ).to_be_visible()


def test_a_number_is_masked_in_the_lists_until_it_is_asked_for(
    console: Console, gateway: Gateway
) -> None:
    gateway.messages += [life("sent", 8)]
    page = console.open("messages?client=crm")
    expect(page.locator("main")).not_to_contain_text("+40721200008")
    expect(page.locator("main")).not_to_contain_text("comanda")
    page.get_by_role("button", name="Whole numbers").click()
    expect(page.get_by_role("link", name="+40721200008")).to_be_visible()
