"""What pages in Chromium ask for, and what they complain of."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

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
