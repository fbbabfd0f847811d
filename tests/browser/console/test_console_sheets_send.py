"""Send a file: what is wrong is told before anything is sent, and nothing is sent twice."""

import csv
import io
import json
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.console.console_gateway import CLIENT, OPERATOR, Answer, Asked, problem
from tests.browser.console.console_tab import Console
from tests.browser.console.sheets_gateway import SheetsGateway
from tools.bulk import Plan
from tools.csv_results import ResultFile
from tools.csv_rows import read_sheet

STORED = "JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie, history.state])"
SENDING = {"messages", "messages/batch", "messages/preview", "messages/preview/batch"}


@pytest.fixture
def gateway() -> SheetsGateway:
    return SheetsGateway()


def rows(count: int) -> str:
    return "".join(f"07210{number:05},Bună ziua {number}\n" for number in range(1, count + 1))


def file(tmp_path: Path, content: str | bytes, name: str = "people.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def choose(page: Page, path: Path, *, key: str | None = CLIENT) -> None:
    if key is not None:
        page.get_by_label("A client's key").fill(key)
    with page.expect_file_chooser() as asked:
        page.get_by_label("File", exact=True).click()
    asked.value.set_files(path)


def check(page: Page, path: Path, *, key: str | None = CLIENT) -> None:
    choose(page, path, key=key)
    page.get_by_role("button", name="Check the rows").click()


def table(page: Page) -> list[list[str]]:
    lines = page.locator("tbody tr").all()
    return [line.locator("th, td").all_inner_texts() for line in lines]


def waits(page: Page) -> Locator:
    """The line that says why nothing happens just now."""
    return page.locator(".progress > p").first


def saved(page: Page, tmp_path: Path) -> Path:
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the results").click()
    path = tmp_path / started.value.suggested_filename
    started.value.save_as(path)
    return path


def test_each_mistake_is_named_with_its_row_and_column_and_nothing_is_sent(
    console: Console, gateway: SheetsGateway, tmp_path: Path
) -> None:
    content = "Telefon;Mesaj\n0721000001;Da\n123;Da\n4,07E+10;Da\n0721000002;\n0721000003;a;b\n"
    page = console.open("send")
    check(page, file(tmp_path, content))
    expect(page.get_by_role("heading", name="What the check has found")).to_be_focused()
    expect(page.get_by_text("4 of 5 rows are wrong. Nothing was sent.")).to_be_visible()
    found = table(page)
    assert [line[:2] for line in found] == [
        ["3", "Telefon"],
        ["4", "Telefon"],
        ["5", "Mesaj"],
        ["6", "\u2013"],
    ]
    assert "Not a valid mobile number" in found[0][2]
    assert "The spreadsheet has rounded the number" in found[1][2]
    assert "The message is empty" in found[2][2]
    assert "There are 3 cells, and 2 in the header" in found[3][2]
    assert gateway.sent == {}


def test_a_file_that_was_corrected_is_chosen_again_under_its_name(
    console: Console, tmp_path: Path
) -> None:
    page = console.open("send")
    check(page, file(tmp_path, "number,message\n123,a\n"))
    expect(page.get_by_text("1 of 1 rows is wrong.")).to_be_visible()
    page.get_by_role("button", name="Another file").click()
    check(page, file(tmp_path, "number,message\n0721000001,a\n"), key=None)
    expect(page.get_by_role("button", name="Send 1 SMS")).to_be_visible()


def test_the_others_can_be_sent_and_the_wrong_ones_are_left_out(
    console: Console, gateway: SheetsGateway, tmp_path: Path
) -> None:
    page = console.open("send")
    check(page, file(tmp_path, "number,message\n0721000001,a\n123,b\n,c\n0721000001,a\n"))
    expect(page.get_by_text("1 row equals another and is left out.")).to_be_visible()
    page.get_by_role("button", name="Send only the 1 right row").click()
    expect(page.get_by_role("heading", name="Result")).to_be_focused()
    assert [line for line in table(page) if len(line) == 2] == [
        ["submitted", "1"],
        ["refused", "1"],
        ["repeats another row", "1"],
        ["could not be read", "1"],
    ]
    assert len(gateway.sent) == 1


def test_doubtful_numbers_are_shown_before_anything_is_sent(
    console: Console, gateway: SheetsGateway, tmp_path: Path
) -> None:
    content = "number,message\n0721230000,a\n0721240000,a\n0721000001,a\n+40721000001,b\n"
    page = console.open("send")
    check(page, file(tmp_path, content))
    expect(page.get_by_text("Rows 4, 5: one number in different spellings.")).to_be_visible()
    expect(page.get_by_text("Rows 2, 3: suspiciously many numbers end in 0000")).to_be_visible()
    expect(page.get_by_text("+407•••••000")).to_have_count(2)
    assert gateway.sent == {}


def test_a_thousand_rows_go_out_a_hundred_at_a_time_and_are_counted(
    console: Console, gateway: SheetsGateway, tmp_path: Path
) -> None:
    page = console.open("send")
    path = file(tmp_path, f"number,message\n{rows(1000)}")
    check(page, path)
    expect(page.get_by_text("Nothing is wrong with the 1,000 rows.")).to_be_visible()
    said = page.evaluate_handle(
        "() => { const said = []; new MutationObserver(() => said.push("
        "document.querySelector('#progress').textContent))"
        ".observe(document.querySelector('main'), {subtree: true, childList: true});"
        " return said; }"
    )
    page.get_by_role("button", name="Send 1,000 SMS").click()
    expect(page.get_by_role("cell", name="1,000")).to_be_visible()
    heard: list[str] = said.json_value()
    assert "Sending: 300 of 1,000 rows" in heard
    sizes = [len(body["messages"]) for body in gateway.bodies("messages/batch")]
    assert sizes == [100] * 10
    sheet = read_sheet(path)
    assert list(gateway.sent) == list(Plan.of(sheet.rows, "people.csv").rows)


def test_a_lost_answer_is_asked_for_again_and_nothing_is_sent_twice(
    console: Console, gateway: SheetsGateway, tmp_path: Path
) -> None:
    lost = iter([False, True, False, False])
    gateway.is_cut = lambda asked: asked.path == "messages/batch" and next(lost)
    page = console.open("send")
    check(page, file(tmp_path, f"number,message\n{rows(250)}"))
    page.get_by_role("button", name="Send 250 SMS").click()
    expect(waits(page)).to_contain_text("The connection to the gateway broke.")
    page.clock.run_for(2000)
    expect(page.get_by_role("cell", name="250")).to_be_visible()
    bodies = gateway.bodies("messages/batch")
    assert [len(body["messages"]) for body in bodies] == [100, 100, 100, 50]
    assert bodies[1] == bodies[2]
    assert len(gateway.sent) == 250


def test_a_send_that_was_cut_short_goes_on_when_the_file_is_chosen_again(
    console: Console, tabs: BrowserContext, gateway: SheetsGateway, tmp_path: Path
) -> None:
    path = file(tmp_path, f"number,message\n{rows(300)}")
    gateway.is_cut = lambda asked: (
        asked.path == "messages/batch" and len(gateway.calls("messages/batch")) > 0
    )
    page = console.open("send")
    check(page, path)
    page.get_by_role("button", name="Send 300 SMS").click()
    expect(waits(page)).to_contain_text("The connection to the gateway broke.")
    page.close()
    assert len(gateway.sent) == 200

    gateway.is_cut = lambda _: False
    first = dict(gateway.sent)
    page = Console(tabs.new_page(), gateway).open("send")
    check(page, path)
    page.get_by_role("button", name="Send 300 SMS").click()
    expect(page.get_by_role("cell", name="300")).to_be_visible()
    assert len(gateway.sent) == 300
    assert first.items() <= gateway.sent.items()


def test_pause_stops_between_two_requests_and_stop_ends_it_until_it_goes_on(
    console: Console, gateway: SheetsGateway, tmp_path: Path
) -> None:
    page = console.open("send")
    check(page, file(tmp_path, f"number,message\n{rows(300)}"))
    gateway.is_cut = lambda asked: asked.path == "messages/batch"
    page.get_by_role("button", name="Send 300 SMS").click()
    page.get_by_role("button", name="Pause").click()
    expect(waits(page)).to_have_text("Paused.")
    expect(page.get_by_role("button", name="Go on")).to_be_focused()
    asked = len(gateway.calls("messages/batch"))
    page.clock.run_for(60_000)
    assert len(gateway.calls("messages/batch")) == asked
    gateway.is_cut = lambda _: False
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("nothing is sent twice")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("cell", name="300")).to_be_visible()
    assert len(gateway.sent) == 300


