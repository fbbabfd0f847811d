"""The pictures of the console in README.md and docs/console.md (`tests/browser/pictures.py`)."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from local.stack import LocalStack
from tests.browser.console.on_the_stack import RealConsole
from tests.browser.console.sent_messages import Sent
from tests.browser.pictures import LOOKS, PHONE, WIDE, picture

TALL = {"width": 1280, "height": 960}
"""With the rows of what needs attention."""


@pytest.fixture
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Wide and light, unless the test says otherwise."""
    return {**LOOKS, "viewport": WIDE, "color_scheme": "light", **getattr(request, "param", {})}


@pytest.mark.parametrize(
    ("context_options", "name"),
    [
        ({"viewport": TALL}, "console-now-light"),
        ({"viewport": TALL, "color_scheme": "dark"}, "console-now-dark"),
        ({"viewport": PHONE}, "console-now-phone"),
    ],
    indirect=["context_options"],
)
def test_now(page: Page, stack: LocalStack, sent: Sent, name: str) -> None:
    RealConsole(page, stack).visit()
    expect(page.get_by_role("row", name=sent.ids["failed"])).to_be_visible()
    picture(page, name)


@pytest.mark.parametrize("name", ["contradicted", "unconfirmed"])
def test_the_time_line_of_a_message(page: Page, stack: LocalStack, sent: Sent, name: str) -> None:
    RealConsole(page, stack).visit(f"message?client={sent.client}&id={sent.ids[name]}")
    picture(page, f"console-message-{name}")


def test_messages_of_a_client(page: Page, stack: LocalStack, sent: Sent) -> None:
    RealConsole(page, stack).visit(f"messages?client={sent.client}&time=24h")
    picture(page, "console-messages")


def test_a_file_with_mistakes(page: Page, stack: LocalStack, sent: Sent, tmp_path: Path) -> None:
    console = RealConsole(page, stack)
    console.visit("send")
    path = tmp_path / "programari.csv"
    path.write_text(
        "Nume;Telefon;Mesaj\n"
        "Ana;0731 900 011;Bună ziua, Ana! Vă așteptăm mâine la ora 10.\n"
        "Ion;12;Bună ziua, Ion!\nDan;4,07E+10;Bună ziua, Dan!\n"
        "Ema;0731 900 013;Comanda e gata 😀\n",
        encoding="utf-8",
    )
    page.get_by_label("A client's key").fill(sent.key)
    console.choose(path)
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_text("3 of 4 rows are wrong.")).to_be_visible()
    picture(page, "console-send-a-file")
