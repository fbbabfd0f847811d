"""A page of another company with `<click-to-sms>` in it, and a gateway that answers as it is told.

Both are answered by Playwright's routes: no server, no stack. The gateway keeps the rules that the
component relies on: one SMS for an id, tokens that expire and are used up, statuses that move on.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, Request, Route

from tests.browser.axe import serious_findings
from tests.browser.component_on_page import Component
from tests.support.component import BUNDLE, VERSION

Json = dict[str, Any]
HOST: Final = "https://crm.example"
GATEWAY: Final = "https://gateway.example/v1"
NUMBER: Final = "0721 234 567"
TEXT: Final = "Comanda dvs. este gata."
STRICT: Final = (
    f"default-src 'none'; script-src 'self' {GATEWAY}/web/; style-src 'self'; img-src 'self';"
    f" connect-src 'self' {GATEWAY}/page/; base-uri 'none'; form-action 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
"""The strictest policy of a host: what docs/click-to-sms.md says to allow, and nothing else."""
HIDE: Final = """
let state = "visible";
window.turn = (to) => { state = to; document.dispatchEvent(new Event("visibilitychange")); };
Object.defineProperty(Document.prototype, "visibilityState", { get: () => state });
Object.defineProperty(Document.prototype, "hidden", { get: () => state === "hidden" });
"""
"""Lets a test turn the tab: Playwright keeps every page visible."""
_TYPE: Final = "urn:problem-type:sms-gateway:"
_HOST_PROGRAM: Final = """
const told = (window.told = []);
for (const type of ["c2s-before-send", "c2s-status", "c2s-error"])
  document.addEventListener(type, ({ detail }) => told.push({ type, ...detail }));
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  violations.push(`${event.violatedDirective} ${event.blockedURI}`));
for (const sms of document.querySelectorAll("click-to-sms"))
  sms.getToken = async ({ reason, phoneNumber, signal }) => {
    const asked = JSON.stringify({ reason, phoneNumber });
    const answer = await fetch("/sms-token", { method: "POST", body: asked, signal });
    if (!answer.ok) throw new Error("the host says no");
    return answer.json();
  };
"""


def problem(code: str, status: int, **members: Any) -> Json:
    """A problem document."""
    title = code.replace("-", " ").capitalize()
    return {"type": _TYPE + code, "title": title, "status": status, "detail": "D."} | members


@dataclass
class FakeGateway:
    """What the gateway has got, and what it is to answer."""

    life: list[str] = field(default_factory=lambda: ["submitted", "sent"])
    """The statuses of each message: the first when it is accepted, one more for each read."""
    reason: str | None = None
    refusals: list[Json | None] = field(default_factory=list)
    """Answers to the next sends in place of the ordinary one; `None` cuts the connection."""
    takes_what_it_cuts: bool = False
    preview: Json = field(default_factory=dict)
    """What its preview says besides or in place of the ordinary."""
    allows_origin: str = "*"
    """As in the header."""
    mints: bool = True
    token: Json = field(default_factory=dict)
    messages: dict[str, Json] = field(default_factory=dict)
    """The SMS that were sent, by id."""
    sends: list[Json] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    previews: list[Json] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The reasons for which the host's server was asked for tokens."""
    expired: set[str] = field(default_factory=set)
    _used: dict[str, int] = field(default_factory=dict)

    def serve(self, route: Route) -> None:
        request = route.request
        if request.method == "OPTIONS":
            return self._answer(route, 200, None)
        path = request.url.removeprefix(GATEWAY)
        if path.startswith("/web/"):
            return route.fulfill(
                body=BUNDLE.read_text(encoding="utf-8"),
                content_type="text/javascript",
                headers={"access-control-allow-origin": "*"},
            )
        token = request.headers["authorization"].removeprefix("Bearer ")
        if token in self.expired or not token.startswith("token-"):
            return self._answer(route, 401, problem("token-expired", 401))
        if request.method == "GET":
            return self._read(route, path.rsplit("/", 1)[1])
        body = json.loads(request.post_data or "")
        return self._preview(route, body) if "preview" in path else self._send(route, body, token)

    def mint(self, route: Route, request: Request) -> None:
        """The host's own server."""
        self.asked.append(json.loads(request.post_data or "")["reason"])
        if not self.mints:
            return route.fulfill(status=403, json={})
        token = {"token": f"token-{len(self.asked)}", "expiresAt": "2126-11-27T12:00:00Z"}
        return route.fulfill(json=token | self.token)

    def _send(self, route: Route, body: Json, token: str) -> None:
        self.sends.append(body | {"token": token})
        refusal = self.refusals.pop(0) if self.refusals else {}
        if refusal is None:
            if self.takes_what_it_cuts:
                self._store(body, token)
            return route.abort("connectionreset")
        if refusal:
            return self._answer(route, refusal["status"], refusal)
        if body["messageId"] not in self.messages and self._used.get(token):
            return self._answer(route, 403, problem("token-used-up", 403))
        return self._answer(route, 202, self._store(body, token))

    def _store(self, body: Json, token: str) -> Json:
        if body["messageId"] not in self.messages:
            self._used[token] = self._used.get(token, 0) + 1
            self.messages[body["messageId"]] = {
                "messageId": body["messageId"],
                "status": self.life[0],
                "at": 0,
            }
        return self._seen(body["messageId"])

    def _read(self, route: Route, message_id: str) -> None:
        self.reads.append(message_id)
        message = self.messages[message_id]
        message["at"] = min(message["at"] + 1, len(self.life) - 1)
        message["status"] = self.life[message["at"]]
        self._answer(route, 200, self._seen(message_id))

    def _seen(self, message_id: str) -> Json:
        message = self.messages[message_id]
        failed = {"reason": self.reason} if self.reason else {}
        return {"messageId": message_id, "status": message["status"]} | failed

    def _preview(self, route: Route, body: Json) -> None:
        self.previews.append(body)
        shown = {"accepted": True, "message": body["message"], "phoneNumber": "+40721234567"}
        self._answer(route, 200, shown | {"rules": []} | self.preview)

    def _answer(self, route: Route, status: int, document: Json | None) -> None:
        headers = {
            "access-control-allow-headers": "authorization, content-type",
            "access-control-allow-origin": self.allows_origin,
        }
        if document is None:
            return route.fulfill(status=status, headers=headers)
        return route.fulfill(status=status, json=document, headers=headers)


