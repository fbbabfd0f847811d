"""Now: whether anything is wrong, read again and again."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.console.console_gateway import Gateway, busy_hour, life, problem
from tests.browser.console.console_tab import Console

HIDE = """
    let hidden = false;
    Object.defineProperty(Document.prototype, "hidden", { get: () => hidden });
    Object.defineProperty(Document.prototype, "visibilityState", {
      get: () => (hidden ? "hidden" : "visible"),
    });
    window.showTab = (shown) => {
      hidden = !shown;
      document.dispatchEvent(new Event("visibilitychange"));
    };
"""


def test_the_last_hour_is_drawn_with_its_conclusion_as_its_name_and_its_figures_in_a_table(
    console: Console,
) -> None:
    page = console.open()
    conclusion = (
        "In the last hour 113 messages were sent, 5 failed, 3 became unconfirmed and 2 got no"
        " report."
    )
    expect(page.get_by_role("img", name=conclusion)).to_be_visible()
    page.get_by_text("Show as table").click()
    rows = page.get_by_role("table", name="How many messages got each status").get_by_role("row")
    expect(rows).to_have_count(13)
    expect(rows.nth(8)).to_contain_text("16:40")
    assert rows.nth(8).get_by_role("cell").all_text_contents() == [
        *("12", "4", "0", "0"),
        *("2", "13", "0"),
    ]


def test_what_waits_and_what_needs_attention_are_counted_and_lead_on(console: Console) -> None:
    page = console.open()
    waiting = page.get_by_role("region", name="Waiting")
    expect(waiting).to_contain_text("3")
    expect(waiting).to_contain_text("the oldest for 40 s")
    page.get_by_role("link", name="Show what needs attention").click()
    expect(page.get_by_role("heading", level=1, name="Attention")).to_be_focused()


def test_counts_that_the_gateway_stopped_at_are_shown_as_such(
    console: Console, gateway: Gateway
) -> None:
    gateway.statistics["waiting"] |= {"count": 500, "countIsMinimum": True}
    expect(console.open().get_by_role("region", name="Waiting")).to_contain_text("500+")


def test_what_has_waited_longer_than_the_alarm_allows_looks_like_trouble(
    console: Console, gateway: Gateway
) -> None:
    page = console.open()
    waiting = page.get_by_role("region", name="Waiting")
    expect(waiting).not_to_have_class(re.compile("warn"))
    gateway.statistics["waiting"] |= {"oldest": "2026-11-22T14:52:40.123Z"}
    page.clock.run_for(11_000)
    expect(waiting).to_contain_text("the oldest for 10 min")
    expect(waiting).to_have_class(re.compile("warn"))


def test_a_closed_way_to_voipit_says_why_since_when_and_what_to_do(
    console: Console, gateway: Gateway
) -> None:
    tile = console.open().get_by_role("region", name="Voipit")
    for reason, words in {
        "credentials": "Voipit refuses the account number or the password",
        "configuration": "Correct VoipitBaseUrl",
        "ip-blocked": "might have blocked the gateway's IP address",
        "account-missing": "has no account at Voipit yet",
    }.items():
        gateway.provider = {
            "available": False,
            "reason": reason,
            "since": "2026-11-22T14:35:00.123Z",
            "nextPingAt": "2026-11-22T15:35:00.123Z",
        }
        console.page.clock.run_for(13_000)
        expect(tile).to_contain_text(words)
        expect(tile).to_contain_text("Nothing is sent")
        expect(tile).to_contain_text("since 16:35 · next ping 17:35")


@pytest.mark.parametrize(
    ("reason", "words"), [("no-data", "has no figures"), ("not-answered", "does not answer")]
)
def test_unknown_figures_are_not_drawn_as_an_hour_without_messages(
    console: Console, gateway: Gateway, reason: str, words: str
) -> None:
    gateway.statistics = busy_hour(statuses=None, statusesReason=reason)
    page = console.open()
    expect(page.get_by_role("img")).to_have_accessible_name(
        page.locator(".conclusion").inner_text()
    )
    expect(page.locator(".conclusion")).to_contain_text(words)
    expect(page.get_by_text("Show as table")).to_be_hidden()


def test_trouble_that_comes_appears_without_a_reload_and_with_its_number_masked(
    console: Console, gateway: Gateway
) -> None:
    page = console.open()
    expect(page.get_by_text("No message failed, is unconfirmed or lacks a report")).to_be_visible()
    gateway.messages += [life("failed", 7), life("unconfirmed", 6), life("sent", 5)]
    gateway.statistics["attention"] |= {"count": 6}
    page.clock.run_for(13_000)
    rows = page.get_by_role("table", name="Recent trouble").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("order-6")
    expect(rows.nth(2)).to_contain_text("order-7")
    expect(rows.nth(2)).to_contain_text("+407•••••007")
    page.get_by_role("button", name="Whole numbers").click()
    expect(rows.nth(2)).to_contain_text("+40721200007")


def test_a_failure_keeps_what_is_shown_says_as_of_when_and_can_be_tried_again(
    console: Console, gateway: Gateway
) -> None:
    page = console.open()
    gateway.broken = lambda asked: problem("InternalError") if asked.path == "statistics" else None
    page.clock.run_for(13_000)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("could not answer (HTTP 500)")
    expect(alert).to_contain_text("as of 17:03")
    expect(page.get_by_role("region", name="Waiting")).to_contain_text("the oldest for 40 s")
    gateway.broken = lambda _: None
    page.get_by_role("button", name="Try again").click()
    expect(alert).to_have_count(0)


def test_the_gateway_is_not_asked_before_the_time_that_it_names(
    console: Console, gateway: Gateway
) -> None:
    page = console.open()
    gateway.broken = lambda asked: (
        (429, problem("TooManyRequests")[1] | {"retryAfter": 120})
        if asked.path == "statistics"
        else None
    )
    page.clock.run_for(13_000)
    expect(page.get_by_role("alert")).to_contain_text("goes on at 17:0")
    asked = len(gateway.calls("statistics"))
    page.clock.run_for(60_000)
    assert len(gateway.calls("statistics")) == asked


def test_a_hidden_tab_asks_nothing_and_asks_at_once_when_it_is_seen_again(
    console: Console, gateway: Gateway
) -> None:
    page = console.page
    page.add_init_script(HIDE)
    console.open()
    page.evaluate("showTab(false)")
    asked = len(gateway.asked)
    page.clock.run_for(120_000)
    assert len(gateway.asked) == asked
    with page.expect_response("**/statistics"):
        page.evaluate("showTab(true)")
    page.wait_for_timeout(50)
    assert len(gateway.calls("statistics")) == 2


def test_the_lists_which_the_gateway_logs_are_read_less_often_than_the_figures(
    console: Console, gateway: Gateway
) -> None:
    page = console.open()
    for _ in range(2):
        with page.expect_response("**/statistics"):
            page.clock.run_for(13_000)
    assert len(gateway.calls("statistics")) == 3
    assert len(gateway.calls("messages")) == 3


def test_lists_that_could_not_be_read_are_read_again_before_they_count_as_of_now(
    console: Console, gateway: Gateway
) -> None:
    page = console.open()
    gateway.broken = lambda asked: problem("StoreUnavailable") if asked.path == "messages" else None
    with page.expect_response(lambda answer: answer.status == 503):
        page.clock.run_for(40_000)
    expect(page.get_by_text("The gateway could not answer")).to_be_visible()
    gateway.broken = lambda _: None
    gateway.messages += [life("failed", 9)]
    with page.expect_response("**/statistics"):
        page.clock.run_for(10_000)
    expect(page.get_by_role("link", name="order-9")).to_be_visible()


def test_pause_stops_the_reading_until_it_goes_on(console: Console, gateway: Gateway) -> None:
    page = console.open()
    page.get_by_role("button", name="Pause").click()
    asked = len(gateway.asked)
    page.clock.run_for(60_000)
    assert len(gateway.asked) == asked
    with page.expect_response("**/statistics"):
        page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_reading_again_leaves_the_focus_and_the_open_table_where_they_are(
    console: Console, gateway: Gateway
) -> None:
    gateway.messages += [life("failed", 7)]
    page = console.open()
    page.get_by_text("Show as table").click()
    row = page.get_by_role("link", name="order-7")
    row.focus()
    gateway.messages += [life("failed", 6)]
    gateway.statistics["attention"] |= {"count": 5}
    page.clock.run_for(13_000)
    expect(page.get_by_role("link", name="order-6")).to_be_visible()
    expect(row).to_be_focused()
    expect(page.get_by_role("table", name="How many messages got each status")).to_be_visible()
