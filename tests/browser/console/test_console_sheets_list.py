"""Do not contact: look up, add, remove; import only what was checked, export the tool's file."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sms_gateway.adapters.phone_numbers import PhoneNumberRules
from sms_gateway.domain.clock import from_iso
from tests.browser.console.console_gateway import Gateway, problem
from tests.browser.console.console_tab import Console
from tests.browser.console.sheets_gateway import SheetsGateway, entry
from tools.operators.parts.suppression_file import read_file

NOW = from_iso("2026-11-27T10:00:00.000Z")


@pytest.fixture
def gateway() -> SheetsGateway:
    numbers = [f"+4072100{at:04}" for at in range(120)]
    return SheetsGateway(suppressed={number: entry(number) for number in numbers})


def import_file(page: Page, tmp_path: Path, content: str) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text(content, encoding="utf-8")
    with page.expect_file_chooser() as asked:
        page.get_by_label("File", exact=True).click()
    asked.value.set_files(path)


def written(gateway: Gateway) -> list[str]:
    """The methods of the requests that could have changed something."""
    return [each.method for each in gateway.asked if each.method != "GET"]


def test_the_list_is_shown_page_by_page_with_masked_numbers(
    console: Console,
) -> None:
    page = console.open("do-not-contact")
    expect(page.locator("tbody tr")).to_have_count(50)
    expect(page.locator("tbody tr").first).to_contain_text("+407•••••000")
    page.get_by_role("button", name="Load more").click()
    expect(page.locator("tbody tr")).to_have_count(100)
    expect(page.locator("tbody tr").nth(50).get_by_role("button")).to_be_focused()
    page.get_by_role("button", name="Load more").click()
    expect(page.get_by_text("The whole list: 120 numbers.")).to_be_visible()
    page.get_by_role("button", name="whole numbers").click()
    expect(page.locator("tbody tr").first).to_contain_text("+40721000000")


def test_a_number_is_looked_up_put_on_the_list_and_taken_off_again(
    console: Console, gateway: SheetsGateway
) -> None:
    page = console.open("do-not-contact")
    number = page.get_by_label("Phone number")
    number.fill("0799 000 001")
    page.keyboard.press("Enter")
    expect(page.get_by_text("0799 000 001 is not on the list.")).to_be_visible()
    page.get_by_role("button", name="Put on the list").click()
    expect(page.get_by_text("+40799000001 is on the list since")).to_be_visible()
    assert gateway.suppressed["+40799000001"]["client"] == "operator"
    page.get_by_role("status").get_by_role("button", name="Take off").click()
    dialog = page.get_by_role("dialog", name="Take +40799000001 off the list?")
    dialog.get_by_role("button", name="Leave it").click()
    assert "+40799000001" in gateway.suppressed
    page.get_by_role("status").get_by_role("button", name="Take off").click()
    dialog.get_by_role("button", name="Take off").click()
    expect(page.get_by_text("+40799000001 is not on the list.")).to_be_visible()
    assert "+40799000001" not in gateway.suppressed
    assert written(gateway) == ["PUT", "DELETE"]


def test_what_is_no_number_is_told_and_a_link_looks_one_up(
    console: Console, gateway: SheetsGateway
) -> None:
    page = console.open("do-not-contact?number=0721000007")
    expect(page.get_by_text("+40721000007 is on the list since")).to_be_visible()
    page.get_by_label("Phone number").fill("12")
    page.get_by_role("button", name="Put on the list").click()
    expect(page.get_by_text("Not a valid mobile number.")).to_be_visible()
    assert len(gateway.suppressed) == 120


def test_an_import_is_tried_dry_first_and_enters_the_new_numbers(
    console: Console, gateway: SheetsGateway, tmp_path: Path
) -> None:
    page = console.open("do-not-contact")
    import_file(
        page,
        tmp_path,
        "Nume;Telefon\nAna;0799000001\nIon;0721000001\nAna;0799 000 001\nDan;+40799000002\n",
    )
    plan = page.get_by_role("table", name="What the import would do")
    expect(plan.get_by_role("row", name="New 2")).to_be_visible()
    expect(plan.get_by_role("row", name="On the list already 1")).to_be_visible()
    expect(plan.get_by_role("row", name="Lines that repeat a number 1")).to_be_visible()
    expect(page.get_by_text("Nothing was entered yet.")).to_be_visible()
    assert written(gateway) == []
    page.get_by_role("button", name="Put 2 numbers on the list").click()
    expect(page.locator("main").get_by_text("2 numbers were put on the list.")).to_be_visible()
    assert {"+40799000001", "+40799000002"} <= gateway.suppressed.keys()
    assert gateway.suppressed["+40721000001"]["client"] == "crm"
    assert written(gateway) == ["PUT", "PUT"]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("number\n0799000001\n12\n", "3", "Not a valid mobile number."),
        ("number,name\n0799000001,a\n,b\n", "3", "The number is empty."),
        ('number\n0799000001\n"07\n', "3", "A quoted cell does not end here"),
    ],
)
def test_a_file_with_a_wrong_line_enters_nothing(
    console: Console, tmp_path: Path, content: str, line: str, words: str
) -> None:
    page = console.open("do-not-contact")
    import_file(page, tmp_path, content)
    faults = page.get_by_role("table", name="What is wrong")
    expect(faults.get_by_role("rowheader")).to_have_text(line)
    expect(faults).to_contain_text(words)
    expect(page.locator("main").get_by_text("1 line is wrong. Nothing was ent")).to_be_visible()
    assert written(console.gateway) == []


def test_an_import_that_breaks_off_goes_on_when_the_file_is_chosen_again(
    console: Console, gateway: SheetsGateway, tmp_path: Path
) -> None:
    content = "number\n" + "".join(f"07990000{at:02}\n" for at in range(20))
    page = console.open("do-not-contact")
    import_file(page, tmp_path, content)
    gateway.broken = lambda asked: (
        problem("RouteNotFound") if asked.method == "PUT" and asked.path.endswith("10") else None
    )
    page.get_by_role("button", name="Put 20 numbers on the list").click()
    expect(page.locator("main").get_by_text("Choose the file again to go on.")).to_be_visible()
    assert len(gateway.suppressed) < 140
    gateway.broken = lambda _: None
    import_file(page, tmp_path, content)
    page.get_by_role("button", name=re.compile(r"Put \d+ number")).click()
    expect(page.locator("main").get_by_text("put on the list.")).to_be_visible()
    assert len(gateway.suppressed) == 140


def test_the_exported_list_is_the_file_that_the_tool_reads(
    console: Console, gateway: SheetsGateway, tmp_path: Path
) -> None:
    gateway.page_size = 50
    page = console.open("do-not-contact")
    with page.expect_download() as started:
        page.get_by_role("button", name="Export the list").click()
    assert started.value.suggested_filename == "do-not-contact-2026-11-22.csv"
    path = tmp_path / "list.csv"
    started.value.save_as(path)
    sheet = read_file(path, PhoneNumberRules("RO", frozenset({"RO"})), "import", NOW)
    assert [each.phone_number.e164 for each in sheet.entries] == sorted(gateway.suppressed)
    assert {each.client for each in sheet.entries} == {"crm"}
    assert sheet.wrong == []
