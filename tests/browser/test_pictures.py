"""The pictures of the component and of the demo page in the documentation."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from local.stack import LocalStack
from tests.browser.host_page import FakeGateway, Visit, Visiting, a_visit, problem
from tests.browser.pictures import LOOKS, PHONE, WIDE, picture
from tests.browser.stack_host import RealComponent

TEXT: Final = "Bună ziua! Comanda dvs. vă așteaptă."
PLAIN: Final = "Buna ziua! Comanda dvs. va asteapta."
NOON: Final = "2026-11-27T10:00:00Z"
_PAGE: Final = """
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :root { color-scheme: light dark; background: light-dark(#f6f8fa, #0f1419) }
  body { margin: 0; font: 16px/1.5 system-ui, sans-serif }
  main { width: fit-content; padding: 24px }
  main > h1 { display: none }
  click-to-sms { width: 400px }
  click-to-sms h2 { margin: 0; font-size: 20px }
  @media (width < 480px) { main { width: auto; padding: 16px } click-to-sms { width: auto } }`);
document.adoptedStyleSheets = [sheet];
"""


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def looks() -> dict[str, Any]:
    """What a test changes of the context."""
    return {}


@pytest.fixture
def visit(browser: Browser, gateway: FakeGateway, looks: dict[str, Any]) -> Iterator[Visiting]:
    with a_visit(browser, gateway, **{**LOOKS, "viewport": WIDE, **looks}) as (_, visit):
        yield visit


def composed(visit: Visiting, gateway: FakeGateway, **page: Any) -> Visit:
    """The text, with the gateway's preview."""
    gateway.preview = {"message": PLAIN}
    tab = visit(before=_PAGE, **page)
    tab.write(TEXT)
    expect(tab.sms.locator("#number-hint")).to_have_text("+40721234567")
    return tab


def take(tab: Visit, name: str) -> None:
    tab.page.evaluate("scrollTo(0, 0), document.activeElement?.blur()")
    picture(tab.page.locator("main"), name)


def test_what_is_written_and_what_the_phone_will_show(
    visit: Visiting, gateway: FakeGateway
) -> None:
    tab = composed(visit, gateway)
    take(tab, "click-to-sms-light")


@pytest.mark.parametrize("looks", [{"color_scheme": "dark"}])
def test_what_was_sent_on_a_dark_page(visit: Visiting, gateway: FakeGateway) -> None:
    tab = composed(visit, gateway)
    tab.send()
    expect(tab.status).to_contain_text("Sent:")
    take(tab, "click-to-sms-dark")


def test_what_is_unconfirmed(visit: Visiting, gateway: FakeGateway) -> None:
    gateway.life = ["unconfirmed"]
    tab = composed(visit, gateway)
    tab.send()
    expect(tab.button("Send again anyway")).to_be_visible()
    take(tab, "click-to-sms-unconfirmed")


def test_a_text_that_is_too_long_and_what_an_sms_cannot_show(
    visit: Visiting, gateway: FakeGateway
) -> None:
    text = (
        "La mulți ani! ♥ Vă așteptăm sâmbătă, între orele 10 și 14, la sediul nostru din"
        " Cluj\u2011Napoca, cu o reducere de 20 % la toate produsele\u2026 Oferta este valabilă"
        " până duminică."
    )
    refused = [{"position": 14, "character": "♥ (BLACK HEART SUIT)"}]
    wrong = problem("unsupported-characters", 422, field="message", unsupportedCharacters=refused)
    gateway.preview = {"accepted": False, "rules": [{"problem": wrong}]}
    tab = visit(before=_PAGE)
    tab.write(text)
    expect(tab.sms.locator("#number-hint")).to_have_text("+40721234567")
    tab.send()
    expect(tab.message).to_have_attribute("aria-invalid", "true")
    expect(tab.sms.locator("#message-error")).to_have_text("An SMS cannot show ♥. Remove it.")
    take(tab, "click-to-sms-too-long")


@pytest.mark.parametrize("looks", [{"viewport": PHONE, "has_touch": True}])
def test_romanian_on_a_phone(visit: Visiting, gateway: FakeGateway) -> None:
    tab = composed(visit, gateway, lang="ro")
    tab.button("Trimite SMS").tap()
    expect(tab.status).to_contain_text("Trimis:")
    take(tab, "click-to-sms-phone")


@pytest.mark.parametrize("context_options", [{**LOOKS, "viewport": WIDE}])
def test_the_demo_page_wide_and_on_a_phone(page: Page, stack: LocalStack) -> None:
    page.clock.set_fixed_time(NOON)
    page.goto(stack.demo_page_url)
    sms = RealComponent(page.locator("#fixed click-to-sms"))
    sms.send(TEXT)
    sms.says("Sent:")
    expect(page.locator("#log code")).to_have_text("sent")
    picture(page, "demo-page-wide")

    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    picture(page, "demo-page-phone")