def test_a_send_goes_on_in_another_view_and_ends_when_the_console_is_locked(
    console: Console, gateway: SheetsGateway, tmp_path: Path
) -> None:
    page = console.open("send")
    check(page, file(tmp_path, f"number,message\n{rows(200)}"))
    gateway.is_cut = lambda asked: asked.path == "messages/batch"
    page.get_by_role("button", name="Send 200 SMS").click()
    expect(waits(page)).to_contain_text("The connection to the gateway broke.")
    page.get_by_role("link", name="Messages").click()
    page.get_by_role("link", name="Send a file").click()
    expect(page.get_by_role("heading", name="Sending: 0 of 200 rows")).to_be_visible()
    page.get_by_role("button", name="Lock").click()
    asked = len(gateway.calls("messages/batch"))
    page.clock.run_for(120_000)
    assert len(gateway.calls("messages/batch")) == asked
    console.sign_in(OPERATOR)
    expect(page.get_by_label("A client's key")).to_be_visible()


def test_a_send_keeps_its_client_when_another_clients_key_is_entered_meanwhile(
    console: Console, gateway: SheetsGateway, tmp_path: Path
) -> None:
    gateway.is_cut = lambda asked: (
        asked.path == "messages/batch" and len(gateway.calls("messages/batch")) == 0
    )
    page = console.open("send")
    check(page, file(tmp_path, "number,message\n" + rows(2)))
    # The clock goes on by itself, too: on a busy machine the repetition can come before its move.
    with page.expect_response("**/messages/batch", timeout=60_000) as again:
        page.get_by_role("button", name="Send 2 SMS").click()
        expect(waits(page)).to_contain_text("The connection to the gateway broke.")
        page.get_by_role("link", name="Test message").click()
        page.get_by_role("button", name="Use another key").click()
        page.get_by_label("A client's key").fill("key-of-another-client")
        page.get_by_role("button", name="See what the phone will show").click()
        page.clock.run_for(2000)
    assert again.value.request.headers["x-api-key"] == CLIENT


