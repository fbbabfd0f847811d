"""The console and the deployed gateway understand each other, view by view."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from local.gateway import wait_for_status
from local.stack import LocalStack
from tests.browser.console.on_the_stack import RealConsole
from tests.browser.console.sent_messages import SENT_BEFORE, Sent, circuit_open
from tests.browser.observed import Observed
from tools.csv_results import ResultFile

UNTIL_SENT = 60_000
"""Milliseconds, on a machine that does much else."""


@pytest.fixture
def real(page: Page, stack: LocalStack) -> RealConsole:
    return RealConsole(page, stack)


@pytest.fixture(autouse=True)
def _no_request_leaves_the_origin(stack: LocalStack, observed: Observed) -> Iterator[None]:
    yield
    assert observed.requests
    origin = urlsplit(stack.api_url).netloc
    assert {urlsplit(each.url).netloc for each in observed.requests} == {origin}


def test_a_clients_key_is_refused_in_words_and_an_operators_leads_where_the_link_says(
    real: RealConsole, stack: LocalStack, sent: Sent, observed: Observed
) -> None:
    observed.expect("403")
    page = real.page
    page.goto(f"{stack.console_url}#/messages?status=failed")
    real.sign_in("no-key")
    expect(page.get_by_text("The gateway does not know this key")).to_be_visible()
    real.sign_in(stack.api_key)
    expect(page.get_by_text("This is the key of a client")).to_be_visible()
    assert real.findings() == []
    assert stack.api_key not in real.stored()

    real.sign_in(stack.operator_key)
    expect(page.get_by_role("heading", level=1, name="Messages")).to_be_focused()
    real.settle()
    assert sent.ids["failed"] in real.rows("Messages")


def test_now_shows_the_way_to_voipit_what_waits_the_last_hour_and_trouble(
    real: RealConsole, stack: LocalStack, sent: Sent
) -> None:
    page = real.visit()
    voipit = page.get_by_role("region", name="Voipit")
    expect(voipit).to_contain_text("Voipit answers")
    expect(page.get_by_role("region", name="Needs attention")).to_contain_text(re.compile("[1-9]"))
    told = page.locator(".conclusion")
    expect(told).to_contain_text("messages were sent")
    (count,) = re.findall(r"([\d,]+) messages were sent", told.inner_text())
    assert int(count.replace(",", "")) >= SENT_BEFORE
    page.get_by_text("Show as table").click()
    assert {sent.ids["failed"], sent.ids["unconfirmed"]} <= set(real.rows("Recent trouble"))
    assert real.findings() == []

    with circuit_open(stack):
        page.reload()
        real.settle()
        expect(voipit).to_contain_text("Nothing is sent")
        expect(voipit).to_contain_text("Voipit refuses the account number or the password.")
        waiting = page.get_by_role("region", name="Waiting")
        expect(waiting).to_contain_text(re.compile("[1-9] *the oldest for"))
        assert real.findings() == []
        waiting.get_by_role("link").click()
        expect(
            page.get_by_text("The gateway sends nothing until Voipit answers").first
        ).to_be_visible()


def test_messages_are_found_by_number_id_status_client_and_time(
    real: RealConsole, sent: Sent
) -> None:
    page = real.visit()

    def search(text: str) -> None:
        page.get_by_role("searchbox").fill(text)
        page.keyboard.press("Enter")
        real.settle()

    search("0731 900 001")
    found = set(real.rows("Messages")) & set(sent.ids.values())
    assert found == {sent.ids["sent"], sent.ids["queued"]}
    search("eșuat")
    assert sent.ids["failed"] in real.rows("Messages")
    search(sent.ids["unconfirmed"])
    expect(page).to_have_title(f"Message {sent.ids['unconfirmed']} · SMS gateway")

    page.get_by_role("link", name="Messages", exact=True).click()
    client = page.locator(".filters").get_by_label("Client")
    client.fill(sent.client)
    expect(page.locator(f"datalist option[value={sent.client}]")).to_have_count(1)
    page.get_by_label("Time").select_option("1h")
    page.get_by_role("button", name="Show", exact=True).click()
    real.settle()
    assert set(sent.ids.values()) <= set(real.rows("Messages"))
    assert real.findings() == []
    page.get_by_label("Time").select_option("range")
    page.get_by_label("To", exact=True).fill("2026-01-01T00:00")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("No message")).to_be_visible()


def test_the_time_line_of_a_message_gives_each_status_and_the_reason(
    real: RealConsole, sent: Sent
) -> None:
    for name, words in {
        "sent": ["sending", "submitted", "By Voipit's delivery report", "The carrier has it."],
        "failed": ["It was not sent.", "The SMS provider reported an error.", "Voipit's words:"],
        "unconfirmed": ["It is not known whether Voipit has taken it.", "so far"],
        "queued": ["Stored. It waits until"],
        "contradicted": ["The carrier has it.", "reported as an error"],
    }.items():
        page = real.visit(f"message?client={sent.client}&id={sent.ids[name]}")
        for each in words:
            expect(page.locator(".life")).to_contain_text(each)
        assert real.findings() == [], name


def test_a_number_is_listed_imported_exported_and_taken_off(
    real: RealConsole, observed: Observed, tmp_path: Path
) -> None:
    observed.expect("404")  # a look-up of a number that is not listed
    page = real.visit("do-not-contact")
    number = page.get_by_label("Phone number")
    number.fill("0731 900 099")
    page.keyboard.press("Enter")
    expect(page.get_by_text("0731 900 099 is not on the list.")).to_be_visible()
    page.get_by_role("button", name="Put on the list").click()
    expect(page.get_by_text("+40731900099 is on the list since")).to_be_visible()

    path = tmp_path / "numbers.csv"
    path.write_text("Telefon\n0731900099\n0731900098\n", encoding="utf-8")
    real.choose(path)
    plan = page.get_by_role("table", name="What the import would do")
    expect(plan.get_by_role("row", name="New 1")).to_be_visible()
    expect(plan.get_by_role("row", name="On the list already 1")).to_be_visible()
    page.get_by_role("button", name="Put 1 number on the list").click()
    expect(page.locator("main").get_by_text("1 number was put on the list.")).to_be_visible()
    assert real.findings() == []

    with page.expect_download() as started:
        page.get_by_role("button", name="Export the list").click()
    started.value.save_as(path)
    with path.open(encoding="utf-8", newline="") as lines:
        assert {"+40731900098", "+40731900099"} <= {line[0] for line in csv.reader(lines)}

    page.get_by_role("status").get_by_role("button", name="Take off").click()
    page.get_by_role("dialog").get_by_role("button", name="Take off").click()
    expect(page.get_by_text("+40731900099 is not on the list.")).to_be_visible()


def test_a_file_with_mistakes_is_corrected_sent_and_in_the_clients_use(
    real: RealConsole, stack: LocalStack, sent: Sent, tmp_path: Path
) -> None:
    page = real.visit("send")
    path = tmp_path / "people.csv"
    path.write_text(
        "Nume;Telefon;Mesaj\nAna;0731900011;Bună ziua, Ana!\nIon;12;Salut\n"
        "Dan;0731900012;\nEma;0731900013;Comanda e gata 😀\n",
        encoding="utf-8",
    )
    page.get_by_label("A client's key").fill(sent.key)
    real.choose(path)
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_text("3 of 4 rows are wrong. Nothing was sent.")).to_be_visible()
    assert real.findings() == []

    page.get_by_role("button", name="Another file").click()
    path.write_text(
        "Nume;Telefon;Mesaj\nAna;0731900011;Bună ziua, Ana!\nIon;0731900012;Salut\n",
        encoding="utf-8",
    )
    real.choose(path)
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_text("Buna ziua, Ana!")).to_be_visible()
    page.get_by_role("button", name="Send 2 SMS").click()
    expect(page.get_by_role("heading", name="Result")).to_be_focused(timeout=UNTIL_SENT)
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the results").click()
    results = tmp_path / started.value.suggested_filename
    started.value.save_as(results)
    known, _ = ResultFile(results, ";").read(stack.api_url)
    with stack.gateway(sent.key) as gateway:
        messages = [wait_for_status(gateway, each, "sent") for each in known]
    assert {each["phoneNumber"] for each in messages} == {"+40731900011", "+40731900012"}
    assert sent.key not in real.stored()
    assert sent.key not in page.content()

    page.get_by_role("link", name="Clients").click()
    real.settle()
    row = page.get_by_role("row", name=sent.client)
    expect(row).to_contain_text(re.compile(r"[1-9]\d* of 10,000"))
    assert real.findings() == []


def test_a_test_message_is_followed_until_it_is_sent(
    real: RealConsole, sent: Sent, observed: Observed
) -> None:
    page = real.visit("test-message")
    page.get_by_label("A client's key").fill(sent.key)
    page.get_by_label("Phone number").fill("0731 900 021")
    page.get_by_label("Message").fill("Mesaj de probă")
    page.get_by_role("button", name="See what the phone will show").click()
    expect(page.locator("blockquote")).to_have_text("Mesaj de proba")
    assert real.findings() == []
    page.get_by_role("button", name="Send SMS").click()
    expect(page.locator(".summary").get_by_text("sent")).to_be_visible(timeout=UNTIL_SENT)
    posts = [each for each in observed.requests if each.method == "POST"]
    assert {each.headers["x-api-key"] for each in posts} == {sent.key}
    assert sent.key not in real.stored()
