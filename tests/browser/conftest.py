"""Pages in real Chromium: one browser for the folder, a clean context for each test."""

import os
import shutil
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright

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
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
