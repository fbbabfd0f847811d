"""The console of the deployed stack."""

from pathlib import Path

from playwright.sync_api import Page, expect

from local.stack import LocalStack
from tests.browser.console.console_tab import Console


class RealConsole(Console):
    """A tab with the console of a stack."""

    def __init__(self, page: Page, stack: LocalStack) -> None:
        self.page = page
        self.stack = stack

    def visit(self, place: str = "") -> Page:
        """Opens `#/…`, and signs in where the tab asks for a key."""
        self.page.goto(f"{self.stack.console_url}#/{place}" if place else self.stack.console_url)
        box = self.page.get_by_label("Operator's key")
        expect(box.or_(self.page.get_by_role("button", name="Lock"))).to_be_visible()
        if box.is_visible():
            self.sign_in(self.stack.operator_key)
            expect(self.page.get_by_role("button", name="Lock")).to_be_visible()
        self.settle()
        return self.page

    def choose(self, path: Path) -> None:
        """Chooses a file, as a person does."""
        with self.page.expect_file_chooser() as asked:
            self.page.get_by_label("File", exact=True).click()
        asked.value.set_files(path)

    def stored(self) -> str:
        """Everything that the tab keeps anywhere but in its memory."""
        kept: str = self.page.evaluate(
            "JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie,"
            " history.state, location.href])"
        )
        return kept

    def rows(self, name: str) -> list[str]:
        """The ids of the rows of a table of messages."""
        return self.page.get_by_role("table", name=name).locator("tbody code").all_inner_texts()