@dataclass
class Visit(Component):
    """A page with the component, as a person and the host's developer see it."""

    gateway: FakeGateway

    def write(self, text: str = TEXT, number: str = NUMBER) -> None:
        self.number.fill(number)
        self.message.fill(text)

    def send(self) -> None:
        self.button("Send SMS").click()

    def told(self, kind: str) -> list[Json]:
        """The details of the events of this type that the host has heard."""
        events: list[Json] = self.page.evaluate("told")
        return [each for each in events if each["type"] == kind]

    def state(self, name: str) -> bool:
        found: bool = self.sms.evaluate("(sms, name) => sms.matches(`:state(${name})`)", name)
        return found

    def findings(self) -> list[str]:
        """What axe-core finds serious or critical."""
        return serious_findings(self.page)


Visiting = Callable[..., Visit]


@contextmanager
def a_visit(
    browser: Browser, gateway: FakeGateway, **options: Any
) -> Iterator[tuple[BrowserContext, Visiting]]:
    """A clean browser context, and the way to open pages in it."""
    context = browser.new_context(**{"locale": "en-GB", **options})
    context.set_default_timeout(10_000)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.route(f"{GATEWAY}/**", gateway.serve)
    context.route(f"{HOST}/sms-token", gateway.mint)

    def visit(  # noqa: PLR0913  what a host can do with its page
        attributes: str = "",
        *,
        around: str = "{}",
        lang: str = "en",
        csp: str | None = None,
        clock: bool = False,
        before: str = "",
    ) -> Visit:
        component = (
            f'<click-to-sms endpoint="{GATEWAY}" {attributes}>'
            '<h2 slot="heading">SMS</h2><p>No script runs here.</p></click-to-sms>'
        )
        html = (
            f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>CRM</title>'
            f"<main><h1>CRM</h1>{around.format(component)}</main>"
            f'<script type="module" src="{GATEWAY}/web/{VERSION}/click-to-sms.js"></script>'
            '<script type="module" src="/host.js"></script></html>'
        )
        headers = {"content-security-policy": csp} if csp else {}
        page = context.new_page()
        page.route(
            f"{HOST}/contact",
            lambda route: route.fulfill(body=html, content_type="text/html", headers=headers),
        )
        page.route(
            f"{HOST}/host.js",
            lambda route: route.fulfill(
                body=before + _HOST_PROGRAM, content_type="text/javascript"
            ),
        )
        if clock:
            page.clock.install(time="2026-11-27T12:00:00Z")
        page.goto(f"{HOST}/contact")
        page.wait_for_function("window.told")
        if clock:  # from here on it stands still until it is told to move
            page.clock.pause_at("2026-11-27T12:01:00Z")
        return Visit(page.locator("click-to-sms").first, gateway)

    yield context, visit
    context.close()
    assert errors == []


def until(holds: Callable[[], bool], page: Page) -> None:
    """Wait, while the page goes on, until the gateway has got what is expected."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it did not come"
        page.wait_for_timeout(25)


def wait_for(page: Page, script: str, step: int) -> None:
    """Move the page's clock on by so many milliseconds at a time, until the script is true."""
    for _ in range(100):
        if page.evaluate(script):
            return
        page.clock.run_for(step)
        page.wait_for_timeout(20)
    raise AssertionError(script)
