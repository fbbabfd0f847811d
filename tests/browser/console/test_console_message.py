"""Message: its life as a time line."""

from playwright.sync_api import expect

from tests.browser.console.console_gateway import Gateway, life, message, problem
from tests.browser.console.console_tab import Console

ENDS = {
    "queued": ["Certainly not at Voipit", "Voipit could not be reached.", "so far"],
    "sending": ["The gateway calls Voipit.", "so far"],
    "submitted": ["its report is awaited", "so far"],
    "unconfirmed": [
        "It is not known whether Voipit has taken it.",
        "Voipit did not answer in time.",
        "so far",
    ],
    "no_report": ["a late one still counts"],
    "sent": ["The carrier has it."],
    "failed": ["It was not sent.", "The SMS provider reported an error.", "Number not reachable."],
    "cancelled": ["The client took it back before any try."],
}
"""What the end of the time line says, by status."""


def test_the_time_line_says_how_a_message_got_its_status(
    console: Console, gateway: Gateway
) -> None:
    gateway.messages += [life(status, number) for number, status in enumerate(ENDS)]
    page = console.open()
    for made, words in zip(gateway.messages, ENDS.values(), strict=True):
        page.evaluate(f"location.hash = '#/message?client=crm&id={made['messageId']}'")
        expect(page.locator(".facts code").first).to_have_text(made["messageId"])
        line = page.locator(".life ol")
        for each in words:
            expect(line).to_contain_text(each)
        expect(line.locator("li")).to_have_count(len(made["history"]) + ("so far" in words))
        moments = line.locator("time").evaluate_all("times => times.map(each => each.dateTime)")
        assert moments == [change["at"] for change in made["history"]]


def test_reports_tries_gaps_and_changes_that_are_gone_are_told(
    console: Console, gateway: Gateway
) -> None:
    steps = [
        ("queued", "2026-11-21T22:30:00.123Z", 1, "no-connection"),
        ("sending", "2026-11-22T07:00:10.000Z", 2, None),
        ("submitted", "2026-11-22T07:00:10.408Z", 2, None),
        ("sent", "2026-11-22T07:00:12.000Z", 2, None),
    ]
    history = [
        {"sequence": number, "status": status, "at": at, "attempt": attempt}
        | ({"reason": reason} if reason else {})
        for number, (status, at, attempt, reason) in enumerate(steps, start=3)
    ]
    gateway.messages.append(
        message(
            "SentMessage",
            history=history,
            sequence=6,
            attempt=2,
            createdAt="2026-11-21T22:29:00.000Z",
            updatedAt="2026-11-22T07:00:12.000Z",
            deliveryReport={
                "status": "sent",
                "attempt": 2,
                "receivedAt": "2026-11-22T07:00:12.000Z",
            },
            contradictingReports=[
                {
                    "status": "error",
                    "attempt": 2,
                    "receivedAt": "2026-11-22T08:00:00.000Z",
                    "errorMessage": "Expired.",
                }
            ],
        )
    )
    page = console.open("message?client=crm&id=appointment-4711")
    line = page.locator(".life")
    expect(line).to_contain_text("2 earlier changes are no longer kept.")
    expect(line).to_contain_text("22 Nov 2026, 00:30:00")
    expect(line).to_contain_text("8 h 30 min later")
    expect(line).to_contain_text("408 ms later")
    expect(line).to_contain_text("try 2")
    expect(line.locator(".after-a-gap")).to_have_count(1)
    expect(line.locator("li", has_text="By Voipit's delivery report")).to_contain_text("sent")
    aside = page.get_by_role("complementary", name="Reports that did not change the status")
    expect(aside).to_contain_text("22 Nov 2026, 10:00:00 · try 2 · reported as an error")
    expect(aside).to_contain_text("Expired.")


def test_the_facts_are_those_of_the_message(console: Console, gateway: Gateway) -> None:
    gateway.messages.append(message("ScheduledMessage", cutFrom=174, metadata={"clinic": "Iași"}))
    page = console.open("message?client=crm&id=reminder-4712")
    facts = page.get_by_role("region", name="The message")
    for words in (
        "Va reamintim programarea de maine",
        "from 174 characters",
        "try once more",
        "23 Nov 2026, 09:00:00",
        "Iași",
    ):
        expect(facts).to_contain_text(words)
    expect(page.locator(".life")).to_contain_text("It waits until 23 Nov 2026, 09:00:00.")
    facts.get_by_role("link", name="all to this number").click()
    expect(page.get_by_role("table", name="Messages").get_by_role("row")).to_have_count(2)


def test_a_message_on_its_way_is_followed_to_its_end_and_then_not_asked_for(
    console: Console, gateway: Gateway
) -> None:
    gateway.messages.append(life("submitted"))
    page = console.open("message?client=crm&id=order-1")
    expect(page.locator(".summary .badge")).to_have_text("submitted")
    gateway.messages[0] = life("sent")
    page.clock.run_for(13_000)
    expect(page.locator(".summary .badge")).to_have_text("sent")
    expect(page.get_by_role("status")).to_have_text("Status: sent")
    asked = len(gateway.asked)
    page.clock.run_for(60_000)
    assert len(gateway.asked) == asked


def test_a_text_is_shown_as_text_whatever_is_in_it(console: Console, gateway: Gateway) -> None:
    nasty = "<img src=x onerror=alert(1)> {n} javascript:alert(1)"
    gateway.messages.append(life("sent", 1, message=nasty, metadata={"<b>": nasty}))
    page = console.open("message?client=crm&id=order-1")
    expect(page.locator("blockquote")).to_have_text(nasty)
    expect(page.locator("main img")).to_have_count(0)


def test_an_unknown_message_says_so(console: Console) -> None:
    page = console.open("message?client=crm&id=order-9")
    expect(page.get_by_role("alert")).to_contain_text("This client has no message with this id.")


def test_a_link_without_its_client_leads_to_the_search(console: Console, gateway: Gateway) -> None:
    gateway.messages.append(life("sent"))
    page = console.open("message?id=order-1")
    page.get_by_role("link", name="Search for this id").click()
    expect(page.get_by_role("heading", level=1, name="Message order-1")).to_be_visible()


def test_a_status_and_a_reason_of_a_later_release_are_shown_as_they_are_named(
    console: Console, gateway: Gateway
) -> None:
    later = life("sent")
    later |= {"status": "read", "reason": "by-phone"}
    later["history"][-1] |= {"status": "read", "reason": "by-phone"}
    gateway.more["messages/order-1"] = lambda _: (200, later)
    page = console.open("message?client=crm&id=order-1")
    expect(page.locator(".summary .badge")).to_have_text("read")
    expect(page.locator(".life ol")).to_contain_text("by-phone")


def test_a_failure_while_a_message_is_followed_keeps_its_time_line(
    console: Console, gateway: Gateway
) -> None:
    gateway.messages.append(life("submitted"))
    page = console.open("message?client=crm&id=order-1")
    gateway.broken = lambda _: problem("StoreUnavailable")
    page.clock.run_for(13_000)
    expect(page.get_by_role("alert")).to_contain_text("as of 17:03")
    expect(page.locator(".life ol li")).to_have_count(3)