def test_the_tab_asks_before_it_is_closed_while_rows_are_sent(
    console: Console, gateway: SheetsGateway, tmp_path: Path
) -> None:
    page = console.open("send")
    check(page, file(tmp_path, f"number,message\n{rows(3)}"))
    send = page.get_by_role("button", name="Send 3 SMS")
    expect(send).to_be_visible()
    cancelled = "() => !dispatchEvent(new Event('beforeunload', {cancelable: true}))"
    assert page.evaluate(cancelled) is False
    gateway.is_cut = lambda asked: asked.path == "messages/batch"
    send.click()
    expect(waits(page)).to_contain_text("The connection to the gateway broke.")
    assert page.evaluate(cancelled) is True
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("heading", name="Result")).to_be_visible()
    assert page.evaluate(cancelled) is False


def test_a_file_in_windows_1250_shows_ten_names_before_it_is_read(
    console: Console, gateway: SheetsGateway, tmp_path: Path
) -> None:
    names = [f"Ştefănescu {letter}ţa" for letter in "ABCDEFGHIJKL"]
    lines = [f"{name};07210000{at:02};Bună" for at, name in enumerate(names, 10)]
    content = "\r\n".join(["Nume;Telefon;Mesaj", *lines]).encode("cp1250")
    page = console.open("send")
    choose(page, file(tmp_path, content))
    expect(page.get_by_role("group", name="Windows-1250?")).to_be_visible()
    expect(page.locator(".samples li")).to_have_count(10)
    assert page.locator(".samples li").first.inner_text() == names[0]
    page.get_by_role("button", name="Yes, they are right").click()
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("button", name="Send 12 SMS").click()
    expect(page.get_by_role("heading", name="Result")).to_be_visible()
    texts = {each["message"] for each in gateway.bodies("messages/batch")[0]["messages"]}
    assert texts == {"Bună"}


