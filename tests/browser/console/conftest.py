"""The console in the folder's Chromium: in front of a gateway that this process plays, or of the
deployed one."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from local.stack import LocalStack
from tests.browser.console.gateway import CONSOLE, NOW, OPERATOR, ORIGIN, Gateway
from tests.browser.console.sent_messages import Sent, count_an_hour, send_some
from tools.repository import ROOT

_AXE: Final = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"

expect.set_options(timeout=15_000)  # of a machine that runs other tests too


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
        """What axe finds wrong on the page."""
        if self.page.evaluate("typeof axe") == "undefined":
            self.page.evaluate(f"{_AXE.read_text(encoding='utf-8')};0")
        found: list[dict[str, Any]] = self.page.evaluate(
            "axe.run().then(result => result.violations)"
        )
        return [
            f"{each['id']} ({each['impact']}): {node['html']}"
            for each in found
            for node in each["nodes"]
        ]


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def tabs(browser: Browser, gateway: Gateway) -> Iterator[BrowserContext]:
    """Clean storage. Every request is answered by `gateway`; a key goes to its origin alone."""
    complaints: list[str] = []
    context = browser.new_context(
        locale="en-GB", timezone_id="Europe/Bucharest", viewport={"width": 1280, "height": 900}
    )
    context.route("**/*", gateway.answer)
    context.on("console", lambda line: complaints.append(line.text) if is_wrong(line) else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert complaints == []
    assert [each.url for each in gateway.asked if not each.url.startswith(f"{ORIGIN}/v1/")] == []


def is_wrong(line: Any) -> bool:
    """Chromium also writes a line for each answer that is an error; the tests ask for those."""
    return line.type in {"error", "warning"} and "Failed to load resource" not in line.text


@pytest.fixture
def console(tabs: BrowserContext, gateway: Gateway) -> Console:
    page = tabs.new_page()
    page.set_default_timeout(15_000)
    page.clock.install(time=NOW)
    return Console(page, gateway)


@pytest.fixture(scope="session")
def sent(stack: LocalStack) -> Sent:
    """Messages on the deployed stack, and an hour behind it."""
    count_an_hour(stack)
    return send_some(stack)
