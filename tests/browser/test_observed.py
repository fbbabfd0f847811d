"""What fails a browser test: the looking itself, tried on pages that do each of these things."""

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from tests.browser.observed import Observed

PAGE: Final = "https://crm.example/page"
CONSOLE: Final = "https://gateway.example/v1/console/"
POLICY: Final = "default-src *; img-src 'none'; script-src 'unsafe-inline'"


@pytest.fixture
def watched() -> Observed:
    """Beside the one of the fixture `context`, which would fail the test."""
    return Observed()


@pytest.fixture
def pages(browser: Browser, watched: Observed) -> Iterator[BrowserContext]:
    context = browser.new_context()
    watched.watch(context)
    yield context
    context.close()


def opened(pages: BrowserContext, script: str, address: str = PAGE) -> None:
    """Open a page that runs this script, on a web in which every address answers."""

    def answer(route: Route) -> None:
        if route.request.resource_type == "document":
            body = f"<!doctype html><script type=module>{script}; document.title = 'done'</script>"
            headers = {"content-security-policy": POLICY, "content-type": "text/html"}
            route.fulfill(body=body, headers=headers)
        else:
            route.fulfill(body="{}")

    pages.route("**", answer)
    page = pages.new_page()
    page.goto(address)
    expect(page).to_have_title("done")


WRONG: Final = {
    "an error in the console": ("console.error('something is wrong')", "something is wrong"),
    "an exception": ("setTimeout(() => { throw new Error('a surprise') })", "a surprise"),
    "a broken policy": (
        "document.body.append(new Image()); document.images[0].src = 'https://b.example/x.png'",
        "img-src",
    ),
    "a request that leaves": (
        "await fetch('https://www.iana.org/').catch(() => 0)",
        "left this machine",
    ),
    "a key of a page": ("await fetch('/x', {headers: {'x-api-key': 'k'}})", "sends an API key"),
}


@pytest.mark.parametrize(("script", "told"), WRONG.values(), ids=list(WRONG))
def test_what_a_page_does_wrong_is_told(
    pages: BrowserContext, watched: Observed, script: str, told: str
) -> None:
    opened(pages, f"{script}; await new Promise((done) => setTimeout(done, 100))")

    assert told in " ".join(watched.unexpected())
    watched.expect(".")
    assert watched.unexpected() == []


def test_a_page_that_does_nothing_wrong_is_left_alone(
    pages: BrowserContext, watched: Observed
) -> None:
    opened(pages, "await fetch('/x')")

    assert watched.unexpected() == []
    assert [each.url for each in watched.to("/x")] == ["https://crm.example/x"]


@pytest.mark.parametrize(("to", "told"), [("../messages", 0), ("https://b.example/v1", 1)])
def test_the_console_sends_its_key_to_its_own_origin_and_to_no_other(
    pages: BrowserContext, watched: Observed, to: str, told: int
) -> None:
    script = f"await fetch('{to}', {{headers: {{'x-api-key': 'k'}}}}).catch(() => 0)"
    opened(pages, script, CONSOLE)

    keys = [each for each in watched.unexpected() if "sends an API key" in each]
    assert len(keys) == told
