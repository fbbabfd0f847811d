"""A page of another company in front of the deployed gateway, and the server that it comes from.

Its origin is a real one, with a port of its own: Chromium lets no made-up origin ask for something
on this machine.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

from playwright.sync_api import Locator, expect

from tests.browser.axe import serious_findings
from tests.browser.component_on_page import Component

STACK: Final = "browser"
"""The name of the stack that is deployed for this folder."""
UNTIL_ANSWERED: Final = 60_000
"""Milliseconds: the local AWS starts functions slowly on a machine that does much else."""
_PAGE: Final = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>CRM</title>
<main><h1>CRM</h1><click-to-sms endpoint="{api}"></click-to-sms></main>
<script type="module" src="{api}/web/1/click-to-sms.js"></script>
<script type="module">
  document.querySelector("click-to-sms").getToken = async ({{ reason, phoneNumber, signal }}) => {{
    const body = JSON.stringify({{ reason, phoneNumber }});
    const answer = await fetch("/sms-token", {{ method: "POST", body, signal }});
    return answer.json();
  }};
</script></html>
"""
Mint = Callable[[str, str], Mapping[str, Any]]
"""Makes a token for a reason and the number as the person has written it."""


@dataclass
class Host:
    """The server. A test says what it mints, and sees why it was asked."""

    origin: str
    mint: Mint
    asked: list[str] = field(default_factory=list)
    """The reasons, in order."""


@contextmanager
def running_host_page(api_url: str, mint: Mint) -> Iterator[Host]:
    """Run the server for as long as the block lasts; `/?ro` is the page in Romanian."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            lang = "ro" if self.path.endswith("?ro") else "en"
            self._answer("text/html; charset=utf-8", _PAGE.format(api=api_url, lang=lang))

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            host.asked.append(asked["reason"])
            token = host.mint(asked["reason"], asked["phoneNumber"])
            self._answer("application/json", json.dumps(token))

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self, kind: str, text: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        host = Host(f"http://127.0.0.1:{server.server_port}", mint)
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield host
        server.shutdown()
        thread.join()


class RealComponent(Component):
    """One that the deployed gateway answers."""

    @property
    def message_error(self) -> Locator:
        return self.sms.locator("#message-error")

    def write(self, number: str, text: str) -> None:
        self.number.fill(number)
        self.message.fill(text)

    def send(self, text: str | None = None) -> None:
        if text is not None:
            self.message.fill(text)
        self.button("Send SMS").click()

    def says(self, words: str) -> None:
        """Waits for these words of a status or of an error; axe finds nothing serious then."""
        expect(self.status).to_contain_text(words, timeout=UNTIL_ANSWERED)
        self.is_accessible()

    def is_accessible(self) -> None:
        assert serious_findings(self.page) == []
