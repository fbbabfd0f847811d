"""The console in the folder's Chromium: in front of a gateway that this process plays, or of the
deployed one."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from local.stack import LocalStack
from tests.browser.console.console_gateway import NOW, ORIGIN, Gateway
from tests.browser.console.console_tab import Console
from tests.browser.console.sent_messages import Sent, count_an_hour, send_some

expect.set_options(timeout=15_000)  # of a machine that runs other tests too


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