def test_a_file_in_another_alphabet_is_refused_with_what_to_do(
    console: Console, tmp_path: Path
) -> None:
    page = console.open("send")
    choose(page, file(tmp_path, "Telefon;Mesaj\n0721000001;Привет\n".encode("cp1251")))
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="CSV UTF-8")).to_be_visible()


def test_columns_with_other_names_can_be_named(console: Console, tmp_path: Path) -> None:
    page = console.open("send")
    check(page, file(tmp_path, "Contact,Anunț\n0721000001,a\n"))
    expect(page.get_by_text("It lacks: number, message.")).to_be_visible()
    page.get_by_label("Column of the numbers").fill("Contact")
    page.get_by_label("Column of the messages").fill("anunt")
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_role("button", name="Send 1 SMS")).to_be_visible()


def test_the_results_are_the_tools_file_with_formulas_as_texts(
    console: Console, gateway: SheetsGateway, tmp_path: Path
) -> None:
    formula = {**problem("InvalidPhoneNumber")[1], "detail": '=HYPERLINK("http://x")'}

    def refuse_first(asked: Asked) -> Answer | None:
        if asked.path != "messages/batch":
            return None
        _, second = json.loads(asked.text or "")["messages"]
        return 202, {"results": [{"problem": formula}, gateway.result(second)]}

    gateway.broken = refuse_first
    page = console.open("send")
    path = file(tmp_path, "number;message\n0721000001;a\n0721000002;b\n")
    check(page, path)
    page.get_by_role("button", name="Send 2 SMS").click()
    results = saved(page, tmp_path)
    assert results.name == "people.csv.results.csv"
    text = results.read_bytes().decode()
    assert """;"'=HYPERLINK(""http://x"")";""" in text
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [line[3] for line in lines] == ["status", "refused", "submitted"]
    known, _ = ResultFile(results, ";").read("https://gateway.example/v1")
    assert list(known) == list(Plan.of(read_sheet(path).rows, "people.csv").rows)


def test_the_clients_key_is_asked_for_and_stored_nowhere(
    console: Console, gateway: SheetsGateway, tmp_path: Path
) -> None:
    page = console.open("send")
    expect(page.get_by_text("An operator's key never sends")).to_be_visible()
    check(page, file(tmp_path, f"number,message\n{rows(2)}"))
    page.get_by_role("button", name="Send 2 SMS").click()
    expect(page.get_by_role("heading", name="Result")).to_be_visible()
    assert CLIENT not in page.evaluate(STORED)
    assert CLIENT not in page.url
    assert CLIENT not in page.content()
    asked = [each for each in gateway.asked if each.method == "POST"]
    assert {each.path for each in asked} <= SENDING
    assert {each.headers["x-api-key"] for each in asked} == {CLIENT}
    page.reload()
    expect(page.get_by_label("A client's key")).to_have_value("")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "Enter the key of a client."),
        (OPERATOR, "This is an operator's key, which never sends."),
        ("wrong", "The gateway does not know this key."),
        ("ключ", "The gateway does not know this key."),
    ],
)
def test_a_key_that_is_no_clients_sends_nothing_and_leaves_the_operator_signed_in(
    console: Console, gateway: SheetsGateway, tmp_path: Path, key: str, words: str
) -> None:
    page = console.open("send")
    check(page, file(tmp_path, f"number,message\n{rows(2)}"), key=key)
    expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
    expect(page.get_by_label("A client's key")).to_be_focused()
    assert gateway.sent == {}
    page.get_by_label("A client's key").fill(CLIENT)
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_role("button", name="Send 2 SMS")).to_be_visible()
