"""Pages in real Chromium, and for the tests that ask for it a deployed stack of their own.

One browser and one stack for the folder, each started by the first test that needs it: tests that
answer for the gateway themselves (`page.route`) need no stack. Every test has a context of its own,
so its storage is clean. Whatever a page complains of fails its test, and so does a request that
carries an API key, unless it is the console's own to its own origin.
"""

import os
import shutil
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from local.front_ends import with_front_ends
from local.metrics import metrics_handed_over
from local.stack import LocalStack, running_stack
from tests.browser.host_page import FakeGateway, Visiting, a_visit
from tests.browser.observed import Observed
from tests.browser.stack_host import STACK

CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS: Final = (
    # Nothing but this machine has an address: a page that asks for anything else fails.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    # Letters are drawn alike on every machine with the same fonts.
    "--font-render-hinting=none",
    "--disable-lcd-text",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        missing = "There is no Chromium on this machine. On Debian: apt-get install chromium"
        if "CI" in os.environ:
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        # Playwright starts it without a sandbox, which root could not have.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    """The deployed gateway with its console, an operator's key and the demo page."""
    with (
        running_stack(stack_name=STACK) as running,
        with_front_ends(running, STACK) as stack,
        metrics_handed_over(stack),
    ):
        yield stack


@pytest.fixture
def context_options() -> dict[str, Any]:
    """What the context of a test is made with; a test parametrises it or overrides it."""
    return {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB"}


@pytest.fixture
def observed() -> Observed:
    return Observed()


@pytest.fixture
def context(
    browser: Browser, observed: Observed, context_options: dict[str, Any]
) -> Iterator[BrowserContext]:
    context = browser.new_context(**context_options)
    context.set_default_timeout(20_000)
    observed.watch(context)
    yield context
    context.close()
    assert observed.unexpected() == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def gateway() -> FakeGateway:
    """What answers a host's page in the place of the gateway."""
    return FakeGateway()


@pytest.fixture
def opened(browser: Browser, gateway: FakeGateway) -> Iterator[tuple[BrowserContext, Visiting]]:
    """A context, and what opens a page with the component in it."""
    with a_visit(browser, gateway) as opened:
        yield opened


@pytest.fixture
def visit(opened: tuple[BrowserContext, Visiting]) -> Visiting:
    return opened[1]
