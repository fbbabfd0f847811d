"""The files that the deployed stack serves, and the demo page, as a browser gets them."""

import json
import re
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from playwright.sync_api import Page, expect

from local.stack import LocalStack, stack_file
from tests.browser.observed import Observed
from tests.support.component import BUNDLE, VERSION
from tests.support.hosts import HOSTS, running_host
from tools.repository import ROOT

SITE: Final = ROOT / "functions" / "web" / "site"
SECONDS: Final = 60
UNTIL_SENT: Final = 60_000
"""Milliseconds: the functions start for the first time, on a machine that does much else."""


def test_a_program_is_told_where_everything_is_and_the_operators_key_opens_the_console(
    stack: LocalStack, tmp_path: Path
) -> None:
    with stack_file(stack, tmp_path / "stack.json") as path:
        told = json.loads(path.read_text(encoding="utf-8"))

    assert told["consoleUrl"] == f"{told['apiUrl']}/console/"
    assert urlsplit(told["demoPageUrl"]).netloc != urlsplit(told["apiUrl"]).netloc
    with stack.gateway(told["operatorKey"]) as operator:
        assert operator.raw("GET", "/suppressions").status_code == 200
    assert stack.stack_outputs["ConsoleUrl"].endswith("/v1/console/")


def fetched(address: str, **headers: str) -> requests.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(address, headers=given, timeout=SECONDS, allow_redirects=False)


@pytest.mark.parametrize("slash", ["/", ""])
def test_the_console_opens_with_and_without_its_slash(
    page: Page, stack: LocalStack, slash: str
) -> None:
    page.goto(f"{stack.api_url}/console{slash}")

    expect(page).to_have_title(re.compile("SMS gateway$"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.partition("?")[0] == stack.console_url


def test_every_file_that_the_console_names_is_under_the_stage_and_kept_for_ever(
    page: Page, stack: LocalStack, observed: Observed
) -> None:
    page.goto(stack.console_url)
    named = page.locator("script[src], link[href]").evaluate_all(
        "nodes => nodes.map(node => node.getAttribute('src') ?? node.getAttribute('href'))"
    )

    for name in named:
        answer = fetched(urljoin(stack.console_url, name))
        assert (answer.status_code, name.startswith("a/")) == (200, True), name
        assert answer.headers["Cache-Control"].endswith("immutable"), name
    assert {each.url for each in observed.requests} >= {
        urljoin(stack.console_url, name) for name in named
    }


def test_the_console_is_shut_in_and_is_asked_for_again_each_time(stack: LocalStack) -> None:
    """Each header: `unit/test_site.py`. Here, that the API lets them through."""
    answer = fetched(stack.console_url)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "trusted-types 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-cache"
    again = fetched(stack.console_url, if_none_match=answer.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_name_that_there_is_not_is_404_in_words_and_head_is_answered(stack: LocalStack) -> None:
    missing = fetched(f"{stack.console_url}a/gone.js")
    assert (missing.status_code, missing.headers["Content-Type"]) == (
        404,
        "text/plain; charset=utf-8",
    )
    head = requests.head(stack.console_url, timeout=SECONDS)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == fetched(stack.console_url).headers["ETag"]


def test_the_components_file_is_for_any_origin_under_its_version_and_its_major(
    stack: LocalStack,
) -> None:
    whole = fetched(f"{stack.api_url}/web/{VERSION}/click-to-sms.js", origin="https://a.example")
    moving = fetched(f"{stack.api_url}/web/{VERSION.partition('.')[0]}/click-to-sms.js")

    assert whole.content == moving.content == BUNDLE.read_bytes()
    assert whole.headers["Access-Control-Allow-Origin"] == "*"
    assert whole.headers["Cache-Control"].endswith("immutable")
    assert moving.headers["Cache-Control"] == "public, max-age=300"


def test_the_demo_page_shows_its_contacts_in_both_languages(page: Page, stack: LocalStack) -> None:
    page.goto(stack.demo_page_url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ana Popescu")
    page.get_by_role("link", name="Ilinca Șerban").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ilinca Șerban")

    page.get_by_role("link", name="Română").click()

    expect(page.locator("html")).to_have_attribute("lang", "ro")
    expect(page.get_by_text("Trimise din această pagină")).to_be_visible()


def test_the_demo_page_sends_with_a_token_and_no_request_carries_a_key(
    page: Page, stack: LocalStack, observed: Observed
) -> None:
    page.goto(stack.demo_page_url)
    form = page.locator("#fixed click-to-sms")
    form.get_by_role("textbox").last.fill("Bună ziua")
    form.get_by_role("button", name="Send SMS").click()

    line = page.locator("#log li").first
    expect(line.locator("code")).to_have_text("sent", timeout=UNTIL_SENT)
    expect(line).to_contain_text("Ana Popescu")
    (sent,) = [each for each in observed.to("/page/messages") if _is_a_send(each.method, each.url)]
    assert sent.headers["authorization"].startswith("Bearer v1.")
    key = stack.api_key
    assert [each.url for each in observed.requests if key in str(each.headers)] == []
    assert [each.url for each in observed.requests if key in (each.post_data or "")] == []
    assert observed.to("/sms-token")


@pytest.mark.parametrize("command", HOSTS)
def test_a_page_of_ten_lines_outside_the_repository_sends_from_another_origin(
    page: Page, stack: LocalStack, command: list[str], tmp_path: Path
) -> None:
    with running_host(command, tmp_path, stack.api_url, stack.api_key) as address:
        page.goto(address)
        page.get_by_role("textbox").last.fill(f"Bună ziua de la {Path(command[-1]).suffix}")
        page.get_by_role("button", name="Trimite SMS").click()

        expect(page.get_by_text("operatorul l-a preluat")).to_be_visible(timeout=UNTIL_SENT)


def _is_a_send(method: str, url: str) -> bool:
    return method == "POST" and url.endswith("/page/messages")
