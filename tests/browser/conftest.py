"""Pages in real Chromium, and for the tests that ask for it a deployed stack of their own.

One browser and one stack for the folder, each started by the first test that needs it: tests that
answer for the gateway themselves (`page.route`) need no stack. Every test has a context of its own,
so its storage is clean. Whatever a page complains of fails its test, and so does a request that
carries an API key, unless it is the console's own to its own origin.
"""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    WebError,
    sync_playwright,
)

from local.front_ends import with_front_ends
from local.metrics import metrics_handed_over
from local.stack import LocalStack, running_stack

STACK: Final = "browser"
CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS: Final = (
    # Nothing but this machine has an address: a page that asks for anything else fails.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    # Letters are drawn alike on every machine with the same fonts.
    "--font-render-hinting=none",
    "--disable-lcd-text",
)
MADE_UP: Final = (".example", ".test")
"""The ends of host names that cannot be anyone's (RFC 2606); a test answers for them itself."""
_TELLS_OF_VIOLATIONS: Final = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`securitypolicyviolation ${event.violatedDirective} ${event.blockedURI}`));
"""


@dataclass  # without slots: Playwright keeps something of its own on the owner of a listener
class Observed:
    """What the pages of a context have asked for, and what they have complained of."""

    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _expected: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Look at everything that the context's pages do from now on."""
        context.add_init_script(_TELLS_OF_VIOLATIONS)
        context.on("request", self._asked)
        context.on("console", self._told)
        context.on("weberror", self._failed)

    def expect(self, pattern: str) -> None:
        """Allow complaints in which this regular expression is found: an error is the test's
        subject."""
        self._expected.append(pattern)

    def unexpected(self) -> list[str]:
        """The complaints that no `expect` allows."""
        return [
            each
            for each in self.complaints
            if not any(re.search(pattern, each) for pattern in self._expected)
        ]

    def to(self, path: str) -> list[Request]:
        """The requests whose address has this in it, in order."""
        return [each for each in self.requests if path in each.url]

    def _asked(self, request: Request) -> None:
        self.requests.append(request)
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"}:
            host = parts.hostname or ""
            if host != "127.0.0.1" and not host.endswith(MADE_UP):
                self.complaints.append(f"a request left this machine: {request.url}")
        if "x-api-key" in request.headers and not _is_the_consoles_own(request):
            self.complaints.append(f"a page sends an API key: {request.method} {request.url}")

    def _told(self, message: ConsoleMessage) -> None:
        about = message.location["url"]
        # A browser asks the root of an origin for this by itself, above any stage.
        if message.type == "error" and not about.endswith("/favicon.ico"):
            self.complaints.append(f"console: {message.text} ({about})")

    def _failed(self, error: WebError) -> None:
        self.complaints.append(f"uncaught: {error.error}")


def _is_the_consoles_own(request: Request) -> bool:
    page, asked = urlsplit(request.frame.url), urlsplit(request.url)
    same_origin = (page.scheme, page.netloc) == (asked.scheme, asked.netloc)
    return same_origin and "/console/" in page.path


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
