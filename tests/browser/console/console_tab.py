"""A tab with the console, in front of whatever gateway answers it."""

from playwright.sync_api import Page, expect

from tests.browser.axe import findings
from tests.browser.console.console_gateway import CONSOLE, OPERATOR, Gateway


class Console:
    """A tab with the console, and what a test does with it again and again."""

    def __init__(self, page: Page, gateway: Gateway) -> None:
        self.page = page
        self.gateway = gateway

    def open(self, place: str = "", *, key: str | None = OPERATOR) -> Page:
        """Opens `#/…`. With a key, as after a sign-in."""
        if key is not None:
            self.page.add_init_script(
                f"sessionStorage.getItem('test') ?? (sessionStorage.setItem('test', 'signed in'),"
                f" sessionStorage.setItem('sms-gateway-key /v1/', '{key}'))"
            )
        self.page.goto(f"{CONSOLE}#/{place}" if place else CONSOLE)
        self.settle()
        return self.page

    def sign_in(self, key: str) -> None:
        """Enters the key and sends it."""
        self.page.get_by_label("Operator's key").fill(key)
        self.page.keyboard.press("Enter")

    def settle(self) -> None:
        """Waits until no part of the view is being read."""
        expect(self.page.locator("[aria-busy]")).to_have_count(0)

    def findings(self) -> list[str]:
        """What axe finds wrong on the page, however small."""
        return findings(self.page)
